"""The compose files of the tests, and what they come to: converted once for a run.

`python -m tests.compose.made` keeps what they come to now in `expected/`; read the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from chartgen.compose.convert import Conversion, convert
from chartgen.compose.project import Asked
from chartgen.disk.beside import Beside
from chartgen.frozen import Frozen
from chartgen.model import App
from chartgen.model.load import load

HERE = Path(__file__).resolve().parent
# Each project, and what a person would call it with.
PROJECTS: Mapping[str, Asked] = {
    "shop": Asked(("compose.yaml",)),
    "wordpress": Asked(("docker-compose.yml",), folder="wordpress"),
    "monitoring": Asked(("compose.yaml",), variables={"RETENTION": "30d"}, folder="monitoring"),
    "profiles": Asked(("compose.yaml",), profiles=("dev",)),
    "overrides": Asked(("compose.yaml", "compose.prod.yaml"), folder="overrides"),
    "included": Asked(("compose.yaml",)),
    "granted": Asked(("compose.yaml",)),
    "search": Asked(("compose.yaml",), folder="search"),
    "messages": Asked(("compose.yaml",), folder="messages"),
    "ushadow": Asked(("compose.yaml",), folder="memory"),
}


class Given(Frozen):
    """Compose files in memory, as a source."""

    files: Mapping[str, bytes]
    executables: frozenset[str] = frozenset()

    def file(self, path: str) -> bytes | None:
        return self.files.get(path)

    def folder(self, path: str) -> Mapping[str, bytes] | None:
        inside = {p.removeprefix(f"{path}/"): d for p, d in self.files.items() if p.startswith(f"{path}/")}
        return inside or None

    def executable(self, path: str) -> bool:
        return path in self.executables


@cache
def made(name: str) -> Conversion:
    return convert(PROJECTS[name], Beside(HERE / "files" / name))


def told(found: Conversion) -> str:
    """What is said of a conversion, as text."""
    return "".join(f"{notice.level}: {notice}\n" for notice in found.notices)


def converted(text: str, *more: str, **asked: object) -> Conversion:
    """What compose.yaml and further files (`name: text` in turn) come to."""
    files = {"compose.yaml": text.encode()}
    files |= {more[i]: more[i + 1].encode() for i in range(0, len(more), 2)}
    given = {"folder": "shop", **asked}
    return convert(Asked(("compose.yaml",), **given), Given(files))  # type: ignore[arg-type]


def app(text: str, *more: str, **asked: object) -> App:
    """The application that compose files come to."""
    return load(converted(text, *more, **asked).text)


if __name__ == "__main__":
    for project in PROJECTS:
        (HERE / "expected" / f"{project}.yaml").write_text(made(project).text)
        (HERE / "expected" / f"{project}.txt").write_text(told(made(project)))
