"""Names, keys and single values that fit every schema, and that only a server would refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache, partial
from typing import Any

from chartgen.checks.subject import Item, entries, finding, mapping
from chartgen.findings import Finding
from chartgen.kubernetes import limits
from chartgen.manifest.paths import below, follow

NAME = "names"
HELP = "Names, labels, keys, quantities, hosts and schedules are what the API server accepts."
Refused = tuple[str, str]  # where, what

# Where values stand that have a form of their own, by kind; `""` is a pod's spec, wherever it is.
_FORMS: tuple[tuple[str, str, Any], ...] = (
    ("", "volumes[].name", limits.dns_label),
    ("", "volumes[].configMap.items[].path", limits.item_path),
    ("", "volumes[].secret.items[].path", limits.item_path),
    ("Service", "spec.ports[].name", limits.dns_label),
    ("Service", "spec.clusterIP", limits.cluster_ip),
    ("PersistentVolumeClaim", "spec.volumeName", limits.dns_subdomain),
    ("Ingress", "spec.rules[].host", limits.host_name),
    ("Ingress", "spec.tls[].hosts[]", limits.host_name),
    ("HTTPRoute", "spec.hostnames[]", limits.host_name),
    ("CronJob", "spec.schedule", limits.schedule),
    ("CronJob", "spec.timeZone", limits.time_zone),
    ("StatefulSet", "spec.volumeClaimTemplates[].metadata.name", limits.dns_label),
    ("NetworkPolicy", "spec.ingress[].from[].ipBlock.cidr", limits.cidr),
    ("NetworkPolicy", "spec.egress[].to[].ipBlock.cidr", limits.cidr),
)
# Numbers of a spec that count something, and ports of it, by their paths.
_COUNTS = (
    *("replicas", "revisionHistoryLimit", "minReadySeconds", "backoffLimit", "activeDeadlineSeconds"),
    *("successfulJobsHistoryLimit", "failedJobsHistoryLimit"),
)
_PORTS = ("ports[].port", "ports[].nodePort")
_CONTAINER: tuple[tuple[str, Any], ...] = (
    ("name", limits.dns_label),
    ("ports[].name", limits.port_name),
    ("volumeMounts[].mountPath", limits.mount_path),
    ("volumeMounts[].subPath", limits.sub_path),
)


def check(item: Item) -> Iterator[Finding]:
    """Everything in one object that has a form; a value of the wrong type is left to `schema`."""
    for path, what in (
        *_head(item),
        *_labels(item),
        *_forms(item),
        *_numbers(item),
        *_containers(item),
        *_keys(item),
    ):
        yield finding(NAME, item, path, what, severity=item.blame)


def _judged(found: Iterable[tuple[str, Any]], form: Any) -> Iterator[Refused]:
    """What `form` has against the strings among `found`."""
    for path, value in found:
        what = _against(form, value) if isinstance(value, str) else ""
        if what:
            yield path, what


@lru_cache(maxsize=8192)
def _against(form: Any, value: str) -> str:
    return str(form(value))


def _head(item: Item) -> Iterator[Refused]:
    metadata = item.manifest.metadata
    if item.name:
        what = limits.object_name(item.kind, item.name)
        if what:
            yield "metadata.name", what
    elif not metadata.get("generateName"):
        yield "metadata.name", "an object needs a name"
    yield from _judged(follow(metadata, "namespace", "metadata"), limits.dns_label)


def _labels(item: Item) -> Iterator[Refused]:
    """Labels and annotations, of the object and of its pods, and the labels that it selects by."""
    places = [("metadata.labels", item.manifest.metadata.get("labels"))]
    places += [(path, found) for path, found in follow(item.spec, "selector.matchLabels", "spec")]
    notes = [("metadata.annotations", item.manifest.metadata.get("annotations"))]
    if item.pod and item.kind != "Pod":
        places.append((item.template("labels"), item.pod.labels))
        notes.append((item.template("annotations"), item.pod.annotations))
    for path, labels in places:
        for key, value in mapping(labels).items():
            yield from _one(path, key, key, limits.label_key)
            yield from _one(path, key, value, limits.label_value)
    for path, given in notes:
        for key in mapping(given):
            yield from _one(path, key, key, limits.annotation_key)
        what = limits.annotations_size(_strings(given))
        if what:
            yield path, what


def _one(path: str, key: str, value: Any, form: Any) -> Iterator[Refused]:
    """What `form` has against the value of a key; its path is made when there is something."""
    what = _against(form, value) if isinstance(value, str) else ""
    if what:
        yield below(path, key), what


def _forms(item: Item) -> Iterator[Refused]:
    for kind, pattern, form in _FORMS:
        if kind == item.kind:
            yield from _judged(follow(item.data, pattern), form)
        elif not kind and item.pod:
            yield from _judged(follow(item.pod.spec, pattern, item.pod.path), form)


def _numbers(item: Item) -> Iterator[Refused]:
    """Counts below zero, and ports that are none. A node port of 0 is one that the server chooses."""
    for name in _COUNTS:
        for path, value in follow(item.spec, name, "spec"):
            if isinstance(value, int) and value < 0:
                yield path, f"{value} is below zero"
    for pattern in _PORTS if item.kind == "Service" else ():
        for path, value in follow(item.spec, pattern, "spec"):
            if isinstance(value, int) and value and limits.port(value):
                yield path, limits.port(value)


def _containers(item: Item) -> Iterator[Refused]:
    env_name = _env_name(_oldest(item.kube_versions))
    for container in item.containers:
        for pattern, form in _CONTAINER:
            yield from _judged(follow(container.data, pattern, container.path), form)
        for path, entry in entries(container.data, "env", container.path):
            yield from _judged([(f"{path}.name", entry.get("name"))], env_name)
        for path, port in entries(container.data, "ports", container.path):
            number = port.get("containerPort")
            if isinstance(number, int) and limits.port(number):
                yield f"{path}.containerPort", limits.port(number)
        yield from _amounts(container.data, container.path)


def _amounts(data: Any, path: str) -> Iterator[Refused]:
    for part in ("requests", "limits"):
        for where, amounts in follow(data, f"resources.{part}", path):
            for key, value in mapping(amounts).items():
                what = limits.quantity(value)
                if what:
                    yield below(where, key), what


def _keys(item: Item) -> Iterator[Refused]:
    """The keys of a ConfigMap or Secret."""
    if item.kind not in ("ConfigMap", "Secret"):
        return
    for part in ("data", "stringData", "binaryData"):
        for key in mapping(item.data.get(part)):
            yield from _one(part, key, key, limits.config_key)
    if item.kind == "ConfigMap":
        both = limits.config_map_keys({part: mapping(item.data.get(part)) for part in ("data", "binaryData")})
        if both:
            yield "binaryData", both


def _strings(annotations: object) -> dict[str, str]:
    return {key: value for key, value in mapping(annotations).items() if isinstance(value, str)}


@cache
def _env_name(oldest: str) -> Any:
    return partial(limits.env_name, version=oldest)


@cache
def _oldest(versions: tuple[str, ...]) -> str:
    return min(versions, key=_order, default="1.29")


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
