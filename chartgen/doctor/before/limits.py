"""Containers and claims keep within the LimitRanges of the namespace. Source: kubernetes/kubernetes
plugin/pkg/admission/limitranger/admission.go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor import room
from chartgen.doctor.objects import at, entries, inside
from chartgen.doctor.site import Site
from chartgen.kubernetes.amounts import amount
from chartgen.manifest import Manifest

NAME = "limits"
HELP = "What is asked for is within the LimitRanges of the namespace."
# What bounds a container, to the words of the container that are bounded.
BOUNDS = (("max", "limits"), ("max", "requests"), ("min", "requests"), ("min", "limits"))


def examine(site: Site) -> Iterator[Diagnosis]:
    ranges = site.all("LimitRange")
    wrong = [line for one in ranges for line in _one(site, one)]
    yield from wrong
    if not wrong:
        what = (
            "all that is asked for is within the LimitRanges" if ranges else "the namespace has no LimitRange"
        )
        yield Diagnosis(NAME, State.FINE, "", what)


def _one(site: Site, item: Manifest) -> Iterator[Diagnosis]:
    for bounds in entries(item, "spec.limits"):
        kind = bounds.get("type")
        if kind == "Container":
            for one in room.asked(site):
                for name, wants, bound, number in _outside(one.amounts, bounds):
                    what = _what(name, wants, bound, number, item)
                    setting = f"{room.where(site.plan, one)}.{name}={number}"
                    cure = f"ask for what is allowed:\n{site.install(setting)}"
                    yield Diagnosis(NAME, State.WRONG, one.title, what, cure)
        elif kind == "PersistentVolumeClaim":
            yield from _claims(site, bounds, item)
        elif kind == "Pod":
            what = "bounds whole pods: the sums of their containers are not looked at"
            look = site.at.kubectl("describe", "limitrange", item.name)
            yield Diagnosis(NAME, State.UNKNOWN, item.label, what, look)


def _outside(amounts: room.Amounts, bounds: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """The word (`limits.memory`), what is asked for, `max` or `min`, and the bound."""
    for bound, part in BOUNDS:
        for name, number in inside(bounds, bound).items():
            word, edge = f"{part}.{name}", amount(number)
            wants = amounts.get(word)
            if wants is not None and edge is not None and _is_beyond(bound, wants, edge):
                yield word, room.written(word, wants), bound, str(number)


def _is_beyond(bound: str, wants: Fraction, edge: Fraction) -> bool:
    return wants > edge if bound == "max" else wants < edge


def _claims(site: Site, bounds: Mapping[str, Any], item: Manifest) -> Iterator[Diagnosis]:
    for claim in site.plan.regular:
        size = (
            amount(at(claim, "spec.resources.requests.storage"))
            if claim.kind == "PersistentVolumeClaim"
            else None
        )
        for bound in ("max", "min") if size is not None else ():
            number = inside(bounds, bound).get("storage")
            edge = amount(number)
            if size is not None and edge is not None and _is_beyond(bound, size, edge):
                asked = str(at(claim, "spec.resources.requests.storage"))
                cure = f"ask for what is allowed:\n{site.install(f'persistence.VOLUME.size={number}')}"
                what = _what("storage", asked, bound, str(number), item)
                yield Diagnosis(NAME, State.WRONG, claim.label, what, cure)


def _what(name: str, wants: str, bound: str, number: str, item: Manifest) -> str:
    words = "at most" if bound == "max" else "at least"
    return f"asks for {name} {wants}, and {item.label} allows {words} {number}"
