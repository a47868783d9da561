"""The namespace is there, or the person may make it."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor.objects import at
from chartgen.doctor.site import Right, Site
from chartgen.doctor.snapshot import known

NAME = "namespace"
HELP = "The namespace is there, or can be made."


def examine(site: Site) -> Iterator[Diagnosis]:
    name, found = f"Namespace/{site.at.namespace}", known(site.namespace)
    if found is None:
        yield _absent(site, name)
    elif at(found, "status.phase") == "Terminating":
        what = "is being deleted, with everything in it: nothing can be made in it"
        cure = site.kubectl("wait", "--for=delete", f"namespace/{site.at.namespace}", "--timeout=5m")
        yield Diagnosis(NAME, State.WRONG, name, what, cure)
    else:
        yield Diagnosis(NAME, State.FINE, name, "is there")


def _absent(site: Site, name: str) -> Diagnosis:
    make = site.kubectl("create", "namespace", site.at.namespace)
    may = site.rights.get(Right("create", "", "namespaces", ""))
    if may is True:
        what = "is not there: --create-namespace makes it, without a quota or a Pod Security level of its own"
        return Diagnosis(NAME, State.FINE, name, what)
    what = "is not there, and you may not make one" if may is False else "is not there"
    return Diagnosis(NAME, State.WRONG, name, what, f"ask who administers the cluster for it:\n{make}")
