"""What is wanted, what is there, and what to do about the difference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from chartgen.deploy.shapes import Cluster, Instance
from chartgen.errors import ChartgenError
from chartgen.frozen import Frozen

HIDDEN = "***"
_PASSWORD = re.compile(r"(?<=://)([^/?#\s:@]*):[^/?#\s]*(?=@)")


class Step(Enum):
    """What is to be done first; following comes after each."""

    CREATE = "create"
    UPDATE = "update"
    START = "start"
    FOLLOW = "follow"


class Wanted(Frozen):
    """A deployment: `secret` is the part of its configuration that is never shown."""

    name: str
    template: str
    cluster: Cluster
    namespace: str
    config: Mapping[str, str]
    secret: Mapping[str, str]

    @property
    def target(self) -> str:
        return f"k8s://{self.cluster.id}/{self.namespace}"

    @property
    def hidden(self) -> list[str]:
        """What no message may show: secrets, and passwords in addresses."""
        found = (_PASSWORD.search(value) for value in self.config.values())
        return [*self.secret.values(), *(match[0].partition(":")[2] for match in found if match)]


def body(wanted: Wanted) -> dict[str, Any]:
    """The request that creates it."""
    return {
        "id": wanted.name,
        "template_id": wanted.template,
        "name": wanted.name,
        "deployment_target": wanted.target,
        "config": {**wanted.config, **wanted.secret},
    }


def shown(wanted: Wanted) -> dict[str, Any]:
    """The same for people: without what is secret, and without passwords in addresses."""
    plain = {key: _PASSWORD.sub(rf"\1:{HIDDEN}", value) for key, value in wanted.config.items()}
    return {**body(wanted), "config": {**plain, **dict.fromkeys(wanted.secret, HIDDEN)}}


def has_password(value: str) -> bool:
    """Whether a value is an address with a password in it."""
    return _PASSWORD.search(value) is not None


def decide(wanted: Wanted, found: Instance | None, update: bool) -> Step:
    """Raises ChartgenError when something else has the name."""
    if found is None:
        return Step.CREATE
    other = f"{wanted.name}: there is one already"
    if found.template and found.template != wanted.template:
        raise ChartgenError(f"{other}, of {found.template}", "--name takes another name")
    if found.target and found.target not in (wanted.target, wanted.cluster.target):
        raise ChartgenError(f"{other}, in {found.target}", "--name takes another name")
    if update and (differing(wanted, found) or wanted.secret):
        _replaceable(wanted, found)
        return Step.UPDATE
    return Step.FOLLOW if found.state in ("running", "deploying") else Step.START


def differing(wanted: Wanted, found: Instance) -> list[str]:
    """The names whose values are others there. Secrets are not compared: a server may tell them masked."""
    return sorted(key for key, value in wanted.config.items() if str(found.config.get(key, "")) != value)


def _replaceable(wanted: Wanted, found: Instance) -> None:
    """A configuration is replaced as a whole: what is told masked would be written so."""
    masked = [
        key
        for key, value in found.config.items()
        if key not in wanted.config and key not in wanted.secret
        and isinstance(value, str) and re.search(r"\*{3}|[•●]{3}", value)
    ]  # fmt: skip
    if masked:
        raise ChartgenError(
            f"{wanted.name}: its secrets are told masked, and would be lost: {', '.join(sorted(masked))}",
            "set them in the environment, with --secret NAME",
        )
