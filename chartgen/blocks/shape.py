"""What a block is, and what it can add to the pods of a component."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from itertools import groupby
from typing import Any, Protocol

from chartgen.chart import ChartFile
from chartgen.frozen import Frozen
from chartgen.kubernetes.scalars import DNS_SUBDOMAIN, or_empty
from chartgen.model import App, Component, EnvFrom, Volume
from chartgen.render import Fragment, fragment, quoted
from chartgen.rules import Rule
from chartgen.settings import Setting

# Of a claim: empty for the cluster's default. "-" is no name of a class: it says that there is none.
STORAGE_CLASS = {"anyOf": [{"const": "-"}, or_empty(DNS_SUBDOMAIN)]}


class Part(Frozen):
    """One entry of a list in a pod (a volume, a container); `when` is the Go condition for having it."""

    text: Fragment
    when: str = ""


Place = tuple[str, str]  # of a variable: the container's name, its own


class PodParts(Frozen):
    """What a block adds to the pods of a component. Checksums are arguments of Go's `dict`."""

    env: Mapping[Place, Fragment] = field(default_factory=dict)
    init_containers: tuple[Part, ...] = ()
    volumes: tuple[Part, ...] = ()
    mounts: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)  # by the container's name
    claims: tuple[Fragment, ...] = ()
    checksums: tuple[Fragment, ...] = ()

    def __add__(self, other: PodParts) -> PodParts:
        return PodParts(
            {**self.env, **other.env},
            self.init_containers + other.init_containers,
            self.volumes + other.volumes,
            {n: (*self.mounts.get(n, ()), *other.mounts.get(n, ())) for n in {**self.mounts, **other.mounts}},
            self.claims + other.claims,
            self.checksums + other.checksums,
        )


Pods = Mapping[str, PodParts]  # by the component's name


def env_sources(component: Component) -> dict[Place, EnvFrom]:
    """The variables of all containers whose value is known when the chart is installed."""
    return {
        (container, name): value
        for container, of in component.containers.items()
        for name, value in of.env.items()
        if isinstance(value, EnvFrom)
    }


class Block(Protocol):
    """One block of the values, with everything it owns. A module is one."""

    def files(self, app: App, pods: Pods) -> Iterable[ChartFile]: ...

    def settings(self, app: App) -> Iterable[Setting]: ...

    def rules(self, app: App) -> Iterable[Rule]: ...

    def pod(self, app: App, component: Component) -> PodParts: ...


def listing(key: str, parts: Iterable[Part], extra: str = "") -> Fragment:
    """A list of a pod: the parts, those with a condition guarded, then what the values at `extra` add."""
    entries = tuple(_together(parts))
    guards = [*dict.fromkeys(p.when for p in entries), *([extra] if extra else [])]
    condition = "" if any(not p.when for p in entries) else either(guards)
    return fragment("list.yaml.j2", key=key, parts=entries, extra=extra, condition=Fragment(condition))


def _together(parts: Iterable[Part]) -> Iterator[Part]:
    """Neighbours with the same condition as one entry."""
    for when, group in groupby(parts, lambda part: part.when):
        texts = [part.text for part in group]
        yield from [Part(Fragment("\n".join(texts)), when)] if when else map(Part, texts)


def either(conditions: Iterable[str]) -> str:
    """A Go condition that holds when any of these does."""
    given = list(conditions)
    wrapped = [f"({c})" if " " in c else c for c in given]
    return given[0] if len(given) == 1 else "or " + " ".join(wrapped)


def metadata(
    app: App, suffix: str, part: str = "", own_may_be_empty: bool = False, **values: str
) -> Fragment:
    """Name, namespace, labels and annotations of an object.

    `suffix` follows the full name of the release; `part` is its component label. `labels`, `annotations`
    and `own` are Go expressions of maps: from the values twice, and those that always win, which have a
    key unless `own_may_be_empty`. `name` replaces the name.
    """
    go = {key: Fragment(values.get(key, "")) for key in ("name", "labels", "annotations", "own")}
    always = bool(go["own"]) and not own_may_be_empty
    return fragment("metadata.yaml.j2", app=app, suffix=suffix, part=part or suffix, always=always, **go)


def literal(pairs: Mapping[str, str]) -> str:
    """A map of strings as a Go expression."""
    return "(dict " + " ".join(f'"{k}" "{v}"' for k, v in pairs.items()) + ")"


def hook(events: str, weight: int, policy: str) -> dict[str, str]:
    """The annotations of a Helm hook. Weights differ wherever order matters: Helm sorts by name otherwise."""
    return {
        "helm.sh/hook": events,
        "helm.sh/hook-weight": str(weight),
        "helm.sh/hook-delete-policy": policy,
    }


def main_port(component: Component) -> str:
    """The port that people and probes ask: the first of the Service that speaks TCP, if there is one."""
    tcp = (name for name, port in component.exposed.items() if port.protocol == "TCP")
    return next(tcp, next(iter(component.exposed)))


def pod_context(app: App, component: Component) -> Fragment:
    """What every pod on behalf of a component inherits: pull secrets, security, priority, runtime."""
    return fragment("pod_context.yaml.j2", app=app, component=component, restricted=restricted(component))


def placement(component: Component) -> Fragment:
    """Where pods on behalf of a component may run."""
    return fragment("placement.yaml.j2", component=component)


def restricted(component: Component) -> Fragment:
    """The pod's security context that only the restricted profile adds, as a Go expression."""
    needs = component.security.restricted
    ids = {"runAsUser": needs.runAsUser, "runAsGroup": needs.runAsGroup, "fsGroup": needs.fsGroup}
    pairs = [f'"{name}" {value}' for name, value in ids.items() if value is not None]
    if needs.fsGroup is not None:
        pairs.append('"fsGroupChangePolicy" "OnRootMismatch"')
    if needs.sysctls:
        items = " ".join(f'(dict "name" "{n}" "value" {quoted(v)})' for n, v in needs.sysctls.items())
        pairs.append(f'"sysctls" (list {items})')
    return Fragment(f"(dict {' '.join(pairs)})" if pairs else "dict")


def outlives(volume: Volume) -> str:
    """A Go expression, true or false: whether the volume's claim is still there when the release is gone."""
    values = f".Values.persistence.{volume.key}"
    return f'(or {values}.retain (ne {values}.existingClaim ""))'


def or_nothing(definition: str) -> dict[str, Any]:
    """A definition that demands keys, or the empty map, meaning "not set"."""
    from chartgen.kubernetes.definitions import ref

    return {"anyOf": [{"type": "object", "maxProperties": 0}, dict(ref(definition))]}
