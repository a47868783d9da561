"""Changelogs: written from changes, kept as they are, and read back."""

from __future__ import annotations

import pytest

from chartgen.changelog import Entry, added, date, entries, read, section
from chartgen.changes import Change, Level
from chartgen.errors import ChartgenError

CHANGES = (
    Change(
        "setting removed",
        "web.port",
        "values are refused",
        Level.MAJOR,
        "remove it",
        news="removed",
    ),
    Change("setting added", "web.host", "The host.", Level.MINOR, news="added"),
    Change("pods restart", "Deployment/web", "its pods restart", Level.PATCH),
)
WRITTEN = """## 0.2.0 - 2026-01-31

### Added

- `web.host`: The host.

### Removed

- **Breaking:** `web.port`: values are refused (remove it)
"""


def test_a_section_tells_users_what_concerns_them() -> None:
    assert section("0.2.0", entries(CHANGES), "2026-01-31") == WRITTEN


def test_patches_are_told_when_there_is_nothing_else() -> None:
    assert section("0.1.1", entries(CHANGES[2:])) == (
        "## 0.1.1\n\n### Changed\n\n- `Deployment/web`: its pods restart\n"
    )
    assert entries(()) == ()


def test_the_newest_section_stands_first_and_all_others_stay() -> None:
    before = "# Changelog\n\nA word.\n\n## Unreleased\n\n- soon\n\n## 0.1.0\n\n- first\n"
    after = added(before, "0.2.0", WRITTEN)
    assert after == before.replace("## 0.1.0", f"{WRITTEN}\n## 0.1.0")
    assert added("", "0.2.0", WRITTEN) == f"# Changelog\n\n{WRITTEN}"


def test_a_version_is_never_written_twice() -> None:
    for heading in ("## 0.2.0", "## [0.2.0] - 2026-01-01", "## v0.2.0"):
        with pytest.raises(ChartgenError, match=r"it has a section for 0\.2\.0"):
            added(f"# Changelog\n\n{heading}\n", "0.2.0", WRITTEN)


def test_what_was_written_is_read_back() -> None:
    assert read(added("", "0.2.0", WRITTEN), "0.2.0") == entries(CHANGES)
    assert date(WRITTEN, "0.2.0") == "2026-01-31"
    assert (read(WRITTEN, "0.1.0"), date(WRITTEN, "0.1.0")) == ((), "")


def test_what_a_person_wrote_is_read_too() -> None:
    text = "## [1.0.0]\n\n- first\n  line\n- second\n\n### Fixed\n- third\n\n### Thanks\n- fourth\n\n"
    text += "## 0.9.0\n- old\n"
    told = [(entry.news, entry.text) for entry in read(text, "1.0.0")]
    assert told == [
        ("changed", "first line"),
        ("changed", "second"),
        ("fixed", "third"),
        ("changed", "fourth"),
    ]


def test_what_a_chart_says_cannot_be_more_than_text() -> None:
    evil = Change("setting added", "a`b", "<script> [x](javascript:y)\n## 9.9.9", Level.MINOR)
    (entry,) = entries([evil])
    assert entry == Entry("changed", r"`` a`b ``: \<script\> \[x\](javascript:y) \#\# 9.9.9")
