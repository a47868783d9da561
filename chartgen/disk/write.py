"""Writing generated files: never over what a person edited, never half, finished by the next run if killed.

Beside the files lies `.chartgen.json`, which maps the path of each file to the SHA-256 sums of what we
wrote there. It is written before the files with the old and the new sums, and after them with the new
ones alone: whenever a run is killed, every file on the disk still counts as ours.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from chartgen.chart import Chart, ChartFile
from chartgen.disk.read import RECORD
from chartgen.errors import ChartgenError
from chartgen.frozen import Frozen

Sums = Mapping[str, tuple[str, ...]]


class Kind(StrEnum):
    NEW = "new"  # is not there yet
    CHANGED = "changed"  # is there as we wrote it, and would be written anew
    STALE = "stale"  # is there as we wrote it, and is no part of the chart any more
    EDITED = "edited"  # a person changed it, and the chart wants something else
    EDITED_STALE = "edited, stale"  # a person changed it, and it is no part of the chart any more


class Change(Frozen):
    """What a run would do to one file: its bytes now and then; None where there is no file."""

    path: str
    kind: Kind
    now: bytes | None
    then: bytes | None

    @property
    def edited(self) -> bool:
        return self.kind in (Kind.EDITED, Kind.EDITED_STALE)


class Plan(Frozen):
    """What stands between a folder and a chart: the changes in the order of their paths."""

    folder: Path
    changes: tuple[Change, ...]
    sums: Sums  # what the record says now
    wanted: Mapping[str, str]  # what it will say

    @property
    def edited(self) -> tuple[Change, ...]:
        return tuple(c for c in self.changes if c.edited)


def _sum(data: bytes) -> str:
    return sha256(data).hexdigest()


def plan(chart: Chart, folder: Path) -> Plan:
    """Compares a folder with a chart; writes nothing. Raises ChartgenError for a folder that cannot be read."""
    sums = _record(folder)
    changes = [_wanted(folder, file, sums) for file in chart.files]
    gone = [path for path in sums if path not in chart.by_path]
    changes += [_stale(folder, path, sums) for path in gone]
    found = sorted((c for c in changes if c), key=lambda c: c.path)
    return Plan(folder, tuple(found), sums, {f.path: _sum(f.data) for f in chart.files})


def _wanted(folder: Path, file: ChartFile, sums: Sums) -> Change | None:
    now = _bytes(folder, file.path)
    if now == file.data:
        return None
    if now is None:
        return Change(file.path, Kind.NEW, None, file.data)
    ours = _sum(now) in sums.get(file.path, ())
    return Change(file.path, Kind.CHANGED if ours else Kind.EDITED, now, file.data)


def _stale(folder: Path, path: str, sums: Sums) -> Change | None:
    now = _bytes(folder, path)
    if now is None:
        return None
    return Change(path, Kind.STALE if _sum(now) in sums[path] else Kind.EDITED_STALE, now, None)


def _bytes(folder: Path, path: str) -> bytes | None:
    target = folder / path
    for parent in target.relative_to(folder).parents:
        if (folder / parent).is_symlink():
            raise ChartgenError(f"{folder / parent}: a link", "generated files are not written through links: remove it")
    try:
        return target.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ChartgenError(f"{target}: {error.strerror}", "a generated file belongs here: move this away") from None


def _record(folder: Path) -> Sums:
    data = _bytes(folder, RECORD)
    try:
        files = json.loads(data)["files"] if data else {}
        return {_path(path): tuple([sums] if isinstance(sums, str) else sums) for path, sums in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ChartgenError(
            f"{folder / RECORD}: not a record of generated files",
            "restore it from version control, or remove it: every file that differs then counts as edited",
        ) from None


def _path(path: str) -> str:
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(path)
    return path


def write(todo: Plan, force: bool = False) -> None:
    """Carries out a plan. What a person edited is left alone unless `force` says otherwise."""
    chosen = [c for c in todo.changes if force or not c.edited]
    if not chosen and todo.sums == {path: (sum_,) for path, sum_ in todo.wanted.items()}:
        return
    kept = {c.path: todo.sums.get(c.path, ()) for c in todo.edited if not force}
    both = {p: (*todo.sums.get(p, ()), *([todo.wanted[p]] if p in todo.wanted else [])) for p in {**todo.sums, **todo.wanted}}
    _write_record(todo.folder, both)
    for change in chosen:
        if change.then is None:
            _remove(todo.folder, change.path)
        else:
            write_file(todo.folder / change.path, change.then)
    _write_record(todo.folder, {**{path: (sum_,) for path, sum_ in todo.wanted.items()}, **kept})


def _write_record(folder: Path, sums: Sums) -> None:
    files = {path: sums[path][0] if len(sums[path]) == 1 else list(dict.fromkeys(sums[path])) for path in sorted(sums)}
    text = json.dumps({"comment": "What chartgen wrote last; commit this file.", "files": files}, indent=2)
    write_file(folder / RECORD, f"{text}\n".encode())


def _remove(folder: Path, path: str) -> None:
    (folder / path).unlink(missing_ok=True)
    for parent in (folder / path).relative_to(folder).parents:
        try:
            if parent != Path():
                (folder / parent).rmdir()
        except OSError:
            return  # not empty


def write_file(path: Path, data: bytes) -> None:
    """Puts a whole file in place at once, or leaves what was there. Raises ChartgenError."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise ChartgenError(f"{path}: {error.strerror}", "nothing of this file was changed") from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def write_folder(folder: Path, texts: Mapping[str, str | None]) -> None:
    """Writes each text to its path below a folder; None removes the file."""
    for path, text in texts.items():
        if text is None:
            _remove(folder, path)
        else:
            write_file(folder / path, text.encode())
