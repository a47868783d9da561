"""The outside tools a test may need: found, or skipped loudly, or failed where they are demanded.

    from tests.need import need

    def test_helm_4_lints_the_chart() -> None:
        helm = need("helm4")

Without the tool the test skips and says how to get it. With CHARTGEN_REQUIRE (a comma separated list of
tools and groups, or `all`) naming it, the test fails instead: that is what CI sets.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from ci import systems
from ci.cluster import gitops
from ci.cluster.parts import members
from ci.tools import debian_registry, pins

Environment = Mapping[str, str]
MISSING = "not here: "
UP = Path(__file__).resolve().parents[1] / "ci" / "cluster" / "up.sh"


@dataclass(frozen=True)
class Need:
    """A tool: the group it is demanded with, how to find it (an empty text is 'not here'), how to get it."""

    group: str
    find: Callable[[Environment], str]
    advice: str


def _on_path(*programs: str) -> Callable[[Environment], str]:
    def find(environment: Environment) -> str:
        found = (shutil.which(program, path=environment.get("PATH")) for program in programs)
        return next((path for path in found if path), "")

    return find


def _named(variable: str, environment: Environment) -> str:
    """The program that a variable names; a name that leads nowhere is a mistake, never a reason to skip."""
    path = environment.get(variable, "")
    if path and not os.access(path, os.X_OK):
        pytest.fail(f"{variable}={path} is not a program that can be run", pytrace=False)
    return path


def _pinned(variable: str, *programs: str) -> Callable[[Environment], str]:
    def find(environment: Environment) -> str:
        built = pins.built(pins.BY_VARIABLE[variable], pins.cache(environment))
        return _named(variable, environment) or str(built or "") or _on_path(*programs)(environment)

    return find


def _checkov(environment: Environment) -> str:
    built = pins.checkov(pins.cache(environment))
    return _named("CHECKOV", environment) or str(built or "") or _on_path("checkov")(environment)


def _module(name: str) -> Callable[[Environment], str]:
    def find(_: Environment) -> str:
        spec = importlib.util.find_spec(name)
        return spec.origin or name if spec else ""

    return find


@cache
def _may_mount(unshare: str) -> bool:
    done = subprocess.run([unshare, "--mount", "true"], capture_output=True, check=False)
    return done.returncode == 0


def _unshare_root(environment: Environment) -> str:
    unshare = _on_path("unshare")(environment)
    return unshare if unshare and os.geteuid() == 0 and _may_mount(unshare) else ""


def _systems(environment: Environment) -> str:
    root = pins.cache(environment)
    return str(root) if _unshare_root(environment) and not systems.missing(root) else ""


def _containerd(environment: Environment) -> str:
    """With all that ci/cluster/packages.txt brings."""
    programs = ("containerd", "runc", "ctr", "iptables", "ip", "nsenter", "/usr/lib/cni/bridge")
    found = [_on_path(program)(environment) for program in programs]
    return found[0] if all(found) else ""


def _cluster(environment: Environment) -> str:
    """A KUBECONFIG given for this alone: the one that somebody has for their work must never be tested on."""
    path = environment.get("CHARTGEN_KUBECONFIG", "")
    if path and not os.access(path, os.R_OK):
        pytest.fail(f"CHARTGEN_KUBECONFIG={path} cannot be read", pytrace=False)
    return path


def _external_secrets(environment: Environment) -> str:
    (part,) = members("external")
    built = part.built(pins.cache(environment))
    return _named("EXTERNAL_SECRETS", environment) or (str(built / part.name) if built else "")


@cache
def _storage_classes(kubectl: str, kubeconfig: str) -> frozenset[str]:
    asked = [kubectl, "--kubeconfig", kubeconfig, "get", "storageclasses", "--output=name"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return frozenset(line.rpartition("/")[2] for line in done.stdout.split())


def _storage_class(name: str) -> Callable[[Environment], str]:
    """The name itself, if the cluster has such a class."""

    def find(environment: Environment) -> str:
        kubectl, kubeconfig = _on_path("kubectl")(environment), _cluster(environment)
        return name if kubectl and kubeconfig and name in _storage_classes(kubectl, kubeconfig) else ""

    return find


def _custom_resources(environment: Environment) -> str:
    """The kinds of ci/cluster/definitions.py, if the cluster has them all."""
    kubectl, kubeconfig = _on_path("kubectl")(environment), _cluster(environment)
    kinds = ["externalsecrets.external-secrets.io", "httproutes.gateway.networking.k8s.io"]
    asked = [kubectl, "--kubeconfig", kubeconfig, "get", "crd", "--output=name", *kinds]
    found = kubectl and kubeconfig and subprocess.run(asked, capture_output=True, check=False).returncode == 0
    return " ".join(kinds) if found else ""


def _nodes(environment: Environment) -> str:
    """The containerd of the nodes of our own cluster: their sockets, with colons between them."""
    kubeconfig = _cluster(environment)
    folder = Path(kubeconfig).parents[1] if kubeconfig.count("/") > 2 else Path("/nonexistent")
    return ":".join(str(path) for path in sorted(folder.glob("nodes/node*/containerd.sock")))


def _cluster_machine(environment: Environment) -> str:
    """The script that starts a cluster, in a run on one, if it can do so at once: root, everything built."""
    root, here = pins.cache(environment), os.geteuid() == 0 and bool(_cluster(environment))
    built = all(part.built(root) for part in members("cluster"))
    return str(UP) if here and built and _on_path("containerd")(environment) else ""


def _gitops(environment: Environment) -> str:
    root = pins.cache(environment)
    return "" if gitops.missing(root) else str(root)


def _docker_registry(environment: Environment) -> str:
    root = pins.cache(environment)
    return str(debian_registry.place(root)) if debian_registry.command(root) else ""


def _any_helm(environment: Environment) -> str:
    ways = (NEEDS["helm4"].find, NEEDS["helm3"].find, _on_path("helm"))
    return next((path for way in ways if (path := way(environment))), "")


def _debian(package: str) -> str:
    return f"install it (on Debian: apt-get install {package})"


_BUILD = "`make tools` builds it (with Go), or set {0}=/path/to/it"
_EXTRA = "`make test` installs it where it has a wheel"

NEEDS: dict[str, Need] = {
    "helm": Need("helm", _any_helm, "install Helm, or run `make tools`"),
    "helm3.18": Need("helm", _pinned("HELM_3_18"), _BUILD.format("HELM_3_18")),
    "helm3": Need("helm", _pinned("HELM_3", "helm3"), _BUILD.format("HELM_3")),
    "helm4": Need("helm", _pinned("HELM_4", "helm4"), _BUILD.format("HELM_4")),
    "compose-go": Need("lint", _pinned("COMPOSE_GO", "compose-go"), _BUILD.format("COMPOSE_GO")),
    "kubeconform": Need("lint", _pinned("KUBECONFORM", "kubeconform"), _BUILD.format("KUBECONFORM")),
    "kube-score": Need("lint", _pinned("KUBE_SCORE", "kube-score"), _BUILD.format("KUBE_SCORE")),
    "checkov": Need("lint", _checkov, "`make tools` installs it, or set CHECKOV=/path/to/it"),
    "shellcheck": Need("lint", _on_path("shellcheck"), _debian("shellcheck")),
    "bash": Need("shells", _on_path("bash"), _debian("bash")),
    "dash": Need("shells", _on_path("dash"), _debian("dash")),
    "busybox": Need("shells", _on_path("busybox"), _debian("busybox")),
    "helm_python": Need("python-extras", _module("helm_python"), _EXTRA),
    "jsonschema_rs": Need("python-extras", _module("jsonschema_rs"), _EXTRA),
    "kubernetes_validate": Need("python-extras", _module("kubernetes_validate"), _EXTRA),
    "cyclonedx": Need("python-extras", _module("cyclonedx"), _EXTRA),
    "git": Need("system", _on_path("git"), _debian("git")),
    "make": Need("system", _on_path("make"), _debian("make")),
    "openssl": Need("system", _on_path("openssl"), _debian("openssl")),
    "curl": Need("system", _on_path("curl"), _debian("curl")),
    "wget": Need("system", _on_path("wget"), _debian("wget")),
    "go": Need("system", _on_path("go"), "install Go 1.26 or newer"),
    "containerd": Need("system", _containerd, "CONTRIBUTING.md says what a cluster needs"),
    "unshare-root": Need("system", _unshare_root, "run as root where mount namespaces are allowed"),
    "systems": Need("systems", _systems, "as root, `make tools` unpacks two Debians (with apt)"),
    "registry": Need("registry", _pinned("REGISTRY"), _BUILD.format("REGISTRY")),
    "cosign": Need("registry", _pinned("COSIGN", "cosign"), _BUILD.format("COSIGN")),
    "actionlint": Need("lint", _pinned("ACTIONLINT", "actionlint"), _BUILD.format("ACTIONLINT")),
    "buildah": Need("system", _on_path("buildah"), _debian("buildah")),
    "gpg": Need("system", _on_path("gpg"), _debian("gnupg")),
    "crane": Need("registry", _pinned("CRANE", "crane"), _BUILD.format("CRANE")),
    "docker-registry": Need("registry", _docker_registry, "`make tools` unpacks it (with apt-get)"),
    "cluster": Need("cluster", _cluster, "`make test-cluster` starts one"),
    "external-secrets": Need(
        "external", _external_secrets, "`python3 -m ci.cluster build external` builds it (with Go, 5 min)"
    ),
    **{
        f"storage class {name}": Need(
            "own-cluster", _storage_class(name), "CONTRIBUTING.md says what it is like"
        )
        for name in ("disk", "hostpath", "shared")
    },
    "custom resources": Need("own-cluster", _custom_resources, "`python3 -m ci.cluster stage` fetches them"),
    "cluster machine": Need("own-cluster", _cluster_machine, "as root, where `make test-cluster` ran before"),
    "nodes": Need("own-cluster", _nodes, "on a cluster that `make test-cluster` starts"),
    "kubectl": Need("cluster", _on_path("kubectl"), "`make test-cluster` builds it"),
    "gitops": Need(
        "gitops", _gitops, "`make test-gitops` builds Flux and Argo CD, and unpacks their company"
    ),
}
# Groups that `all` leaves out: their tests have a run of their own, which demands them by name.
APART = frozenset({"cluster", "external", "gitops", "own-cluster"})


def demanded(environment: Environment) -> frozenset[str]:
    """The tools that CHARTGEN_REQUIRE demands; a word it does not know fails, or it would demand nothing."""
    words = {word.strip() for word in environment.get("CHARTGEN_REQUIRE", "").split(",")} - {""}
    groups = {tool.group for tool in NEEDS.values()}
    if unknown := words - groups - set(NEEDS) - {"all"}:
        known = ", ".join(["all", *sorted(groups), *NEEDS])
        pytest.fail(
            f"CHARTGEN_REQUIRE: nobody knows {', '.join(sorted(unknown))}; known: {known}", pytrace=False
        )
    return frozenset(
        name
        for name, tool in NEEDS.items()
        if words & {tool.group, name} or ("all" in words and tool.group not in APART)
    )


def need(tool: str, environment: Environment = os.environ) -> str:
    """The path of `tool` (one of NEEDS); without it a skip or, where it is demanded, a failure."""
    wanted = NEEDS[tool]
    required = tool in demanded(environment)
    path = wanted.find(environment)
    if not path:
        _without(f"{tool} is {MISSING}{wanted.advice}", required)
    return path


def lacking(tool: str, why: str, environment: Environment = os.environ) -> NoReturn:
    """A skip, or where `tool` is demanded a failure: it is here, and cannot be used, for `why`."""
    _without(f"{tool} is {MISSING}{why}", tool in demanded(environment))


def _without(message: str, required: bool) -> NoReturn:
    if required:
        pytest.fail(f"{message} (CHARTGEN_REQUIRE demands it)", pytrace=False)
    pytest.skip(message)
