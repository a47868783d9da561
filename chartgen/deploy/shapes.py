"""What an ushadow tells of itself: clusters, instances and pods, out of JSON that may be anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any, TypeVar

from chartgen.deploy.answers import plain
from chartgen.errors import ServerError
from chartgen.frozen import Frozen

_HINT = "is this the backend of an ushadow? One that is newer than this chartgen may tell it otherwise"
# Reasons of a container that waits or ended that do not mend themselves. Source: Kubernetes, pkg/kubelet.
_HOPELESS = frozenset(
    """CrashLoopBackOff CreateContainerConfigError CreateContainerError ErrImageNeverPull ErrImagePull Error
    Failed ImageInspectError ImagePullBackOff InvalidImageName OOMKilled RunContainerError StartError
    Evicted""".split()
)
Made = TypeVar("Made")


class Cluster(Frozen):
    """A cluster that ushadow can deploy to. `target` is its own word for it, in newer versions."""

    id: str
    name: str
    server: str = ""
    status: str = ""
    target: str = ""


class Instance(Frozen):
    """What ushadow keeps of a deployment; without a `state` where it keeps none."""

    id: str
    template: str = ""
    state: str = ""
    target: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    error: str = ""


class Sight(Frozen):
    """How a deployment looks at a moment: `waiting`, `running`, `failing` (which may pass), `failed`."""

    state: str
    words: str
    url: str = ""


def clusters(found: Any) -> tuple[Cluster, ...]:
    """Raises ServerError for anything else."""
    return tuple(_each(found, "clusters", "its list of clusters", _cluster))


def instances(found: Any) -> tuple[Instance, ...]:
    return tuple(_each(found, "", "its list of instances", instance))


def _cluster(data: Mapping[str, Any], what: str) -> Cluster:
    name = _text(data, "cluster_id", what, needed=True)
    return Cluster(
        name,
        _text(data, "name", what) or name,
        _text(data, "server", what),
        _text(data, "status", what),
        _text(data, "deployment_target_id", what),
    )


def instance(data: Any, what: str = "an instance") -> Instance:
    if not isinstance(data, dict):
        raise _wrong(what, "an object", data)
    outputs = data.get("outputs")
    url = _text(outputs, "access_url", what) if isinstance(outputs, dict) else ""
    return Instance(
        _text(data, "id", what, needed=True),
        _text(data, "template_id", what),
        _text(data, "status", what),
        _text(data, "deployment_target", what),
        _config(data.get("config"), what),
        url or _text(data, "access_url", what),
        _text(data, "error", what),
    )


def _config(found: Any, what: str) -> Mapping[str, Any]:
    """Values as they are, or under `values` as the published models have them."""
    values = found.get("values", found) if isinstance(found, dict) else found
    if values is not None and not isinstance(values, dict):
        raise _wrong(f"{what}: config", "an object", values)
    return values or {}


def sight(seen: Instance) -> Sight:
    """How an instance looks that has a state. Source: InstanceStatus in the published API."""
    words = {
        "pending": "waits to be deployed",
        "deploying": "is being deployed",
        "running": "runs",
        "stopped": "was stopped",
        "error": "failed",
        "failed": "failed",
        "n/a": "is nothing that could run",
    }
    states = {
        "running": "running",
        "stopped": "failed",
        "error": "failed",
        "failed": "failed",
        "n/a": "failed",
    }
    told = words.get(seen.state, f"is {plain(seen.state)}" if seen.state else "waits")
    return Sight(
        states.get(seen.state, "waiting"), f"{told}: {plain(seen.error)}" if seen.error else told, seen.url
    )


def pods(found: Any, template: str) -> Sight:
    """How the pods of a template look, in what `GET .../pods` tells of a namespace."""
    label = template.replace(":", "-").replace("/", "-")
    seen = [pod for pod in _each(found, "pods", "its list of pods", _pod) if pod[2] == label]
    if not seen:
        return Sight("waiting", "has no pod yet")
    for name, status, _ in seen:
        if status in _HOPELESS:
            return Sight("failing", f"pod {plain(name)}: {plain(status)}")
    waiting = [f"pod {plain(name)}: {plain(status)}" for name, status, _ in seen if status != "Running"]
    return Sight("waiting", waiting[0]) if waiting else Sight("running", "runs")


def _pod(data: Mapping[str, Any], what: str) -> tuple[str, str, str]:
    labels = data.get("labels")
    label = _text(labels, "app.kubernetes.io/instance", what) if isinstance(labels, dict) else ""
    return _text(data, "name", what, needed=True), _text(data, "status", what), label


def _each(found: Any, key: str, what: str, make: Callable[[Mapping[str, Any], str], Made]) -> Iterator[Made]:
    """What is made of each item of a list, or of the list under `key`."""
    if key and isinstance(found, dict) and key in found:
        found = found[key]
    if not isinstance(found, list):
        raise _wrong(what, "a list", found)
    for number, item in enumerate(found, 1):
        if not isinstance(item, dict):
            raise _wrong(f"{what}, {number}", "an object", item)
        yield make(item, f"{what}, {number}")


def _text(data: Mapping[str, Any], key: str, what: str, needed: bool = False) -> str:
    value = data.get(key)
    if isinstance(value, str) and (value or not needed):
        return value
    if value is None and not needed:
        return ""
    raise _wrong(f"{what}: {key}", "a text", value)


def _wrong(what: str, wanted: str, found: Any) -> ServerError:
    kinds = {
        dict: "an object",
        list: "a list",
        str: "an empty text",
        bool: "true or false",
        type(None): "nothing",
    }
    kind = kinds.get(type(found), "a number")
    return ServerError(f"{what}: {wanted} was expected, and {kind} came", _HINT)
