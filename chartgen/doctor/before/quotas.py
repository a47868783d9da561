"""The quotas of the namespace have room for what is going to be made, and every container says what they
demand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor import room
from chartgen.doctor.objects import at, inside
from chartgen.doctor.site import Site
from chartgen.kubernetes.amounts import amount
from chartgen.manifest import Manifest

NAME = "quota"
HELP = "The quotas of the namespace leave room, and the containers say what they demand."
SAME = {"cpu": "requests.cpu", "memory": "requests.memory", "count/pods": "pods"}


def examine(site: Site) -> Iterator[Diagnosis]:
    quotas = site.all("ResourceQuota")
    if not quotas:
        yield Diagnosis(NAME, State.FINE, "", "the namespace has no quota")
    for quota in quotas:
        if at(quota, "spec.scopes") or at(quota, "spec.scopeSelector"):
            what = "counts pods of a scope alone: whether ours are among them is not looked at"
            cure = site.at.kubectl("describe", "resourcequota", quota.name)
            yield Diagnosis(NAME, State.UNKNOWN, quota.label, what, cure)
        else:
            yield from _one(site, quota)


def _one(site: Site, quota: Manifest) -> Iterator[Diagnosis]:
    wrong = [*_silent(site, quota), *_full(site, quota)]
    yield from wrong
    if not wrong:
        yield Diagnosis(NAME, State.FINE, quota.label, "has room for what is going to be made")


def _hard(quota: Manifest) -> dict[str, str]:
    found = inside(inside(quota.data, "status"), "hard") or inside(inside(quota.data, "spec"), "hard")
    return {str(name): str(value) for name, value in found.items()}


def _silent(site: Site, quota: Manifest) -> Iterator[Diagnosis]:
    """Where a quota counts CPU or memory, a container that does not say how much is refused."""
    demanded = [SAME.get(name, name) for name in _hard(quota) if name in room.DEMANDED]
    parts = list(room.asked(site)) if demanded else []
    silent = [(one, [name for name in demanded if name not in one.amounts]) for one in parts]
    lacking = [(one, names) for one, names in silent if names]
    if lacking:
        words = ", ".join(dict.fromkeys(name for _, names in lacking for name in names))
        who = ", ".join(one.title for one, _ in lacking)
        what = f"demands {words} of every container, and some say none: {who}"
        settings = {
            f"{room.where(site.plan, one)}.{name}={_typical(name)}": None
            for one, names in lacking
            for name in names
        }
        cure = f"say it in the values:\n{site.install(*settings)}"
        yield Diagnosis(NAME, State.WRONG, quota.label, what, cure)


def _typical(name: str) -> str:
    return ("1" if name.startswith("limits.") else "100m") if name.endswith("cpu") else "256Mi"


def _full(site: Site, quota: Manifest) -> Iterator[Diagnosis]:
    needed, hard = room.demand(site), _hard(quota)
    used = inside(inside(quota.data, "status"), "used")
    short: dict[str, str] = {}
    told: list[str] = []
    for name, limit in hard.items():
        need, most = needed.get(SAME.get(name, name), Fraction(0)), amount(limit)
        gone = amount(used.get(name, 0)) or Fraction(0)
        if most is not None and need and gone + need > most:
            left = room.written(name, max(most - gone, Fraction(0)))
            told.append(f"{name}: {room.written(name, need)} needed, {left} of {limit} left")
            short[name] = room.written(name, gone + need)
    if short:
        patch = json.dumps({"spec": {"hard": short}})
        cure = "ask for less in the values (resources, replicaCount, persistence), or for a larger quota:\n"
        cure += site.at.kubectl("patch", "resourcequota", quota.name, "--patch", patch)
        yield Diagnosis(NAME, State.WRONG, quota.label, "; ".join(told), cure)
