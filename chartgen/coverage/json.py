"""Coverage for programs, in a shape that only grows.

```
{"version": 1, "threshold": number, "status": "passed" | "failed",
 "charts": [{"subject": str, "taken": int, "reachable": int, "percent": number, "unseen": [str],
             "branches": [{"file": str, "line": int, "column": int, "inside": str, "kind": str,
                           "way": str, "taken": bool, "reason": str}]}]}
```

`line` and `column` count from 1; `reason` says why a branch cannot be taken, and is empty for all others.
A branch with a reason is not among the `reachable`, unless it was taken. Keys may be added
under the same `version`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from chartgen.coverage.measure import Branch, Coverage
from chartgen.report.escape import path, scalar

VERSION = 1


def render(found: Sequence[Coverage], threshold: float) -> str:
    """One JSON document in ASCII, two spaces deep."""
    passed = all(coverage.meets(threshold) for coverage in found)
    document = {
        "version": VERSION,
        "threshold": threshold,
        "status": "passed" if passed else "failed",
        "charts": [_chart(coverage) for coverage in found],
    }
    return json.dumps(document, indent=2) + "\n"


def _chart(coverage: Coverage) -> dict[str, Any]:
    return {
        "subject": scalar(coverage.subject),
        "taken": coverage.taken,
        "reachable": coverage.reachable,
        "percent": coverage.percent,
        "unseen": [scalar(sentence) for sentence in coverage.unseen],
        "branches": [_branch(branch) for branch in coverage.branches],
    }


def _branch(branch: Branch) -> dict[str, Any]:
    return {
        "file": scalar(path(branch.file)),
        "line": branch.line,
        "column": branch.column,
        "inside": scalar(branch.inside),
        "kind": branch.kind,
        "way": branch.way,
        "taken": branch.taken,
        "reason": scalar(branch.reason),
    }
