"""Combinations of settings that are refused, and were not, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chartgen.changes import Change, Level
from chartgen.diff.levels import change
from chartgen.diff.subject import Pair, Side
from chartgen.rules import Clause, Rule
from chartgen.setflags import to_set
from chartgen.values import coalesce
from chartgen.verify.document import put

NAME = "rules"
HELP = "Rules about combinations of settings that came, went, or are said otherwise."
_ANYTHING = ("x", 1, True, ["x"], {"x": "x"})


def compare(pair: Pair) -> Iterator[Change]:
    """Rules by what they refuse; the sentence is for people."""
    old = {_key(rule): rule for rule in pair.base.contract.rules}
    new = {_key(rule): rule for rule in pair.new.contract.rules}
    for key, rule in new.items():
        place = ", ".join(".".join(path) for path in rule.reads)
        if key not in old:
            yield _added(pair, rule, place)
        elif old[key].sentence != rule.sentence:
            yield change("rule reworded", place, rule.sentence, old=old[key].sentence, new=rule.sentence)
    for key, rule in old.items():
        if key not in new:
            place = ", ".join(".".join(path) for path in rule.reads)
            yield change("rule removed", place, f"is refused no more: {rule.sentence}")


def _key(rule: Rule) -> str:
    import json

    return json.dumps([[list(c.path), c.op, c.value] for c in rule.refuses], sort_keys=True, default=list)


def _added(pair: Pair, rule: Rule, place: str) -> Change:
    known = pair.base.settings
    fresh = [path for path in rule.reads if path not in known]
    if fresh and any(_harmless(clause, pair.new) for clause in rule.refuses if clause.path in fresh):
        # Only who sets what was not there before can meet it.
        return change("rule added", place, rule.sentence, level=Level.MINOR)
    document = _refused(pair, rule)
    flags = to_set(document) if document else ""
    hint = f"refused now: {flags}" if flags else "check the values that you give"
    return change("rule added", place, rule.sentence, hint)


def _harmless(clause: Clause, side: Side) -> bool:
    """Whether a clause does not hold for the chart's own values."""
    return not clause.holds(side.chart.default_values)


def _refused(pair: Pair, rule: Rule) -> dict[str, Any]:
    """Values that the older version takes and the rule refuses; empty when none were found."""
    document: dict[str, Any] = {}
    for clause in rule.refuses:
        if clause.holds(coalesce(pair.new.chart.default_values, document)):
            continue
        value = next((v for v in _offers(clause) if _takes(pair.base, clause, v)), None)
        if value is None:
            return {}
        put(document, clause.path, value)
    seen = coalesce(pair.new.chart.default_values, document)
    return {} if rule.accepts(seen) else document


def _takes(side: Side, clause: Clause, value: Any) -> bool:
    """Whether a clause holds for a value that the older version takes."""
    document: dict[str, Any] = {}
    put(document, clause.path, value)
    if not clause.holds(document):
        return False
    return side.validator.accepts(coalesce(side.chart.default_values, document))


def _offers(clause: Clause) -> Iterator[Any]:
    value = clause.value
    yield from {
        "is": (value,),
        "is not": (not value if isinstance(value, bool) else f"{value}x", 1),
        "above": (value + 1 if isinstance(value, int) else 1,),
        "above setting": (2, 100, 65535),
        "is setting": (),  # one setting alone is not the same as another
        "is not setting": _ANYTHING,
        "longer than": (["x"] * (value + 1 if isinstance(value, int) else 1),),
        "empty": ("", [], {}, 0, False),
        "set": _ANYTHING,
        "has": ([value],),
        "has not": ([],),
    }[clause.op]
