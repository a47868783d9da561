"""How a field of the model is declared: its help, its constraints and its default, in one place."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import MISSING
from functools import cache
from typing import Any

from chartgen.frozen import Frozen

# DNS-1123 label without a leading digit, so that it is also a DNS-1035 label: a component's name becomes
# the name of a Service. Source: Kubernetes documentation, "Object Names and IDs".
NAME = r"[a-z]([-a-z0-9]*[a-z0-9])?"
# Source: k8s.io/apimachinery, validation.IsValidPortName (which also takes names that begin with a digit).
PORT_NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
ENV_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
# Of a variable of a container, where Kubernetes takes dots and dashes as well. Source: k8s.io/apimachinery,
# validation.IsEnvVarName.
VARIABLE = r"[A-Za-z_][-._A-Za-z0-9]*"
MODE = r"0[0-7]{3}"
# A path inside a volume. Nothing that ends a line for YAML or the shell, no part that begins with `..` (so
# are a ConfigMap's own links called), no space at either end of a part.
_ENDS_LINE = r"\x00-\x1f\x7f" + "\x85\u2028\u2029"
_PART = rf"\.?[^/. {_ENDS_LINE}]([^/{_ENDS_LINE}]*[^/ {_ENDS_LINE}])?"
VOLUME_PATH = f"{_PART}(/{_PART})*"
# One line of text, without space at its ends.
LINE = rf"[^ {_ENDS_LINE}]([^{_ENDS_LINE}]*[^ {_ENDS_LINE}])?"
# A dotted path in the values, in words that a template can read.
SETTING = r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*"
# Of storage: above zero, and in whole bytes. Source: Kubernetes, "Quantity".
QUANTITY = r"(?=[0-9.]*[1-9])[0-9]+(\.[0-9]+)?([EPTGMk]|[EPTGMK]i)?"
# What each pattern asks for, in words.
SAYS = {
    SETTING: "words of letters, digits and '_', with dots between them; no digit first",
    LINE: "one line, without space at its ends",
    QUANTITY: "a size such as 500Mi or 10Gi",
    NAME: "lower case letters, digits and '-'; a letter first, no '-' last",
    PORT_NAME: "lower case letters, digits and single '-'; a letter first, no '-' last",
    ENV_NAME: "letters, digits and '_'; no digit first",
    VARIABLE: "letters, digits, '_', '-' and '.'; a letter or '_' first",
    MODE: 'four octal digits, for example "0755"',
    VOLUME_PATH: "a relative path, without '..', line breaks, and spaces around its parts",
}
# The forms that a text may have to have (`Constraint.form`), with what they look like.
RELATIVE = "relative"  # a path in a folder: no empty, `.` or `..` part
SUB_PATH = "sub path"  # such a path that is printed into templates, so without what means something there
ABSOLUTE = "absolute"  # a path of a file system or a URL that is printed into templates
VERSION = "version"  # a semantic version
_PLAIN = "[A-Za-z0-9_.@%+,=&~?-]"
FORMS = {
    RELATIVE: r"[^/\\]+(/[^/\\]+)*",
    SUB_PATH: f"{_PLAIN}+(/{_PLAIN}+)*",
    ABSOLUTE: f"/({_PLAIN}|/)*",
    VERSION: r"[0-9]+\.[0-9]+\.[0-9]+([-+].*)?",
}


class Constraint(Frozen):
    """What a value of a field must satisfy beyond its type.

    `pattern` is anchored at both ends. `keys` is the pattern of a mapping's keys. `form` is one of FORMS:
    a pattern, and what a regular expression does not say well.
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


def field(help: str, default: Any = MISSING, **constraint: Any) -> Any:  # noqa: A002  # it reads well
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


@cache
def camel(name: str) -> str:
    """The key of a name in the values: `api-gateway` becomes `apiGateway`, which a template can read."""
    head, *rest = name.split("-")
    return head + "".join(part.capitalize() for part in rest)
