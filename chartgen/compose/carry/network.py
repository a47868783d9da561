"""Ports, further names, name resolution."""

from __future__ import annotations

import re
from typing import Any

from chartgen.compose.merge import texts
from chartgen.compose.naming import is_name
from chartgen.compose.notice import Notice
from chartgen.compose.parts import Carried, Parts
from chartgen.compose.plan import aliases
from chartgen.compose.tree import Map

KEYS = (
    "ports",
    "expose",
    "networks",
    "links",
    "container_name",
    "hostname",
    "dns",
    "dns_opt",
    "dns_search",
    "extra_hosts",
)
_ADDRESS = re.compile(r"([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)")
# What an entry of `networks` may say beyond names.
_NETWORK = (
    "ipv4_address",
    "ipv6_address",
    "link_local_ips",
    "mac_address",
    "driver_opts",
    "priority",
    "gw_priority",
    "interface_name",
)


def carry(of: Carried) -> Parts:
    parts = _dns(of) + _hosts(of) + _networks(of)
    return Parts(notices=parts.notices) if of.first else _ports(of) + _aliases(of) + parts


def _ports(of: Carried) -> Parts:
    found: dict[str, Any] = {}
    notices: list[Notice] = []
    for name, port in of.plan.ports[of.service.name].items():
        found[name] = {
            "port": port.target,
            **({"protocol": port.protocol.upper()} if port.protocol != "tcp" else {}),
        }
    for port in of.service.ports:
        if port.host not in ("", "0.0.0.0", "::"):
            advice = "kubectl port-forward reaches it from your machine"
            notices.append(
                of.lost("ports", f"port {port.target} is published on {port.host} alone", advice, "note")
            )
        if port.protocol not in ("tcp", "udp", "sctp"):
            notices.append(
                of.lost("ports", f"protocol {port.protocol}", "Kubernetes knows TCP, UDP and SCTP")
            )
    if of.service.job:
        return Parts(notices=tuple(notices))
    return Parts(
        {"ports": {n: p for n, p in found.items() if p.get("protocol") in (None, "UDP", "SCTP")}}
        if found
        else {},
        notices=tuple(notices),
    )


def _aliases(of: Carried) -> Parts:
    """Names that others use where nothing can be replaced, and those that networks and links give."""
    mine = [host for host, service in of.plan.hosts.items() if service == of.service.name]
    explicit = {*aliases(of.service), *_linked(of)}
    wanted = [host for host in mine if host in explicit or host in of.plan.spoken]
    names, notices = [], []
    for host in wanted:
        if not is_name(host) or not of.plan.ports[of.service.name] or _like_another(of, host):
            advice = f"its Service is called RELEASE-{of.name}; write that name where {host} stands"
            notices.append(
                of.lost("networks", f"the name {host} cannot be the name of a Service here", advice)
            )
        else:
            names.append(host)
    return Parts({"aliases": names} if names else {}, notices=tuple(notices))


def _like_another(of: Carried, host: str) -> bool:
    others = [name for name in of.plan.components.values() if name != of.name]
    return any(host.endswith(f"-{other}") for other in (*others, "headless"))


def _linked(of: Carried) -> set[str]:
    found = (
        str(link).partition(":") for other in of.plan.services.values() for link in texts(other.get("links"))
    )
    return {alias for target, _, alias in found if target == of.service.name and alias}


def _dns(of: Carried) -> Parts:
    found: dict[str, Any] = {}
    options: dict[str, str] = {}
    for option in map(str, texts(of.service.get("dns_opt"))):
        name, _, value = option.partition(":")
        if name == "ndots" and value.isdigit() and int(value) <= 15:
            found["ndots"] = int(value)
        else:
            options[name] = value
    servers, searches = (list(map(str, texts(of.service.get(key)))) for key in ("dns", "dns_search"))
    notices = []
    if len(servers) > 2:
        notices.append(
            of.lost("dns", f"{len(servers)} name servers: the cluster's and two more are asked", "drop some")
        )
    found |= {"nameservers": servers[:2]} if servers else {}
    found |= {"searches": [s for s in searches if s != "."]} if set(searches) - {"."} else {}
    found |= {"options": options} if options else {}
    return Parts({"dns": found} if found else {}, notices=tuple(notices))


def _hosts(of: Carried) -> Parts:
    found: dict[str, list[str]] = {}
    notices = []
    for entry in map(str, texts(of.service.get("extra_hosts"))):
        host, _, address = entry.partition("=") if "=" in entry else entry.partition(":")
        address = address.strip("[]")
        if _ADDRESS.fullmatch(address):
            found.setdefault(address, []).append(host)
        else:
            advice = "a pod does not know its node's address: name the machine, or run it in the cluster"
            notices.append(of.lost("extra_hosts", f"{host} is {address or 'no address'}", advice))
    return Parts({"hostAliases": found} if found else {}, notices=tuple(notices))


def _networks(of: Carried) -> Parts:
    networks = of.service.get("networks")
    notices = []
    for name, entry in networks.items() if isinstance(networks, Map) else ():
        fixed = [key for key in entry or () if key in _NETWORK]
        if fixed:
            advice = "pods get their addresses from the cluster; Services have names"
            notices.append(of.lost("networks", f"networks.{name}: {', '.join(fixed)}", advice))
    return Parts(notices=tuple(notices))
