"""The runner: every check once, every object once, and no check that did not run called passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chartgen import checks
from chartgen.checks import CHECKS, judge
from chartgen.checks.subject import Made
from chartgen.documents import load_all
from chartgen.engine import Answer, LintMessage, Refusal
from chartgen.errors import ToolError
from chartgen.findings import Outcome, Report, Severity, Status
from chartgen.manifest import Case, Manifest, Rendering
from chartgen.settings import Setting
from tests.unit.checks.stage import chart

CONFIG = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a%s}\n"
HEAD = """
apiVersion: v2
name: shop
version: 1.0.0
description: A shop.
icon: https://example.org/a.svg
kubeVersion: ">=1.29.0-0"
maintainers: [{name: Ada}]
"""


@dataclass
class Linter:
    """A session that lints, and says the same under every case but for one line."""

    def render(self, cases: Iterable[Case]) -> Iterator[Answer]:
        yield from ()

    def lint(self, case: Case, strict: bool = True) -> tuple[LintMessage, ...]:
        assert strict
        same = LintMessage(Severity.INFO, "Chart.yaml", "icon is recommended")
        return (
            (same, LintMessage(Severity.ERROR, "templates/", "broken")) if case.overlay == "dev" else (same,)
        )

    def validate(self, values: Any) -> tuple[str, ...]:
        return ()


class Silent(Linter):
    def lint(self, case: Case, strict: bool = True) -> tuple[LintMessage, ...]:
        raise ToolError("helm did not answer", "install it")


def rendering(text: str, overlay: str = "dev", source: str = "templates/a.yaml", **values: str) -> Rendering:
    manifests = tuple(Manifest(data, source) for data in load_all(text, source))
    return Rendering(Case(values, overlay=overlay), manifests)


def by_name(report: Report) -> dict[str, Outcome]:
    return {outcome.check: outcome for outcome in report.outcomes}


def test_every_check_has_a_name_of_its_own_and_says_what_it_asks() -> None:
    names = [check.NAME for check in CHECKS]
    assert len(set(names)) == len(names)
    assert all(check.HELP.endswith(".") for check in CHECKS)


def test_a_check_that_is_written_is_a_check_that_is_run() -> None:
    folder = Path(checks.__file__).parent
    written = {
        path.stem for path in folder.glob("*.py") if "\ndef check(" in path.read_text(encoding="utf-8")
    }
    assert written == {check.__name__.rpartition(".")[2] for check in CHECKS}  # type: ignore[attr-defined]  # modules


def test_only_checks_whose_subject_is_given_are_run() -> None:
    assert judge("x").outcomes == ()
    made = Made(chart(**{"Chart.yaml": HEAD}))
    assert list(by_name(judge("x", made=made))) == [check.NAME for check in checks.CHART_CHECKS]
    names = [check.NAME for check in checks.OVERLAY_CHECKS]
    assert list(by_name(judge("x", answers=[rendering("")]))) == names


def test_a_clean_chart_passes_everything() -> None:
    report = judge("shop", made=Made(chart(**{"Chart.yaml": HEAD})), answers=[rendering(CONFIG % "")])
    assert {outcome.status for outcome in report.outcomes} == {Status.PASSED}
    assert (report.subject, report.overlays) == ("shop", ("dev",))


def test_what_all_overlays_show_is_told_once_and_the_rest_by_overlay() -> None:
    answers = [
        rendering(CONFIG % "_b", "dev"),
        rendering(CONFIG % "_b" + "---\n" + CONFIG % "_c", "staging"),
        rendering(CONFIG % "_b" + "---\n" + CONFIG % "_c", "production"),
    ]
    report = judge("shop", answers=answers, kube_versions=("1.29", "1.30"), folder="charts/shop/")
    found = [(f.place.path, f.overlay) for f in by_name(report)["names"].findings]
    assert found == [
        ("ConfigMap/a_b metadata.name", ""),
        ("ConfigMap/a_c metadata.name", "production"),
        ("ConfigMap/a_c metadata.name", "staging"),
    ]
    assert {f.place.file for f in report.findings} == {"charts/shop/templates/a.yaml"}
    assert (report.overlays, report.kube_versions) == (("dev", "staging", "production"), ("1.29", "1.30"))
    assert by_name(report)["names"].status is Status.FAILED
    assert by_name(report)["names"].help == checks.names.HELP


def test_an_object_that_is_the_same_under_every_overlay_is_validated_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []

    def validate(data: Any, *_: object) -> tuple[()]:
        seen.append(data["metadata"]["name"])
        return ()

    monkeypatch.setattr(checks.schema, "validate", validate)
    judge("x", answers=[rendering(CONFIG % 1 + "---\n" + CONFIG % n, str(n)) for n in (2, 3, 3)])
    assert seen == ["a1", "a2", "a3"]


def test_strict_makes_errors_of_warnings_and_leaves_what_is_worth_knowing() -> None:
    pod = "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b}]}\n"
    text = pod + "---\nkind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}"
    lenient, strict = (by_name(judge("x", answers=[rendering(text)], strict=s)) for s in (False, True))
    assert (lenient["latest"].status, strict["latest"].status) == (Status.PASSED, Status.FAILED)
    assert strict["schema"].findings[0].severity is Severity.INFO
    assert strict["schema"].status is Status.PASSED


def test_a_check_that_cannot_find_out_is_not_run() -> None:
    report = by_name(judge("x", made=Made(chart(), session=Silent())))
    assert report["helm-lint"].status is Status.NOT_RUN
    assert report["helm-lint"].reason == "helm did not answer\ninstall it"
    assert report["in-sync"].status is Status.PASSED


def test_an_engine_that_fails_in_the_middle_leaves_its_checks_not_run_with_what_they_found() -> None:
    def answers() -> Iterator[Answer]:
        yield rendering(CONFIG % "_b")
        raise ToolError("helm died")

    report = by_name(judge("x", answers=answers()))
    assert {outcome.status for outcome in report.values()} == {Status.NOT_RUN}
    assert {outcome.reason for outcome in report.values()} == {"helm died"}
    assert len(report["names"].findings) == 1


def test_a_bug_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> Iterator[Any]:
        raise ValueError("a bug")

    monkeypatch.setattr(checks.hooks, "check", broken)
    with pytest.raises(ValueError, match="a bug"):
        judge("x", answers=[rendering(CONFIG % "")])


def test_an_overlay_that_does_not_render_fails_and_the_others_are_judged() -> None:
    refusal = Refusal(Case(overlay="staging"), "rule", "one replica, please", "raw")
    report = by_name(judge("x", answers=[rendering(CONFIG % "_b"), refusal]))
    (finding,) = report["renders"].findings
    assert (finding.what, finding.overlay) == ("one replica, please", "staging")
    assert finding.hint == "change the overlay: a rule of the chart refuses it"
    assert report["names"].status is Status.FAILED


def test_when_nothing_renders_what_looks_at_renderings_is_not_run() -> None:
    report = by_name(judge("x", answers=[Refusal(Case(), "template", "broken", "raw")]))
    assert report.pop("renders").status is Status.FAILED
    assert {outcome.status for outcome in report.values()} == {Status.NOT_RUN}
    assert by_name(judge("x", answers=[]))["names"].status is Status.NOT_RUN


def test_a_rule_that_wants_something_brought_is_no_fault_and_what_is_not_seen_is_not_run() -> None:
    refusal = Refusal(Case(), "rule", "bring a password", "raw")
    report = by_name(judge("x", answers=[refusal, rendering(CONFIG % "", overlay="dev")]))
    assert report["renders"].status is Status.PASSED
    (finding,) = report["renders"].findings
    assert (finding.what, finding.severity.value) == ("bring a password", "info")
    assert report["names"].status is Status.PASSED
    alone = by_name(judge("x", answers=[refusal]))
    assert alone.pop("renders").status is Status.PASSED
    assert {outcome.status for outcome in alone.values()} == {Status.NOT_RUN}


def test_helm_lint_is_told_once_or_by_overlay() -> None:
    cases = (Case(overlay="dev"), Case(overlay="production"))
    report = by_name(judge("x", made=Made(chart(), session=Linter(), cases=cases)))
    found = [(f.severity.value, str(f.place), f.what, f.overlay) for f in report["helm-lint"].findings]
    assert found == [
        ("info", "Chart.yaml", "icon is recommended", ""),
        ("error", "templates/", "broken", "dev"),
    ]


def test_the_values_of_secret_settings_come_from_the_contract() -> None:
    made = Made(chart(**{"Chart.yaml": HEAD}), (Setting(("key",), "", {}, "", secret=True),))
    text = CONFIG % "" + "data: {x: hunter2}"
    report = by_name(judge("x", made=made, answers=[rendering(text, key="hunter2")]))
    assert [f.what for f in report["secrets"].findings] == ["shows the value of the secret setting key"]
