"""The contract of a chart: its settings and rules, written into `values.schema.json` and read back.

The schema is draft-07, strict and self-contained. What JSON Schema has no word for stands under
`x-chartgen`, so a published chart carries everything that was declared, and no state file is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from json.encoder import encode_basestring
from typing import Any

from chartgen.chart import Chart, ChartFile
from chartgen.errors import RenderError
from chartgen.frozen import Frozen
from chartgen.kubernetes.definitions import definitions, references
from chartgen.renames import Tree, old_names
from chartgen.rules import Rule
from chartgen.settings import Group, Path, Setting, walk

DRAFT = "http://json-schema.org/draft-07/schema#"
OWN = "x-chartgen"


class Contract(Frozen):
    """What the users of a chart rely on."""

    settings: tuple[Setting, ...]
    rules: tuple[Rule, ...]
    schema: Mapping[str, Any]


def schema(name: str, settings: Group, rules: Iterable[Rule]) -> dict[str, Any]:
    """The JSON Schema of a chart's values."""
    body = _level(settings, old_names(walk(settings)))
    # A parent chart hands its own globals down: this level alone is open.
    body["properties"].get("global", {}).pop("additionalProperties", None)
    wanted = dict.fromkeys(name for s in walk(settings) for name in references(dict(s.schema)))
    return {
        "$schema": DRAFT,
        "title": f"Values of {name}",
        **body,
        OWN: {"rules": [rule.data() for rule in rules]},
        "definitions": definitions(wanted),
    }


def text(document: Mapping[str, Any]) -> bytes:
    """A schema as the bytes of `values.schema.json`; its definitions, made by a script, have a line each."""
    parts = [
        f'\n  "{key}": {_rows(value) if key == "definitions" else _indented(value, "  ")}'
        for key, value in document.items()
    ]
    return ("{" + ",".join(parts) + "\n}\n").encode()


def _rows(types: Mapping[str, Any]) -> str:
    lines = [f"\n    {encode_basestring(name)}: {_encode(found)}" for name, found in types.items()]
    return "{" + ",".join(lines) + "\n  }"


_encode = json.JSONEncoder(ensure_ascii=False).encode


def _indented(value: Any, margin: str) -> str:
    """What `json.dumps` with an indent of 2 writes, in half of its time."""
    kind, line = type(value), f"\n{margin}  "
    if kind is str:
        return encode_basestring(value)
    if kind is dict and value:
        inner = margin + "  "
        pairs = [f"{line}{encode_basestring(key)}: {_indented(item, inner)}" for key, item in value.items()]
        return f"{{{','.join(pairs)}\n{margin}}}"
    if (kind is list or kind is tuple) and value:
        inner = margin + "  "
        return f"[{','.join([line + _indented(item, inner) for item in value])}\n{margin}]"
    return ("true" if value else "false") if kind is bool else _encode(value)


def _level(level: Group, old: Tree) -> dict[str, Any]:
    """A level of the values; `old` are the names that settings had in it before."""
    properties = {
        key: _property(node) if isinstance(node, Setting) else _level(node, _below(old, key))
        for key, node in level.items()
    }
    gone = {key: _old(node) for key, node in old.items() if key not in level}
    # A level may be missing: values that an older chart left behind do not have it, and get its defaults.
    required = [k for k, node in level.items() if isinstance(node, Setting) and node.needed]
    return {
        "type": "object",
        "properties": {**properties, **gone},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _below(old: Tree, key: str) -> Tree:
    node = old.get(key)
    return node if isinstance(node, dict) else {}


def _old(node: Setting | Tree) -> dict[str, Any]:
    """A name that a setting had before, or a level of such names: still accepted."""
    if isinstance(node, Setting):
        told = f"Renamed to {node.dotted}; goes in {node.until}."
        return {"description": told, **node.schema, "deprecated": True, OWN: {"renamedTo": list(node.path)}}
    return {**_level({}, node), "deprecated": True, OWN: {"renamedTo": []}}


def _property(setting: Setting) -> dict[str, Any]:
    own: dict[str, Any] = {
        "since": setting.since,
        "renamedFrom": list(setting.renamed_from),
        "until": setting.until,
        "tpl": setting.tpl,
        "secret": setting.secret,
    }
    return {
        "description": setting.help,
        **setting.schema,
        "default": setting.default,
        **({"examples": list(setting.examples)} if setting.examples else {}),
        OWN: {k: v for k, v in own.items() if v},
    }


def read(chart: Chart) -> Contract:
    """The contract that a chart carries. Of a chart that is not ours: what its values and schema say.

    Raises RenderError when the schema is none.
    """
    file = chart.by_path.get("values.schema.json")
    document: dict[str, Any] = _document(file) if file else {"type": "object"}
    settings = tuple(_read(document, chart.default_values, ()))
    rules = tuple(Rule.of(data) for data in document.get(OWN, {}).get("rules", ()))
    return Contract(settings, rules, document)


def _document(file: ChartFile) -> dict[str, Any]:
    try:
        found = json.loads(file.data)
    except (ValueError, RecursionError) as error:
        raise RenderError(f"{file.path} of the chart is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise RenderError(f"{file.path} of the chart is no JSON Schema", "it has to be a mapping")
    return found


def _read(level: Mapping[str, Any], values: Mapping[str, Any], path: Path) -> Iterator[Setting]:
    properties: Mapping[str, Any] = level.get("properties", {})
    for key in dict.fromkeys([*properties, *values]):
        found = properties.get(key, {})
        below = values.get(key)
        if "renamedTo" in found.get(OWN, {}):
            continue
        if OWN not in found and (found.get("properties") or (isinstance(below, Mapping) and below)):
            yield from _read(found, below if isinstance(below, Mapping) else {}, (*path, key))
        else:
            yield _setting(found, below, (*path, key), key in level.get("required", ()))


_TOLD = ("description", "default", "examples", OWN)


def _setting(found: Mapping[str, Any], default: Any, path: Path, required: bool) -> Setting:
    own = found.get(OWN, {})
    return Setting(
        path,
        found.get("default", default),
        {k: v for k, v in found.items() if k not in _TOLD},
        str(found.get("description", "")),
        tuple(found.get("examples", ())),
        own.get("since", ""),
        tuple(own.get("renamedFrom", ())),
        own.get("until", ""),
        bool(own.get("tpl")),
        bool(own.get("secret")),
        required,
    )
