"""Whether rendered objects are what each supported Kubernetes version takes, unknown fields refused.

An object is first held against what all versions have in common: one that fits is right everywhere and
done. Only one that does not is judged version by version, each distinct schema once.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from chartgen.errors import UsageError, near_miss
from chartgen.frozen import Frozen
from chartgen.kubernetes import VERSIONS, definitions, store
from chartgen.schema import compiled, path_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from chartgen.schema import Validator
    from chartgen.schema_words import SchemaError

__all__ = ["VERSIONS", "Violation", "validate"]

_ROUTE = ("gateway.networking.k8s.io/v1", "HTTPRoute")
# Compiling the schema of a pod is most of the work, and every workload has one: it is done once for all.
_POD = "core.v1.PodSpec"
_PODS_IN = ("v1", "apps/v1", "batch/v1")
_PODS = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    **dict.fromkeys(("DaemonSet", "Deployment", "Job", "StatefulSet"), ("spec", "template", "spec")),
}
# groups that Kubernetes itself served once, and no supported version does
_GONE_GROUPS = ("auditregistration.k8s.io", "extensions", "settings.k8s.io")


class Violation(Frozen):
    """One thing a server would refuse: where in the object, what, and under which versions.

    `unknown_kind` says that nothing could be found out: the kind is not one of Kubernetes' own (a
    custom resource), so the object was not judged at all.
    """

    path: str
    message: str
    versions: tuple[str, ...]
    unknown_kind: bool = False


def validate(obj: Mapping[str, Any], versions: Sequence[str] = VERSIONS) -> tuple[Violation, ...]:
    """What the API servers of `versions` (such as `1.31`) would refuse in `obj`, sorted by path.

    Nothing when all of them take it. Raises UsageError for no version, or one not in VERSIONS.
    """
    asked = _asked(tuple(versions))
    api_version, kind = obj.get("apiVersion"), obj.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str) or not api_version or not kind:
        return tuple(_unnamed(obj, asked))
    if (api_version, kind) == ("v1", "List"):
        return _of_list(obj, asked)
    if (api_version, kind) == _ROUTE:
        return _gathered((error, asked) for error in _route().errors(obj))
    served = store.served(api_version, kind)
    if not served:
        return (_not_served(api_version, kind, asked),)
    return _judged(obj, api_version, kind, asked)


@cache
def _asked(versions: tuple[str, ...]) -> tuple[str, ...]:
    if not versions:
        raise UsageError("no Kubernetes version to check against")
    for version in versions:
        if version not in VERSIONS:
            hint = f"known here: {', '.join(VERSIONS)}"
            raise UsageError(f"Kubernetes {version!r} is not a version that can be checked", hint)
    return tuple(version for version in VERSIONS if version in versions)


def _judged(
    obj: Mapping[str, Any], api_version: str, kind: str, asked: tuple[str, ...]
) -> tuple[Violation, ...]:
    if _fits_every(obj, api_version, kind):
        return ()
    served = store.served(api_version, kind)
    missing = tuple(version for version in asked if version not in served)
    alike: dict[int, list[str]] = {}
    for version in asked:
        if version in served:
            alike.setdefault(id(store.schema(api_version, kind, version)), []).append(version)
    judged = [
        (error, tuple(group))
        for group in alike.values()
        for error in _validator(api_version, kind, group[0]).errors(obj)
    ]
    absent = (Violation("apiVersion", _where_served(api_version, kind), missing),) if missing else ()
    return absent + _gathered(judged)


def _fits_every(obj: Mapping[str, Any], api_version: str, kind: str) -> bool:
    """Whether `obj` fits what all versions have in common; False, too, when nothing is in common."""
    road = _PODS.get(kind) if api_version in _PODS_IN else None
    around = _common(api_version, kind, _POD if road else "")
    if around is None or not around.accepts(obj):
        return False
    inside: Any = obj
    for part in road or ():
        if not isinstance(inside, dict) or part not in inside:
            return True  # no pod in it, which the schema around it allows
        inside = inside[part]
    return not road or _pod().accepts(inside)


@cache
def _common(api_version: str, kind: str, without: str) -> Validator | None:
    common = store.schema(api_version, kind, store.EVERY, without)
    return None if common is None else compiled(common, trusted=True)


@cache
def _pod() -> Validator:
    return compiled(store.of_type(_POD, store.EVERY) or {"not": {}}, trusted=True)


@cache
def _validator(api_version: str, kind: str, version: str) -> Validator:
    return compiled(store.schema(api_version, kind, version) or {}, trusted=True)


@cache
def _route() -> Validator:
    """HTTPRoute is no kind of Kubernetes' own; charts write it, so we keep a schema of it."""
    plain = store.schema("v1", "ConfigMap", store.EVERY) or {}
    fields = {
        "apiVersion": {"const": _ROUTE[0]},
        "kind": {"const": _ROUTE[1]},
        "metadata": {"$ref": "#/definitions/meta.v1.ObjectMeta"},
        "spec": definitions.ref("routeSpec"),
    }
    return compiled(
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["apiVersion", "kind", "metadata", "spec"],
            "properties": fields,
            "definitions": {**definitions.definitions(["routeSpec"]), **plain["definitions"]},
        },
        trusted=True,
    )


def _gathered(found: Iterable[tuple[SchemaError, tuple[str, ...]]]) -> tuple[Violation, ...]:
    """One violation for each path and message, with all the versions it was found under."""
    seen: dict[tuple[str, str], set[str]] = {}
    for error, versions in found:
        seen.setdefault((path_text(error.path), error.message), set()).update(versions)
    return tuple(
        Violation(path, message, tuple(v for v in VERSIONS if v in versions))
        for (path, message), versions in sorted(seen.items())
    )


def _unnamed(obj: Mapping[str, Any], asked: tuple[str, ...]) -> Iterator[Violation]:
    for field in ("apiVersion", "kind"):
        value = obj.get(field)
        if not isinstance(value, str) or not value:
            yield Violation(field, f"every object needs {field!r}, a string", asked)


def _of_list(obj: Mapping[str, Any], asked: tuple[str, ...]) -> tuple[Violation, ...]:
    items = obj.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return (Violation("items", "a List needs 'items', a list of objects", asked),)
    return tuple(
        Violation(f"items[{n}].{v.path}".rstrip("."), v.message, v.versions, v.unknown_kind)
        for n, item in enumerate(items)
        for v in validate(item, asked)
    )


def _not_served(api_version: str, kind: str, asked: tuple[str, ...]) -> Violation:
    if api_version in store.kinds():
        hint = near_miss(kind, store.kinds()[api_version])
        said = f"{api_version} has no kind {kind!r}" + (f"; {hint}" if hint else "")
        return Violation("kind", said, asked)
    group = api_version.rpartition("/")[0]
    ours = {known.rpartition("/")[0] for known in store.kinds()} | set(_GONE_GROUPS)
    if group in ours:
        return Violation("apiVersion", _where_served(api_version, kind), asked)
    said = f"{api_version} {kind} is not a kind of Kubernetes itself, so it was not judged"
    return Violation("kind", said, asked, unknown_kind=True)


def _where_served(api_version: str, kind: str) -> str:
    """`policy/v1beta1 PodDisruptionBudget is not served by ...; policy/v1 is, by ...`."""
    served = store.served(api_version, kind)
    said = f"{api_version} {kind} is served by {_span(served)} only" if served else ""
    said = said or f"{api_version} {kind} is not served by {_span(VERSIONS)}"
    others = [a for a in store.kinds() if kind in store.kinds()[a] and store.served(a, kind) == VERSIONS]
    return f"{said}; use {max(others, key=_maturity)}" if others else said


def _maturity(api_version: str) -> tuple[bool, str]:
    """What orders `autoscaling/v2` after `v1`, and both after a beta."""
    version = api_version.rpartition("/")[2]
    return version.lstrip("v").isdigit(), version


def _span(versions: tuple[str, ...]) -> str:
    return f"Kubernetes {versions[0]}" + (f" to {versions[-1]}" if len(versions) > 1 else "")
