"""What holds data, and is removed, left behind or has another name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chartgen.changes import Change
from chartgen.diff.levels import change
from chartgen.diff.subject import HOLDERS, KEEP, Pair, View, kept, mapping
from chartgen.kubernetes.amounts import amount
from chartgen.manifest import Manifest

NAME = "claims"
HELP = "Volumes and what else holds data stay, under their names, at their sizes."
_GONE = {
    "Secret": "what it held is gone with it",
    "Namespace": "everything in it is deleted with it",
    "CustomResourceDefinition": "every object of that kind is deleted with it",
    "PersistentVolume": "what is on it cannot be reached any more",
}


def compare(pair: Pair) -> Iterator[Change]:
    """Objects that went, then what became of those that stayed."""
    for view in pair.views:
        under = (view.case.name,)
        moved = {id(old): new for old, new in view.moved}
        for old in view.gone:
            if old.kind in HOLDERS and not old.hooks and not _became(old, view):
                yield from _gone(old, moved.get(id(old)), under)
        for altered in view.both:
            yield from _kept(altered.old, altered.new, under)
            if altered.new.kind == "PersistentVolumeClaim":
                yield from _size(altered.old, altered.new, under)


def _became(old: Manifest, view: View) -> bool:
    """Whether it is there as something else: `hooks` and `served` tell of that."""
    return any(
        (new.kind, new.name, new.namespace) == (old.kind, old.name, old.namespace) for new in view.fresh
    )


def _gone(old: Manifest, heir: Manifest | None, under: tuple[str, ...]) -> Iterator[Change]:
    if old.kind == "StatefulSet" and not _claims(old):
        kind = "workload renamed" if heir else "workload removed"
        what = f"is called {heir.name} now" if heir else "is made no more"
        yield change(kind, old.label, what, overlays=under)
    elif heir:
        what = f"is called {heir.name} now, which starts empty"
        hint = "keep the name, or copy what is in it before you upgrade"
        yield change("data renamed", old.label, what, hint, old=old.name, new=heir.name, overlays=under)
    elif kept(old):
        what = f"is made no more; {KEEP}: keep leaves it behind, with what is in it"
        yield change(
            "data left behind", old.label, what, "remove it yourself when you need it no more", overlays=under
        )
    elif old.kind == "StatefulSet" and not _deletes(old):
        what = "is made no more; its claims stay behind, with what is in them"
        yield change("workload removed", old.label, what, "remove the claims yourself", overlays=under)
    else:
        what = f"is deleted: {_GONE.get(old.kind, 'what is on it is lost')}"
        hint = f"annotate it with {KEEP}: keep in a release before this one"
        yield change("data removed", old.label, what, hint, overlays=under)


def _claims(manifest: Manifest) -> bool:
    return bool(mapping(manifest.data.get("spec")).get("volumeClaimTemplates"))


def _deletes(manifest: Manifest, when: str = "whenDeleted") -> bool:
    policy = mapping(mapping(manifest.data.get("spec")).get("persistentVolumeClaimRetentionPolicy"))
    return policy.get(when) == "Delete"


def _kept(old: Manifest, new: Manifest, under: tuple[str, ...]) -> Iterator[Change]:
    if kept(old) and not kept(new) and new.kind in HOLDERS:
        what = f"{KEEP}: keep is gone: the next uninstall, or a version without it, deletes it"
        yield change("keep dropped", old.label, what, "keep the annotation", overlays=under)
    if new.kind == "StatefulSet" and _claims(new) and _deletes(new) and not _deletes(old):
        what = "its claims are deleted with it from now on"
        yield change(
            "keep dropped", f"{new.label} spec.persistentVolumeClaimRetentionPolicy", what, overlays=under
        )


def _size(old: Manifest, new: Manifest, under: tuple[str, ...]) -> Iterator[Change]:
    before, after = (_requested(m) for m in (old, new))
    if before == after:
        return
    place = f"{new.label} spec.resources.requests.storage"
    left, right = amount(before), amount(after)
    if left is not None and right is not None and right > left:
        what = f"grows from {before} to {after}: refused where its storage class does not allow that"
        hint = "look for allowVolumeExpansion in the storage class"
        yield change("volume grown", place, what, hint, old=str(before), new=str(after), overlays=under)
    elif left is None or right is None or right < left:
        what = f"was {before} and is {after}: no volume gets smaller"
        hint = f"keep {before}, or move to a new claim"
        yield change("volume shrunk", place, what, hint, old=str(before), new=str(after), overlays=under)


def _requested(manifest: Manifest) -> Any:
    spec = mapping(manifest.data.get("spec"))
    return mapping(mapping(spec.get("resources")).get("requests")).get("storage")
