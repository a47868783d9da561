"""What has to be known of all services before one of them can be carried over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chartgen.compose.images import image, is_store, usual_port, wants_empty_folder
from chartgen.compose.merge import texts
from chartgen.compose.naming import slug, unique
from chartgen.compose.notation import FormError, PortUse
from chartgen.compose.project import Project
from chartgen.compose.references import Reference, references
from chartgen.compose.service import Service
from chartgen.compose.source import Source
from chartgen.compose.spoken import spoken
from chartgen.compose.tree import Map
from chartgen.compose.vault import Vault
from chartgen.frozen import Frozen

_HTTP = {80, 81, 1337, 2368, 4000, 4200, 5000, 5173, 5601, 7474, 8123, 8888, 15672}
_HTTP |= {*range(3000, 3011), *range(8000, 8101), *range(9000, 9011), 9090, 9091, 9093, 9100, 9200}
_NAMES = {443: "https", 8443: "https", 5432: "postgres", 3306: "mysql", 6379: "redis", 27017: "mongo"}
_NAMES |= {5672: "amqp", 9092: "kafka", 11211: "memcache", 25: "smtp", 1025: "smtp", 53: "dns", 22: "ssh"}


class Plan(Frozen):
    """Names, ports, hosts and secrets of a whole project.

    `components` has the component's name of each service that becomes one; `ports` the named ports of each
    service; `hosts` the service that each host name means; `first` those that run to their end before others;
    `spoken` the host names in texts that a chart cannot change.
    """

    project: Project
    source: Source
    services: Mapping[str, Service]
    components: Mapping[str, str]
    ports: Mapping[str, Mapping[str, PortUse]]
    hosts: Mapping[str, str]
    first: frozenset[str]
    spoken: frozenset[str]
    vault: Vault
    volumes: Mapping[str, str]
    users: Mapping[str, tuple[str, ...]]

    def port_name(self, service: str, number: int) -> str:
        """The name of a service's port; of its first when the number is 0 or not among them."""
        named = {port.target: name for name, port in self.ports[service].items() if port.protocol == "tcp"}
        return named.get(number, "") or next(iter(self.ports[service]), "")

    def about(self, service: str) -> Map:
        """What ushadow says of a service."""
        every = self.project.tree.get("x-ushadow")
        found = every.get(service) if isinstance(every, Map) else None
        return found if isinstance(found, Map) else Map()

    def required(self, service: str) -> list[str]:
        """What ushadow says that a service requires."""
        return [str(name) for name in self.about(service).get("requires") or ()]

    def entry(self, group: str, name: str) -> Map:
        """What stands at the top of a volume, network, secret or config."""
        found = self.project.group(group).get(name)
        return found if isinstance(found, Map) else Map()


def plan(project: Project, services: Mapping[str, Service], source: Source) -> Plan:
    """The plan of a project whose services are all sound."""
    first = frozenset(_first(services))
    hosts = dict(_hosts(services))
    used = list(_references(services, hosts))
    ports = {name: _named(service, used, hosts) for name, service in services.items()}
    volumes, users = _volumes(project, services)
    components = _components(project, [name for name in services if name not in first])
    vault = Vault(services.values(), project.scope, [slug(name) for name in project.group("secrets")])
    said = frozenset(spoken(project, services, source, hosts))
    return Plan(project, source, services, components, ports, hosts, first, said, vault, volumes, users)


def _components(project: Project, names: list[str]) -> dict[str, str]:
    """The names of components: a chart puts the application's name before each, as some compose files do."""
    prefix = f"{project.name}-"
    if not all(name.startswith(prefix) and len(name) > len(prefix) for name in names):
        return unique(names)
    short = unique(name.removeprefix(prefix) for name in names)
    return {name: short[name.removeprefix(prefix)] for name in names}


def _first(services: Mapping[str, Service]) -> Iterator[str]:
    """What others wait for until it has ended, and what those wait for in turn."""
    for service in services.values():
        for name, how in service.depends_on.items():
            if how.get("condition") == "service_completed_successfully":
                yield name


def _hosts(services: Mapping[str, Service]) -> Iterator[tuple[str, str]]:
    """Names that the network of compose resolves; a service's own name wins."""
    for name, service in services.items():
        for key in ("container_name", "hostname"):
            if service.get(key):
                yield str(service.get(key)), name
        for alias in aliases(service):
            yield alias, name
        for link in texts(service.get("links")):
            target, _, alias = str(link).partition(":")
            if alias and target in services:
                yield alias, target
    yield from ((name, name) for name in services)


def aliases(service: Service) -> list[str]:
    """The further names of a service on its networks."""
    networks = service.get("networks")
    found = networks.values() if isinstance(networks, Map) else ()
    return [
        str(alias) for network in found if isinstance(network, Map) for alias in network.get("aliases") or ()
    ]


def _references(services: Mapping[str, Service], hosts: Mapping[str, str]) -> Iterator[Reference]:
    for service in services.values():
        for name, (value, _) in service.environment.items():
            yield from references(value or "", hosts, name)
        for key in ("command", "entrypoint"):
            for word in service.words(key):
                yield from references(word, hosts)


def _named(service: Service, used: Iterable[Reference], hosts: Mapping[str, str]) -> dict[str, PortUse]:
    """The ports of a service by name: those it publishes, exposes, or is asked at; the usual one at last."""
    found = {(port.target, port.protocol): port for port in (*service.exposed, *service.ports)}
    asked = [ref.port for ref in used if hosts[ref.host] == service.name and ref.port]
    published = {port.published: port.target for port in service.ports}
    for number in dict.fromkeys(asked):
        if (number, "tcp") not in found and number not in published:
            found[number, "tcp"] = PortUse(number)
    usual = usual_port(_repository(service))
    if not found and usual and not service.job:
        found[usual, "tcp"] = PortUse(usual)
    result: dict[str, PortUse] = {}
    for port in sorted(found.values(), key=lambda p: (p.target != usual, not p.published)):
        result[_name(port, result)] = port
    return result


def _repository(service: Service) -> str:
    try:
        return str(image(str(service.get("image", "")))["repository"])
    except FormError:
        return ""


def _name(port: PortUse, taken: Mapping[str, Any]) -> str:
    usual = _NAMES.get(port.target) or ("http" if port.target in _HTTP and port.protocol == "tcp" else "")
    wanted = slug(port.name, 15) if port.name else usual
    if wanted and wanted not in taken:
        return wanted
    return f"{port.protocol if port.protocol in ('udp', 'sctp') else 'tcp'}-{port.target}"


def _volumes(
    project: Project, services: Mapping[str, Service]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The name in app.yaml of each named volume that is used, and the services that mount it."""
    users: dict[str, list[str]] = {}
    for name, service in services.items():
        for use, _ in service.mounts:
            if use.kind == "volume" and use.source:
                users.setdefault(use.source, []).append(name)
    return unique(users), {volume: tuple(dict.fromkeys(found)) for volume, found in users.items()}


def wants_empty(service: Service) -> bool:
    """Whether a service fills its folder only when that is empty."""
    return wants_empty_folder(_repository(service))


def is_kept_by(service: Service) -> bool:
    """Whether a service is a store of data."""
    return is_store(_repository(service))
