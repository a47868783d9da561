"""The Pod Security Standards: what a namespace that enforces one has against a pod.

Source: Kubernetes, "Pod Security Standards", and pod-security-admission/policy of kubernetes/kubernetes. Pods
are read as data of any shape: what has not the right type is the business of a schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

LEVELS = ("privileged", "baseline", "restricted")
Violation = tuple[str, str]  # where, below the pod's spec; what
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
_VOLUMES = """
configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret image name
"""
VOLUMES = frozenset(_VOLUMES.split())  # what a volume of the restricted standard may be, and its name


def violations(level: str, spec: Mapping[str, Any], annotations: Mapping[str, Any]) -> Iterator[Violation]:
    """What a namespace that enforces `level` refuses a pod for. `privileged` refuses nothing."""
    if level in ("baseline", "restricted"):
        yield from host(spec)
        yield from baseline(spec, annotations)
    if level == "restricted":
        yield from restricted(spec)


def host(spec: Mapping[str, Any]) -> Iterator[Violation]:
    """The part of `baseline` that is about the node: its namespaces and its files."""
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(key):
            yield key, "shares a namespace with the node"
    for where, volume in _entries(spec, "volumes"):
        if "hostPath" in volume:
            yield f"{where}.hostPath", f"mounts {_mapping(volume['hostPath']).get('path', '')} of the node"


def baseline(spec: Mapping[str, Any], annotations: Mapping[str, Any]) -> Iterator[Violation]:
    """The rest of `baseline`."""
    context = _mapping(spec.get("securityContext"))
    yield from _context(context, "securityContext")
    for where, sysctl in _entries(context, "sysctls", "securityContext."):
        if str(sysctl.get("name")) not in SYSCTLS:
            yield where, f"{sysctl.get('name')!r} is not a safe sysctl"
    for key, value in annotations.items():
        allowed = value == "runtime/default" or str(value).startswith("localhost/")
        if str(key).startswith(APPARMOR) and not allowed:
            yield f"metadata.annotations[{key}]", f"the AppArmor profile {value!r}"
    for path, container in containers(spec):
        yield from _container(container, path)


def restricted(spec: Mapping[str, Any]) -> Iterator[Violation]:
    """What `restricted` demands beyond `baseline`."""
    for where, volume in _entries(spec, "volumes"):
        for key in sorted({*map(str, volume)} - VOLUMES - {"hostPath"}):
            yield f"{where}.{key}", "is no kind of volume that the standard allows"
    pod = _mapping(spec.get("securityContext"))
    for path, container in containers(spec):
        own = _mapping(container.get("securityContext"))
        yield from _demands(pod, own, f"{path}.securityContext")
    if pod.get("runAsUser") == 0:
        yield "securityContext.runAsUser", "is root"


def containers(spec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every container with its path below the spec."""
    for key in ("initContainers", "containers", "ephemeralContainers"):
        yield from _entries(spec, key)


def _demands(pod: Mapping[str, Any], own: Mapping[str, Any], path: str) -> Iterator[Violation]:
    """What one container must say, or its pod where it says nothing itself."""
    if own.get("allowPrivilegeEscalation") is not False:
        yield f"{path}.allowPrivilegeEscalation", "must be false"
    if {**pod, **own}.get("runAsNonRoot") is not True:
        yield f"{path}.runAsNonRoot", "must be true"
    if own.get("runAsUser") == 0:
        yield f"{path}.runAsUser", "is root"
    profile = _mapping(own.get("seccompProfile") or pod.get("seccompProfile"))
    if profile.get("type") not in ("RuntimeDefault", "Localhost"):
        yield f"{path}.seccompProfile.type", "must be RuntimeDefault or Localhost"
    capabilities = _mapping(own.get("capabilities"))
    if "ALL" not in _list(capabilities.get("drop")):
        yield f"{path}.capabilities.drop", "must hold ALL"
    for index, name in enumerate(_list(capabilities.get("add"))):
        if name != "NET_BIND_SERVICE":
            yield f"{path}.capabilities.add[{index}]", f"{name} may not be added"


def _context(context: Mapping[str, Any], path: str) -> Iterator[Violation]:
    """What stands in the security context of a pod or of a container."""
    for key in ("seccompProfile", "appArmorProfile"):
        if _mapping(context.get(key)).get("type") == "Unconfined":
            yield f"{path}.{key}.type", "Unconfined"
    options = _mapping(context.get("seLinuxOptions"))
    if options.get("type", "") not in SELINUX_TYPES:
        yield f"{path}.seLinuxOptions.type", f"{options['type']!r} is not a type for containers"
    for key in ("user", "role"):
        if options.get(key):
            yield f"{path}.seLinuxOptions.{key}", "may not be set"
    if _mapping(context.get("windowsOptions")).get("hostProcess"):
        yield f"{path}.windowsOptions.hostProcess", "runs on the node itself"


def _container(container: Mapping[str, Any], at: str) -> Iterator[Violation]:
    context = _mapping(container.get("securityContext"))
    path = f"{at}.securityContext"
    yield from _context(context, path)
    if context.get("privileged"):
        yield f"{path}.privileged", "is root on the node"
    if context.get("procMount", "Default") != "Default":
        yield f"{path}.procMount", f"{context['procMount']!r} shows what is masked"
    for index, name in enumerate(_list(_mapping(context.get("capabilities")).get("add"))):
        if str(name) not in CAPABILITIES:
            yield f"{path}.capabilities.add[{index}]", f"{name} is more than a container gets by itself"
    for where, port in _entries(container, "ports", f"{at}."):
        if port.get("hostPort"):
            yield f"{where}.hostPort", f"takes port {port['hostPort']} of the node"
    yield from _hosts(container, at)


def _hosts(container: Mapping[str, Any], at: str) -> Iterator[Violation]:
    """Since Kubernetes 1.34 a probe or a lifecycle hook may not ask another host."""
    places = [(key, container.get(key)) for key in ("startupProbe", "livenessProbe", "readinessProbe")]
    lifecycle = _mapping(container.get("lifecycle"))
    places += [(f"lifecycle.{key}", lifecycle.get(key)) for key in ("postStart", "preStop")]
    for key, action in places:
        for way in ("httpGet", "tcpSocket"):
            named = _mapping(_mapping(action).get(way)).get("host")
            if named:
                yield f"{at}.{key}.{way}.host", f"asks {named!r} (refused from Kubernetes 1.34 on)"


def _entries(holder: Mapping[str, Any], key: str, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for index, entry in enumerate(_list(holder.get(key))):
        if isinstance(entry, Mapping):
            yield f"{path}{key}[{index}]", entry


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
