"""The pods keep the Pod Security Standard that the namespace enforces."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor.objects import labels
from chartgen.doctor.site import Site
from chartgen.doctor.snapshot import known
from chartgen.kubernetes.pod_security import LEVELS, violations

NAME = "standard"
HELP = "The pods keep the Pod Security Standard of the namespace."
ENFORCE = "pod-security.kubernetes.io/enforce"
TOLD = 4  # violations of one object


def examine(site: Site) -> Iterator[Diagnosis]:
    found = known(site.namespace)
    name = f"Namespace/{site.at.namespace}"
    level = str(labels(found).get(ENFORCE) or "") if found else ""
    if not level:
        what = "enforces no Pod Security Standard by a label; a default of the whole cluster would not show"
        yield Diagnosis(NAME, State.FINE, name, what)
    elif level not in LEVELS:
        what = f"enforces {level!r}, which is no level: the server takes it for restricted"
        yield Diagnosis(NAME, State.WRONG, name, what, _label(site, "baseline"))
    else:
        yield from _level(site, name, level)


def _level(site: Site, name: str, level: str) -> Iterator[Diagnosis]:
    refused = 0
    for item, template in site.plan.pods:
        told = [f"{where} {what}" for where, what in violations(level, template.spec, template.annotations)]
        if told and (item.namespace or site.at.namespace) == site.at.namespace:
            refused += 1
            more = f", and {len(told) - TOLD} more" if len(told) > TOLD else ""
            what = f"its pods would be refused under {level}: {'; '.join(told[:TOLD])}{more}"
            yield Diagnosis(NAME, State.WRONG, item.label, what, _cure(site, level))
    if not refused:
        yield Diagnosis(NAME, State.FINE, name, f"enforces {level}, and every pod keeps it")


def _cure(site: Site, level: str) -> str:
    if level == "restricted":
        keep = site.install("podSecurity=restricted")
        return f"keep the standard:\n{keep}\nor allow more:\n{_label(site, 'baseline')}"
    return f"take out of the values what is named here, or allow more:\n{_label(site, 'privileged')}"


def _label(site: Site, level: str) -> str:
    return site.kubectl("label", "namespace", site.at.namespace, "--overwrite", f"{ENFORCE}={level}")
