"""No object of that name is there already, unless it is this release's: Helm makes no other one its own.

Source: helm/helm pkg/action/validate.go: the label and annotations by which Helm knows its objects.
"""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor.objects import inside, is_leaving, labels
from chartgen.doctor.site import Site, kind_of
from chartgen.doctor.snapshot import Unread
from chartgen.manifest import Manifest

NAME = "names"
HELP = "No object of that name belongs to somebody else."
MANAGED = "app.kubernetes.io/managed-by"
RELEASE, NAMESPACE = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"


def examine(site: Site) -> Iterator[Diagnosis]:
    clear, ours = 0, 0
    regular = [item for item in site.plan.regular if not item.hooks]
    for item in regular:
        is_known = kind_of(site.served, item) is not None  # what the cluster does not have has no names there
        found = site.objects.get(site.key(item), Unread("it was not asked for") if is_known else None)
        if isinstance(found, Unread):
            cure = site.at.kubectl("get", item.kind.lower(), item.name)
            yield Diagnosis(NAME, State.UNKNOWN, item.label, found.reason, cure)
        elif found is None:
            clear += 1
        elif is_leaving(found):
            what = "is there, and is being deleted"
            cure = site.at.kubectl("wait", "--for=delete", f"{item.kind.lower()}/{item.name}", "--timeout=5m")
            yield Diagnosis(NAME, State.WRONG, item.label, what, cure)
        elif _owner(found) == (site.release, site.at.namespace):
            ours += 1
        else:
            yield _taken(site, item, found)
    if clear + ours == len(regular):
        kept = f", {ours} are this release's already" if ours else ""
        yield Diagnosis(NAME, State.FINE, "", f"{clear} of {len(regular)} names are free{kept}")


def _owner(found: Manifest) -> tuple[str, str]:
    notes = inside(found.metadata, "annotations")
    by_helm = labels(found).get(MANAGED) == "Helm"
    return (str(notes.get(RELEASE)), str(notes.get(NAMESPACE))) if by_helm else ("", "")


def _taken(site: Site, item: Manifest, found: Manifest) -> Diagnosis:
    release, space = _owner(found)
    if release:
        what = f"is there, and belongs to release {release} of namespace {space}"
        other = site.install("fullnameOverride=OTHER")
        cure = f"choose another name for this release, or give its objects one:\n{other}"
    else:
        what = "is there, and no release of Helm's made it: Helm refuses to touch it"
        adopt = f"{site.install()} --take-ownership"
        cure = f"if it is to become this release's (Helm 4 may want --force-conflicts as well):\n{adopt}"
    return Diagnosis(NAME, State.WRONG, item.label, what, cure)
