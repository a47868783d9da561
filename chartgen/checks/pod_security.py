"""Pods pass the baseline Pod Security Standard.

Source: Kubernetes, "Pod Security Standards", and pod-security-admission/policy of kubernetes/kubernetes.
Host namespaces and hostPath are part of it too, and are told by `host-access`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chartgen.checks.subject import Item, entries, finding, mapping
from chartgen.findings import Finding

if TYPE_CHECKING:
    from chartgen.manifest import Container

NAME = "pod-security"
HELP = "Pods pass the baseline Pod Security Standard."
_CAPABILITIES = """
AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID
SYS_CHROOT
"""
CAPABILITIES = frozenset(_CAPABILITIES.split())
# Those of Kubernetes 1.29, the oldest that is supported; newer ones allow a few more.
_SYSCTLS = """
kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_local_reserved_ports
net.ipv4.ip_unprivileged_port_start net.ipv4.ping_group_range net.ipv4.tcp_fin_timeout
net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_keepalive_time
net.ipv4.tcp_syncookies
"""
SYSCTLS = frozenset(_SYSCTLS.split())
SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t")
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_HINT = "a namespace that enforces the baseline Pod Security Standard refuses the pod"


def check(item: Item) -> Iterator[Finding]:
    """What a namespace under `pod-security.kubernetes.io/enforce: baseline` would refuse."""
    if not item.pod:
        return
    context = mapping(item.pod.spec.get("securityContext"))
    where = f"{item.pod.path}.securityContext"
    for path, what in (*_context(context, where), *_sysctls(context, where), *_annotations(item)):
        yield finding(NAME, item, path, what, _HINT, item.blame)
    for container in item.containers:
        for path, what in _container(container):
            yield finding(NAME, item, path, what, _HINT, item.blame)


Violation = tuple[str, str]  # where, what


def _context(context: Mapping[str, Any], path: str) -> Iterator[Violation]:
    """What stands in the security context of a pod or of a container."""
    for key in ("seccompProfile", "appArmorProfile"):
        if mapping(context.get(key)).get("type") == "Unconfined":
            yield f"{path}.{key}.type", "Unconfined"
    options = mapping(context.get("seLinuxOptions"))
    if options.get("type", "") not in SELINUX_TYPES:
        yield f"{path}.seLinuxOptions.type", f"{options['type']!r} is not a type for containers"
    for key in ("user", "role"):
        if options.get(key):
            yield f"{path}.seLinuxOptions.{key}", "may not be set"
    if mapping(context.get("windowsOptions")).get("hostProcess"):
        yield f"{path}.windowsOptions.hostProcess", "runs on the node itself"


def _sysctls(context: Mapping[str, Any], path: str) -> Iterator[Violation]:
    for where, sysctl in entries(context, "sysctls", path):
        if str(sysctl.get("name")) not in SYSCTLS:
            yield where, f"{sysctl.get('name')!r} is not a safe sysctl"


def _annotations(item: Item) -> Iterator[Violation]:
    pod = item.pod
    for key, value in pod.annotations.items() if pod else ():
        allowed = value == "runtime/default" or str(value).startswith("localhost/")
        if str(key).startswith(APPARMOR) and not allowed:
            yield item.template(f"annotations[{key}]"), f"the AppArmor profile {value!r}"


def _container(container: Container) -> Iterator[Violation]:
    context = mapping(container.data.get("securityContext"))
    path = f"{container.path}.securityContext"
    yield from _context(context, path)
    if context.get("privileged"):
        yield f"{path}.privileged", "is root on the node"
    if context.get("procMount", "Default") != "Default":
        yield f"{path}.procMount", f"{context['procMount']!r} shows what is masked"
    added = mapping(context.get("capabilities")).get("add")
    for index, name in enumerate(added if isinstance(added, list) else ()):
        if str(name) not in CAPABILITIES:
            yield f"{path}.capabilities.add[{index}]", f"{name} is more than a container gets by itself"
    for where, port in entries(container.data, "ports", container.path):
        if port.get("hostPort"):
            yield f"{where}.hostPort", f"takes port {port['hostPort']} of the node"
    yield from _hosts(container)


def _hosts(container: Container) -> Iterator[Violation]:
    """Since Kubernetes 1.34 a probe or a lifecycle hook may not ask another host."""
    places = [(key, container.data.get(key)) for key in ("startupProbe", "livenessProbe", "readinessProbe")]
    lifecycle = mapping(container.data.get("lifecycle"))
    places += [(f"lifecycle.{key}", lifecycle.get(key)) for key in ("postStart", "preStop")]
    for key, action in places:
        for way in ("httpGet", "tcpSocket"):
            host = mapping(mapping(action).get(way)).get("host")
            if host:
                yield f"{container.path}.{key}.{way}.host", f"asks {host!r} (refused from Kubernetes 1.34 on)"
