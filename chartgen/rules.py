"""Rules: relations between settings, as data, so that one declaration is enforced everywhere.

A rule names the combination of settings that is refused. From the same clauses come a JSON Schema
condition, a `fail` in a template, a Python predicate, and the sentence a person reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from chartgen.settings import Path

Values = Mapping[str, Any]
Op = Literal["is", "is not", "above", "below", "empty", "set", "has", "has not"]


@dataclass(frozen=True)
class Clause:
    """One comparison of a setting with a constant. An absent setting counts as empty."""

    path: Path
    op: Op
    value: Any = None


class Enforce(StrEnum):
    SCHEMA = "schema"  # an if/then of values.schema.json
    TEMPLATE = "template"  # a `fail` with the sentence
    DOCUMENTED = "documented"  # what neither can say: known to lint alone


@dataclass(frozen=True)
class Rule:
    """`sentence` says what is asked and why; the values are refused when all of `refuses` hold."""

    sentence: str
    refuses: tuple[Clause, ...]
    enforce: Enforce = Enforce.TEMPLATE

    @property
    def reads(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(c.path for c in self.refuses))
