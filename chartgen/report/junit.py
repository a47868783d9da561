"""JUnit XML, for the test tab of a CI: a suite per check, a case per finding.

An error is a failure; a warning or an info passes and says its text; a check that passed is one case;
a check that could not run is an `error`, because a reader takes `skipped` for green.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from chartgen.findings import Severity, Status
from chartgen.report.escape import path, scalar, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chartgen.findings import Finding, Outcome, Report

# What XML 1.0 can hold (its production 2, Char), turned around.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, *, color: bool = False) -> str:
    """The report as one XML document; `time` is there only when it was measured."""
    del color
    suites = [line for outcome in report.outcomes for line in _suite(outcome)]
    totals = {
        "name": report.subject,
        "tests": str(sum(_cases(outcome) for outcome in report.outcomes)),
        "failures": str(sum(_failures(outcome) for outcome in report.outcomes)),
        "errors": str(sum(outcome.status is Status.NOT_RUN for outcome in report.outcomes)),
    }
    head = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites{_attributes(totals)}>"]
    return "\n".join([*head, *suites, "</testsuites>"]) + "\n"


def _suite(outcome: Outcome) -> Iterator[str]:
    not_run = outcome.status is Status.NOT_RUN
    attributes = {
        "name": outcome.check,
        "tests": str(_cases(outcome)),
        "failures": str(_failures(outcome)),
        "errors": str(int(not_run)),
    }
    if outcome.seconds:
        attributes["time"] = f"{outcome.seconds:.3f}"
    yield f"  <testsuite{_attributes(attributes)}>"
    if not_run:
        yield from _case(outcome.check, outcome.check, _body("error", "not run", outcome.reason))
    elif not outcome.findings:
        yield from _case(outcome.check, outcome.check, [])
    for finding in sorted(outcome.findings):
        yield from _case(outcome.check, _title(finding), _about(finding))
    yield "  </testsuite>"


def _case(check: str, name: str, body: Iterable[str]) -> Iterator[str]:
    attributes = _attributes({"classname": f"chartgen.{check}", "name": name})
    lines = [f"      {line}" for line in body]
    if not lines:
        yield f"    <testcase{attributes}/>"
        return
    yield f"    <testcase{attributes}>"
    yield from lines
    yield "    </testcase>"


def _about(finding: Finding) -> list[str]:
    """What goes inside a case: a failure for an error, plain output for the rest."""
    if finding.severity is Severity.ERROR:
        return _body("failure", finding.severity.value, finding.what, _details(finding))
    return [f"<system-out>{_content(_details(finding))}</system-out>"]


def _body(element: str, kind: str, message: str, content: str = "") -> list[str]:
    attributes = _attributes({"type": kind, "message": message})
    return [f"<{element}{attributes}>{_content(content or message)}</{element}>"]


def _title(finding: Finding) -> str:
    under = f" [{finding.overlay}]" if finding.overlay else ""
    return f"{_place(finding)}: {finding.what}{under}"


def _details(finding: Finding) -> str:
    lines = [f"{_place(finding)}: {finding.severity.value}: {finding.what}"]
    if finding.hint:
        lines.append(finding.hint)
    if finding.overlay:
        lines.append(f"overlay: {finding.overlay}")
    if finding.kube_versions:
        lines.append(f"Kubernetes: {', '.join(finding.kube_versions)}")
    return "\n".join(lines)


def _place(finding: Finding) -> str:
    place = finding.place
    at = f"{path(place.file)}:{place.line}" if place.line else path(place.file)
    return f"{at} {place.path}".strip()


def _cases(outcome: Outcome) -> int:
    """A case per finding, one for what did not run, and one for a check that passed without a word."""
    return len(outcome.findings) + (outcome.status is Status.NOT_RUN) or 1


def _failures(outcome: Outcome) -> int:
    return sum(finding.severity is Severity.ERROR for finding in outcome.findings)


def _attributes(values: dict[str, str]) -> str:
    """Attributes on one line: a reader folds the line breaks of an attribute, so they show as escapes."""
    return "".join(f" {name}={quoteattr(visible(scalar(value)))}" for name, value in values.items())


def _content(text: str) -> str:
    """Text between tags: `]]>` cannot close anything, and what XML cannot hold shows as an escape."""
    legal = _ILLEGAL.sub(lambda match: visible(match.group()), scalar(text))
    return escape(legal, {"\r": "&#13;"})
