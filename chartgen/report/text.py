"""For people: a line per finding, its hint below, and what the run amounts to at the end."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from chartgen.findings import Severity, Status
from chartgen.report.escape import path, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chartgen.findings import Finding, Outcome, Report

_COLORS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36", Status.NOT_RUN: "1;35"}


def render(report: Report, *, color: bool = False) -> str:
    """Findings by file, then the checks that could not run, then one line that sums up."""
    blocks = ["\n".join(_file(findings, color)) for findings in _by_file(report.findings)]
    not_run = [_not_run(o, color) for o in report.outcomes if o.status is Status.NOT_RUN]
    if not_run:
        blocks.append("\n".join(not_run))
    return "\n\n".join([*blocks, _summary(report, color)]) + "\n"


def _by_file(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    """Findings of one file together, in the order of its lines."""

    def at(finding: Finding) -> str:
        return path(finding.place.file)

    ordered = sorted(findings, key=lambda f: (at(f), f.place.line, f))
    for _, group in groupby(ordered, at):
        yield list(group)


def _file(findings: Iterable[Finding], color: bool) -> Iterator[str]:
    """The lines for one file; a finding seen under several overlays is told once."""
    overlays: dict[Finding, list[str]] = {}
    for finding in findings:
        overlays.setdefault(replace(finding, overlay=""), []).append(finding.overlay)
    for finding, under in overlays.items():
        yield _line(finding, [name for name in under if name], color)
        yield from (f"    {visible(line)}" for line in finding.hint.splitlines())


def _line(finding: Finding, overlays: list[str], color: bool) -> str:
    place = visible(path(finding.place.file))
    if finding.place.line:
        place += f":{finding.place.line}"
    where = f"{visible(finding.place.path)}: " if finding.place.path else ""
    notes = [", ".join(visible(name) for name in overlays)] if overlays else []
    if finding.kube_versions:
        notes.append(f"Kubernetes {_span(finding.kube_versions)}")
    severity = _paint(finding.severity.value, finding.severity, color)
    tail = f"  ({'; '.join(notes)})" if notes else ""
    return f"{place}: {severity} {finding.check}: {where}{visible(finding.what)}{tail}"


def _not_run(outcome: Outcome, color: bool) -> str:
    word = _paint("NOT RUN", Status.NOT_RUN, color)
    reason, *more = outcome.reason.splitlines() or [""]
    lines = [f"{word} {outcome.check}: {visible(reason)}", *(f"    {visible(line)}" for line in more)]
    return "\n".join(lines)


def _summary(report: Report, color: bool) -> str:
    """`charts/shop: 2 errors, 1 warning from 2 of 21 checks; overlays dev, prod; Kubernetes 1.29, 1.30`."""
    parts = [f"{visible(report.subject)}: {_counts(report, color)}"]
    missing = sum(o.status is Status.NOT_RUN for o in report.outcomes)
    if missing:
        parts.append(_paint(f"{_some(missing, 'check')} NOT RUN", Status.NOT_RUN, color))
    if report.overlays:
        word = "overlay" if len(report.overlays) == 1 else "overlays"
        parts.append(f"{word} {', '.join(visible(name) for name in report.overlays)}")
    if report.kube_versions:
        parts.append(f"Kubernetes {_span(report.kube_versions)}")
    return "; ".join(parts)


def _counts(report: Report, color: bool) -> str:
    run = [o for o in report.outcomes if o.status is not Status.NOT_RUN]
    findings = report.findings
    if not findings:
        return f"{_some(len(run), 'check')} passed"
    words = []
    for severity in Severity:
        number = sum(f.severity is severity for f in findings)
        if number:
            word = "info" if severity is Severity.INFO else _plural(number, severity.value)
            words.append(_paint(f"{number} {word}", severity, color))
    return f"{', '.join(words)} from {sum(bool(o.findings) for o in run)} of {_some(len(run), 'check')}"


def _some(number: int, word: str) -> str:
    return f"{number} {_plural(number, word)}"


def _plural(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"


def _span(versions: tuple[str, ...]) -> str:
    return ", ".join(visible(version) for version in versions)


def _paint(text: str, what: Severity | Status, color: bool) -> str:
    return f"\x1b[{_COLORS[what]}m{text}\x1b[0m" if color else text
