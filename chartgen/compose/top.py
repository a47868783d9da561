"""What stands at the top of compose files, beside the services, and has no place in a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chartgen.compose.notice import Notice
from chartgen.compose.plan import Plan


def notices(planned: Plan) -> Iterator[Notice]:
    """Everything there is to say of networks, volumes, secrets, configs and models."""
    yield from _networks(planned)
    yield from _volumes(planned)
    yield from _secrets(planned)
    for name, _, mark in planned.project.group("models").entries():
        advice = "run a server for it, and name it in the environment"
        yield Notice(mark, f"the model {name}: a cluster runs none for compose", advice)


def _networks(planned: Plan) -> Iterator[Notice]:
    project = planned.project
    for name, network, mark in project.group("networks").entries():
        said = [key for key, value in (network or {}).items() if not _usual(key, value)]
        if said:
            advice = "all pods reach each other; networkPolicy.enabled limits that"
            yield Notice(mark, f"the network {name}: {', '.join(said)}", advice)
    used = {str(n) for s in planned.services.values() for n in s.get("networks") or ()}
    if len(used) > 1:
        advice = "networkPolicy.enabled limits who reaches whom"
        what = f"{len(used)} networks are one: all pods reach each other"
        yield Notice(project.tree.mark("networks"), what, advice, "note")


def _usual(key: str, value: Any) -> bool:
    """Whether a setting of a network says no more than that it is there."""
    return key in ("name", "external", "labels", "attachable") or key[:2] == "x-" or value in ("bridge", None)


def _volumes(planned: Plan) -> Iterator[Notice]:
    for volume, users in planned.users.items():
        if len(users) > 1:
            what = f"the volume {volume} is mounted by {', '.join(users)}, all on the node that has it"
            advice = "accessModes: [ReadWriteMany] if the storage can, or an affinity that joins them"
            yield Notice(planned.project.tree.mark("volumes"), what, advice, "note")


def _secrets(planned: Plan) -> Iterator[Notice]:
    project = planned.project
    for entry in planned.vault.entries.values():
        if not entry.made:
            what = f"nothing is made up for the secret {entry.name}, which somebody else hands out"
            advice = f"set secrets.{entry.name} when you install ({entry.why})"
            yield Notice(project.tree.where, what, advice, "note")
    for group in ("secrets", "configs"):
        for name, entry, mark in project.group(group).entries():
            said = [key for key in entry or () if key in ("driver", "driver_opts", "template_driver")]
            if said:
                what = f"the {group[:-1]} {name}: {', '.join(said)}"
                yield Notice(mark, what, "bring its content another way: existingSecret, externalSecret")
