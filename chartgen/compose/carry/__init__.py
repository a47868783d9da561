"""What carries each concern of a service into app.yaml, in the order in which a component's keys stand."""

from __future__ import annotations

from types import ModuleType

from chartgen.compose.carry import (
    amounts,
    environment,
    granted,
    health,
    labels,
    left,
    network,
    order,
    program,
    security,
    storage,
)

# The environment comes last: the others may need variables of their own.
CARRIERS: tuple[ModuleType, ...] = (
    program,
    order,
    labels,
    network,
    health,
    amounts,
    storage,
    granted,
    security,
    left,
    environment,
)
# What is read before any of them: `project` and `extends` have dealt with it.
EARLIER = ("extends", "profiles")
