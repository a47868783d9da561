"""Who a container is, and what it may do."""

from __future__ import annotations

import re
from typing import Any

from chartgen.compose import plain
from chartgen.compose.merge import pairs, texts
from chartgen.compose.parts import Carried, Parts
from chartgen.compose.tree import Map

KEYS = ("user", "group_add", "cap_add", "cap_drop", "privileged", "read_only", "security_opt", "sysctls")
# What the baseline Pod Security Standard lets a container have. Source: Kubernetes, "Pod Security Standards".
_CAPABILITIES = frozenset(
    """AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID
    SYS_CHROOT""".split()
)
# Those of Kubernetes 1.29, the oldest that charts are made for. Source: Kubernetes, "Using sysctls".
_SYSCTLS = frozenset(
    """kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range
    net.ipv4.ip_unprivileged_port_start net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time
    net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes""".split()
)


def carry(of: Carried) -> Parts:
    parts = _user(of) + _capabilities(of) + _options(of) + _sysctls(of)
    if of.first and parts.component:
        what = "user and rights of what runs first: it has those of the pod"
        return Parts(notices=(*parts.notices, of.lost("user", what, "set podSecurityContext", "note")))
    return parts


def _context(container: dict[str, Any] | None = None, pod: dict[str, Any] | None = None) -> dict[str, Any]:
    found = {"pod": pod or {}, "container": container or {}}
    return {"security": {name: part for name, part in found.items() if part}}


def _user(of: Carried) -> Parts:
    text = plain.text_of(of.service.get("user", ""))
    if not text:
        return Parts()
    matched = re.fullmatch(r"([0-9]{1,9})(?::([0-9]{1,9}))?", text)
    if not matched:
        advice = "give its number: `id -u NAME` in the image tells it"
        return Parts(notices=(of.lost("user", f"user {text}: Kubernetes takes numbers", advice),))
    user, group = int(matched[1]), matched[2]
    container = {"runAsUser": user, **({"runAsGroup": int(group)} if group else {})}
    owns = bool(of.service.mounts) and user > 0
    return Parts(_context(container, {"fsGroup": int(group or user) or user} if owns else {}))


def _capabilities(of: Carried) -> Parts:
    found: dict[str, list[str]] = {}
    notices = []
    for key, name in (("cap_add", "add"), ("cap_drop", "drop")):
        words = [str(word).upper().removeprefix("CAP_") for word in texts(of.service.get(key))]
        refused = [w for w in words if name == "add" and w not in _CAPABILITIES]
        kept = [w for w in words if w not in refused]
        if refused:
            advice = f"set podSecurity: privileged, and {of.name}.securityContext.capabilities.add"
            notices.append(
                of.lost(key, f"{', '.join(refused)}: more than the baseline standard allows", advice)
            )
        if kept:
            found[name] = list(dict.fromkeys(kept))
    return Parts(_context({"capabilities": found}) if found else {}, notices=tuple(notices))


def _options(of: Carried) -> Parts:
    container: dict[str, Any] = {}
    notices = []
    if plain.truth(of.service.get("read_only", False)):
        container["readOnlyRootFilesystem"] = True
    if plain.truth(of.service.get("privileged", False)):
        advice = f"set podSecurity: privileged, and {of.name}.securityContext.privileged"
        notices.append(of.lost("privileged", "privileged, which the baseline standard forbids", advice))
    for option in map(str, texts(of.service.get("security_opt"))):
        if re.fullmatch(r"no-new-privileges([:=]true)?", option):
            container["allowPrivilegeEscalation"] = False
        else:
            advice = f"set it in {of.name}.securityContext, as Kubernetes spells it"
            notices.append(of.lost("security_opt", f"security_opt {option}", advice))
    groups = [plain.number(group) for group in texts(of.service.get("group_add"))]
    numbers = [group for group in groups if group is not None]
    if len(numbers) < len(groups):
        notices.append(of.lost("group_add", "groups by name", "give their numbers"))
    pod = {"supplementalGroups": numbers} if numbers else {}
    return Parts(_context(container, pod) if container or pod else {}, notices=tuple(notices))


def _sysctls(of: Carried) -> Parts:
    written = pairs(of.service.get("sysctls"))
    found, notices = [], []
    for name, value, _ in written.entries() if isinstance(written, Map) else ():
        if name in _SYSCTLS:
            found.append({"name": name, "value": plain.text_of(value)})
        else:
            advice = "set it on the nodes, or allow it in the kubelet and set podSecurity: privileged"
            notices.append(of.lost("sysctls", f"sysctl {name}, which Kubernetes holds unsafe", advice))
    return Parts(_context(None, {"sysctls": found}) if found else {}, notices=tuple(notices))
