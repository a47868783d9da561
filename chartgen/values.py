"""Values as Helm treats them: overlays merged, defaults coalesced, `--set` both ways.

Everything here is pure and gives new mappings; lists are values like any other and never merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chartgen.setflags import parse_set, to_set

__all__ = ["Defaults", "coalesce", "get", "leaves", "merge", "parse_set", "to_set"]

Path = tuple[str, ...]
Values = Mapping[str, Any]


def coalesce(defaults: Values, user: Values) -> dict[str, Any]:
    """What a template sees as `.Values`: the chart's `defaults` under the `user`'s values.

    A null of the user deletes the default, a null default does not count, tables merge, anything
    else is replaced (source: pkg/chart/common/util/coalesce.go of Helm 4.2; Helm before 4.2.0 keeps
    null defaults, which is why our charts have none).
    """
    kept = {key: value for key, value in user.items() if value is not None or key not in defaults}
    return _under({key: value for key, value in defaults.items() if key not in user or key in kept}, kept)


def _under(defaults: Values, user: Values) -> dict[str, Any]:
    """The same for an inner table, where a null over a null default stays."""
    result = {key: _copied(value) for key, value in user.items()}
    for key, default in defaults.items():
        if key not in result:
            if default is not None:
                result[key] = _without_nulls(default)
        elif result[key] is None and default is not None:
            del result[key]
        elif isinstance(result[key], dict) and isinstance(default, Mapping):
            result[key] = _under(default, result[key])
    return result


class Defaults:
    """The defaults of a chart, for many documents: what one of them leaves as it is is shared, not copied."""

    def __init__(self, defaults: Values) -> None:
        self._defaults: Values = defaults
        self._plain: dict[str, Any] = _without_nulls(defaults)

    def under(self, user: Values) -> dict[str, Any]:
        """What `coalesce` gives. Nobody may change the result: others have parts of it."""
        lasting = {
            key: value for key, value in user.items() if value is not None or key not in self._defaults
        }
        found = _shared(self._defaults, self._plain, lasting)
        for key in user.keys() - lasting.keys():
            found.pop(key, None)
        return found


def _shared(defaults: Values, plain: dict[str, Any], user: Values) -> dict[str, Any]:
    result = dict(plain)
    for key, value in user.items():
        default = defaults.get(key)
        if value is None and default is not None:
            del result[key]
        elif isinstance(value, dict) and isinstance(default, Mapping):
            result[key] = _shared(default, plain[key], value)
        else:
            result[key] = value
    return result


def merge(overlays: Iterable[Values]) -> dict[str, Any]:
    """Several `-f` files as one, the last winning; a null stays, to delete a default later."""
    result: dict[str, Any] = {}
    for overlay in overlays:
        result = _merged(result, overlay)
    return result


def _merged(under: dict[str, Any], over: Values) -> dict[str, Any]:
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(value, Mapping) and isinstance(below, dict)
        result[key] = _merged(below, value) if both and isinstance(below, dict) else _copied(value)
    return result


def get(values: Values, path: Path, default: Any = None) -> Any:
    """The value at `path`; `default` when some part of the path is not there."""
    found: Any = values
    for key in path:
        if not isinstance(found, Mapping) or key not in found:
            return default
        found = found[key]
    return found


def leaves(values: Values, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every path to something that is not a table (lists are whole, empty tables count), with it."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key), value


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list | tuple) else value


def _without_nulls(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return _copied(value)
    return {key: _without_nulls(item) for key, item in value.items() if item is not None}
