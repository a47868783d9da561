"""Other Helms say the same: what must be accepted or refused is, and the objects are those of the first one.

`helm template` starts a process for each document, so this is asked of a sample: some documents of each
verdict. Where Helms are known to differ (chartgen.engine.differences) a chart of ours does not go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from chartgen.findings import Finding, Place
from chartgen.manifest import Rendering
from chartgen.verify.expect import disagreement
from chartgen.verify.space import Trial

if TYPE_CHECKING:
    from chartgen.engine import Answer, Engine, Session
    from chartgen.verify.judge import Judge

NAME = "agreement"
HELP = "Every Helm that was named accepts, refuses and makes the same."
EACH = 8  # documents of each verdict


def sample(trials: Iterable[Trial], judge: Judge) -> list[Trial]:
    """The first documents of each verdict."""
    found, left = [], Counter(dict.fromkeys(("accepted", "schema", "rule"), EACH))
    for trial in trials:
        verdict = judge.expected(trial.values).verdict
        if left[verdict]:
            left[verdict] -= 1
            found.append(trial)
        if not left.total():
            break
    return found


def findings(
    others: Iterable[Engine], archive: bytes, session: Session, judge: Judge, trials: Sequence[Trial]
) -> Iterator[tuple[Finding, Trial]]:
    """How each of the other engines differs from what must be, or from the `session`, with a trial."""
    first = list(session.render(trials))
    for engine in others:
        called = f"Helm {engine.version}"
        answers = engine.open(archive).render(trials)
        for trial, ours, theirs in zip(trials, first, answers, strict=True):
            what = disagreement(judge.expected(trial.values), theirs) or _difference(ours, theirs)
            if what and not judge.own_say(theirs):
                yield Finding(NAME, Place("values.yaml"), f"{called}: {what}"), trial


def _difference(ours: Answer, theirs: Answer) -> str:
    if not isinstance(ours, Rendering) or not isinstance(theirs, Rendering):
        return ""
    sides = [{(m.source, m.label, m.digest) for m in side.manifests} for side in (ours, theirs)]
    labels = sorted({label for _, label, _ in sides[0] ^ sides[1]})
    return f"it makes {', '.join(labels)} otherwise" if labels else ""
