"""What concerns the release as a whole: names, labels, images, the cluster it runs in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from chartgen.blocks.shape import STORAGE_CLASS, PodParts, Pods
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import DNS_LABEL, IMAGE_REGISTRY, SERVICE_NAME, or_empty
from chartgen.model import App, Component, External
from chartgen.model.check import suffixes
from chartgen.render import Fragment, chart_file, quoted
from chartgen.rules import Rule
from chartgen.settings import Setting

# A Service's name and a label have 63 characters, and a CronJob's Jobs add 11 of their own.
# Source: Kubernetes documentation, "Object Names and IDs" and "CronJob limitations".
LONGEST = 63
JOB_SUFFIX = 11


def room(app: App) -> int:
    """Characters that are left for the name of the release in the longest name of an object."""
    extra = JOB_SUFFIX if any(c.kind in ("CronJob", "StatefulSet") for c in app.components.values()) else 0
    names = [suffix for _, suffix, _ in suffixes(app)] + ["create-secrets", "seed-script"]
    return LONGEST - extra - 1 - max(map(len, names))


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    yield chart_file(
        "templates/_helpers.tpl",
        "helpers.tpl.j2",
        app=app,
        room=room(app),
        urls={e.name: _url(e) for e in app.external.values()},
        claims=[v for v in app.volumes.values() if not v.perReplica],
    )


def _url(external: External) -> Fragment:
    """The default URL as a Go expression, in which the cluster's domain is read from the values."""
    if not external.namespace:
        return quoted(external.url(""))
    whole = replace(external, path=external.path.replace("%", "%%")).url("%s")
    return Fragment(f"(printf {quoted(whole)} $.Values.clusterDomain)")


def settings(app: App) -> Iterator[Setting]:
    pull = {"type": "array", "items": ref("localObjectReference")}
    registry = ([{"name": "registry"}],)
    yield Setting(("enabled",), True, {"type": "boolean"}, "For a parent chart that makes this one optional.")
    yield Setting(
        ("global", "imageRegistry"),
        "",
        or_empty(IMAGE_REGISTRY),
        "Registry of all images, wins over each image's own.",
    )
    yield Setting(("global", "imagePullSecrets"), [], pull, "Pull secrets of all charts.", registry)
    if app.volumes:
        help_ = "Storage class where none is set."
        yield Setting(("global", "storageClass"), "", STORAGE_CLASS, help_)
    yield from _names(app)
    yield Setting(("commonLabels",), {}, ref("labels"), "Labels of every object and pod; never of selectors.")
    yield Setting(("commonAnnotations",), {}, ref("annotations"), "Annotations of every object and pod.")
    if any(e.namespace for e in app.external.values()):
        yield Setting(("clusterDomain",), "cluster.local", ref("hostname"), "Domain of the cluster's names.")
    yield Setting(("imagePullSecrets",), [], pull, "Pull secrets of this chart.", registry)
    yield Setting(
        ("podSecurity",),
        "baseline",
        {"type": "string", "enum": ["baseline", "restricted"]},
        "Pod Security Standard that every pod keeps.",
    )


def _names(app: App) -> Iterator[Setting]:
    label = or_empty(DNS_LABEL)
    yield Setting(("nameOverride",), "", label, "Name of the application in labels and names.")
    help_ = "Prefix of every object's name, instead of the release's."
    yield Setting(("fullnameOverride",), "", {**or_empty(SERVICE_NAME), "maxLength": room(app)}, help_)
    help_ = "Namespace of every object, instead of the release's."
    yield Setting(("namespaceOverride",), "", label, help_)


def rules(app: App) -> Iterator[Rule]:
    return iter(())


def pod(app: App, component: Component) -> PodParts:
    return PodParts()
