"""What a values schema says of a value before anybody gives one: that it is never empty, or always."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chartgen.frozen import Frozen

_LOCAL = "#/"
_ANY = "string integer number boolean array object null".split()


class Known(Frozen):
    """The knowledge that a JSON Schema of a chart holds, which Helm asks before it renders anything.

    Only keywords that bind on their own are read, so there may be more to know; what is said is so.
    """

    schema: Mapping[str, Any]

    def truth(self, path: tuple[str, ...]) -> bool | None:
        """What `if` makes of the value at `path`, whatever it is; None when that depends."""
        found = self._at(path)
        return None if found is None else self._truth(found)

    def possible(self, path: tuple[str, ...]) -> tuple[Any, ...] | None:
        """All values that there can be at `path`; None when they are not listed."""
        found = self._at(path)
        if found is None:
            return None
        return (found["const"],) if "const" in found else tuple(found["enum"]) if "enum" in found else None

    def _at(self, path: tuple[str, ...]) -> Mapping[str, Any] | None:
        """The schema of what is certainly there at `path`."""
        found = self._resolved(self.schema)
        for key in path:
            if found.get("type") != "object" or key not in found.get("required", ()):
                return None
            found = self._resolved(found.get("properties", {}).get(key, {}))
        return found

    def _resolved(self, schema: Any) -> Mapping[str, Any]:
        seen = 0
        while isinstance(schema, Mapping) and str(schema.get("$ref", "")).startswith(_LOCAL) and seen < 50:
            target: Any = self.schema
            for part in schema["$ref"][len(_LOCAL) :].split("/"):
                key = part.replace("~1", "/").replace("~0", "~")
                target = target.get(key) if isinstance(target, Mapping) else None
            schema, seen = target, seen + 1
        return schema if isinstance(schema, Mapping) else {}

    def _truth(self, schema: Mapping[str, Any]) -> bool | None:
        if "const" in schema or "enum" in schema:
            listed = [schema["const"]] if "const" in schema else schema["enum"]
            return _alike({bool(value) for value in listed})
        kinds = schema.get("type", _ANY)
        return _alike({_of_kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)})


def _alike(found: set[bool | None]) -> bool | None:
    return found.pop() if len(found) == 1 else None


def _of_kind(kind: str, schema: Mapping[str, Any]) -> bool | None:
    """What `if` makes of every value of one type that fits."""
    if kind == "null":
        return False
    if kind in ("integer", "number"):
        return True if schema.get("minimum", 0) > 0 or schema.get("maximum", 0) < 0 else None
    word = {"string": "Length", "array": "Items", "object": "Properties"}.get(kind, "")
    if not word:
        return None
    if schema.get(f"max{word}") == 0:
        return False
    least: int = schema.get(f"min{word}", 0)
    if kind == "object":
        least = max(least, len(schema.get("required", ())))
    return True if least > 0 or (kind == "string" and _needs_text(schema.get("pattern"))) else None


def _needs_text(pattern: Any) -> bool:
    try:
        return isinstance(pattern, str) and re.search(pattern, "") is None
    except re.error:
        return False
