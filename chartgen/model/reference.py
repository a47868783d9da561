"""Names in app.yaml that refer to something, and names that nothing may have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chartgen.errors import near_miss
from chartgen.model.app import App
from chartgen.model.field import camel

Path = tuple[str | int, ...]
Found = tuple[Path, str, str]  # where, what is wrong, what to do

# Keys of the values that have a meaning of their own, now or later, so that no component takes them.
RESERVED = frozenset(
    """autoscaling backup clusterDomain commonAnnotations commonLabels enabled external externalSecrets
    extraObjects fullnameOverride gitSync global httpRoute imagePullSecrets ingress monitoring nameOverride
    namespaceOverride networkPolicy persistence podSecurity rbac secrets seed serviceAccount tests""".split()
)
# Helm's YAML parser turns these keys into booleans, and the last into nothing.
BOOLEANS = frozenset("n y on off yes no true false null".split())


def keys_clash(path: Path, names: Iterable[str]) -> Iterator[Found]:
    """Names that cannot be keys of the values, or are the same key."""
    keys: dict[str, str] = {}
    for name in names:
        key = camel(name)
        if key in BOOLEANS:
            yield (*path, name), f"{name!r} is a boolean in YAML", "choose another name"
        if keys.setdefault(key, name) != name:
            what = f"{name!r} and {keys[key]!r} are both {key!r} in the values"
            yield (*path, name), what, "rename one of them"


def known(path: Path, what: str, name: str, names: Iterable[str]) -> Iterator[Found]:
    """A problem when `name` is none of `names`."""
    there = list(names)
    if name not in there:
        hint = near_miss(name, there) or f"this application has no {what}"
        yield path, f"there is no {what} {name!r}" if name else f"which {what} is not said", hint


def port_of(app: App, path: Path, component: str, port: str, protocol: str = "") -> Iterator[Found]:
    """Problems of a reference to a port of a component; without a name it is the first one."""
    missing = list(known((*path, "component"), "component", component, app.components))
    yield from missing
    if missing:
        return
    exposed = app.components[component].exposed
    fitting = {n: p for n, p in exposed.items() if protocol in ("", p.protocol)}
    if not fitting:
        kind = f"{protocol} port" if protocol else "port"
        yield (*path, "component"), f"component {component!r} has no {kind}", "give it one under ports"
    elif port:
        yield from known((*path, "port"), "port", port, fitting)
