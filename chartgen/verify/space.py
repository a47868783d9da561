"""The values documents of a chart that are worth trying, from the contract that it carries.

Every single value of every setting with what it is switched on by; what a parent chart hands down; names of
releases; every overlay with single deviations; every pair of settings; and documents by chance. Documents
that a Rule refuses are changed elsewhere until none does, where that is possible, so most are accepted. The
same contract gives the same documents in the same order.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from itertools import chain
from typing import Any

from chartgen import values
from chartgen.contract import OWN, Contract
from chartgen.frozen import Frozen
from chartgen.manifest import Case, Release
from chartgen.settings import Path, Setting
from chartgen.verify import chance
from chartgen.verify.around import PARENTS, RELEASES
from chartgen.verify.border import Border, absent
from chartgen.verify.document import Document, Settled, Values, above, alone, near, put, switches
from chartgen.verify.draw import Drawing
from chartgen.verify.paired import Lost, Paired
from chartgen.verify.typical import levels, typical
from chartgen.verify.words import Words

LEVELS = 5  # values of a setting that are paired with those of every other
RANDOM = 2000
_SHOWN = 60  # characters of a value in the name of a trial


class Trial(Case):
    """A case with the group of the space that it comes from, and the settings that it is about.

    `overlay`, the name for people, is such as `singles: backend.replicaCount = 3`.
    """

    group: str = ""
    about: tuple[Path, ...] = ()


class Group(Frozen):
    """A part of the space: how many trials it has, and what makes them."""

    name: str
    count: int
    make: Callable[[], Iterator[Trial]]


class Space(Frozen):
    """The trials of a chart, made when they are asked for, each time the same."""

    groups: tuple[Group, ...]
    beside: Callable[..., Iterator[tuple[Trial, ...]]] = lambda *_: iter(())
    """Values of a setting again, beside each value of those that stand near it, or that are given."""
    lost: Lost = Lost()
    tried: Mapping[Path, tuple[Any, ...]] = field(default_factory=dict, hash=False)
    """A few values of each setting, as they are put into a document."""

    def __iter__(self) -> Iterator[Trial]:
        return chain.from_iterable(group.make() for group in self.groups)

    def of(self, group: str) -> Iterator[Trial]:
        """The trials of one group."""
        return chain.from_iterable(found.make() for found in self.groups if found.name == group)

    def __len__(self) -> int:
        return sum(group.count for group in self.groups)


def space(
    contract: Contract,
    defaults: Values,
    *,
    name: str = "release-name",
    overlays: Mapping[str, Values] | None = None,
    seed: int = 0,
    count: int = RANDOM,
    words: Words | None = None,
) -> Space:
    """What is worth trying of a chart with these `defaults` (its values.yaml) and values `overlays`.

    `name` is that of the release and its namespace; `count` documents are drawn by chance from `seed`;
    `words` are what the templates look for.
    """
    return _Maker(contract, defaults, Release(name, name), overlays or {}, words or {}).space(seed, count)


class _Maker:
    def __init__(
        self,
        contract: Contract,
        defaults: Values,
        release: Release,
        overlays: Mapping[str, Values],
        words: Words,
    ) -> None:
        self._contract, self._defaults, self._release, self._overlays = contract, defaults, release, overlays
        self._words = words
        self._drawing = Drawing(contract.schema, random.Random(0))
        self._switches = switches(contract.settings)
        self._settled = Settled(contract, defaults, lambda setting: self._typical[setting.path])

    @cached_property
    def _typical(self) -> dict[Path, list[Any]]:
        return {setting.path: self._tried(setting) for setting in self._contract.settings}

    def _tried(self, setting: Setting) -> list[Any]:
        """The typical values of a setting, and the words that templates look for in it."""
        found = typical(setting, self._drawing)
        more = [v for name in (setting.dotted, setting.path[-1]) for v in self._words.get(name, ())]
        return [*found, *(v for v in more if v not in found and self._drawing.fits(setting.schema, v))]

    @cached_property
    def _base(self) -> Document:
        """The least that the chart runs with: nothing, or what its Rules want brought."""
        return self._settled.settle({})

    def space(self, seed: int, count: int) -> Space:
        singles = list(self._singles())
        deviations = [trial for name in self._overlays for trial in self._deviations(name)]
        paired = list(self._pairs())
        listed = {
            "defaults": [self._trial("defaults", "", {})],
            "overlays": [self._trial("overlays", name, values) for name, values in self._overlays.items()],
            "releases": [self._released(release) for release in RELEASES],
            "parents": [self._parent(document) for document in PARENTS if self._known(document)],
            "rules": list(self._rules()),
            "absent": list(self._absent()) if OWN in self._contract.schema else [],
            "singles": singles,
            "deviations": deviations,
            "pairs": paired,
        }
        groups = [Group(name, len(trials), _again(trials)) for name, trials in listed.items()]
        by_chance = Group("random", count, lambda: self._random(seed, count))
        few = ((s, levels(self._typical[s.path], 4)) for s in self._contract.settings)
        tried = {s.path: tuple(alone(s.default, value) for value in found) for s, found in few}
        return Space((*groups, by_chance), self._beside, self._paired.lost, tried)

    def _beside(self, setting: Setting, others: Collection[Path] = ()) -> Iterator[tuple[Trial, ...]]:
        for other in self._contract.settings:
            wanted = other.path in others if others else near(other.path, setting.path)
            if other.path == setting.path or not wanted:
                continue
            for value in levels(self._typical[other.path], LEVELS)[1:]:
                own = levels(self._typical[setting.path], LEVELS)
                yield tuple(self._single(setting, setting.path, mine, ((other, value),)) for mine in own)

    def _trial(
        self,
        group: str,
        name: str,
        document: Values,
        about: tuple[Path, ...] = (),
        release: Release | None = None,
    ) -> Trial:
        said = f"{group}: {name}" if name else group
        return Trial(document, release or self._release, said, "", group, about)

    def _released(self, release: Release) -> Trial:
        said = f"{release.name} in {release.namespace}, revision {release.revision}"
        return self._trial("releases", said, self._base, release=release)

    def _known(self, document: Document) -> bool:
        """Whether the chart has the settings that a parent hands down."""
        return all(key == "global" or (key,) in self._typical for key in document)

    def _parent(self, document: Document) -> Trial:
        merged = values.merge([self._base, document])
        return self._trial("parents", json.dumps(document), merged)

    def _rules(self) -> Iterator[Trial]:
        """Each Rule broken, and for each of its clauses not broken by that one alone."""
        border = Border(
            self._contract,
            self._settled,
            lambda setting: self._typical[setting.path],
            lambda setting, value: self._drawing.fits(setting.schema, value),
        )
        return (self._trial("rules", said, document) for said, document in border.documents(self._base))

    def _absent(self) -> Iterator[Trial]:
        found = absent(self._contract.settings, self._settled, self._base)
        return (self._trial("absent", said, document) for said, document in found)

    def _singles(self) -> Iterator[Trial]:
        for setting in self._contract.settings:
            for value in self._typical[setting.path]:
                yield self._single(setting, setting.path, value)
            if setting.renamed_from:
                for value in levels(self._typical[setting.path], LEVELS):
                    yield self._single(setting, setting.renamed_from, value)

    def _single(
        self, setting: Setting, path: Path, value: Any, others: tuple[tuple[Setting, Any], ...] = ()
    ) -> Trial:
        document = values.merge([self._base])
        for other, given in others:
            put(document, other.path, alone(other.default, given))
        on = set(above(setting.path, self._switches))
        for switch in on:
            put(document, switch, True)
        # An old name has no default to be merged with.
        put(document, path, alone(setting.default, value) if path == setting.path else value)
        pinned = {setting.path, *on, *(other.path for other, _ in others)}
        found = self._settled.settle(document, pinned)
        return self._trial("singles", f"{'.'.join(path)} = {_shown(value)}", found, (setting.path,))

    def _deviations(self, overlay: str) -> Iterator[Trial]:
        """An overlay with one setting changed, each in turn, to a value that is neither default nor first."""
        for number, setting in enumerate(self._contract.settings):
            found = levels(self._typical[setting.path], LEVELS)
            if len(found) < 2:
                continue
            value = found[1 + number % (len(found) - 1)]
            document = values.merge([self._overlays[overlay]])
            put(document, setting.path, alone(setting.default, value))
            document = self._settled.settle(document, {setting.path})
            said = f"{overlay}, {setting.dotted} = {_shown(value)}"
            yield self._trial("deviations", said, document, (setting.path,))

    @cached_property
    def _paired(self) -> Paired:
        settings = self._contract.settings
        choices = [levels(self._typical[setting.path], LEVELS) for setting in settings]
        return Paired(settings, choices, self._settled, self._base, self._switches)

    def _pairs(self) -> Iterator[Trial]:
        return (self._trial("pairs", said, document) for said, document in self._paired.documents)

    def _random(self, seed: int, count: int) -> Iterator[Trial]:
        bases = [self._base, *self._overlays.values()]
        for number, document in enumerate(chance.documents(self._contract, str(seed), count, bases)):
            yield self._trial("random", f"{number + 1} of seed {seed}", document)


def _again(trials: list[Trial]) -> Callable[[], Iterator[Trial]]:
    return lambda: iter(trials)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
