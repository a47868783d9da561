"""The documents of the project, taken apart: fenced blocks, links, and the command lines that they show."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(
    r"^(?P<margin> *)```(?P<language>\w*)\n(?P<body>.*?)^(?P=margin)```$", re.MULTILINE | re.DOTALL
)
_COMMENT = re.compile(r"<!-- (\S+): (.+?) -->\s*$")
_FILE = re.compile(r"`([\w./-]+)`$")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text at the left margin, and the paragraph right above it.

    `note` is what a comment says right above the fence, `<!-- run: no cluster -->` as ("run", "no cluster").
    """

    language: str
    text: str
    above: str
    line: int
    note: tuple[str, str] = ("", "")

    @property
    def file(self) -> str:
        """The path that ends the paragraph above: where the text belongs."""
        found = _FILE.search(self.above)
        return found[1] if found else ""

    @property
    def commands(self) -> list[str]:
        """The commands of a shell block: lines joined where they end in a backslash, without comments."""
        joined = self.text.replace("\\\n", " ")
        lines = (re.sub(r"(^|\s{2,})#.*", "", line).strip() for line in joined.splitlines())
        return [" ".join(line.split()) for line in lines if line]


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a Markdown text, in order; one right after another belongs to the same file."""
    above = ""
    end = 0
    for found in _FENCE.finditer(text):
        between = text[end : found.start()]
        note = _COMMENT.search(between)
        said = (_COMMENT.sub("", between) if note else between).strip()
        above = said.rsplit("\n\n", 1)[-1] if said else above
        body = textwrap.dedent(found["body"])
        if found["language"] == "diff":
            body = "".join(line[len(found["margin"]) :] for line in found["body"].splitlines(keepends=True))
        line = text.count("\n", 0, found.start()) + 1
        yield Block(found["language"], body, above, line, (note[1], note[2]) if note else ("", ""))
        end = found.end()


def prose(text: str) -> str:
    """A Markdown text without its fenced blocks."""
    return _FENCE.sub("", text)


def links(text: str) -> list[str]:
    """Where the links of a Markdown text lead."""
    return _LINK.findall(prose(text))


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next one of its level or higher."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,6}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no heading {title!r}"
    return found[2]


def all_documents() -> list[Path]:
    """Every Markdown file of the project, those that git ignores left out."""
    hidden = {"node_modules", "build", "dist"}
    found = (path for path in ROOT.rglob("*.md") if not hidden & set(path.relative_to(ROOT).parts))
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(ROOT).parts))
