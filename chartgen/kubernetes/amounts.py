"""What a container asks for, against itself: no schema compares two values.

The rules are those of kubernetes/kubernetes, pkg/apis/core/validation, ValidateContainerResourceRequirements,
and of pkg/apis/core/helper: what is Kubernetes' own, and what can be given out twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

Refused = tuple[str, str]  # where, below `resources`; what
_FORM = re.compile(r"([+-]?[0-9]*[.]?[0-9]*)([eE][+-]?[0-9]+|[a-zA-Z]*)")
_SUFFIXES = {
    **{suffix: Fraction(10**power, 10**9) for suffix, power in zip("num", (0, 3, 6), strict=True)},
    **{suffix: Fraction(1000**power) for power, suffix in enumerate(("", *"kMGTPE"))},
    **{f"{suffix}i": Fraction(1024**power) for power, suffix in enumerate("KMGTPE", 1)},
}
_HUGE = "hugepages-"


def amount(value: object) -> Fraction | None:
    """A quantity as a number: `100m` is 1/10, `1Ki` is 1024; None for what is none.

    Source: apimachinery, pkg/api/resource, quantity.go and suffix.go.
    """
    found = _FORM.fullmatch(str(value))
    if isinstance(value, bool) or not found or not found[1].strip("+-."):
        return None
    digits, unit = found.groups()
    if unit in _SUFFIXES:
        return Fraction(Decimal(digits)) * _SUFFIXES[unit]
    # A thousand digits are more than any server has, and would take their time.
    power = int(unit[1:]) if unit[0] in "eE" and unit[1:] else 1000
    return Fraction(Decimal(f"{digits}e{power}")) if abs(power) < 1000 else None


def against(resources: Mapping[str, Any]) -> Iterator[Refused]:
    """What the server has against `requests` and `limits` that each fit their schema."""
    limits, requests = (_map(resources.get(part)) for part in ("limits", "requests"))
    for part, amounts in (("limits", limits), ("requests", requests)):
        for name, value in amounts.items():
            if name.startswith(_HUGE) and not _whole_pages(name, value):
                yield f"{part}.{name}", f"'{value}' is not a multiple of the pages of {name!r}"
    for name, value in requests.items():
        what = _of_request(name, value, limits.get(name))
        if what:
            yield f"requests.{name}", what
    names = {*limits, *requests}
    huge = sorted(name for name in names if name.startswith(_HUGE))
    if huge and not names & {"cpu", "memory"}:
        yield "", f"{huge[0]!r} needs cpu or memory beside it"


def _of_request(name: str, value: object, limit: object) -> str:
    """A device or a huge page is given out once: it is requested as it is limited."""
    shared = not name.startswith(_HUGE) and ("/" not in name or "kubernetes.io/" in name)
    if limit is None:
        return "" if shared else f"a request of {name!r} needs a limit: it is given out once"
    asked, most = amount(value), amount(limit)
    if asked is None or most is None or asked == most:
        return ""
    if not shared:
        return f"a request of '{value}' of {name!r} is not its limit, '{limit}': it is given out once"
    return f"a request of '{value}' is above its limit, '{limit}'" if asked > most else ""


def _whole_pages(name: str, value: object) -> bool:
    size, asked = amount(name.removeprefix(_HUGE)), amount(value)
    return not size or asked is None or asked % size == 0


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
