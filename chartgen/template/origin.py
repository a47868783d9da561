"""Where a value in a template may come from: the chart's data, a dict made on the way, a constant.

A value is a set of origins, since `default`, `merge` or an `if` leave several possible. The functions
here follow one step (a field, an element, a key) from every origin to those it leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple, TypeAlias

from chartgen.frozen import Frozen

ELEMENT = "*"

# Longer paths only come out of recursive helpers, which would otherwise never end.
MAX_PATH = 32


class Place(NamedTuple):  # not Frozen, because thousands are put into sets
    """A place in what the chart was called with: `path` is ("Values", "a") for `.Values.a`.

    () is all of it; "*" is any element of a list or map. `dynamic` means somewhere below `path`, under
    a key that is computed; `omitted` names the keys that were taken out by `omit`.
    """

    path: tuple[str, ...] = ()
    dynamic: bool = False
    omitted: frozenset[str] = frozenset()


class Entries(Frozen):
    """A dict made in a template; `rest` is what stands under keys that are computed.

    `depth` is how deep dicts and lists made in templates stand inside each other, from 1.
    """

    known: tuple[tuple[str, Origins], ...]
    rest: Origins
    depth: int


class Elements(Frozen):
    """A list made in a template, of such values."""

    of: Origins
    depth: int


class Key(Frozen):
    """A key (or an index) of the map (or list) at a place."""

    path: tuple[str, ...]


class Constant(Frozen):
    """A string or an integer."""

    value: str | int


class Ending(Frozen):
    """A string of which only the end is known."""

    text: str


class Printed(Frozen):
    """The text of what is at a place, made by `toYaml` and the like."""

    path: tuple[str, ...]


class Other(Frozen):
    """Anything else: the result of a function, text, a boolean."""


# What a template makes itself. (A tuple: `isinstance` takes three times as long for `Entries | Elements`.)
MADE = (Entries, Elements)

Origin: TypeAlias = Place | Entries | Elements | Key | Constant | Ending | Printed | Other
Origins: TypeAlias = frozenset[Origin]

# The origins of a value, and for each the offset where the template named it.
Found: TypeAlias = dict[Origin, int]

OTHER: Origins = frozenset({Other()})
NOTHING: Origins = frozenset()


def _depth(values: Iterable[Origins]) -> int:
    made = (o.depth for value in values for o in value if isinstance(o, MADE))
    return 1 + max(made, default=0)


def entries(known: Iterable[tuple[str, Origins]], rest: Origins = NOTHING) -> Entries:
    """A dict with these values."""
    ordered = tuple(known)
    return Entries(ordered, rest, _depth([*(value for _, value in ordered), rest]))


def elements(of: Iterable[Origin]) -> Elements:
    """A list of such values."""
    members = frozenset(of)
    return Elements(members, _depth([members]))


def follow(found: Found, step: Callable[[Origin], Origins]) -> Found:
    """What `step` leads to from each origin, at the offset of that origin."""
    return {after: at for origin, at in found.items() for after in step(origin)}


def union(found: Iterable[Found]) -> Found:
    """One of several values."""
    together: Found = {}
    for one in found:
        together |= one
    return together


def field(origin: Origin, name: str) -> Origins:
    """`.name` of a value."""
    if isinstance(origin, Place):
        if origin.dynamic:
            return frozenset({origin})
        if len(origin.path) >= MAX_PATH:
            return frozenset({Place(origin.path, dynamic=True)})
        return NOTHING if name in origin.omitted else frozenset({Place((*origin.path, name))})
    if isinstance(origin, Entries):
        return dict(origin.known).get(name, origin.rest)
    return frozenset({origin}) if isinstance(origin, Other) else NOTHING


def fields(origins: Iterable[Origin], path: tuple[str, ...]) -> Origins:
    """`.a.b` of a value that is one of `origins`."""
    reached = frozenset(origins)
    for name in path:
        reached = frozenset(after for origin in reached for after in field(origin, name))
    return reached


def element(origin: Origin) -> Origins:
    """Any element of a list, or any value of a map."""
    if isinstance(origin, Elements):
        return origin.of
    if isinstance(origin, Entries):
        return origin.rest.union(*(value for _, value in origin.known))
    return field(origin._replace(omitted=frozenset()) if isinstance(origin, Place) else origin, ELEMENT)


def keys(origin: Origin) -> Origins:
    """Any key of a map, or any index of a list."""
    if isinstance(origin, Place) and not origin.dynamic:
        return frozenset({Key(origin.path)})
    if isinstance(origin, Entries) and not origin.rest:
        return frozenset(Constant(name) for name, _ in origin.known)
    return OTHER


def item(origin: Origin, key: Origin) -> Origins:
    """`index value key`, for one origin of each."""
    if isinstance(key, Constant):
        return element(origin) if isinstance(key.value, int) else field(origin, key.value)
    if isinstance(key, Key) and isinstance(origin, Place) and origin.path == key.path:
        return element(origin)
    return frozenset({origin._replace(dynamic=True)}) if isinstance(origin, Place) else element(origin)


def parsed(origin: Origin) -> Origins:
    """What `fromYaml` makes of a text."""
    return frozenset({Place(origin.path)}) if isinstance(origin, Printed) else OTHER


def strings(origins: Iterable[Origin]) -> list[str]:
    """The strings among them that are known, sorted."""
    return sorted(o.value for o in origins if isinstance(o, Constant) and isinstance(o.value, str))


def pick(origin: Origin, names: Collection[Origin]) -> Origins:
    """A map with only these keys."""
    known = [(name, field(origin, name)) for name in strings(names)]
    others = (item(origin, n) for n in names if not isinstance(n, Constant))
    return frozenset({entries(known, NOTHING.union(*others))})


def omit(origin: Origin, names: Iterable[Origin]) -> Origins:
    """A map without these keys; one that is computed may leave any."""
    gone = frozenset(strings(names))
    if isinstance(origin, Place):
        return frozenset({origin._replace(omitted=origin.omitted | gone)})
    if isinstance(origin, Entries):
        return frozenset({entries([e for e in origin.known if e[0] not in gone], origin.rest)})
    return frozenset({origin})
