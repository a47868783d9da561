"""Keys that nothing carries over: each with the reason, and what to do instead."""

from __future__ import annotations

from chartgen.compose.parts import Carried, Parts

_NODE = "it is a matter of the node"
_RESOURCES = "set resources, as Kubernetes spells them"
WHY: dict[str, tuple[str, str]] = {
    "attach": ("nobody watches the output of one start", "kubectl logs -f shows it"),
    "blkio_config": (_NODE, "choose a storageClass that limits"),
    "cgroup": (_NODE, "leave it to the kubelet"),
    "cgroup_parent": (_NODE, "leave it to the kubelet"),
    "cpu_count": ("Windows alone has it", _RESOURCES),
    "cpu_percent": ("Windows alone has it", _RESOURCES),
    "cpu_rt_period": ("pods have no real-time scheduling", _RESOURCES),
    "cpu_rt_runtime": ("pods have no real-time scheduling", _RESOURCES),
    "cpu_shares": ("a share depends on the others of a machine", "set resources.requests.cpu"),
    "cpuset": (_NODE, "the static CPU manager of the kubelet pins whole processors"),
    "credential_spec": ("Windows alone has it", "set securityContext.windowsOptions"),
    "develop": ("it is for the machine of a developer", "keep using it there"),
    "device_cgroup_rules": (
        "pods get devices from device plugins",
        "name its resource under resources.limits",
    ),
    "devices": ("pods get devices from device plugins", "name its resource under resources.limits"),
    "domainname": ("a pod's domain is its namespace's", "use the names of Services"),
    "init": (
        "a pod has no init of its own",
        "start the program under tini in the image if it leaves zombies",
    ),
    "ipc": (
        "the namespaces of a node are closed to pods",
        "put what shares memory into one pod, as a sidecar",
    ),
    "isolation": ("Windows alone has it", "set runtimeClassName"),
    "logging": ("the node keeps what is printed", "read it with the cluster's log collector"),
    "mac_address": ("the cluster gives addresses", "do without"),
    "mem_swappiness": ("swap is a matter of the node", _RESOURCES),
    "memswap_limit": ("swap is a matter of the node", _RESOURCES),
    "models": ("a cluster runs no models for compose", "run a server for it, and name it in the environment"),
    "network_mode": ("pods have a network of their own", "put what shares one into one pod, as a sidecar"),
    "oom_kill_disable": ("the kernel of the node decides", "set resources.limits.memory high enough"),
    "oom_score_adj": ("the kubelet computes it", "set requests equal to limits to be killed last"),
    "pid": ("the namespaces of a node are closed to pods", "put what shares it into one pod, as a sidecar"),
    "pids_limit": ("the kubelet has one limit for all pods", "set podPidsLimit there"),
    "platform": ("pods go where nodes have room", "set nodeSelector kubernetes.io/arch"),
    "provider": ("a program on the machine provides it", "name it under external, with its address"),
    "pull_refresh_after": ("an image is pulled at a start", "set image.pullPolicy: Always"),
    "runtime": ("a runtime is a matter of the cluster", "set runtimeClassName"),
    "stdin_open": ("nobody types", "kubectl run -it starts a pod for a person"),
    "stop_signal": ("the image decides before Kubernetes 1.33", "write STOPSIGNAL into its Dockerfile"),
    "storage_opt": (_NODE, "set resources.limits.ephemeral-storage"),
    "tty": ("nobody watches", "kubectl run -it starts a pod for a person"),
    "ulimits": (
        "the container runtime of the node sets them",
        "raise them there, or with ulimit in the command",
    ),
    "umask": ("Kubernetes leaves it to the program", "set it in the command: sh -c 'umask 027; exec ...'"),
    "use_api_socket": ("a cluster has no Docker", "use the Kubernetes API, with kubernetesAccess and rbac"),
    "userns_mode": (
        "the cluster decides",
        "set podSecurityContext, where the cluster offers hostUsers: false",
    ),
    "uts": ("the namespaces of a node are closed to pods", "do without"),
}
KEYS = tuple(WHY)
# What says nothing at all: the default of compose.
_NOTHING: tuple[object, ...] = (None, False, "false", [], {}, "")


def carry(of: Carried) -> Parts:
    found = []
    for key in of.service.tree:
        if key in WHY and of.service.get(key) not in _NOTHING:
            why, advice = WHY[key]
            found.append(of.lost(key, f"{key}: {why}", advice))
    return Parts(notices=tuple(found))
