"""Objects that came, went, have another name, or are different in what no other comparison is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chartgen.changes import Change, Level
from chartgen.diff.levels import change
from chartgen.diff.subject import CONTROLLERS, Altered, Pair, View, shown
from chartgen.kubernetes.store import kinds
from chartgen.manifest import Manifest

NAME = "objects"
HELP = "Objects that were added, removed, renamed or changed."
# What somebody outside of the release has written down the name of.
ENTRIES = ("Service", "Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "Gateway")
# What comparisons of their own are about (claims, secrets).
DATA = (
    "PersistentVolumeClaim",
    "PersistentVolume",
    "Secret",
    "Namespace",
    "CustomResourceDefinition",
    "StatefulSet",
)
_FEW = 4


def compare(pair: Pair) -> Iterator[Change]:
    """Regular objects by what makes them one for Helm; hooks have a comparison of their own."""
    for view in pair.views:
        yield from _moves(view)
        for altered in view.both:
            if not altered.old.hooks and not altered.new.hooks:
                yield from _changed(view, altered)


def _moves(view: View) -> Iterator[Change]:
    under = (view.case.name,)
    moved = dict(view.moved)
    for old, new in view.moved:
        if old.kind not in DATA and not old.hooks:
            what = f"is called {new.name} now"
            yield change(
                _kind(old, "renamed"), old.label, what, _hint(old), old=old.name, new=new.name, overlays=under
            )
    for old in view.gone:
        if old not in moved and old.kind not in DATA and not old.hooks and not _twin(old, view.new.values()):
            yield change(_kind(old, "removed"), old.label, "is made no more", _hint(old), overlays=under)
    for new in view.fresh:
        if new not in moved.values() and not new.hooks and not _twin(new, view.old.values()):
            yield change("object added", new.label, f"is new, from {new.source}", overlays=under)


def _kind(old: Manifest, what: str) -> str:
    if old.kind in (*CONTROLLERS, "Pod"):
        return f"workload {what}"
    if old.kind in ENTRIES:
        return "entry removed"
    if old.kind not in kinds().get(old.api_version, ()):
        return "custom resource removed"
    return f"object {what}"


def _hint(old: Manifest) -> str:
    return "whoever uses that name needs the new one" if old.kind in ENTRIES else ""


def _twin(one: Manifest, others: Iterable[Manifest]) -> bool:
    """Whether the object is there, as a hook or in another API group: comparisons of their own tell that."""
    return any((other.kind, other.name) == (one.kind, one.name) for other in others)


def _changed(view: View, altered: Altered) -> Iterator[Change]:
    new = altered.new
    rest = [d for d in altered.differences if not _elsewhere(altered, d.path)]
    if not rest or new.kind in ("Secret", "PersistentVolumeClaim"):
        return
    places = [d.path for d in rest]
    named = ", ".join(places[:_FEW]) + (f" and {len(places) - _FEW} more" if len(places) > _FEW else "")
    first = rest[0]
    left, right = (shown(v) for v in (first.left, first.right)) if len(rest) == 1 else ("", "")
    custom = new.kind not in kinds().get(new.api_version, ())
    kind = "custom resource changed" if custom and _unknown(altered) else "object changed"
    level = Level.MINOR if kind == "object changed" and _behaves(places) else None
    yield change(
        kind, new.label, f"differs in {named}", old=left, new=right, level=level, overlays=(view.case.name,)
    )


def _elsewhere(altered: Altered, path: str) -> bool:
    """Whether another comparison tells of a difference: pods, their number, and what cannot change."""
    from chartgen.kubernetes.immutable import fields

    known = fields(altered.new.identity.group, altered.new.kind)
    if known and known.has(path):
        return True
    return altered.new.kind in CONTROLLERS and path.startswith(("spec.template", "spec.replicas"))


def _unknown(altered: Altered) -> bool:
    """Whether nothing is known of what may change in a custom resource that differs beside its head."""
    from chartgen.kubernetes.immutable import fields

    group = altered.new.identity.group
    inside = any(not d.path.startswith("metadata.") for d in altered.differences)
    return inside and fields(group, altered.new.kind) is None


def _behaves(places: list[str]) -> bool:
    """Whether something beside the head of an object is different."""
    return any(not place.startswith("metadata.") for place in places)
