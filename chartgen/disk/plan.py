"""Generated files on the disk: never over what a person edited, and finished by the next run if killed.

Beside the files lies a record, `.chartgen.json` in a chart, which maps the path of each file to the SHA-256
sums of what we wrote there. It is written before the files with the old and the new sums, and after them
with the new ones alone: whenever a run is killed, every file on the disk still counts as ours.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator, Mapping
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from chartgen.chart import ChartFile
from chartgen.disk.read import RECORD, read_text
from chartgen.disk.write import leftovers, remove, write_file
from chartgen.errors import ChartgenError, Problem
from chartgen.frozen import Frozen

Sums = Mapping[str, tuple[str, ...]]
_RECORD_LIMIT = 16 << 20  # bytes: a hundred thousand files
_AWAY = "a generated file belongs here: move this away"


class Kind(StrEnum):
    NEW = "new"  # is not there yet
    CHANGED = "changed"  # is there as we wrote it, and would be written anew
    STALE = "stale"  # is there as we wrote it, and is not generated any more
    EDITED = "edited"  # a person changed it, and something else is generated now
    EDITED_STALE = "edited, stale"  # a person changed it, and it is not generated any more
    LEFT_OVER = "left over"  # half a file of ours, from a run that was killed


class Change(Frozen):
    """What a run would do to one file: its bytes now and then; None where there is no file."""

    path: str
    kind: Kind
    now: bytes | None
    then: bytes | None

    @property
    def edited(self) -> bool:
        return self.kind in (Kind.EDITED, Kind.EDITED_STALE)


class Generated(Protocol):
    """What is to be in a folder: a chart, or other files in the order of their paths."""

    @property
    def files(self) -> tuple[ChartFile, ...]: ...

    @property
    def by_path(self) -> Mapping[str, ChartFile]: ...


class Plan(Frozen):
    """What stands between a folder and what is generated: the changes in the order of their paths."""

    folder: Path
    changes: tuple[Change, ...]
    sums: Sums  # what the record says now
    wanted: Mapping[str, str]  # the sums of the generated files
    name: str = RECORD  # of the record

    @property
    def edited(self) -> tuple[Change, ...]:
        return tuple(c for c in self.changes if c.edited)

    def record(self, force: bool = False) -> Sums:
        """What the record will say. What a person edited stays as it was, so that it is noticed again."""
        kept = {c.path: self.sums[c.path] for c in self.edited if c.path in self.sums and not force}
        strange = {c.path for c in self.edited if c.path not in self.sums and not force}
        return {**{path: (sum_,) for path, sum_ in self.wanted.items() if path not in strange}, **kept}

    @property
    def is_recorded(self) -> bool:
        """Whether the record says what it would say after this."""
        return dict(self.sums) == self.record()


def plan(made: Generated, folder: Path, record: str = RECORD) -> Plan:
    """Compares a folder with what is generated; writes nothing. Raises ChartgenError with all that is in the
    way. `record` is the name of the record, in a folder whose files another program reads."""
    if folder.is_symlink():
        raise ChartgenError(f"{folder}: a link", "nothing is written through links: name the folder itself")
    sums = _recorded(folder, record)
    problems: list[Problem] = []
    paths = [*(file.path for file in made.files), *(path for path in sums if path not in made.by_path)]
    now = {path: _now(folder, path, problems) for path in paths}
    if problems:
        raise ChartgenError(f"{folder}: nothing can be written here", problems=problems)
    changes = [_change(path, now[path], made.by_path.get(path), sums.get(path, ())) for path in paths]
    found = [c for c in changes if c]
    _in_the_way(folder, found)
    found += (Change(path, Kind.LEFT_OVER, None, None) for path in _left(folder, [record, *paths]))
    wanted = {f.path: _sum(f.data) for f in made.files}
    return Plan(folder, tuple(sorted(found, key=lambda c: c.path)), sums, wanted, record)


def _sum(data: bytes) -> str:
    return sha256(data).hexdigest()


def _change(path: str, now: bytes | None, file: ChartFile | None, sums: tuple[str, ...]) -> Change | None:
    then = file.data if file else None
    if now == then:
        return None
    if now is None:
        return Change(path, Kind.NEW, None, then)
    ours = _sum(now) in sums
    if then is None:
        return Change(path, Kind.STALE if ours else Kind.EDITED_STALE, now, None)
    return Change(path, Kind.CHANGED if ours else Kind.EDITED, now, then)


def _now(folder: Path, path: str, problems: list[Problem]) -> bytes | None:
    """The content of a generated file; what is no plain file is a problem."""
    target = folder / path
    for parent in list(target.relative_to(folder).parents)[-2::-1]:
        if (folder / parent).is_symlink():
            what = "a link, through which nothing is written"
            if (found := Problem(str(folder / parent), what, _AWAY)) not in problems:
                problems.append(found)
            return None
    try:
        if stat.S_ISREG(target.lstat().st_mode):
            return target.read_bytes()
        problems.append(Problem(str(target), "no plain file", _AWAY))
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        problems.append(Problem(str(target), str(error.strerror), "check who may read it"))
    return None


def _in_the_way(folder: Path, changes: list[Change]) -> None:
    """Refuses a file where a folder is needed, unless it is one of ours that goes first."""
    going = {c.path for c in changes if c.kind is Kind.STALE}
    new = [c.path for c in changes if c.kind is Kind.NEW]
    above = {parent.as_posix() for path in new for parent in Path(path).parents if parent != Path()}
    problems = [
        Problem(str(folder / parent), "a file where a folder is needed", "move it away")
        for parent in sorted(above - going)
        if (folder / parent).exists() and not (folder / parent).is_dir()
    ]
    if problems:
        raise ChartgenError(f"{folder}: nothing can be written here", problems=problems)


def _left(folder: Path, paths: list[str]) -> Iterator[str]:
    for inside in sorted({Path(path).parent for path in paths}):
        yield from (found.relative_to(folder).as_posix() for found in leftovers(folder / inside))


def _recorded(folder: Path, record: str) -> Sums:
    path = folder / record
    if path.is_symlink():
        raise ChartgenError(f"{path}: a link, through which nothing is written", _AWAY)
    if not path.exists():
        return {}
    try:
        files = json.loads(read_text(path, _RECORD_LIMIT))["files"]
        several = {
            _inner(name, record): [sums] if isinstance(sums, str) else sums for name, sums in files.items()
        }
        return {name: tuple(sums) for name, sums in several.items() if sums}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        hint = "restore it from version control, or remove it: every file that differs then counts as edited"
        raise ChartgenError(f"{path}: not a record of generated files", hint) from None


def _inner(path: str, record: str) -> str:
    """A path that stays inside the folder. Raises ValueError for any other."""
    if not {"", ".", ".."}.isdisjoint(path.split("/")) or "\0" in path or path == record:
        raise ValueError(path)
    path.encode()
    return path


def write(todo: Plan, force: bool = False) -> None:
    """Carries out a plan. What a person edited is left alone unless `force` says otherwise."""
    chosen = [c for c in todo.changes if force or not c.edited]
    after = todo.record(force)
    if not chosen and dict(todo.sums) == after:
        return
    names = {**todo.sums, **after}
    record = todo.folder / todo.name
    _write_record(record, {n: (*todo.sums.get(n, ()), *after.get(n, ())) for n in names})
    for change in chosen:  # first what goes: a file may have to make room for a folder
        if change.then is None:
            remove(todo.folder, change.path)
    for change in chosen:
        if change.then is not None:
            write_file(todo.folder / change.path, change.then)
    _write_record(record, after)


def _write_record(where: Path, sums: Sums) -> None:
    files: dict[str, str | list[str]] = {}
    for path in sorted(sums):
        first, *more = dict.fromkeys(sums[path])
        files[path] = [first, *more] if more else first
    text = json.dumps({"comment": "What chartgen wrote last; commit this file.", "files": files}, indent=2)
    write_file(where, f"{text}\n".encode())
