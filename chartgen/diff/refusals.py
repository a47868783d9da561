"""Values that the older version renders and the newer one refuses."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.changes import Change
from chartgen.diff.levels import change
from chartgen.diff.subject import Pair

NAME = "refusals"
HELP = "The chart's own values and the overlays given are still accepted."
_WHY = {
    "schema": "mend the values, or accept them in the schema",
    "rule": "set what the sentence asks for before you upgrade",
    "chart": "see Chart.yaml: its dependencies and its kubeVersion",
    "template": "mend the template that is named",
}


def compare(pair: Pair) -> Iterator[Change]:
    """Each case that Helm took, and takes no more."""
    for refusal in pair.refused:
        name = refusal.case.name
        said = "; ".join(line.strip() for line in refusal.message.splitlines() if line.strip())
        what = f"are refused now: {said}"
        yield change("values refused", name, what, _WHY[refusal.kind], overlays=(name,))
