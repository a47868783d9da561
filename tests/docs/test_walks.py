"""Every command of every guide is run by somebody: in a walk on the cluster, or by a test that is named."""

from __future__ import annotations

import re

import pytest

from tests.docs import walks
from tests.docs.walks import ELSEWHERE, GUIDES, SHOWN, WALKS, sections

NAMES = sorted(path.name for path in GUIDES.glob("*.md"))
STEPS = [step for walk in WALKS.values() for step in walk]


@pytest.mark.parametrize("guide", NAMES)
def test_every_command_of_the_guide_is_run_by_somebody(guide: str) -> None:
    """A guide that no table knows has a test of its own, which reads it by its name."""
    shown = dict.fromkeys(title for title, block in sections(guide) if block.language == "sh")
    lacking = [t for t in shown if not walks.walked(guide, t) and not walks.elsewhere(guide, t)]
    assert not lacking or walks.readers(guide), f"{guide}: {lacking} is run by no test: tests/docs/walks.py"


@pytest.mark.parametrize("place", ELSEWHERE, ids=" ".join)
def test_the_test_that_runs_it_is_there_and_so_is_the_section(place: tuple[str, str]) -> None:
    guide, section = place
    assert walks.exists(ELSEWHERE[place]), f"there is no {ELSEWHERE[place]}"
    assert guide in NAMES
    assert not section or section in {title for title, _ in sections(guide)}
    assert not section or not walks.walked(guide, section), "it is walked already"


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_what_is_walked_is_there(step: walks.Step) -> None:
    titles = {title for title, _ in sections(step.guide)}
    assert set(step.sections) | set(step.left) <= titles


def test_what_a_walk_shows_is_shown_where_it_is_walked() -> None:
    for guide, section in SHOWN:
        assert walks.walked(guide, section), f"{guide}: {section}"
        assert section in {title for title, block in sections(guide) if block.language == "sh"}


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_no_command_that_is_walked_leaves_a_word_in_capitals_to_the_reader(step: walks.Step) -> None:
    text = "\n".join(b.text for title, b in sections(step.guide) if b.language == "sh" and step.has(title))
    words = set(re.findall(r"(?<![\w.$/])[A-Z]{3,}(?![\w_/])", text))
    assert words <= {"REDIS_URL"}, f"say in tests/cluster/test_guides.py what stands for {words}"


def test_a_test_that_is_not_there_is_told() -> None:
    assert walks.exists("tests/docs/test_walks.py::test_a_test_that_is_not_there_is_told")
    assert walks.exists("tests/docs/test_walks.py")
    assert not walks.exists("tests/docs/test_walks.py::test_nothing")
    assert not walks.exists("tests/docs/test_nowhere.py")
    assert not walks.exists("tests/docs/walks.py")
