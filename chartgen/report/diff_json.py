"""Changes for programs, in a shape that only grows.

```
{"version": 1, "base": str, "new": str, "level": "major" | "minor" | "patch" | "none",
 "verdict": [EFFECT],  empty when the upgrade is safe
 "overlays": [str], "not compared": [{"overlay": str, "reason": str}],
 "not known": [{"file": str, "reason": str}],
 "changes": [{"kind": str, "level": "major" | "minor" | "patch", "place": str, "what": str, "hint": str,
              "effects": [EFFECT], "old": str, "new": str, "overlays": [str]}]}
EFFECT: "loses data" | "breaks the upgrade" | "cannot be told" | "restarts pods"
```

An empty `overlays` of a change means that it does not depend on values. Keys may be added under the same
`version`; a key that goes or changes its meaning raises it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chartgen.report.escape import scalar

if TYPE_CHECKING:
    from chartgen.changes import Change, Comparison

VERSION = 1


def render(comparison: Comparison, *, color: bool = False) -> str:
    """One JSON document in ASCII, two spaces deep, keys in the order documented above."""
    del color
    document = {
        "version": VERSION,
        "base": scalar(comparison.base),
        "new": scalar(comparison.new),
        "level": comparison.level.value if comparison.level else "none",
        "verdict": [effect.value for effect in comparison.effects],
        "overlays": [scalar(name) for name in comparison.overlays],
        "not compared": [
            {"overlay": scalar(name), "reason": scalar(reason)} for name, reason in comparison.untold
        ],
        "not known": [{"file": scalar(file), "reason": scalar(why)} for file, why in comparison.doubts],
        "changes": [_change(change) for change in comparison.changes],
    }
    return json.dumps(document, indent=2) + "\n"


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "level": change.level.value,
        "place": scalar(change.place),
        "what": scalar(change.what),
        "hint": scalar(change.hint),
        "effects": [effect.value for effect in change.effects],
        "old": scalar(change.old),
        "new": scalar(change.new),
        "overlays": [scalar(name) for name in change.overlays],
    }
