"""Reads what an examination needs, once, and makes a snapshot of it that holds no secret."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote

from chartgen.cluster import record
from chartgen.cluster.hide import Hidden
from chartgen.cluster.kubectl import Kubectl
from chartgen.cluster.usage import usage
from chartgen.doctor.logs import Wanted, wanted
from chartgen.doctor.snapshot import INSTANCE, At, Keys, Record, Snapshot, Unread, refers
from chartgen.manifest import Manifest

AT_ONCE = 6  # questions: each is a process that mostly waits
EVENTS = 2000  # the most that are read of a namespace
LOG_BYTES = 400_000
# Kind to the API that has it; those that carry the label of the release.
LABELLED = {
    "Pod": "api/v1",
    "Service": "api/v1",
    "Job": "apis/batch/v1",
    "Deployment": "apis/apps/v1",
    "StatefulSet": "apis/apps/v1",
    "DaemonSet": "apis/apps/v1",
    "ReplicaSet": "apis/apps/v1",
    "EndpointSlice": "apis/discovery.k8s.io/v1",
}
Key = TypeVar("Key")
Answer = TypeVar("Answer")
Listing = tuple[Manifest, ...] | Unread


def gather(kubectl: Kubectl, release: str, at: At) -> Snapshot:
    """A snapshot of a release. Raises ToolError when there is no cluster to ask."""
    kubectl.reach()
    namespaced = f"namespaces/{at.namespace}"
    paths = {kind: _path(api, namespaced, kind, release) for kind, api in LABELLED.items()}
    paths["PersistentVolumeClaim"] = f"/api/v1/{namespaced}/persistentvolumeclaims"
    paths["StorageClass"] = "/apis/storage.k8s.io/v1/storageclasses"
    paths["Event"] = f"/api/v1/{namespaced}/events?fieldSelector=type%3DWarning&limit={EVENTS}"
    stored = f"labelSelector=owner%3Dhelm,name%3D{quote(release, safe='')}"
    paths["helm Secret"] = f"/api/v1/{namespaced}/secrets?{stored}"
    paths["helm ConfigMap"] = f"/api/v1/{namespaced}/configmaps?{stored}"
    paths["Namespace"] = f"/api/v1/{namespaced}"
    found = dict(each(paths, lambda kind: kubectl.json(paths[kind])))
    space = found.pop("Namespace")
    secrets, config_maps = (_items(found.pop(f"helm {kind}"), kind) for kind in ("Secret", "ConfigMap"))
    kept = _kept(secrets, config_maps)
    lists = {kind: manifests(answer, kind) for kind, answer in found.items()}
    here = space if space is None or isinstance(space, Unread) else Manifest(space, "cluster")
    snapshot = Snapshot(release, at, lists, kept, _neighbours(kubectl, at, kept), here)
    return _details(kubectl, snapshot)


def _details(kubectl: Kubectl, snapshot: Snapshot) -> Snapshot:
    """The snapshot with what the objects in it refer to, and with their logs."""
    names = {
        kind: sorted({name for _, name, _, _ in refers(snapshot.wanted, kind)})
        for kind in ("Secret", "ConfigMap")
    }
    paths = {
        (kind, name): f"/api/v1/namespaces/{snapshot.at.namespace}/{kind.lower()}s/{quote(name, safe='')}"
        for kind, found in names.items()
        for name in found
    }
    answers = dict(each(paths, lambda key: kubectl.json(paths[key])))
    secrets = {name: answer for (kind, name), answer in answers.items() if kind == "Secret"}
    hidden = Hidden(value for answer in secrets.values() for value in _values(answer))
    unread = [answer for answer in secrets.values() if isinstance(answer, Unread)]
    logs = _logs(kubectl, snapshot, hidden, unread[0] if unread else None)
    return replace(
        snapshot,
        lists={kind: _clean(listing, hidden) for kind, listing in snapshot.lists.items()},
        record=_described(snapshot.record, hidden),
        secrets={name: key_names(answer) for name, answer in secrets.items()},
        config_maps={
            name: key_names(answer) for (kind, name), answer in answers.items() if kind == "ConfigMap"
        },
        logs=logs,
        usage=usage(kubectl, snapshot),
    )


def _logs(
    kubectl: Kubectl, snapshot: Snapshot, hidden: Hidden, unread: Unread | None
) -> dict[tuple[str, str], tuple[str, ...] | Unread]:
    """Logs by pod and container. While a Secret cannot be read, it is not known what must not be shown of a
    program that is not ours."""
    asked = {(one.pod, one.container): one for one in wanted(snapshot)}
    shown = {key: one for key, one in asked.items() if one.is_ours or unread is None}
    base = f"/api/v1/namespaces/{snapshot.at.namespace}/pods"
    found: dict[tuple[str, str], tuple[str, ...] | Unread] = {}
    for key, text in each(shown, lambda key: kubectl.text(_log_path(base, asked[key]))):
        found[key] = (
            tuple(hidden(text).splitlines()) if isinstance(text, str) else text or Unread("there is no log")
        )
    for key in asked.keys() - shown.keys():
        found[key] = Unread("a Secret could not be read, so what must not be shown is not known")
    return found


def _log_path(base: str, one: Wanted) -> str:
    previous = "&previous=true" if one.previous else ""
    container = quote(one.container, safe="")
    limits = f"tailLines={one.lines}&limitBytes={LOG_BYTES}"
    return f"{base}/{quote(one.pod, safe='')}/log?container={container}&{limits}{previous}"


def _path(api: str, namespaced: str, kind: str, release: str) -> str:
    selector = quote(f"{INSTANCE}={release}", safe="")
    return f"/{api}/{namespaced}/{kind.lower()}s?labelSelector={selector}"


def each(keys: Iterable[Key], ask: Callable[[Key], Answer]) -> Iterable[tuple[Key, Answer]]:
    given = list(keys)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(zip(given, pool.map(ask, given), strict=True))


def _items(answer: Mapping[str, Any] | Unread | None, kind: str) -> list[Mapping[str, Any]] | Unread:
    """The objects of a list, each with its kind: the server says it of the list alone."""
    if isinstance(answer, Unread):
        return answer
    items = (answer or {}).get("items")
    found = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return [{"apiVersion": "v1", **item, "kind": kind} for item in found]


def manifests(answer: Mapping[str, Any] | Unread | None, kind: str) -> Listing:
    items = _items(answer, kind)
    return items if isinstance(items, Unread) else tuple(Manifest(item, "cluster") for item in items)


def _kept(
    secrets: list[Mapping[str, Any]] | Unread, config_maps: list[Mapping[str, Any]] | Unread
) -> Record | Unread | None:
    """What Helm keeps, in Secrets unless somebody told it otherwise (HELM_DRIVER)."""
    both = [item for found in (secrets, config_maps) if not isinstance(found, Unread) for item in found]
    return record.newest(both) if both or not isinstance(secrets, Unread) else secrets


def _neighbours(kubectl: Kubectl, at: At, kept: Record | Unread | None) -> tuple[str, ...]:
    if kept is not None:
        return ()
    answer = kubectl.json(f"/api/v1/namespaces/{at.namespace}/secrets?labelSelector=owner%3Dhelm")
    items = _items(answer, "Secret")
    return () if isinstance(items, Unread) else record.names(items)


def _values(answer: Mapping[str, Any] | Unread | None) -> Iterator[bytes]:
    data = answer.get("data") if isinstance(answer, Mapping) else None
    for value in data.values() if isinstance(data, Mapping) else ():
        with suppress(ValueError):  # an API server takes nothing but base64
            yield b64decode(str(value))


def key_names(answer: Mapping[str, Any] | Unread | None) -> Keys | Unread | None:
    if answer is None or isinstance(answer, Unread):
        return answer
    parts = [answer.get(name) for name in ("data", "binaryData")]
    return {
        str(key): bool(value) for part in parts if isinstance(part, Mapping) for key, value in part.items()
    }


def _clean(listing: Listing, hidden: Hidden) -> Listing:
    """The objects without what is secret in messages: whatever a program or the cluster said freely."""
    if isinstance(listing, Unread):
        return listing
    return tuple(Manifest(_without(item.data, hidden), item.source) for item in listing)


def _without(data: Any, hidden: Hidden) -> Any:
    if isinstance(data, Mapping):
        return {
            key: hidden(value) if key == "message" and isinstance(value, str) else _without(value, hidden)
            for key, value in data.items()
        }
    return [_without(value, hidden) for value in data] if isinstance(data, list) else data


def _described(kept: Record | Unread | None, hidden: Hidden) -> Record | Unread | None:
    return replace(kept, description=hidden(kept.description)) if isinstance(kept, Record) else kept
