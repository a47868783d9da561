"""The images, as far as a cluster tells without a pull: pull secrets, and what nodes have already.

A node reports its fifty largest images (kubelet, nodeStatusMaxImages): one that is not among fifty may be
there all the same. Whether a registry gives an image to a node, only a pull tells.
"""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor.objects import at, entries
from chartgen.doctor.site import Key, Site
from chartgen.doctor.snapshot import Unread
from chartgen.manifest import Manifest

NAME = "images"
HELP = "The images are on the nodes, or a pull secret of the right kind is there."
TYPES = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")
REPORTED = 50


def examine(site: Site) -> Iterator[Diagnosis]:
    for name, space in dict.fromkeys(_secrets(site)):
        yield _secret(site, name, space)
    policies: dict[str, str] = {}
    for _, template in site.plan.pods:
        for container in template.containers:
            image = str(container.data.get("image") or "")
            policies.setdefault(image, str(container.data.get("imagePullPolicy") or ""))
    for image, policy in policies.items():
        yield _image(site, image, policy)


def _secrets(site: Site) -> Iterator[tuple[str, str]]:
    for item, template in site.plan.pods:
        for entry in entries(Manifest(template.spec, ""), "imagePullSecrets"):
            yield str(entry.get("name")), item.namespace or site.at.namespace


def _secret(site: Site, name: str, space: str) -> Diagnosis:
    label = f"Secret/{name}"
    words = ("create", "secret", "docker-registry", name, "--docker-server=REGISTRY")
    make = site.at.kubectl(*words, "--docker-username=USER", "--docker-password=PASSWORD")
    found = site.objects.get(Key("v1", "Secret", space, name), Unread("it was not asked for"))
    if isinstance(found, Unread):
        return Diagnosis(NAME, State.UNKNOWN, label, found.reason, site.at.kubectl("get", "secret", name))
    if found is None:
        return Diagnosis(NAME, State.WRONG, label, "is not there, and images are pulled with it", make)
    kind = str(found.data.get("type") or "Opaque")
    if kind not in TYPES:
        what = f"is of type {kind}: a pull secret is of type {TYPES[0]}"
        delete = site.at.kubectl("delete", "secret", name)
        return Diagnosis(NAME, State.WRONG, label, what, f"make it anew:\n{delete}\n{make}")
    return Diagnosis(NAME, State.FINE, label, f"is there, of type {kind}")


def _image(site: Site, image: str, policy: str) -> Diagnosis:
    subject = f"image {image}"
    nodes = site.lists["Node"]
    if isinstance(nodes, Unread):
        return Diagnosis(NAME, State.UNKNOWN, subject, f"only a pull tells: {nodes.reason}")
    taking = [node for node in nodes if at(node, "spec.unschedulable") is not True]
    lacking = [node for node in taking if not _has(node, image)]
    if taking and not lacking:
        return Diagnosis(NAME, State.FINE, subject, f"is on {_nodes(len(taking), len(taking))}")
    if policy == "Never" and len(lacking) == len(taking) and all(_tells_all(node) for node in taking):
        what = "is on no node, and imagePullPolicy: Never forbids to pull it"
        cure = "load it into the nodes (kind load docker-image, minikube image load), or let it be pulled:\n"
        cure += site.install("COMPONENT.image.pullPolicy=IfNotPresent")
        return Diagnosis(NAME, State.WRONG, subject, what, cure)
    some = _nodes(len(taking) - len(lacking), len(taking))
    what = f"is on {some}, as far as they say: whether a node gets it, only a pull tells"
    return Diagnosis(NAME, State.UNKNOWN, subject, what)


def _nodes(some: int, whole: int) -> str:
    return f"{some} of {whole} {'node' if whole == 1 else 'nodes'}"


def _has(node: Manifest, image: str) -> bool:
    listed = [one.get("names") for one in entries(node, "status.images")]
    names = {str(name) for names in listed if isinstance(names, list) for name in names}
    return bool(_forms(image) & names)


def _tells_all(node: Manifest) -> bool:
    return len(entries(node, "status.images")) < REPORTED


def _forms(image: str) -> set[str]:
    """An image as a node may call it. Source: distribution/reference, normalize.go: docker.io and library/ go
    without saying, and so does the tag latest."""
    name, _, digest = image.partition("@")
    if not digest and ":" not in name.rpartition("/")[2]:
        name += ":latest"
    first = name.partition("/")[0]
    is_host = "/" in name and ("." in first or ":" in first or first == "localhost")
    path = name if "/" in name else f"library/{name}"
    whole = name if is_host else f"docker.io/{path}"
    if digest:
        last = whole.rpartition("/")
        whole = f"{last[0]}/{last[2].partition(':')[0]}@{digest}"
    return {whole, image}
