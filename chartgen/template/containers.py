"""What functions on dicts and lists do with the origins of their arguments.

The order of arguments is that of the calls: `index` and most list functions take the container first,
`dig` and `pluck` last.
"""

from __future__ import annotations

from functools import partial

from chartgen.template.origin import (
    NOTHING,
    Elements,
    Entries,
    Found,
    Origins,
    element,
    elements,
    entries,
    follow,
    item,
    keys,
    omit,
    pick,
    strings,
    union,
)
from chartgen.template.reader import Reader, made, named_at, printed_whole

# Dicts and lists that a template puts inside each other are followed so deep.
MAX_DEPTH = 6


def merged(_: Reader, args: list[Found]) -> Found:
    """`merge`, `concat`: what is in any of the arguments."""
    return union(args)


def new_list(reader: Reader, args: list[Found]) -> Found:
    """`list`."""
    return _kept(reader, args, elements(union(args)))


def new_dict(reader: Reader, args: list[Found]) -> Found:
    """`dict`: keys and values by turns."""
    known: dict[str, Origins] = {}
    rest = NOTHING
    for key, value in zip(args[::2], args[1::2], strict=False):
        names = strings(key)
        reader.use(key)
        for name in names:
            known[name] = known.get(name, NOTHING) | frozenset(value)
        if len(names) < len(key):
            rest |= frozenset(value)
    return _kept(reader, args, entries(known.items(), rest))


def _kept(reader: Reader, args: list[Found], value: Entries | Elements) -> Found:
    if value.depth <= MAX_DEPTH:
        return made(named_at(args), frozenset({value}))
    for arg in args:
        reader.escape(arg)
    return made(named_at(args))


def added(reader: Reader, args: list[Found]) -> Found:
    """`append`, `prepend`: a list and one more element."""
    return args[0] | new_list(reader, args[1:])


def with_entry(reader: Reader, args: list[Found]) -> Found:
    """`set`: a dict, with one more key."""
    return args[0] | new_dict(reader, args[1:])


def indexed(reader: Reader, args: list[Found]) -> Found:
    """`index`, `get`: a value under a key, or under several in turn."""
    found = args[0]
    for key in args[1:]:
        reader.use(key)
        found = union(follow(found, partial(item, key=one)) for one in key)
    return found


def dug(reader: Reader, args: list[Found]) -> Found:
    """`dig`: keys, then what to answer when one is missing, then the map."""
    if len(args) < 3:
        return printed_whole(reader, args)
    return args[-2] | indexed(reader, [args[-1], *args[:-2]])


def has_key(reader: Reader, args: list[Found]) -> Found:
    """`hasKey`: a look at what is under the key."""
    reader.use(indexed(reader, args))
    return made(named_at(args))


def plucked(reader: Reader, args: list[Found]) -> Found:
    """`pluck`: what is under a key in each of several maps."""
    return new_list(reader, [indexed(reader, [union(args[1:]), args[0]])])


def picked(reader: Reader, args: list[Found]) -> Found:
    """`pick`: a map with some of the keys."""
    names = union(args[1:])
    reader.use(names)
    return follow(args[0], partial(pick, names=names))


def omitted(reader: Reader, args: list[Found]) -> Found:
    """`omit`, `unset`: a map without some of the keys."""
    names = union(args[1:])
    reader.use(names)
    return follow(args[0], partial(omit, names=names))


def one_element(_: Reader, args: list[Found]) -> Found:
    """`first`, `last`."""
    return follow(args[0], element)


def all_keys(reader: Reader, args: list[Found]) -> Found:
    """`keys`, of one map or several."""
    found = union(args)
    reader.use({o: at for o, at in found.items() if not isinstance(o, Entries)})
    return follow(found, lambda origin: frozenset({elements(keys(origin))}))


def all_values(reader: Reader, args: list[Found]) -> Found:
    """`values`."""
    return new_list(reader, [follow(union(args), element)])


def chunked(reader: Reader, args: list[Found]) -> Found:
    """A list of parts of the list; a part has its elements."""
    return new_list(reader, [args[-1]])
