"""The types of every supported Kubernetes, read from package data as far as they are asked for.

The data (`chartgen/data/kubernetes.tsv`, made by `ci/kubernetes_schemas.py`, which says what a line is)
are split once into lines; only the types that a kind leads to are ever parsed.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from chartgen import shipped
from chartgen.kubernetes import VERSIONS
from chartgen.kubernetes.definitions import references

if TYPE_CHECKING:
    from chartgen.settings import Schema

EVERY = "every"
_OPEN = "open"  # in place of the line of a type that is left open
_DRAFT = "http://json-schema.org/draft-07/schema#"


@cache
def _lines() -> dict[str, list[tuple[str, str]]]:
    """Name -> what it is, as `(when, JSON)`."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in shipped.read("data/kubernetes.tsv").decode().splitlines():
        name, when, text = line.split("\t")
        found.setdefault(name, []).append((when, text))
    return found


@cache
def kinds() -> dict[str, frozenset[str]]:
    """apiVersion -> the kinds it has in any supported version."""
    found: dict[str, set[str]] = {}
    for name in _lines():
        api_version, slash, kind = name.rpartition("/")
        if slash:
            found.setdefault(api_version, set()).add(kind)
    return {api_version: frozenset(kinds) for api_version, kinds in found.items()}


@cache
def served(api_version: str, kind: str) -> tuple[str, ...]:
    """The supported versions that know `kind` in `api_version`, oldest first; none when none does."""
    lines = _lines().get(f"{api_version}/{kind}")
    if lines is None:
        return ()
    root = json.loads(lines[0][1])
    return tuple(v for v in VERSIONS if any(_is_for(when, v) for when, _ in _lines()[root] if when != EVERY))


@cache
def schema(api_version: str, kind: str, version: str, without: str = "") -> Schema | None:
    """The draft-07 schema of a served kind in `version`; of `EVERY`, None when there is no such thing.

    The same object is given back for versions that say the same of everything the kind leads to. The
    type called `without` is left open, and what it alone leads to is left out.
    """
    return of_type(json.loads(_lines()[f"{api_version}/{kind}"][0][1]), version, without)


@cache
def of_type(name: str, version: str, without: str = "") -> Schema | None:
    """The schema of the type `name`, such as `core.v1.PodSpec`, in `version`, as `schema` gives it."""
    whens = _closure(name, version, without)
    return None if whens is None else _assembled(name, whens)


def _is_for(when: str, version: str) -> bool:
    if when in ("", version):
        return True
    first, dash, last = when.partition("-")
    return bool(dash) and version != EVERY and int(first) <= int(version[2:]) <= int(last)


@cache
def _pick(name: str, version: str) -> str | None:
    """Which line of the type `name` is the one for `version`."""
    return next((when for when, _ in _lines()[name] if _is_for(when, version)), None)


@cache
def _type(name: str, when: str) -> Schema:
    parsed: Schema = json.loads(next(text for w, text in _lines()[name] if w == when))
    return parsed


def _closure(root: str, version: str, without: str) -> tuple[tuple[str, str], ...] | None:
    """The types that `root` leads to in `version`, with the lines they are on, sorted."""
    todo, found = [root], dict[str, str]()
    while todo:
        name = todo.pop()
        if name in found:
            continue
        if name == without:
            found[name] = _OPEN
            continue
        when = _pick(name, version)
        if when is None:
            return None
        found[name] = when
        todo += _leads_to(name, when)
    return tuple(sorted(found.items()))


@cache
def _leads_to(name: str, when: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(references(_type(name, when))))


@cache
def _assembled(root: str, whens: tuple[tuple[str, str], ...]) -> Schema:
    types = {name: {} if when == _OPEN else _type(name, when) for name, when in whens}
    return {"$schema": _DRAFT, "$ref": f"#/definitions/{root}", "definitions": types}
