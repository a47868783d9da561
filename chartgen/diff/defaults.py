"""Defaults that are other ones, and which objects look different for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen import values
from chartgen.changes import Change
from chartgen.diff.levels import change
from chartgen.diff.subject import Pair, shown, upgrade
from chartgen.engine import Refusal
from chartgen.manifest import Case
from chartgen.settings import Setting
from chartgen.verify.document import alone, put

NAME = "defaults"
HELP = "Defaults that changed, and what that does to the objects."
RENDERED = 8  # defaults that are put back, one at a time, to see what they do; each costs a rendering
_FEW = 4  # objects that are named
_ABSENT = object()


def compare(pair: Pair) -> Iterator[Change]:
    """Defaults of settings that both versions have, as the values of the chart say them."""
    left = RENDERED
    for path, new in pair.new.settings.items():
        old = pair.base.settings.get(path)
        if not old:
            continue
        before = _default(pair.base.chart.default_values, old)
        after = _default(pair.new.chart.default_values, new)
        if before != after or isinstance(before, bool) != isinstance(after, bool):
            yield _changed(new, before, after, _seen(pair, new, before) if left > 0 else [])
            left -= 1


def _default(given: Mapping[str, Any], setting: Setting) -> Any:
    found = values.get(given, setting.path, _ABSENT)
    return setting.default if found is _ABSENT else found


def _changed(setting: Setting, before: Any, after: Any, seen: list[str]) -> Change:
    left, right = shown(before), shown(after)
    if left == right:  # a text and a number, which people write alike
        left, right = repr(before), repr(after)
    what = f"its default was {left or 'nothing'} and is {right or 'nothing'}"
    if setting.secret:
        what, left, right = "its default is another one", "", ""
    if seen:
        more = len(seen) - _FEW
        what += f"; changes {', '.join(seen[:_FEW])}" + (f" and {more} more" if more > 0 else "")
    hint = f"set {setting.dotted} to keep what it was"
    return change("default changed", setting.dotted, what, hint, old=left, new=right)


def _seen(pair: Pair, setting: Setting, before: Any) -> list[str]:
    """The objects that are others with the older default put back, and nothing else."""
    view = next(iter(pair.views), None)
    if view is None or before is None:
        return []
    document = values.merge([view.case.values])
    put(document, setting.path, alone(setting.default, before))
    (answer,) = pair.new.session.render([Case(document, upgrade(view.case.release))])
    if isinstance(answer, Refusal):
        return []
    back = {m.identity: m.digest for m in answer.manifests}
    now = {m.identity: m.digest for m in view.new.values()}
    labels = {m.identity: m.label for m in (*answer.manifests, *view.new.values())}
    return [label for identity, label in labels.items() if back.get(identity) != now.get(identity)]
