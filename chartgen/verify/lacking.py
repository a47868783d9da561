"""What is absent is as if its default were given: values of an older chart, or a level taken away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from chartgen import values
from chartgen.contract import OWN
from chartgen.findings import Finding, Place
from chartgen.first import optional, with_defaults
from chartgen.manifest import Rendering
from chartgen.settings import tree
from chartgen.verify.space import Trial

if TYPE_CHECKING:
    from chartgen.contract import Contract
    from chartgen.engine import Session
    from chartgen.settings import Path
    from chartgen.verify.document import Values

NAME = "absent"
HELP = "Values that lack a setting, or a level of them, make what its default makes."


def findings(
    contract: Contract, defaults: Values, session: Session, trials: Iterable[Trial]
) -> Iterator[tuple[Finding, Trial]]:
    """What is wrong, and the trial that shows it. Charts that are not ours promise nothing of the kind."""
    if OWN not in contract.schema:
        return
    lacking = tuple(optional(tree(contract.settings)))

    asked = [trial for given in trials for trial in _pair(given, defaults, lacking)]
    answers = session.render(asked)
    for trial, one, other in zip(asked[::2], answers, answers, strict=True):
        if isinstance(one, Rendering) and isinstance(other, Rendering) and _made(one) != _made(other):
            place = Place("values.yaml", path=trial.name.partition(": ")[2])
            what = "without it the objects are not those that its default makes"
            yield Finding(NAME, place, what, "put its default there before any template reads it"), trial


def _pair(trial: Trial, defaults: Values, lacking: tuple[tuple[Path, Any], ...]) -> tuple[Trial, Trial]:
    """A trial that lacks something, and the one that has its default."""
    whole = with_defaults(values.coalesce(defaults, trial.values), lacking)
    return trial, Trial(_deleted(trial.values, whole), trial.release, trial.name)


def _deleted(given: Values, whole: Values) -> dict[str, Any]:
    """The values `whole` with the nulls of `given` that no default has replaced: a null takes a default away,
    and one that is left out brings it back."""
    found = dict(whole)
    for key, value in given.items():
        if value is None and key not in found:
            found[key] = None
        elif isinstance(value, dict) and isinstance(found.get(key), dict):
            found[key] = _deleted(value, found[key])
    return found


def _made(rendering: Rendering) -> tuple[list[tuple[str, str]], str]:
    return sorted((m.source, m.digest) for m in rendering.manifests), rendering.notes
