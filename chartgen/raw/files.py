"""Which file an object stands in. One template is one file, whose number says when it is its turn.

    00 the namespace      05 accounts     10 volumes         20, 30, 50 ... 90 components
    02 what others need   06 roles        12 Jobs            40 the ways in
                          08 ConfigMaps   15 the secrets     45 all else

kubectl takes the files of a folder in the order of their names. A component keeps its number for as long as
nothing is put before it in app.yaml: those that are added later come after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from chartgen import documents
from chartgen.chart import ChartFile
from chartgen.frozen import Frozen
from chartgen.manifest import Manifest
from chartgen.model import App
from chartgen.raw.objects import without_helm

# kubectl takes every .yaml, .yml and .json of a folder for objects of the cluster, and refuses one that is
# none. Kustomize knows this name as well as kustomization.yaml.
# Source: k8s.io/cli-runtime, resource.FileExtensions; kustomize, konfig.RecognizedKustomizationFileNames.
KUSTOMIZATION = "Kustomization"
RECORD = ".chartgen"  # of what was written last, by the same reason
SECRETS = "15-secret.yaml"
_ROLES = 6
_BY_KIND = {
    **dict.fromkeys(("Namespace", "CustomResourceDefinition", "PriorityClass", "StorageClass"), 2),
    "ServiceAccount": 5,
    **dict.fromkeys(("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"), _ROLES),
    "ConfigMap": 8,
    "PersistentVolumeClaim": 10,
    "Job": 12,
    **dict.fromkeys(("Ingress", "HTTPRoute"), 40),
}
_REST = 45
_COMPONENTS, _MORE = (20, 30, 50, 60, 70, 80), 90
# How far behind its component's number a file stands.
_OF_COMPONENT = {
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "CronJob"), 0),
    "HorizontalPodAutoscaler": 2,
    "PodDisruptionBudget": 3,
    "Service": 5,
    "NetworkPolicy": 7,
}
_COMPONENT = "app.kubernetes.io/component"
_NO_NAMESPACE = "default"  # which is always there, and is nobody's to make


class Folder(Frozen):
    """Files in the order of their paths."""

    files: tuple[ChartFile, ...]

    @cached_property
    def by_path(self) -> dict[str, ChartFile]:
        return {file.path: file for file in self.files}


def folder(manifests: Iterable[Manifest], namespace: str, app: App, off: Iterable[Manifest] = ()) -> Folder:
    """The folder of all that `kubectl apply` takes of a rendering of the application's chart. What is `off`
    stands in it as comments."""
    files = _files(manifests, namespace, app)
    texts = {name: _text(found) for name, found in files.items()}
    for name, found in _files(off, namespace, app).items():
        texts.setdefault(name, _commented(_text(found)))
    if made := _namespaces(each for found in files.values() for each in found):
        texts["00-namespace.yaml"] = _text(made)
    texts[KUSTOMIZATION] = _kustomization(sorted(texts))
    return Folder(tuple(ChartFile(name, texts[name].encode()) for name in sorted(texts)))


def _namespaces(manifests: Iterable[Manifest]) -> list[Manifest]:
    """Where the objects live. A role in the namespace of others supposes that one."""
    names = {each.namespace for each in manifests if _BY_KIND.get(each.kind) != _ROLES}
    head = {"apiVersion": "v1", "kind": "Namespace"}
    found = sorted(names - {"", _NO_NAMESPACE})
    return [Manifest({**head, "metadata": {"name": name}}, "") for name in found]


def _files(manifests: Iterable[Manifest], namespace: str, app: App) -> dict[str, list[Manifest]]:
    templates: dict[str, list[Manifest]] = {}
    for each in without_helm(manifests, namespace):
        templates.setdefault(each.source, []).append(each)
    components, secrets = tuple(app.components), _of_secrets(app)
    files: dict[str, list[Manifest]] = {}
    for source, objects in templates.items():
        # What others in the file wait for comes first.
        objects.sort(key=lambda each: _number(each, ()))
        name = SECRETS if source in secrets else _unused(_name(objects[0], components), files)
        files.setdefault(name, []).extend(objects)
    return files


def _of_secrets(app: App) -> set[str]:
    """The templates that bring a Secret, or what makes one."""
    shapes = ("{}-secret", "{}-externalsecret", "create-{}-job")
    names = {shape.format(secret.suffix) for secret in app.secrets.values() for shape in shapes}
    return {f"templates/{name}.yaml" for name in {*names, "create-secrets-networkpolicy"}}


def _kustomization(resources: Sequence[str]) -> str:
    head = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    return documents.dump({**head, "resources": list(resources)})


def _name(manifest: Manifest, components: Sequence[str]) -> str:
    path = manifest.source.removeprefix("templates/")
    stem = re.sub(r"[^A-Za-z0-9.]+", "-", re.sub(r"\.(ya?ml|tpl|json)$", "", path)).strip("-")
    return f"{_number(manifest, components):02}-{stem}.yaml"


def _number(manifest: Manifest, components: Sequence[str]) -> int:
    labels = manifest.metadata.get("labels")
    component = labels.get(_COMPONENT) if isinstance(labels, Mapping) else None
    if manifest.kind in _OF_COMPONENT and component in components:
        place = components.index(component)
        number = _COMPONENTS[place] if place < len(_COMPONENTS) else _MORE
        return number + _OF_COMPONENT[manifest.kind]
    return _BY_KIND.get(manifest.kind, _REST)


def _unused(name: str, taken: Iterable[str]) -> str:
    used, unused, number = set(taken), name, 1
    while unused in used:
        number += 1
        unused = f"{name.removesuffix('.yaml')}-{number}.yaml"
    return unused


def _commented(text: str) -> str:
    lines = ["This is off: a value turns it on, and chartgen writes it then.", "", *text.splitlines()[1:]]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def _text(manifests: Sequence[Manifest]) -> str:
    source = ", ".join(dict.fromkeys(each.source for each in manifests if each.source))
    head = f"# Made by chartgen from {source} of the chart; edits belong in app.yaml or the values.\n"
    objects = "---\n".join(documents.dump(dict(each.data)) for each in manifests)
    return f"{head if source else ''}{objects}"
