"""The services that containers are told to use, out of the URLs in their variables, and where those lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from chartgen.doctor.objects import entries, inside
from chartgen.doctor.site import Key, Plan
from chartgen.manifest import Manifest

_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?\.?"
_URL = re.compile(r"([a-z][a-z0-9+.-]*)://(?:[^/@\s]*@)?([^/?#\s]+)")
_PLACE = re.compile(rf"({_NAME})(?::(\d+))?")
_NUMBERS = re.compile(r"[\d.]+")
# Ports that a scheme stands for: IANA's registry of service names.
PORTS = {"mongodb": 27017, "redis": 6379, "rediss": 6379, "postgres": 5432, "postgresql": 5432, "mysql": 3306}
PORTS |= {"amqp": 5672, "http": 80, "https": 443, "nats": 4222}


class Reach(NamedTuple):
    """A host that a container reaches for: `variable` says so. `port` 0: the URL does not say."""

    variable: str
    scheme: str
    host: str
    port: int


class Sealed(NamedTuple):
    """A URL that lies in a Secret, whose values are not looked into."""

    variable: str
    secret: str


def reaches(plan: Plan) -> Iterator[Reach | Sealed]:
    """Each place once, whichever containers are told of it."""
    found = (
        one for _, template in plan.pods for c in template.containers for one in _container(plan, c.data)
    )
    yield from dict.fromkeys(found)


def service(host: str, namespace: str) -> tuple[Key | None, bool]:
    """The Service that a host name can only be, or may be; the second says whether it is sure.

    Source: Kubernetes documentation, "DNS for Services and Pods".
    """
    parts = host.rstrip(".").lower().split(".")
    if _NUMBERS.fullmatch(host) or parts == ["localhost"]:
        return None, True
    if "svc" in parts[2:4]:
        name, space = parts[parts.index("svc", 2) - 2 : parts.index("svc", 2)]
        return Key("v1", "Service", space, name), True
    if len(parts) == 1:
        return Key("v1", "Service", namespace, parts[0]), True
    return (Key("v1", "Service", parts[1], parts[0]), False) if len(parts) == 2 else (None, True)


def _container(plan: Plan, data: Any) -> Iterator[Reach | Sealed]:
    for entry in entries(Manifest(data, ""), "env"):
        variable, value = str(entry.get("name")), entry.get("value")
        secret = inside(inside(entry, "valueFrom"), "secretKeyRef").get("name")
        if secret and variable in plan.externals:
            yield Sealed(variable, str(secret))
        elif isinstance(value, str) and "$(" not in value:
            for match in _URL.finditer(value):
                yield from _places(variable, match[1], match[2])


def _places(variable: str, scheme: str, hosts: str) -> Iterator[Reach]:
    """A URL of a database may name several hosts."""
    for place in hosts.split(","):
        found = _PLACE.fullmatch(place)
        if found and found[1] != "localhost" and not found[1].startswith("127."):
            yield Reach(variable, scheme, found[1], int(found[2] or PORTS.get(scheme, 0)))
