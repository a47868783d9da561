"""Documents at the border of each Rule: one that it refuses, and for each of its clauses one it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from chartgen import values
from chartgen.contract import Contract
from chartgen.rules import WITH_SETTING, Clause, Rule
from chartgen.settings import Path, Setting
from chartgen.verify.document import Document, Settled, Values, above, alone, changed, put, switches

_WORD = "another"  # for a text that is not to be the one that a clause names


class Border:
    """Makes the documents. `offers` are values for a setting, and `fits` says whether a setting takes one."""

    def __init__(
        self,
        contract: Contract,
        settled: Settled,
        offers: Callable[[Setting], list[Any]],
        fits: Callable[[Setting, Any], bool],
    ) -> None:
        self._contract = contract
        self._settled, self._offers, self._fits = settled, offers, fits
        self._settings = {setting.path: setting for setting in contract.settings}

    def documents(self, base: Document) -> Iterator[tuple[str, Document]]:
        """Those of every Rule and every old name on top of a base, each with what it is called."""
        for number, rule in enumerate(self._contract.rules, 1):
            for said, document in self.of(rule, base):
                yield f"{number}, {said}", document
        for setting in self._contract.settings:
            for document in self.clash(setting, base) if setting.renamed_from else ():
                yield f"{setting.dotted} by both of its names", document

    def of(self, rule: Rule, base: Document) -> Iterator[tuple[str, Document]]:
        """The documents on top of a base, each with what is special about it; no other Rule refuses them,
        where that can be had. None for a Rule that no values of these break."""
        document = base
        for clause in rule.refuses:
            document = self._with(rule, document, clause, True)
        if rule.accepts(self._settled.seen(document)):
            return
        yield "refused", self._settled.settle(document, rule.reads, but=rule)
        for number, clause in enumerate(rule.refuses, 1):
            near = self._with(rule, document, clause, False)
            if not clause.holds(self._settled.seen(near)):
                yield f"but for clause {number}", self._settled.settle(near, rule.reads)

    def clash(self, setting: Setting, base: Document) -> Iterator[Document]:
        """The document that has a setting under its old and its new name, with two values."""
        new = next((value for value in self._offers(setting) if value != setting.default), setting.default)
        old = next((value for value in self._offers(setting) if value != new), new)
        if old != new:
            document = changed(base, setting.path, alone(setting.default, new))
            pinned = (setting.path, setting.renamed_from)
            yield self._settled.settle(changed(document, setting.renamed_from, old), pinned)

    def _with(self, rule: Rule, document: Document, clause: Clause, wanted: bool) -> Document:
        """The document in which a clause is as `wanted`, and as many of the others as can be hold."""
        best, most = document, self._held(rule, document, clause, wanted)
        for tried in self._tries(document, clause):
            held = self._held(rule, tried, clause, wanted)
            if held > most:
                best, most = tried, held
            if most == len(rule.refuses):
                break
        return best

    def _held(self, rule: Rule, document: Document, clause: Clause, wanted: bool) -> int:
        """How many clauses are as they are to be; 0 when the one in question is not."""
        seen = self._settled.seen(document)
        if clause.holds(seen) != wanted:
            return 0
        return 1 + sum(other.holds(seen) for other in rule.refuses if other is not clause)

    def _tries(self, document: Document, clause: Clause) -> Iterator[Document]:
        """The document with another value for what a clause reads, and at last with one for both settings."""
        paths: list[Path] = [clause.path, *([clause.value] if clause.op in WITH_SETTING else [])]
        seen = self._settled.seen(document)
        for path in paths:
            for value in (*_near(clause, path, seen), *self._values(path)):
                if self._takes(path, value):
                    yield changed(document, path, value)
        for value in self._values(paths[0]) if len(paths) > 1 else ():
            if self._takes(paths[1], value):
                yield changed(changed(document, paths[0], value), paths[1], value)

    def _values(self, path: Path) -> Iterator[Any]:
        setting = self._settings.get(path)
        for value in self._offers(setting) if setting else ():
            yield alone(setting.default if setting else None, value)

    def _takes(self, path: Path, value: Any) -> bool:
        setting = self._settings.get(path)
        return setting is None or isinstance(value, dict) or self._fits(setting, value)


def _near(clause: Clause, path: Path, seen: Values) -> Iterator[Any]:
    """Values at the border of a clause for a setting that it reads."""
    limit = clause.value
    if clause.op in WITH_SETTING:
        limit = _at(seen, clause.value if path == clause.path else clause.path)
    if clause.op in ("has", "has not"):
        yield [limit]
    elif isinstance(limit, bool):
        yield from (limit, not limit)
    elif isinstance(limit, int):
        yield from (limit, limit + 1, limit - 1)
    elif isinstance(limit, str):
        yield from (limit, _WORD)


def _at(seen: Values, path: Path) -> Any:
    found: Any = seen
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def absent(settings: tuple[Setting, ...], settled: Settled, base: Document) -> Iterator[tuple[str, Document]]:
    """Each setting and level that may be absent taken away, and each level of old names empty."""
    known = switches(settings)
    levels = dict.fromkeys(s.path[:length] for s in settings for length in range(1, len(s.path)))
    for path in (*levels, *(setting.path for setting in settings if not setting.needed)):
        document = values.merge([base])
        for switch in above(path, known):
            put(document, switch, True)
        put(document, path, None)
        yield ".".join(path), settled.settle(document, {path})
    olds = (setting.renamed_from for setting in settings if setting.renamed_from)
    for path in dict.fromkeys(old[:length] for old in olds for length in range(1, len(old))):
        if path not in levels:
            yield f"in {'.'.join(path)}", changed(base, path, {})
