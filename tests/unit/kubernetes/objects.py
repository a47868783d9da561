"""The objects of objects.yaml: right ones, and broken ones with what is to be said of them."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chartgen.kubernetes import VERSIONS

_FILE = yaml.safe_load(Path(__file__).with_name("objects.yaml").read_text("utf-8"))
OBJECTS: tuple[dict[str, Any], ...] = tuple(_FILE["right"])


@dataclass(frozen=True)
class Broken:
    obj: dict[str, Any]
    where: str
    said: str
    versions: tuple[str, ...]
    ours: bool


def changed(obj: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    made = copy.deepcopy(obj)
    for path, value in changes.items():
        *parents, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
        at: Any = made
        for part in parents:
            at = at[part]
        if value is None:
            del at[last]
        else:
            at[last] = value
    return made


def _broken(case: dict[str, Any]) -> Broken:
    first, last = str(case.get("versions", "29-37")).split("-")
    versions = tuple(v for v in VERSIONS if int(first) <= int(v[2:]) <= int(last))
    base = next(obj for obj in OBJECTS if obj["kind"] == case["kind"])
    return Broken(changed(base, case["set"]), case["where"], case["said"], versions, case.get("ours", False))


BROKEN = tuple(_broken(case) for case in _FILE["broken"])
