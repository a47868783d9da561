"""For programs: every outcome and finding, in a shape that only grows.

```
{"version": 1, "subject": str, "overlays": [str], "kubernetes": [str],
 "status": "passed" | "failed" | "not run",
 "checks": [{"name": str, "help": str, "status": "passed" | "failed" | "not run", "reason": str,
             "seconds": number,                                   (only when it was measured)
             "findings": [{"severity": "error" | "warning" | "info", "file": str, "line": int,
                           "path": str, "what": str, "hint": str, "overlay": str, "kubernetes": [str]}]}]}
```

`line` counts from 1, 0 when unknown; an empty `overlay` or `kubernetes` means that the finding holds
under all. `status` of the whole is `not run` when any check could not run and none failed. Keys may be
added under the same `version`; a key that goes or changes its meaning raises it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chartgen.findings import Status
from chartgen.report.escape import path, scalar

if TYPE_CHECKING:
    from chartgen.findings import Finding, Outcome, Report

VERSION = 1


def render(report: Report, *, color: bool = False) -> str:
    """The report as one JSON document in ASCII, two spaces deep, keys in the order documented above."""
    del color
    document = {
        "version": VERSION,
        "subject": scalar(report.subject),
        "overlays": [scalar(name) for name in report.overlays],
        "kubernetes": list(report.kube_versions),
        "status": _status(report).value,
        "checks": [_check(outcome) for outcome in report.outcomes],
    }
    return json.dumps(document, indent=2) + "\n"


def _status(report: Report) -> Status:
    seen = {outcome.status for outcome in report.outcomes}
    worst = (Status.FAILED, Status.NOT_RUN)
    return next((status for status in worst if status in seen), Status.PASSED)


def _check(outcome: Outcome) -> dict[str, Any]:
    seconds = {"seconds": outcome.seconds} if outcome.seconds else {}
    return {
        "name": outcome.check,
        "help": outcome.help,
        "status": outcome.status.value,
        "reason": scalar(outcome.reason),
        **seconds,
        "findings": [_finding(f) for f in sorted(outcome.findings)],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "file": scalar(path(finding.place.file)),
        "line": finding.place.line,
        "path": scalar(finding.place.path),
        "what": scalar(finding.what),
        "hint": scalar(finding.hint),
        "overlay": scalar(finding.overlay),
        "kubernetes": list(finding.kube_versions),
    }
