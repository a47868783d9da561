"""What the application may ask of the Kubernetes API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from chartgen.changes import Change
from chartgen.diff.levels import change
from chartgen.diff.subject import Pair, View, listed, mapping
from chartgen.manifest import Manifest, pod

NAME = "access"
HELP = "Rights that get wider or narrower."
_ROLES = ("Role", "ClusterRole")
_BINDINGS = ("RoleBinding", "ClusterRoleBinding")
_FEW = 6
_HINT = "whoever upgrades needs these rights too"


class Right(NamedTuple):
    """One verb on one resource, perhaps of one name; `*` stands for all."""

    verb: str
    group: str
    resource: str
    name: str

    def covers(self, other: Right) -> bool:
        return all(ours in ("*", theirs) for ours, theirs in zip(self, other, strict=True))

    def __str__(self) -> str:
        where = f"{self.resource}.{self.group}" if self.group else self.resource
        return f"{self.verb} {where}" + ("" if self.name == "*" else f" {self.name}")


def compare(pair: Pair) -> Iterator[Change]:
    """Roles by their rights, bindings by whom they bind, and pods by whether they get a token."""
    for view in pair.views:
        for old, new in _pairs(view):
            yield from _roles(old, new, view)
            yield from _bindings(old, new, view)
            yield from _token(old, new, view)


def _pairs(view: View) -> Iterator[tuple[Manifest | None, Manifest]]:
    moved = {id(new): old for old, new in view.moved}
    yield from ((altered.old, altered.new) for altered in view.both)
    yield from ((moved.get(id(new)), new) for new in view.fresh)


def _roles(old: Manifest | None, new: Manifest, view: View) -> Iterator[Change]:
    if new.kind not in _ROLES:
        return
    before, after = set(_rights(old)), set(_rights(new))
    more, less = _beyond(after, before), _beyond(before, after)
    under = (view.case.name,)
    if new.data.get("aggregationRule") != (old.data.get("aggregationRule") if old else None):
        yield change("rights widened", new.label, "collects the rights of other roles", _HINT, overlays=under)
    if more:
        yield change("rights widened", new.label, f"may {_named(more)}", _HINT, overlays=under)
    elif less:
        yield change("rights narrowed", new.label, f"may no longer {_named(less)}", overlays=under)


def _rights(role: Manifest | None) -> Iterator[Right]:
    for rule in listed(role.data.get("rules")) if role else ():
        rule = mapping(rule)
        names = [str(name) for name in listed(rule.get("resourceNames"))] or ["*"]
        things = [
            (str(g), str(r)) for g in listed(rule.get("apiGroups")) for r in listed(rule.get("resources"))
        ]
        things += [("", str(url)) for url in listed(rule.get("nonResourceURLs"))]
        for verb in listed(rule.get("verbs")):
            yield from (
                Right(str(verb), group, resource, name) for group, resource in things for name in names
            )


def _beyond(rights: Iterable[Right], known: Iterable[Right]) -> list[Right]:
    """The rights that none of those known covers."""
    held = set(known)
    wide = [right for right in held if "*" in right]
    return sorted(r for r in rights if r not in held and not any(one.covers(r) for one in wide))


def _named(rights: list[Right]) -> str:
    more = len(rights) - _FEW
    return ", ".join(map(str, rights[:_FEW])) + (f" and {more} more" if more > 0 else "")


def _bindings(old: Manifest | None, new: Manifest, view: View) -> Iterator[Change]:
    if new.kind not in _BINDINGS:
        return
    subjects = [_subject(s) for s in listed(new.data.get("subjects"))]
    before = [_subject(s) for s in listed(old.data.get("subjects"))] if old else []
    came = [subject for subject in subjects if subject not in before]
    role = mapping(new.data.get("roleRef"))
    if came or (old and old.data.get("roleRef") != role):
        what = f"{', '.join(came or subjects)} gets {role.get('kind')}/{role.get('name')}"
        yield change("rights widened", new.label, what, _HINT, overlays=(view.case.name,))


def _subject(subject: Any) -> str:
    found = mapping(subject)
    return f"{found.get('kind')}/{found.get('name')}"


def _token(old: Manifest | None, new: Manifest, view: View) -> Iterator[Change]:
    """A pod that did not get a token of the API, and does now."""
    if old is None:
        return
    places = [
        (m.data if m.kind == "ServiceAccount" else (p.spec if (p := pod(m)) else None)) for m in (old, new)
    ]
    if places[0] is None or places[1] is None:
        return
    before, after = (place.get("automountServiceAccountToken") for place in places if place is not None)
    if before is False and after is not False:
        what = "its pods get a token of the Kubernetes API"
        yield change("rights widened", new.label, what, overlays=(view.case.name,))
