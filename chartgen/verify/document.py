"""Values documents put together from settings: what they have to be switched on by, and the Rules kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from chartgen import values
from chartgen.contract import Contract
from chartgen.renames import forward
from chartgen.rules import Rule
from chartgen.settings import Path, Setting

Values = Mapping[str, Any]
Document = dict[str, Any]
SWITCHES = ("enabled", "create")
_ABSENT = object()
_ROUNDS = 12  # so many Rules, one after the other, are made to accept a document


def put(document: Document, path: Path, value: Any) -> None:
    """Sets the value at a path, in place; what stands in the way of the path goes."""
    level = document
    for key in path[:-1]:
        below = level.get(key)
        level[key] = level = below if isinstance(below, dict) else {}
    level[path[-1]] = value


def changed(document: Values, path: Path, value: Any) -> Document:
    """The document with the value at a path; what the path does not lead through is shared."""
    key, *rest = path
    below = document.get(key)
    inner = below if isinstance(below, Mapping) else {}
    return {**document, key: changed(inner, tuple(rest), value) if rest else value}


def alone(default: Any, value: Any) -> Any:
    """A value that stays as it is when merged with the default: null takes away what only that has."""
    if not isinstance(value, dict) or not isinstance(default, Mapping):
        return value
    gone = dict.fromkeys(key for key in default if key not in value)
    return gone | {key: alone(default.get(key), inner) for key, inner in value.items()}


def switches(settings: Iterable[Setting]) -> frozenset[Path]:
    """The settings that switch on what stands beside and below them."""
    return frozenset(s.path for s in settings if s.path[-1] in SWITCHES and isinstance(s.default, bool))


def above(path: Path, known: Collection[Path]) -> Iterator[Path]:
    """The switches that a setting is a part of, outermost first."""
    for length in range(1, len(path)):
        for word in SWITCHES:
            switch = (*path[:length], word)
            if switch in known and switch != path:
                yield switch


def near(path: Path, other: Path) -> bool:
    """Whether a setting stands beside or above another, or one level further away."""
    level = path[:-1]
    beside = level == other[:-1] or (bool(level) and level == other[: len(level)])
    return beside or path[:-2] == other[:-2]


class Settled:
    """Makes documents that no Rule refuses out of those that one does, by other values for what it reads."""

    def __init__(
        self, contract: Contract, defaults: Values, offers: Callable[[Setting], Iterable[Any]]
    ) -> None:
        self._contract, self._offers = contract, offers
        self._settings = {setting.path: setting for setting in contract.settings}
        reads = [path for rule in contract.rules for path in rule.reads]
        olds = [setting.renamed_from for setting in contract.settings if setting.renamed_from]
        self._paths = tuple(dict.fromkeys([*reads, *olds]))
        self._renamed = tuple(setting for setting in contract.settings if setting.renamed_from)
        self._defaults = self._part(defaults)
        self._about = {path: [rule for rule in contract.rules if path in rule.reads] for path in self._paths}

    def refusals(self, document: Values) -> list[Rule]:
        """The Rules that refuse a document on top of the chart's defaults."""
        return self._refusing(self._part(document), self._contract.rules)

    def seen(self, document: Values) -> Document:
        """What the Rules see of a document on top of the chart's defaults."""
        return self._coalesced(self._part(document))

    def _coalesced(self, part: Values) -> Document:
        seen = values.coalesce(self._defaults, part)
        return forward(seen, self._renamed)[0] if self._renamed else seen

    def _refusing(self, part: Values, rules: Iterable[Rule]) -> list[Rule]:
        seen = self._coalesced(part)
        return [rule for rule in rules if not rule.accepts(seen)]

    def _part(self, document: Values) -> Document:
        """What the Rules see of a document."""
        found: Document = {}
        for path in self._paths:
            value = values.get(document, path, _ABSENT)
            if value is not _ABSENT:
                put(found, path, value)
        return found

    def settle(self, document: Document, pinned: Collection[Path] = (), but: Rule | None = None) -> Document:
        """The document, accepted if that can be had without another value for what is `pinned`.

        A Rule that is left out with `but` may refuse it.
        """
        part = self._part(document)
        rules = [rule for rule in self._contract.rules if rule is not but]
        for _ in range(_ROUNDS):
            refused = self._refusing(part, rules)
            better = self._better(part, refused, pinned) if refused else None
            if better is None:
                break
            path, value = better
            document, part = changed(document, path, value), changed(part, path, value)
        return document

    def _better(
        self, part: Document, refused: list[Rule], pinned: Collection[Path]
    ) -> tuple[Path, Any] | None:
        """A setting that the first Rule reads, and the value for it with which the fewest Rules refuse."""
        best: tuple[int, Path, Any] | None = None
        for path in refused[0].reads:
            if path in pinned or path not in self._settings:
                continue
            setting = self._settings[path]
            about = self._about[path]
            for offer in (setting.default, *self._offers(setting)):
                value = alone(setting.default, offer)
                left = self._refusing(changed(part, path, value), about)
                if refused[0] in left:
                    continue
                new = sum(rule not in refused for rule in left)
                if best is None or new < best[0]:
                    best = new, path, value
                if not new:
                    return path, value
        return best[1:] if best else None
