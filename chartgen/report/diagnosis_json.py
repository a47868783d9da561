"""Diagnoses for programs, in a shape that only grows.

```
{"version": 1, "release": str, "namespace": str, "status": "fine" | "wrong" | "could not tell",
 "diagnoses": [{"examination": str, "state": "fine" | "wrong" | "could not tell", "subject": str,
                "what": str, "cure": str, "log": [str]}]}
```

`status` of the whole is the worst of them, and what is wrong is worse than what could not be told. Keys may
be added under the same `version`; a key that goes or changes its meaning raises it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chartgen.report.escape import scalar

if TYPE_CHECKING:
    from chartgen.diagnoses import Diagnosis, Examined

VERSION = 1


def render(examined: Examined, *, color: bool = False) -> str:
    """One JSON document in ASCII, two spaces deep, keys in the order documented above."""
    del color
    document = {
        "version": VERSION,
        "release": scalar(examined.release),
        "namespace": scalar(examined.namespace),
        "status": examined.state.value,
        "diagnoses": [_diagnosis(diagnosis) for diagnosis in examined.diagnoses],
    }
    return json.dumps(document, indent=2) + "\n"


def _diagnosis(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "examination": diagnosis.examination,
        "state": diagnosis.state.value,
        "subject": scalar(diagnosis.subject),
        "what": scalar(diagnosis.what),
        "cure": scalar(diagnosis.cure),
        "log": [scalar(line) for line in diagnosis.log],
    }
