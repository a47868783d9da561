"""Texts of app.yaml in compose's words: variables, quantities, seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from chartgen.compose import plain
from chartgen.compose.interpolate import SECRET
from chartgen.model import App, EnvFrom

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][-._A-Za-z0-9]*)\)")
_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18}
_UNITS |= {f"{unit}i": 1024**power for power, unit in enumerate("KMGTPE", 1)}


def service_name(app: App, component: str) -> str:
    """A service is called as its Service in a release that has the application's name."""
    return f"{app.name}-{component}"


def variable(app: App, source: EnvFrom, name: str) -> str | None:
    """The value of the variable `name` in compose; None for what only a cluster knows."""
    if source.secret:
        key = source.key or next(iter(app.secrets[source.secret].keys))
        return f"${{{key}:?{SECRET}}}"
    if source.external:
        external = app.external[source.external]
        port = f":{external.port}" if external.port else ""
        url = f"{external.scheme}://{external.host}{port}{external.path}"
        return f"${{{name}:-{url}}}"
    if not source.component:
        return None
    host = service_name(app, source.component)
    if source.form == "host":
        return host
    exposed = app.components[source.component].exposed
    number = exposed[source.port or next(iter(exposed))].port
    return f"{host}:{number}" if source.form == "hostport" else f"http://{host}:{number}{source.path}"


def text(app: App, env: Mapping[str, Any], value: object) -> str:
    """A text of a container: `$(NAME)` is replaced as Kubernetes would, `$` is doubled for compose."""

    def replaced(match: re.Match[str]) -> str:
        source = env.get(match[1] or "")
        if match[0] == "$$":
            return "$$"
        found = variable(app, source, match[1]) if isinstance(source, EnvFrom) else None
        return match[0].replace("$", "$$") if found is None else found

    parts, at = [], 0
    written = plain.text_of(value)
    for match in _REFERENCE.finditer(written):
        parts += [written[at : match.start()].replace("$", "$$"), replaced(match)]
        at = match.end()
    return "".join([*parts, written[at:].replace("$", "$$")])


def amount(quantity: Any) -> str:
    """Bytes of Kubernetes in compose's units, which count in 1024: `1Gi` is `1g`."""
    matched = re.fullmatch(r"([0-9.]+)([A-Za-z]{0,2})", str(quantity))
    count = int(Fraction(matched[1]) * _UNITS.get(matched[2], 1)) if matched else 0
    for power, unit in ((3, "g"), (2, "m"), (1, "k")):
        if count and not count % 1024**power:
            return f"{count // 1024**power}{unit}"
    return f"{count}b"


def processors(quantity: Any) -> str:
    """`500m` as `0.5`."""
    written = str(quantity)
    count = float(written[:-1]) / 1000 if written.endswith("m") else float(written)
    return plain.text_of(count)
