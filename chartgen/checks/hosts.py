"""Host names that only a cluster can resolve, in the environment and arguments of containers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from chartgen.checks.subject import Item, Scene, entries, finding, mapping, once
from chartgen.errors import near_miss
from chartgen.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chartgen.manifest import Container

NAME = "hosts"
HELP = "Host names of the cluster lead to a Service and port that exist, and resolve under the pod's ndots."
_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?"
_HOST = rf"{_NAME}(?:\.{_NAME})*"
# What follows the `//` of a URL, with what may stand around a host there.
_URL = re.compile(
    rf"(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*)://(?:[^/@\s?#]*@)?({_HOST})\.?(?::(\d+))?(?=[/?#,\s'\"]|$)"
)
# `<service>.<namespace>.svc`, wherever it stands.
_SVC = re.compile(rf"(?<![\w.-])({_NAME}\.{_NAME}\.svc(?:\.{_HOST})?)\b\.?(?::(\d+))?")
_PLAIN = re.compile(rf"({_HOST})(?::(\d+))?")
_POINTS = re.compile(r"(^|_)(HOST|HOSTNAME|SERVER|ADDR|ADDRESS|UPSTREAM|ENDPOINT)$")
_HERE = ("localhost", "host", "hostname", "0")
# Last labels of names that are the world's; anything else of three letters or more is a namespace's.
_LAST = """
com net org edu gov mil int info biz dev app cloud tech site online xyz name pro page run local localdomain
internal intranet lan home corp test example invalid arpa localhost
"""
_WORLD = frozenset(_LAST.split())


class Name(NamedTuple):
    """A host as it was written, and its port (0: none)."""

    host: str
    port: int


def check(scene: Scene) -> Iterator[Finding]:
    """Every host name in env values, commands and arguments, of init containers too."""
    for item in scene.pods:
        for path, name, dots in _hosts(item):
            yield from _judge(scene, item, path, name, dots)


@once
def _hosts(item: Item) -> Iterator[tuple[str, Name, int]]:
    """Each host name with its path, and the ndots of the pod that asks for it."""
    dots = _ndots(item)
    for container in item.containers:
        for path, variable, text in _strings(container):
            for name in _names(variable, text):
                yield path, name, dots


def _strings(container: Container) -> Iterator[tuple[str, str, str]]:
    """Path, variable ("" for an argument), text."""
    for path, entry in entries(container.data, "env", container.path):
        if isinstance(entry.get("value"), str):
            yield f"{path}.value", str(entry.get("name", "")), entry["value"]
    for key in ("command", "args"):
        listed = container.data.get(key)
        for index, text in enumerate(listed if isinstance(listed, list) else ()):
            # A script is not a list of hosts: what it calls is its own affair.
            if isinstance(text, str) and "\n" not in text:
                yield f"{container.path}.{key}[{index}]", "", text


def _names(variable: str, text: str) -> Iterable[Name]:
    """The host names in a value. A text that asks for another variable cannot be judged."""
    return _names_in(bool(_POINTS.search(variable)), text) if "$(" not in text else ()


@lru_cache(maxsize=4096)
def _names_in(points: bool, text: str) -> tuple[Name, ...]:
    found = {Name(m[2], int(m[3] or 0)): None for m in _URL.finditer(text)}
    found |= {Name(m[1], int(m[2] or 0)): None for m in _SVC.finditer(text)}
    plain = _PLAIN.fullmatch(text) if points else None
    if plain:
        found[Name(plain[1], int(plain[2] or 0))] = None
    return tuple(name for name in found if not re.fullmatch(r"[\d.]+", name.host))


def _judge(scene: Scene, item: Item, path: str, name: Name, dots: int) -> Iterator[Finding]:
    service, _, rest = name.host.partition(".")
    namespace = rest.partition(".")[0]
    own = scene.namespace(item)
    known = scene.find("Service", service, namespace or own)
    if known:
        yield from _port(item, path, name, known)
    elif not rest or (namespace == own and _in_cluster(rest)):
        yield from _missing(scene, item, path, name)
    if rest and dots == 1:
        yield from _partly(item, path, name, bool(known) or namespace == own)


def _in_cluster(rest: str) -> bool:
    """Whether what follows the Service is a namespace, alone or with `svc`."""
    return "." not in rest or rest.split(".")[1] == "svc"


def _port(item: Item, path: str, name: Name, service: Item) -> Iterator[Finding]:
    ports = [port.get("port") for _, port in entries(service.spec, "ports")]
    if name.port and name.port not in ports and service.spec.get("type") != "ExternalName":
        what = f"{name.host}:{name.port}: {service.manifest.label} has no port {name.port}"
        yield finding(NAME, item, path, what, f"its ports: {', '.join(map(str, ports))}", item.blame)


def _missing(scene: Scene, item: Item, path: str, name: Name) -> Iterator[Finding]:
    if name.host.lower() in _HERE or any(name.host in text for text in scene.given):
        return
    near = near_miss(name.host.partition(".")[0], (i.name for i in scene.of("Service")))
    hint = f"no Service of this chart has that name{f'; {near}' if near else ''}"
    yield finding(NAME, item, path, f"nothing answers at {name.host}", hint, item.blame)


def _partly(item: Item, path: str, name: Name, ours: bool) -> Iterator[Finding]:
    """`svc.namespace` and `svc.namespace.svc` under ndots 1.

    A name with as many dots as ndots is asked for as it stands first. glibc then tries the search
    list all the same; musl does not (musl, src/network/lookup_name.c, name_from_dns_search).
    """
    labels = name.host.split(".")
    certain = labels[2:] == ["svc"] or (ours and len(labels) == 2)
    guessed = len(labels) == 2 and len(labels[1]) > 2 and labels[1].lower() not in _WORLD
    if not (certain or guessed):
        return
    full = ".".join([*labels[:2], "svc", "cluster.local"])
    what = f"{name.host} is partly qualified: under ndots 1 musl never resolves it"
    hint = f"write {full}, with your cluster's domain at the end, or the bare name inside one namespace"
    yield finding(NAME, item, path, what, hint, item.blame if certain else Severity.WARNING)


def _ndots(item: Item) -> int:
    """The pod's ndots: 5 in Kubernetes unless its dnsConfig says otherwise, 1 with the node's own DNS."""
    spec: Mapping[str, object] = item.pod.spec if item.pod else {}
    for _, option in entries(mapping(spec.get("dnsConfig")), "options"):
        if option.get("name") == "ndots" and str(option.get("value", "")).isdecimal():
            return int(str(option["value"]))
    return 1 if spec.get("dnsPolicy") in ("None", "Default") else 5
