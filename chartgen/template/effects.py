"""What Helm's functions do with the values they are given, as far as reading them goes.

A function that is not in EFFECTS looks at its arguments and returns something new. The order of
arguments is that of the calls: sprig takes the value that is piped last (`default x .Values.a`), Go's
`index` and the list functions take it first.
"""

from __future__ import annotations

import re

from chartgen.template import containers
from chartgen.template.origin import (
    MADE,
    OTHER,
    Constant,
    Ending,
    Found,
    Origin,
    Origins,
    follow,
    parsed,
    union,
)
from chartgen.template.reader import Effect, Reader, made, named_at, printed_whole


def apply(reader: Reader, name: str, args: list[Found], at: int) -> Found:
    """The result of calling the function `name`, which stands at offset `at`."""
    effect = EFFECTS.get(name)
    if effect is None or not args:
        for arg in args:
            reader.use(arg)
        return made(at)
    return effect(reader, args)


def _has(reader: Reader, args: list[Found]) -> Found:
    reader.use(args[0])
    return printed_whole(reader, args[1:])


def _same(reader: Reader, args: list[Found]) -> Found:
    """The first argument, copied or with elements gone."""
    for arg in args[1:]:
        reader.use(arg)
    return args[0]


def _last(reader: Reader, args: list[Found]) -> Found:
    """`required`: the last argument, after a look at it."""
    for arg in args:
        reader.use(arg)
    return args[-1]


def _one_of(reader: Reader, args: list[Found]) -> Found:
    """`default`, `coalesce`, `or`, `and`: one of the arguments, after a look at each."""
    for arg in args:
        reader.use({o: at for o, at in arg.items() if not isinstance(o, MADE)})
    return union(args)


def _ternary(reader: Reader, args: list[Found]) -> Found:
    reader.use(args[-1])
    return union(args[:2])


def _include(reader: Reader, args: list[Found]) -> Found:
    reader.call(args[0], args[1] if len(args) > 1 else {})
    return made(named_at(args))


def _tpl(reader: Reader, args: list[Found]) -> Found:
    reader.use(args[0])
    reader.execute(args[0], args[1] if len(args) > 1 else {})
    return made(named_at(args))


def _parsed(reader: Reader, args: list[Found]) -> Found:
    reader.use(args[0])
    return follow(args[0], parsed)


def _sole(found: Found) -> Origin | None:
    return next(iter(found)) if len(found) == 1 else None


def _print(reader: Reader, args: list[Found]) -> Found:
    """Strings put together; with something unknown in it, the end may still be known."""
    for arg in args:
        reader.use(arg)
    return made(named_at(args), _joined([_sole(arg) for arg in args]))


def _printf(reader: Reader, args: list[Found]) -> Found:
    for arg in args:
        reader.use(arg)
    form = _sole(args[0])
    if not isinstance(form, Constant):
        return made(named_at(args))
    texts = [Constant(text) for text in re.split(r"%[sdv]", str(form.value))]
    if len(texts) != len(args) or any("%" in str(t.value) for t in texts):
        return made(named_at(args))
    values = [_sole(arg) for arg in args[1:]]
    parts = [part for pair in zip(texts, [*values, None], strict=True) for part in pair][:-1]
    return made(named_at(args), _joined(parts))


def _joined(parts: list[Origin | None]) -> Origins:
    end = ""
    for part in reversed(parts):
        if not isinstance(part, Constant):
            return frozenset({Ending(end)}) if end else OTHER
        end = f"{part.value}{end}"
    return frozenset({Constant(end)})


_NAMES: dict[Effect, str] = {
    printed_whole: """toYaml mustToYaml toYamlPretty toJson mustToJson toPrettyJson mustToPrettyJson toRawJson
        mustToRawJson toToml mustToToml join deepEqual""",
    _has: "has mustHas",
    _same: """deepCopy mustDeepCopy uniq mustUniq reverse mustReverse rest mustRest initial mustInitial
        compact mustCompact sortAlpha toStrings slice mustSlice without mustWithout""",
    _last: "required",
    _one_of: "default coalesce or and",
    _ternary: "ternary",
    containers.merged: "merge mergeOverwrite mustMerge mustMergeOverwrite concat",
    containers.added: "append mustAppend push mustPush prepend mustPrepend",
    containers.new_list: "list tuple",
    containers.new_dict: "dict",
    containers.with_entry: "set",
    containers.indexed: "index get",
    containers.dug: "dig",
    containers.has_key: "hasKey",
    containers.plucked: "pluck",
    containers.picked: "pick",
    containers.omitted: "omit unset",
    containers.one_element: "first mustFirst last mustLast",
    containers.all_keys: "keys",
    containers.all_values: "values",
    containers.chunked: "chunk mustChunk",
    _parsed: "fromYaml fromYamlArray fromJson fromJsonArray mustFromJson",
    _include: "include",
    _tpl: "tpl",
    _print: "print",
    _printf: "printf",
}
EFFECTS: dict[str, Effect] = {name: effect for effect, names in _NAMES.items() for name in names.split()}

# These change the map that is their first argument, so what a variable holds changes with them.
CHANGES = frozenset({"set", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"})

# These answer with a part of their argument itself, not of a copy.
PARTS = frozenset({"index", "get", "dig", "first", "mustFirst", "last", "mustLast"})
