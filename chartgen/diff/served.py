"""Objects that a server does not know, or would refuse as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.changes import Change
from chartgen.diff.levels import change
from chartgen.diff.subject import CONTROLLERS, Pair, View, mapping
from chartgen.kubernetes import VERSIONS, limits
from chartgen.kubernetes.store import kinds, served
from chartgen.kubernetes.validation import validate
from chartgen.manifest import Manifest

NAME = "served"
HELP = "Every supported Kubernetes knows the objects that are new, and takes those that changed."
_FEW = 3  # faults of one object that are named
_PORTS = ("port", "containerPort")
_PICKED = ("targetPort", "hostPort", "nodePort")


def compare(pair: Pair) -> Iterator[Change]:
    """Objects that came or changed; what was wrong with an object before is no change."""
    for view in pair.views:
        known = {(m.api_version, m.kind) for m in view.old.values()}
        came = [(None, new) for new in view.fresh]
        for old, new in (*came, *((altered.old, altered.new) for altered in view.both)):
            if (new.api_version, new.kind) not in known:
                yield from _unknown(new, view)
            yield from _invalid(old, new, view)
        yield from _regrouped(view)


def _unknown(new: Manifest, view: View) -> Iterator[Change]:
    under = (view.case.name,)
    if new.kind in kinds().get(new.api_version, ()):
        lacking = [v for v in VERSIONS if v not in served(new.api_version, new.kind)]
        if lacking:
            what = f"Kubernetes {', '.join(lacking)} does not serve {new.api_version} {new.kind}"
            yield change("unserved object", new.label, what, "upgrade the cluster first", overlays=under)
    else:
        what = f"a cluster without the definition of {new.api_version} {new.kind} refuses the whole upgrade"
        hint = "install the definition first; Helm installs what lies in crds/ with a new release alone"
        yield change("unserved object", new.label, what, hint, overlays=under)


def _invalid(old: Manifest | None, new: Manifest, view: View) -> Iterator[Change]:
    faults = _faults(new)
    if faults and old is not None:
        faults = faults - _faults(old)
    if faults:
        what = f"an API server refuses it: {'; '.join(sorted(faults)[:_FEW])}"
        yield change("refused object", new.label, what, "mend the template", overlays=(view.case.name,))


def _faults(manifest: Manifest) -> set[str]:
    found = validate(manifest.data)
    said = {f"{fault.path}: {fault.message}" for fault in found if not fault.unknown_kind}
    if manifest.kind in CONTROLLERS:
        spec = mapping(manifest.data.get("spec"))
        wanted = mapping(mapping(spec.get("selector")).get("matchLabels"))
        labels = mapping(mapping(mapping(spec.get("template")).get("metadata")).get("labels"))
        if not wanted.items() <= labels.items():
            said.add("spec.selector: does not select the pods of the template")
    return said | set(_beyond(manifest))


def _beyond(manifest: Manifest) -> Iterator[str]:
    """What the schemas of Kubernetes do not say of its own kinds: names, and numbers of ports."""
    if manifest.kind not in kinds().get(manifest.api_version, ()):
        return
    wrong = limits.object_name(manifest.kind, manifest.name) if manifest.name else ""
    if wrong:
        yield f"metadata.name: {wrong}"
    yield from (f"{key}: {said}" for key, number in _numbers(manifest.data) if (said := limits.port(number)))


def _numbers(value: Any) -> Iterator[tuple[str, int]]:
    """The numbers of ports, wherever they stand; 0 says nothing where a server then picks one."""
    if isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    for key, inner in value.items() if isinstance(value, Mapping) else ():
        if isinstance(inner, int) and not isinstance(inner, bool):
            if key in _PORTS or (inner and key in _PICKED):
                yield key, inner
        else:
            yield from _numbers(inner)


def _regrouped(view: View) -> Iterator[Change]:
    """The same kind and name in another API group."""
    for old in view.gone:
        for new in view.fresh:
            same = (old.kind, old.name, old.namespace) == (new.kind, new.name, new.namespace)
            if same and old.hooks == new.hooks:
                what = f"was {old.api_version} and is {new.api_version}"
                hint = "try the upgrade on a cluster like yours"
                yield change("group changed", new.label, what, hint, overlays=(view.case.name,))
