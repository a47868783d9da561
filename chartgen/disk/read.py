"""Applications and charts, from a folder or an archive, into values.

What is read may be hostile: sizes are limited before anything is parsed, links and paths that lead out
of the folder are refused, and nothing of an archive is ever unpacked on the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from chartgen.chart import Chart, ChartFile
from chartgen.errors import ChartgenError, ModelError, Problem
from chartgen.model import App
from chartgen.model.load import load

MIB = 1 << 20
FILE_LIMIT = 5 * MIB  # Helm refuses a chart with a larger file
TOTAL_LIMIT = 100 * MIB  # Helm refuses a chart that unpacks to more
RECORD = ".chartgen.json"


def read_text(path: Path, limit: int = MIB) -> bytes:
    """The content of a file that a person wrote. Raises ChartgenError when it cannot be had, or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise ChartgenError(f"{path}: there is no such file", "check the path") from None
    except OSError as error:
        raise ChartgenError(f"{path}: {error.strerror}", "check what it is, and who may read it") from None
    if len(data) > limit:
        raise ChartgenError(f"{path}: larger than {limit // MIB} MiB", "this is not a file to write by hand")
    return data


def read_app(path: Path) -> App:
    """The application in `path`, an `app.yaml` or its folder, with the files beside it that it names.

    Raises ModelError listing every problem.
    """
    file = path / "app.yaml" if path.is_dir() else path
    app = load(read_text(file), str(file))
    problems: list[Problem] = []
    found: dict[str, bytes] = {}
    for folder in app.folders:
        for name, entry in _tree(file.parent, folder, problems):
            found[name] = entry.read_bytes()
    if problems:
        raise ModelError(f"{file}: the files beside it cannot be used", problems=problems)
    return replace(app, files=tuple(sorted(found.items())))


def _tree(root: Path, folder: str, problems: list[Problem]) -> Iterator[tuple[str, Path]]:
    """The plain files below `folder`, each with its path from `root`; what is no plain file is a problem."""
    top = root / folder
    if top.is_symlink() or not top.is_dir():
        problems.append(Problem(str(top), "there is no such folder", "app.yaml names it: make it, or remove the name"))
        return
    for entry in sorted(top.rglob("*")):
        name = entry.relative_to(root).as_posix()
        if entry.is_symlink() or not (entry.is_file() or entry.is_dir()):
            problems.append(Problem(str(entry), "neither a plain file nor a folder", "links are not followed: copy it"))
        elif entry.is_file() and entry.stat().st_size > FILE_LIMIT:
            problems.append(Problem(str(entry), "larger than 5 MiB", "Helm refuses a chart with such a file"))
        elif entry.is_file():
            yield name, entry


def read_chart(path: Path) -> Chart:
    """The chart in `path`, a folder or a `.tgz`. Raises ChartgenError when it is none."""
    files = _folder(path) if path.is_dir() else _archive(path)
    if not any(f.path == "Chart.yaml" for f in files):
        raise ChartgenError(f"{path}: there is no Chart.yaml in it", "give the folder of a chart, or a .tgz")
    return Chart.of(files)


def _folder(path: Path) -> list[ChartFile]:
    from chartgen.package import ignored

    problems: list[Problem] = []
    entries = dict(_tree(path.parent, path.name, problems))
    if problems:
        raise ChartgenError(f"{path}: not a chart that can be read", problems=problems)
    files = [ChartFile(name.removeprefix(f"{path.name}/"), entry.read_bytes()) for name, entry in entries.items()]
    rules = next((f.data for f in files if f.path == ".helmignore"), b"").decode("utf-8", "replace")
    return [f for f in files if f.path != RECORD and not ignored(f.path, rules)]


def _archive(path: Path) -> list[ChartFile]:
    import io
    import tarfile

    data = read_text(path, TOTAL_LIMIT)
    files: list[ChartFile] = []
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for member in archive:
                total += member.size
                if member.size > FILE_LIMIT or total > TOTAL_LIMIT:
                    raise ChartgenError(f"{path}: {member.name} makes it too large", "Helm would refuse it too")
                if member.isfile():
                    files.append(ChartFile(_inside(path, member.name), archive.extractfile(member).read()))  # type: ignore[union-attr]  # isfile
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ChartgenError(f"{path}: not a chart archive: {error}", "helm package makes one") from None
    return files


def _inside(path: Path, name: str) -> str:
    _, _, inner = name.partition("/")
    if not inner or name.startswith("/") or ".." in name.split("/"):
        raise ChartgenError(f"{path}: {name!r} is no path of a chart", "the archive was not made by Helm")
    return inner


def read_folder(folder: Path) -> dict[str, str]:
    """The text files below a folder by their path in it; empty when there is none."""
    names = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {p.relative_to(folder).as_posix(): read_text(p).decode("utf-8", "replace") for p in names}
