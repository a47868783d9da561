"""Which of the chart's data its templates read: every `.Values.a.b`, and where.

Variables, `with` and `range`, dicts handed to helpers and the usual functions are followed; a helper
is looked at once for every kind of data it is called with. What a helper prints is not: a value that
only goes through `include ... | fromYaml` is lost, and so is a key that a helper computes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chartgen.frozen import Frozen
from chartgen.template.blocks import parse
from chartgen.template.body import Body
from chartgen.template.defaults import texts
from chartgen.template.errors import TemplateError
from chartgen.template.origin import (
    MADE,
    Constant,
    Ending,
    Found,
    Origin,
    Origins,
    Place,
    Printed,
    element,
)
from chartgen.template.tree import Node, Template
from chartgen.template.walk import definitions

# A helper that calls itself with ever new data is followed this often, then taken to read all of it.
MAX_RECURSION = 3
MAX_CALLS = 200_000

_ROOT: Origins = frozenset({Place()})


class Read(Frozen):
    """`path` below `root` is read at a place of a template.

    - root: "Values", "Capabilities", "Chart", "Files", "Release", "Template", "Subcharts", or what a
      template wrote instead.
    - path: keys; "*" is any element of a list or map. Arguments of a method count: ("Get", "a.txt").
    - whole: everything below `path` is read too (`toYaml .Values.a`), except the keys in `omitted`.
    - dynamic: something below `path` is read, under a key that the template computes.
    - line, column: from 1, in characters.
    """

    template: str
    line: int
    column: int
    root: str
    path: tuple[str, ...]
    whole: bool = False
    dynamic: bool = False
    omitted: tuple[str, ...] = ()


def reads(templates: Iterable[Template], values: Mapping[str, object] | None = None) -> tuple[Read, ...]:
    """Every read of the chart's data in these templates, in their order and then by place.

    All templates of a chart belong in one call, helpers included: one that nobody defines may read
    anything it is given. A helper that nobody calls reads nothing. With the chart's default `values`, those
    that `tpl` executes are read too.
    """
    analysis = _Analysis(tuple(templates), values or {})
    analysis.run()
    return analysis.result()


class _Unit(Frozen):
    """Something that is executed: a file, or a named template in it. Places in a text that is executed
    by `tpl` are all that of the text, `anchor`."""

    template: Template
    nodes: tuple[Node, ...]
    anchor: int | None = None


@dataclass
class _Analysis:
    templates: tuple[Template, ...]
    values: Mapping[str, object]
    units: dict[str, list[_Unit]] = field(default_factory=dict)
    waiting: deque[tuple[_Unit, Origins, tuple[str, ...]]] = field(default_factory=deque)
    seen: set[tuple[str, Origins]] = field(default_factory=set)
    found: set[tuple[str, int, Place, bool]] = field(default_factory=set)

    def run(self) -> None:
        for template in self.templates:
            for defined in definitions(template):
                self.units.setdefault(defined.name, []).append(_Unit(template, defined.body))
        for template in self.templates:
            self.waiting.append((_Unit(template, template.nodes), _ROOT, ()))
        while self.waiting:
            unit, data, chain = self.waiting.popleft()
            Body(_Sink(self, unit, chain), data, unit.anchor).walk(unit.nodes)

    def call(self, name: str, data: Origins, chain: tuple[str, ...]) -> bool:
        """Whether the template is known and its reads of `data` are, or will be, counted."""
        units = self.units.get(name) or [
            _Unit(t, t.nodes) for t in self.templates if name.endswith(t.name) or t.name.endswith(f"/{name}")
        ]
        return self.enqueue(name, units, data, chain)

    def enqueue(self, name: str, units: list[_Unit], data: Origins, chain: tuple[str, ...]) -> bool:
        if (name, data) in self.seen:
            return True
        if not units or chain.count(name) >= MAX_RECURSION or len(self.seen) >= MAX_CALLS:
            return False
        self.seen.add((name, data))
        self.waiting.extend((unit, data, (*chain, name)) for unit in units)
        return True

    def result(self) -> tuple[Read, ...]:
        by_name = {t.name: (i, t) for i, t in enumerate(self.templates)}
        rows = [(by_name[name], at, place, whole) for name, at, place, whole in self.found]
        made = {(order, _read(template, at, place, whole)) for (order, template), at, place, whole in rows}
        return tuple(read for _, read in sorted(made))


def _read(template: Template, at: int, place: Place, whole: bool) -> Read:
    root, *path = place.path or ("Values",)
    omitted = tuple(sorted(place.omitted)) if whole else ()
    return Read(template.name, *template.place(at), root, tuple(path), whole, place.dynamic, omitted)


def _places(found: Found) -> list[tuple[Place, int]]:
    """The places of the chart's data in values, those inside dicts and lists included."""
    places, seen = [], set()
    waiting = list(found.items())
    while waiting:
        origin, at = waiting.pop()
        if isinstance(origin, Place):
            places.append((origin, at))
        elif isinstance(origin, MADE) and origin not in seen:
            seen.add(origin)
            waiting.extend((inner, at) for inner in element(origin))
    return places


class _Sink(Frozen):
    """Takes down what one execution of one unit reads and calls."""

    analysis: _Analysis
    unit: _Unit
    chain: tuple[str, ...]

    def use(self, found: Found, *, whole: bool = False) -> None:
        for place, at in _places(found):
            if place.path or whole:
                self.analysis.found.add((self.unit.template.name, at, place, whole))

    def escape(self, found: Found) -> None:
        for place, at in _places(found):
            lost = Place(place.path, dynamic=True)
            self.analysis.found.add((self.unit.template.name, at, lost, True))

    def call(self, name: Found, data: Found) -> None:
        names, known = set(), True
        for origin in name:
            if isinstance(origin, Constant):
                names.add(str(origin.value))
            elif isinstance(origin, Ending):
                files = {t.name for t in self.analysis.templates}
                names |= {n for n in {*self.analysis.units, *files} if n.endswith(origin.text)}
            else:
                known = False
        followed = [self.analysis.call(n, frozenset(data), self.chain) for n in sorted(names)]
        if not (known and followed and all(followed)):
            self.escape(data)

    def execute(self, text: Found, data: Found) -> None:
        for origin, at in text.items():
            for source in self._texts(origin):
                if "{{" in source:
                    self._execute(source, at, data)

    def _texts(self, origin: Origin) -> list[str]:
        if isinstance(origin, Constant):
            return [str(origin.value)]
        if isinstance(origin, Place | Printed) and origin.path[:1] == ("Values",):
            return texts(self.analysis.values, origin.path[1:])
        return []

    def _execute(self, text: str, at: int, data: Found) -> None:
        try:
            inner = parse(text, self.unit.template.name)
        except TemplateError:
            return  # Helm stops there as well, before anything is read
        unit = _Unit(self.unit.template, inner.nodes, at)
        if not self.analysis.enqueue(f"tpl {text}", [unit], frozenset(data), self.chain):
            self.escape(data)
