"""How two objects differ in what they mean to Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from chartgen.manifest.objects import Manifest
from chartgen.manifest.paths import below


class Difference(NamedTuple):
    """One place where two objects differ. None stands for null and for what is not there."""

    path: str
    left: Any
    right: Any


def differences(a: Manifest | Any, b: Manifest | Any) -> tuple[Difference, ...]:
    """Where two objects, or any two pieces of data, differ; empty when they mean the same.

    The order of keys does not count, that of lists does; 1 and 1.0 are one number, 1 and true are not;
    null is the same as absent.
    """
    left, right = (x.data if isinstance(x, Manifest) else x for x in (a, b))
    return tuple(_between(left, right, ""))


def _between(left: Any, right: Any, path: str) -> Iterator[Difference]:
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        for key in sorted(left.keys() | right.keys()):
            yield from _between(left.get(key), right.get(key), below(path, key))
    elif isinstance(left, list) and isinstance(right, list):
        for index, (ours, theirs) in enumerate(zip(left, right, strict=False)):
            yield from _between(ours, theirs, f"{path}[{index}]")
        for index in range(min(len(left), len(right)), max(len(left), len(right))):
            yield Difference(
                f"{path}[{index}]", *(side[index] if index < len(side) else None for side in (left, right))
            )
    elif left != right or isinstance(left, bool) != isinstance(right, bool):
        yield Difference(path, left, right)
