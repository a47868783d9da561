"""SARIF 2.1.0, for code scanning: one run, a rule per check, a result per finding.

A check that could not run is a notification of the invocation, which is then not successful.
Standard: OASIS, SARIF Version 2.1.0 plus Errata 01; section numbers below are its own.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import chartgen
from chartgen.findings import Severity, Status
from chartgen.report.escape import path, scalar, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chartgen.findings import Finding, Outcome, Place, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(report: Report, *, color: bool = False) -> str:
    """The report as a SARIF log in ASCII."""
    del color
    rules = {outcome.check: index for index, outcome in enumerate(report.outcomes)}
    run = {
        "tool": {"driver": _driver(report)},
        "invocations": [_invocation(report)],
        "results": [_result(f, rules) for f in report.findings],
        "columnKind": "unicodeCodePoints",
        "properties": _known(overlays=list(report.overlays), kubernetes=list(report.kube_versions)),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def message(text: str) -> dict[str, str]:
    """A message that reads as `text`: braces are doubled (§3.11.5), and what would be taken for an
    embedded link is not one (§3.11.6). Line breaks stay, other control characters show as escapes."""
    lines = [visible(scalar(line)) for line in text.splitlines()] or [""]
    plain = "\n".join(lines).replace("{", "{{").replace("}", "}}")
    return {"text": re.sub(r"\[(?=[^\[\]]*\]\()", r"\\[", plain)}


def _driver(report: Report) -> dict[str, Any]:
    return {
        "name": "chartgen",
        "semanticVersion": chartgen.__version__,
        "rules": [_rule(outcome) for outcome in report.outcomes],
    }


def _rule(outcome: Outcome) -> dict[str, Any]:
    return {"id": outcome.check, "shortDescription": message(outcome.help or outcome.check)}


def _invocation(report: Report) -> dict[str, Any]:
    missing = [
        {"level": "error", "message": message(o.reason), "associatedRule": {"id": o.check, "index": index}}
        for index, o in enumerate(report.outcomes)
        if o.status is Status.NOT_RUN
    ]
    return {"executionSuccessful": not missing, "toolExecutionNotifications": missing}


def _result(finding: Finding, rules: Mapping[str, int]) -> dict[str, Any]:
    what = f"{finding.what}\n{finding.hint}" if finding.hint else finding.what
    return {
        "ruleId": finding.check,
        "ruleIndex": rules[finding.check],
        "level": _LEVELS[finding.severity],
        "message": message(what),
        "locations": [_location(finding.place)],
        "properties": _known(overlay=scalar(finding.overlay), kubernetes=list(finding.kube_versions)),
    }


def _location(place: Place) -> dict[str, Any]:
    """Where it is; a path inside the file is a logical location, as no column is known for it."""
    where: dict[str, Any] = {"artifactLocation": {"uri": quote(scalar(path(place.file)), safe="/")}}
    if place.line:
        where["region"] = {"startLine": place.line}
    location: dict[str, Any] = {"physicalLocation": where}
    if place.path:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(scalar(place.path))}]
    return location


def _known(**values: str | list[str]) -> dict[str, str | list[str]]:
    return {name: value for name, value in values.items() if value}
