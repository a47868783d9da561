"""The Kubernetes of the cluster is one that the chart is for: Helm itself says so, before anything else."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor.site import Site

NAME = "version"
HELP = "The cluster's Kubernetes is one that the chart takes."


def examine(site: Site) -> Iterator[Diagnosis]:
    demanded = site.plan.demanded
    if not site.version:
        what = f"the cluster does not say its version; the chart takes {demanded or 'any'}"
        yield Diagnosis(NAME, State.UNKNOWN, "", what, site.kubectl("version"))
    elif site.plan.refusal:
        cure = "upgrade the cluster, or take a version of the chart that is for it"
        yield Diagnosis(NAME, State.WRONG, "", f"Kubernetes {site.version}: {site.plan.refusal}", cure)
    else:
        takes = f"the chart takes {demanded}" if demanded else "the chart takes any"
        yield Diagnosis(NAME, State.FINE, "", f"Kubernetes {site.version}; {takes}")
