"""Checks, one file each, and the runner that knows the loop over overlays.

A check is a module: NAME, HELP (one sentence) and `check(subject)`, which yields Findings. To add one,
write the file and its test, and put it into the tuple of its subject. A check that cannot find out
raises ToolError: it is then *not run*, which is never success. Any other exception is our own bug.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from chartgen.checks import (
    amounts,
    capabilities,
    duplicates,
    helm_lint,
    hooks,
    host_access,
    hosts,
    in_sync,
    latest,
    metadata,
    model,
    names,
    old_names,
    pod_security,
    ports,
    ranges,
    references,
    renders,
    schema,
    secrets,
    selectors,
    sizes,
    storage,
    values_used,
)
from chartgen.checks.subject import Item, Made, Scene
from chartgen.errors import ToolError
from chartgen.findings import Finding, Outcome, Report, Severity, Status
from chartgen.manifest import Rendering

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.engine import Answer
    from chartgen.manifest import Manifest
    from chartgen.model.app import App

Subject = TypeVar("Subject", contravariant=True)


class Check(Protocol[Subject]):
    """What a module of this folder is."""

    NAME: str
    HELP: str

    def check(self, subject: Subject, /) -> Iterator[Finding]: ...


APP_CHECKS: tuple[Check[App], ...] = (model,)
CHART_CHECKS: tuple[Check[Made], ...] = (metadata, in_sync, values_used, capabilities, helm_lint)
# What waits for an answer comes last, when the answer has come (see chartgen.engine.ahead).
_WAITING = (helm_lint,)
ANSWER_CHECKS: tuple[Check[Answer], ...] = (renders,)
# Of renderings, those that look at one object at a time: a thing that is equal everywhere is judged once.
OBJECT_CHECKS: tuple[Check[Item], ...] = (
    schema,
    names,
    amounts,
    ranges,
    hooks,
    host_access,
    pod_security,
    latest,
)
RENDERING_CHECKS: tuple[Check[Scene], ...] = (
    *(duplicates, selectors, references, ports, hosts),
    *(storage, secrets, sizes, old_names),
)
OVERLAY_CHECKS: tuple[Check[Any], ...] = (*ANSWER_CHECKS, *OBJECT_CHECKS, *RENDERING_CHECKS)
CHECKS: tuple[Check[Any], ...] = (*APP_CHECKS, *CHART_CHECKS, *OVERLAY_CHECKS)


def judge(
    subject: str,
    *,
    app: App | None = None,
    made: Made | None = None,
    answers: Iterable[Answer] | None = None,
    kube_versions: tuple[str, ...] = (),
    app_folder: str = "",
    folder: str = "",
    strict: bool = False,
) -> Report:
    """Runs every check whose subject is given; the answers of the engine are taken one at a time.

    `app_folder` and `folder` are where app.yaml and the chart are, for the places of findings; `strict`
    makes errors of warnings. An engine that fails (ToolError) leaves what looks at its answers not run.
    """
    run = _Run()
    found = [_in(app_folder, f) for f in run.each(APP_CHECKS, app)] if app is not None else []
    if made is not None:
        quick = [check for check in CHART_CHECKS if check not in _WAITING]
        found += [_in(folder, f) for f in run.each(quick, made)]
    loop = _Overlays(run, made, kube_versions)
    if answers is not None:
        found += [_in(folder, f) for f in loop.over(answers)]
    if made is not None:
        found += [_in(folder, f) for f in run.each(_WAITING, made)]
    return Report(subject, run.outcomes(found, strict), tuple(loop.overlays), kube_versions)


class _Run:
    """Knows which checks ran, and which could not."""

    def __init__(self) -> None:
        self.checks: dict[str, str] = {}  # name to help
        self.reasons: dict[str, str] = {}

    def each(self, checks: Iterable[Check[Any]], subject: object) -> list[Finding]:
        """What the checks find, but for those that could not run, now or before."""
        found: list[Finding] = []
        for check in checks:
            self.checks[check.NAME] = check.HELP
            if check.NAME not in self.reasons:
                try:
                    found += check.check(subject)
                except ToolError as error:
                    self.reasons[check.NAME] = str(error)
        return found

    def none(self, checks: Iterable[Check[Any]], reason: str) -> None:
        """None of the checks could run, or not to the end."""
        for check in checks:
            self.checks[check.NAME] = check.HELP
            self.reasons.setdefault(check.NAME, reason)

    def outcomes(self, found: Iterable[Finding], strict: bool) -> tuple[Outcome, ...]:
        by_check: dict[str, set[Finding]] = {name: set() for name in self.checks}
        for finding in found:
            by_check[finding.check].add(_stern(finding) if strict else finding)
        return tuple(
            self._outcome(check.NAME, tuple(sorted(by_check[check.NAME])))
            for check in CHECKS
            if check.NAME in self.checks
        )

    def _outcome(self, name: str, findings: tuple[Finding, ...]) -> Outcome:
        failed = any(finding.severity is Severity.ERROR for finding in findings)
        status = Status.FAILED if failed else Status.PASSED
        status = Status.NOT_RUN if name in self.reasons else status
        return Outcome(name, status, findings, self.reasons.get(name, ""), help=self.checks[name])


class _Overlays:
    """The loop over the renderings of one chart. An object that is the same under several is judged once."""

    def __init__(self, run: _Run, made: Made | None, kube_versions: tuple[str, ...]) -> None:
        self.run, self.kube_versions = run, kube_versions
        self.chart: Chart | None = made.chart if made else None
        self.secrets = tuple(s.path for s in made.settings if s.secret) if made else ()
        self.renamed = tuple(s for s in made.settings if s.renamed_from) if made else ()
        self.overlays: list[str] = []
        self._rendered = False
        self._items: dict[tuple[str, str], Item] = {}
        self._about: dict[Item, list[Finding]] = {}

    def over(self, answers: Iterable[Answer]) -> Iterator[Finding]:
        """What is found under each; an overlay is named only where not all of them show the same."""
        under: dict[Finding, list[str]] = {}
        try:
            for answer in answers:
                self.overlays.append(answer.case.name)
                for finding in dict.fromkeys(self._one(answer)):
                    under.setdefault(finding, []).append(answer.case.name)
        except ToolError as error:
            self.run.none(OVERLAY_CHECKS, str(error))
        if not self._rendered:
            self.run.none((*OBJECT_CHECKS, *RENDERING_CHECKS), "there is no rendering to look at")
        for finding, seen in under.items():
            same = len(seen) == len(self.overlays)
            yield from (finding.under(name) for name in ([""] if same else seen))

    def _one(self, answer: Answer) -> list[Finding]:
        found = self.run.each(ANSWER_CHECKS, answer)
        if isinstance(answer, Rendering):
            self._rendered = True
            self.run.checks.update((check.NAME, check.HELP) for check in OBJECT_CHECKS)
            items = tuple(self._item(manifest) for manifest in answer.manifests)
            scene = Scene(items, answer.case, answer.notes, self.chart, self.secrets, self.renamed)
            found += (finding for item in items for finding in self._about[item])
            found += self.run.each(RENDERING_CHECKS, scene)
        return found

    def _item(self, manifest: Manifest) -> Item:
        key = (manifest.source, manifest.digest)
        item = self._items.setdefault(key, Item(manifest, self.kube_versions))
        if item not in self._about:
            self._about[item] = self.run.each(OBJECT_CHECKS, item)
        return item


def _in(folder: str, finding: Finding) -> Finding:
    place = finding.place
    file = f"{folder.rstrip('/')}/{place.file}" if folder else place.file
    return replace(finding, place=replace(place, file=file))


def _stern(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.ERROR) if finding.severity is Severity.WARNING else finding
