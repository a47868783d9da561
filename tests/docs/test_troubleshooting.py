"""The guide to installs that do not come up: what it says the doctor says, the doctor says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chartgen.doctor import BEFORE, INSTALLED
from tests.docs.documents import ROOT

GUIDE = (ROOT / "docs/guides/troubleshooting.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (?!You see|In the way|---)(.+?) \| (.+?) \| (.+?) \|$", GUIDE, re.MULTILINE)
SAID = [(name, said) for _, cell, _ in ROWS for name, said in re.findall(r"`(\w+): (\.\.\. [^`]+)`", cell)]


def source() -> str:
    """All that the doctor can say; what is computed stands in curly brackets."""
    files: list[Path] = [*sorted((ROOT / "chartgen/doctor").rglob("*.py")), ROOT / "chartgen/scripts/seed.sh"]
    return " ".join(" ".join(path.read_text(encoding="utf-8") for path in files).split())


def test_every_row_quotes_a_line_of_an_examination_that_there_is() -> None:
    assert len(ROWS) >= 12
    assert len(SAID) >= len(ROWS)
    assert {name for name, _ in SAID} <= {*(one.NAME for one in INSTALLED), *(one.NAME for one in BEFORE)}


def test_every_examination_before_an_install_has_a_row() -> None:
    assert {one.NAME for one in BEFORE} <= {name for name, _ in SAID}


@pytest.mark.parametrize("name,said", SAID)
def test_a_line_that_the_guide_quotes_is_one_that_the_doctor_says(name: str, said: str) -> None:
    text = source()
    for part in filter(None, (piece.strip(" :") for piece in said.split("..."))):
        assert part in text, f"{name}: {part}"


def test_the_exit_codes_and_states_are_those_of_the_command() -> None:
    from chartgen.cli.doctor import EXIT
    from chartgen.report.diagnosis_text import WORDS

    assert set(re.findall(r"`(fine|WRONG|COULD NOT TELL)`", GUIDE)) == set(WORDS.values())
    assert sorted(EXIT.values()) == [0, 1, 3]
