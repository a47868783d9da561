"""How a field of the model is declared: its help, its constraints and its default, in one place."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any

from chartgen.frozen import Frozen

# DNS-1123 label without a leading digit, so that it is also a DNS-1035 label: a component's name becomes
# the name of a Service. Source: Kubernetes documentation, "Object Names and IDs".
NAME = r"[a-z]([-a-z0-9]*[a-z0-9])?"
ENV_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
MODE = r"0[0-7]{3}"
# A path inside a volume or a folder: relative, no empty, `.` or `..` segment is checked by the loader.
RELATIVE = "relative"
ABSOLUTE = "absolute"
VERSION = "version"


class Constraint(Frozen):
    """What a value of a field must satisfy beyond its type.

    `pattern` is anchored at both ends. `keys` is the pattern of a mapping's keys. `form` names a check of
    the loader that a regular expression cannot say (`relative`, `absolute`, `version`).
    """

    help: str
    pattern: str = ""
    keys: str = ""
    enum: tuple[str, ...] = ()
    form: str = ""
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    examples: tuple[Any, ...] = ()


def field(help: str, default: Any = MISSING, **constraint: Any) -> Any:
    """A field of the model. Without a default it is required; a mapping default is made anew each time."""
    metadata = {"constraint": Constraint(help, **constraint)}
    if isinstance(default, Mapping):
        return dataclasses.field(default_factory=dict, metadata=metadata)
    if isinstance(default, type):
        return dataclasses.field(default_factory=default, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def constraint(of: dataclasses.Field[Any]) -> Constraint:
    """The constraint that a field was declared with."""
    found: Constraint = of.metadata["constraint"]
    return found


def camel(name: str) -> str:
    """The key of a name in the values: `api-gateway` becomes `apiGateway`, which a template can read."""
    head, *rest = name.split("-")
    return head + "".join(part.capitalize() for part in rest)
