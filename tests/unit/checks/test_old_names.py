from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chartgen.checks import judge
from chartgen.checks.old_names import check
from chartgen.checks.subject import Made
from chartgen.manifest import Case
from tests.apps import made
from tests.need import need
from tests.unit.checks.stage import scene, told

OWN = tuple(setting for setting in made.declared("own").settings if setting.renamed_from)


def found(values: dict[str, Any]) -> list[tuple[str, str, str]]:
    return told(check(replace_renamed(values)))


def replace_renamed(values: dict[str, Any]) -> Any:
    return replace(scene("", values=values), renamed=OWN)


@pytest.mark.parametrize("setting", OWN, ids=lambda setting: setting.dotted)
def test_an_old_name_in_an_overlay_is_told_with_the_new_one_and_its_end(setting: Any) -> None:
    values: Any = 1
    for key in reversed(setting.renamed_from):
        values = {key: values}
    old = ".".join(setting.renamed_from)
    what = f"is called {setting.dotted} now; the old name works until version {setting.until}"
    assert ("warning", old, what) in found(values)


def test_new_names_and_what_only_looks_like_an_old_one_are_fine() -> None:
    assert found({}) == []
    for setting in OWN:
        values: Any = {"other": 1}
        for key in reversed(setting.renamed_from[:-1]):
            values = {key: values}
        assert found(values) == []
        assert found({setting.renamed_from[0]: 1} if len(setting.renamed_from) > 1 else {}) == []


def test_lint_names_the_overlay() -> None:
    need("helm_python")
    cases = [Case(), Case(made.overlays("own")["old-names"], overlay="old")]
    subject = Made(made.chart("own"), made.declared("own").settings, session=made.session("own"))
    report = judge("own", made=subject, answers=made.session("own").render(cases))
    warned = [finding for finding in report.findings if finding.check == "old-names"]
    assert {finding.overlay for finding in warned} == {"old"}
    assert len(warned) == len(OWN)
