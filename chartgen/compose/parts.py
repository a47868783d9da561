"""What one concern of a service comes to in app.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from chartgen.compose.notice import Notice
from chartgen.compose.plan import Plan
from chartgen.compose.rewrite import Rewriting
from chartgen.compose.service import Service
from chartgen.errors import Problem
from chartgen.frozen import Frozen


class Parts(Frozen):
    """Keys of the component, keys at the top of app.yaml, files beside it, and what there is to say."""

    component: Mapping[str, Any] = field(default_factory=dict)
    app: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __add__(self, other: Parts) -> Parts:
        return Parts(
            united(self.component, other.component),
            united(self.app, other.app),
            {**self.files, **other.files},
            self.notices + other.notices,
            self.problems + other.problems,
        )


class Carried(Frozen):
    """A service on its way into app.yaml: what carries it is told all of this."""

    service: Service
    plan: Plan
    texts: Rewriting
    first: bool  # whether it becomes a container that runs before others

    @property
    def name(self) -> str:
        """Its name in app.yaml."""
        return self.plan.components.get(self.service.name, "") or self.service.name

    def lost(self, key: str, what: str, advice: str, level: str = "lost") -> Notice:
        """A notice about a key of the service."""
        return Notice(
            self.service.where(key), f"{self.service.name}: {what}", advice, level, self.service.name
        )


def united(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two mappings as one, mappings in both united in turn and lists joined."""
    result = dict(base)
    for key, value in over.items():
        there = result.get(key)
        if isinstance(there, Mapping) and isinstance(value, Mapping):
            result[key] = united(there, value)
        elif isinstance(there, list) and isinstance(value, list):
            result[key] = [*there, *(item for item in value if item not in there)]
        else:
            result[key] = value
    return result
