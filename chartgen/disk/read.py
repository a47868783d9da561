"""Applications and charts, from a folder or an archive, into values.

What is read may be hostile: sizes are limited before anything is parsed, links and paths that lead out
of the folder are refused, nothing but plain files is opened, and no archive is ever unpacked on the disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from chartgen import changelog, documents
from chartgen.chart import Chart, ChartFile
from chartgen.disk.tree import Skip, UnfitError, content, tree
from chartgen.errors import ChartgenError, ModelError, Problem
from chartgen.model import App
from chartgen.model.load import load
from chartgen.package import MIB, TOTAL_LIMIT, opened

RECORD = ".chartgen.json"
# A file of ours that has not got its name yet; what a killed run leaves of it, the next one removes.
TEMPORARY = re.compile(r"\.chartgen-tmp-[0-9a-f]{12}")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")  # a chart's name and version become a file's name


def read_text(path: Path, limit: int = MIB, waits: bool = False) -> bytes:
    """The content of a file of at most `limit` bytes; `waits` allows a pipe. Raises ChartgenError."""
    try:
        return content(path, limit, waits=waits)
    except FileNotFoundError:
        raise ChartgenError(f"{path}: there is no such file", "check the path") from None
    except OSError as error:
        raise ChartgenError(f"{path}: {error.strerror}", "check what it is, and who may read it") from None
    except UnfitError as unfit:
        raise ChartgenError(f"{path}: {unfit}", "give a plain file that a person would write") from None


def read_values(path: Path, waits: bool = False) -> dict[str, Any]:
    """A values file; `waits` allows a pipe. Raises ChartgenError; ModelError with every problem in it."""
    data = documents.load(read_text(path, waits=waits), str(path)).data
    if data is not None and not isinstance(data, dict):
        problem = Problem(f"{path}:1", "not a mapping", "a values file holds keys and values")
        raise ModelError(f"{path} cannot be used: 1 problem", problems=[problem])
    return data or {}


def read_app(path: Path) -> App:
    """The application in `path`, an `app.yaml` or its folder, with the files beside it that it names.

    Raises ModelError listing every problem.
    """
    file = path / "app.yaml" if path.is_dir() else path
    app = load(read_text(file), str(file))
    problems: list[Problem] = []
    found = {name: data for folder in app.folders for name, data in _below(file.parent, folder, problems)}
    if (file.parent / changelog.NAME).exists():
        found[changelog.NAME] = read_text(file.parent / changelog.NAME)
    if problems:
        raise ModelError(f"{file}: the files beside it cannot be used", problems=problems)
    return replace(app, files=tuple(sorted(found.items())))


def _below(root: Path, folder: str, problems: list[Problem]) -> Iterator[tuple[str, bytes]]:
    top = root / folder
    if any((root / part).is_symlink() for part in _parts(folder)) or not top.is_dir():
        hint = "app.yaml names it: make it, or remove the name"
        problems.append(Problem(str(top), "there is no such folder", hint))
        return
    for name, data in tree(top, problems):
        yield f"{folder}/{name}", data


def _parts(folder: str) -> Iterable[str]:
    """`a/b` as `a`, `a/b`."""
    words = folder.split("/")
    return ("/".join(words[:count]) for count in range(1, len(words) + 1))


def read_chart(path: Path) -> Chart:
    """The chart in `path`, a folder or a `.tgz`. Raises ChartgenError when it is none."""
    if path.is_dir():
        return _chart(path, _folder(path))
    return chart_in(read_text(path, TOTAL_LIMIT), path)


def chart_in(packed: bytes, where: Path) -> Chart:
    """The chart in the bytes of a `.tgz`, from wherever. Raises ChartgenError when there is none."""
    try:
        files = opened(packed)
    except ChartgenError as error:
        raise ChartgenError(f"{where}: {error.message}", error.hint) from None
    return _chart(where, files)


def chart_of_files(files: Mapping[str, bytes], where: Path) -> Chart:
    """The chart whose folder holds these files, wherever they came from. Raises ChartgenError."""
    from chartgen import helmignore

    skip = _skip(files.get(helmignore.NAME, b""), where)

    def kept(path: str) -> bool:
        *folders, _ = _parts(path)
        return not skip(path, False) and not any(skip(folder, True) for folder in folders)

    return _chart(where, [ChartFile(path, data) for path, data in files.items() if kept(path)])


def _skip(ignored: bytes, path: Path) -> Skip:
    """What of a folder is not part of the chart."""
    from chartgen import helmignore

    rules = helmignore.parse(ignored, str(path / helmignore.NAME))

    def skip(name: str, is_folder: bool) -> bool:
        ours = name == RECORD or TEMPORARY.fullmatch(name.rpartition("/")[2]) is not None
        # Helm takes nothing there for a subchart: pkg/chart/v2/loader/load.go.
        hidden = name.startswith(("charts/_", "charts/."))
        return ours or hidden or helmignore.ignores(rules, name, is_folder)

    return skip


def _folder(path: Path) -> Iterable[ChartFile]:
    from chartgen import helmignore

    file = path / helmignore.NAME
    problems: list[Problem] = []
    skip = _skip(read_text(file) if file.exists() else b"", path)
    files = [ChartFile(name, data) for name, data in tree(path, problems, skip)]
    if problems:
        raise ChartgenError(f"{path}: not a chart that can be read", problems=problems)
    return files


def _chart(path: Path, files: Iterable[ChartFile]) -> Chart:
    """A chart whose name and version can be trusted as parts of a path."""
    found = {file.path: file for file in files}
    if "Chart.yaml" not in found:
        raise ChartgenError(f"{path}: there is no Chart.yaml in it", "give the folder of a chart, or a .tgz")
    head = documents.load(found["Chart.yaml"].data, f"{path}/Chart.yaml").data
    for key in ("name", "version"):
        value = head.get(key) if isinstance(head, dict) else None
        if not isinstance(value, str) or not _SAFE.fullmatch(value):
            what = f"{path}/Chart.yaml: {key} is {value!r}"
            raise ChartgenError(what, f"it needs a {key} such as Helm takes")
    return Chart.of(found.values())


def read_folder(folder: Path) -> dict[str, str]:
    """The text files below a folder by their path in it; empty when there is none. Raises ChartgenError."""
    if not folder.exists():
        return {}
    problems: list[Problem] = []
    found = dict(tree(folder, problems, lambda name, _: name.rpartition("/")[2].startswith(".")))
    if problems:
        raise ChartgenError(f"{folder}: cannot be read", problems=problems)
    return {name: data.decode("utf-8", "replace") for name, data in found.items()}
