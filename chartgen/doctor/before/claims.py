"""A class of storage serves every claim, as far as a class says; and a claim that is there can become the new
one.

Sources: Kubernetes documentation, "Storage Classes" and "Persistent Volumes". A class does not say which
access modes it serves: for the provisioners below their own documentation does.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor.objects import at, entries, inside
from chartgen.doctor.scripts import makes_secrets
from chartgen.doctor.site import Key, Site
from chartgen.doctor.snapshot import Unread
from chartgen.errors import near_miss
from chartgen.kubernetes.amounts import amount
from chartgen.manifest import Manifest

NAME = "claims"
HELP = "A storage class serves every claim that is going to be made."
DEFAULT = "storageclass.kubernetes.io/is-default-class"
# Provisioners of disks, which one node mounts at a time.
ONE_NODE = (
    *("rancher.io/local-path", "ebs.csi.aws.com", "disk.csi.azure.com", "cinder.csi.openstack.org"),
    *("csi.hetzner.cloud", "dobs.csi.digitalocean.com"),
)


def examine(site: Site) -> Iterator[Diagnosis]:
    yield from _older(site)
    for claim in claims(site):
        there = site.objects.get(site.key(claim)) if claim.kind == "PersistentVolumeClaim" else None
        if isinstance(there, Manifest):
            yield _present(site, claim, there)
        else:
            yield _new(site, claim)


def claims(site: Site) -> Iterator[Manifest]:
    """The claims of the plan; those of a StatefulSet by the name of their template."""
    for item in site.plan.regular:
        if item.kind == "PersistentVolumeClaim":
            yield item
        for template in entries(item, "spec.volumeClaimTemplates") if item.kind == "StatefulSet" else ():
            name = f"{inside(template, 'metadata').get('name')}-{item.name}"
            data = {"metadata": {"name": name}, "spec": inside(template, "spec")}
            yield Manifest({"apiVersion": "v1", "kind": "PersistentVolumeClaim", **data}, item.source)


def default_class(site: Site) -> Manifest | None:
    """The class of a claim that names none; of several the newest, as the server chooses."""
    marked = [one for one in site.all("StorageClass") if _is_default(one)]
    return max(marked, key=lambda one: str(at(one, "metadata.creationTimestamp", "")), default=None)


def _is_default(item: Manifest) -> bool:
    return inside(item.metadata, "annotations").get(DEFAULT) == "true"


def _new(site: Site, claim: Manifest) -> Diagnosis:
    named = at(claim, "spec.storageClassName")
    volume = at(claim, "spec.volumeName") or at(claim, "spec.selector")
    if named == "" or volume:
        what = "is bound to a volume that is made by hand: whether that is there is not looked at"
        return Diagnosis(NAME, State.UNKNOWN, claim.label, what, site.kubectl("get", "pv"))
    classes = {one.name: one for one in site.all("StorageClass")}
    if named is None:
        found = default_class(site)
        if found is None:
            what = "names no StorageClass, and the cluster has no default"
            return Diagnosis(NAME, State.WRONG, claim.label, what, _choose(site))
    elif str(named) not in classes:
        near = near_miss(str(named), classes)
        what = f"there is no StorageClass {named}" + (f"; {near}" if near else "")
        return Diagnosis(NAME, State.WRONG, claim.label, what, _choose(site))
    else:
        found = classes[str(named)]
    return _served(site, claim, found)


def _served(site: Site, claim: Manifest, found: Manifest) -> Diagnosis:
    """What a class says of itself, and of the access modes what is known of its provisioner."""
    provisioner = str(at(found, "provisioner", "") or found.data.get("provisioner") or "")
    modes = _modes(claim)
    many = [mode for mode in modes if mode in ("ReadWriteMany", "ReadOnlyMany")]
    size = at(claim, "spec.resources.requests.storage", "?")
    grows = "it can grow" if _grows(found) else "it can never grow (allowVolumeExpansion is off)"
    which = f"class {found.name}" + (", the default" if at(claim, "spec.storageClassName") is None else "")
    if many and provisioner in ONE_NODE:
        what = f"wants {many[0]}, and {which} ({provisioner}) makes volumes for one node at a time"
        other = site.install("global.storageClass=CLASS")
        cure = f"choose a class of shared volumes, or ReadWriteOnce:\n{other}"
        return Diagnosis(NAME, State.WRONG, claim.label, what, cure)
    if many:
        what = f"wants {many[0]}: whether {which} ({provisioner or '?'}) serves that, no class says"
        return Diagnosis(NAME, State.UNKNOWN, claim.label, what, site.kubectl("describe", "storageclass"))
    return Diagnosis(NAME, State.FINE, claim.label, f"{size} of {which}; {grows}")


def _grows(found: Manifest) -> bool:
    return found.data.get("allowVolumeExpansion") is True


def _present(site: Site, claim: Manifest, there: Manifest) -> Diagnosis:
    """A claim that is there keeps its class and its modes, and only ever grows."""
    size, asked = (_size(item) for item in (there, claim))
    named, used = at(claim, "spec.storageClassName"), at(there, "spec.storageClassName")
    modes, had = (_modes(item) for item in (claim, there))
    if named is not None and named != used:
        what = f"is there with class {used}, which cannot become {named or 'none'}"
        setting = f"storageClass={used}"
    elif modes != had:
        what = f"is there with {', '.join(had)}, which cannot become {', '.join(modes)}"
        setting = f"accessModes={{{','.join(had)}}}"
    elif asked is not None and size is not None and asked < size:
        what = f"is there with {_storage(there)}, which cannot shrink to {_storage(claim)}"
        setting = f"size={_storage(there)}"
    elif asked is not None and size is not None and asked > size:
        return _larger(site, claim, there, str(used))
    else:
        return Diagnosis(NAME, State.FINE, claim.label, f"is there: {_storage(there)} of class {used}")
    cure = f"say in the values what it is:\n{site.install(f'persistence.VOLUME.{setting}')}"
    return Diagnosis(NAME, State.WRONG, claim.label, what, cure)


def _older(site: Site) -> Iterator[Diagnosis]:
    """Volumes of an earlier install, whose key is not there: seeding stops where it finds another one."""
    kept = [claim.label for claim in claims(site) if isinstance(site.objects.get(site.key(claim)), Manifest)]
    made = [(item, name) for item in site.plan.regular if (name := makes_secrets(item))]
    for item, name in made:
        key = Key("v1", "Secret", item.namespace or site.at.namespace, name)
        if kept and site.objects.get(key, item) is None:
            what = f"is made anew, while {', '.join(kept)} may hold what an older key encrypted"
            cure = "bring the old key back, if there was one:\n"
            cure += site.at.kubectl("create", "secret", "generic", name, "--from-file=KEY=FILE")
            yield Diagnosis(NAME, State.UNKNOWN, f"Secret/{name}", what, cure)


def _larger(site: Site, claim: Manifest, there: Manifest, used: str) -> Diagnosis:
    what = f"is there with {_storage(there)}, and is to grow to {_storage(claim)}"
    found = site.lists["StorageClass"]
    if isinstance(found, Unread):
        return Diagnosis(NAME, State.UNKNOWN, claim.label, f"{what}: {found.reason}")
    of = next((one for one in found if one.name == used), None)
    if of is not None and _grows(of):
        return Diagnosis(NAME, State.FINE, claim.label, what)
    cure = f"ask for the size that it has, or let the class do it:\n{_allow(site, used)}"
    return Diagnosis(NAME, State.WRONG, claim.label, f"{what}, which class {used} does not do", cure)


def _allow(site: Site, name: str) -> str:
    return site.kubectl("patch", "storageclass", name, "--patch", '{"allowVolumeExpansion": true}')


def _storage(item: Manifest) -> str:
    return str(at(item, "spec.resources.requests.storage", "?"))


def _modes(item: Manifest) -> list[str]:
    found = at(item, "spec.accessModes")
    return sorted(map(str, found)) if isinstance(found, list) else []


def _size(item: Manifest) -> Fraction | None:
    return amount(at(item, "spec.resources.requests.storage"))


def _choose(site: Site) -> str:
    return f"choose a class (kubectl get storageclass):\n{site.install('global.storageClass=CLASS')}"
