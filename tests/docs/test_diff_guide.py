"""The guide to differences: its commands exist, and its tables are those of the program."""

from __future__ import annotations

from chartgen.changes import SAFE, Effect, Level
from chartgen.diff.levels import KINDS
from chartgen.versions import __doc__ as versions
from chartgen.versions import following, parsed
from tests.docs import shell
from tests.docs.documents import ROOT, blocks

GUIDE = (ROOT / "docs/guides/diff.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in GUIDE.splitlines() if line[:1] == "|"
]


def test_every_command_exists() -> None:
    lines = [line for block in blocks(GUIDE) if block.language == "sh" for line in block.commands]
    assert len(lines) > 5
    for line in lines:
        shell.chartgen_parses(line)


def test_every_kind_of_change_is_in_the_table_as_the_program_has_it() -> None:
    told = [row for row in ROWS if row[0] in KINDS]
    assert told == [
        [name, kind.level.value, ", ".join(effect.value for effect in kind.effects), kind.news]
        for name, kind in KINDS.items()
    ]


def test_every_verdict_is_explained() -> None:
    told = {row[0].strip("`") for row in ROWS}
    assert {SAFE, *(effect.value for effect in Effect)} <= told


def test_the_table_of_versions_is_the_one_that_is_followed() -> None:
    told = [row for row in ROWS if row[0] in ("major", "minor", "patch", "none")]
    assert versions is not None
    assert all(f"| {' | '.join(row)} |" in versions for row in told)
    for weight, *wanted in told:
        for base, form in zip(("4.5.6", "0.5.6", "0.0.6"), wanted, strict=True):
            start = parsed(base)
            assert start is not None
            numbers = dict(zip("XYZ", map(int, base.split(".")), strict=True))
            parts = [
                str(sum(numbers.get(term, 0) or int(term.isdecimal() and term) for term in part.split("+")))
                for part in form.split(".")
            ]
            result = base if form == "the same" else ".".join(parts)
            assert str(following(start, None if weight == "none" else Level(weight))) == result
