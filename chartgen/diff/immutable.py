"""Fields that the API server refuses to change."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.changes import Change
from chartgen.diff.levels import change
from chartgen.diff.subject import Altered, Pair, mapping, shown
from chartgen.kubernetes.amounts import amount
from chartgen.kubernetes.immutable import IMMUTABLE, SEALED, Fields, fields, is_default
from chartgen.manifest import Difference, Manifest

NAME = "immutable"
HELP = "No field changes that an API server does not let change."
_HINTS = {
    "Job": "give it another name, for instance with a digest of what it runs, or make it a hook",
    "PersistentVolumeClaim": "move to a new claim: the guide to upgrades says how",
    "StatefulSet": "delete it with --cascade=orphan before the upgrade; its pods and claims stay",
    "Service": "delete the Service before the upgrade",
}
_HINT = "delete the object before the upgrade, or give it another name"


def compare(pair: Pair) -> Iterator[Change]:
    """Differences in regular objects; a hook is deleted and made anew."""
    for view, altered in pair.altered():
        if altered.old.hooks or altered.new.hooks:
            continue
        for difference in _refused(altered):
            yield _told(altered, difference, (view.case.name,))


def _told(altered: Altered, difference: Difference, under: tuple[str, ...]) -> Change:
    new = altered.new
    place = f"{new.label} {difference.path}"
    left, right = shown(difference.left), shown(difference.right)
    if new.kind == "Secret":
        left = right = ""
    what = "the API server refuses to change it"
    hint = _HINTS.get(new.kind, _HINT)
    return change("immutable field", place, what, hint, old=left, new=right, overlays=under)


def _refused(altered: Altered) -> Iterator[Difference]:
    new, old = altered.new, altered.old
    known = fields(new.identity.group, new.kind) or Fields(())
    found = list(altered.every) if (new.identity.group, new.kind) in IMMUTABLE else []
    for difference in found:
        if known.has(difference.path) and not _same(difference) and not _allowed(old, new, difference.path):
            yield difference
    sealed = SEALED.get((new.identity.group, new.kind))
    if sealed and old.data.get("immutable") is True:
        yield from (d for d in altered.every if sealed.has(d.path))
    if new.kind == "CustomResourceDefinition":
        yield from _versions(old, new)


def _same(difference: Difference) -> bool:
    """Whether both sides mean the same to a server: a default, or an amount written otherwise."""
    left, right, path = difference.left, difference.right, difference.path
    if (left is None and is_default(path, right)) or (right is None and is_default(path, left)):
        return True
    if left in (None, [], {}, "") and right in (None, [], {}, ""):
        return path not in _EMPTY_COUNTS
    if ".resources." in path:
        before, after = amount(left), amount(right)
        return before is not None and before == after
    return False


# An empty text is a class of its own here: no provisioner at all. Unset, the default class is filled in.
_EMPTY_COUNTS = ("spec.storageClassName",)


def _allowed(old: Manifest, new: Manifest, path: str) -> bool:
    """What the server lets pass in spite of the table."""
    if new.kind == "Pod":
        # Source: core.ValidatePodUpdate: images may change.
        return path.endswith(".image") and "ontainers[" in path
    if new.kind == "Service":
        return _service(old, new, path)
    if new.kind == "Job" and path == "spec.completions":
        spec = mapping(new.data.get("spec"))
        tandem = spec.get("completions") == spec.get("parallelism")
        return bool(spec.get("completionMode") == "Indexed" and tandem)
    return False


def _service(old: Manifest, new: Manifest, path: str) -> bool:
    """Source: core.validateUpgradeDowngradeClusterIPs, validateUpgradeDowngradeIPFamilies: from and to
    ExternalName everything may change, and a second address or family may come and go."""
    types = [mapping(m.data.get("spec")).get("type", "ClusterIP") for m in (old, new)]
    if "ExternalName" in types:
        return True
    if path == "spec.loadBalancerClass":
        return types != ["LoadBalancer", "LoadBalancer"]
    return path in ("spec.ipFamilies[1]", "spec.clusterIPs[1]")


def _versions(old: Manifest, new: Manifest) -> Iterator[Difference]:
    """A version in which objects may be stored cannot go. Source: apiextensions, status.storedVersions."""
    before, after = ({str(mapping(v).get("name")) for v in _list(m)} for m in (old, new))
    for name in sorted(before - after):
        yield Difference(f"spec.versions[{name}]", name, None)


def _list(manifest: Manifest) -> list[object]:
    found = mapping(manifest.data.get("spec")).get("versions")
    return found if isinstance(found, list) else []
