"""Commands that cure, and where in the values something stands."""

from __future__ import annotations

from chartgen.doctor.objects import component, template
from chartgen.doctor.snapshot import WORKLOADS, Snapshot
from chartgen.manifest import Manifest
from chartgen.model.field import camel

CHART = "CHART"  # where the chart is, only the person knows


def upgrade(snapshot: Snapshot, *settings: str) -> str:
    """The install or upgrade once more, with the values it had and `settings` (`backend.image.tag=TAG`)."""
    given = [word for setting in settings for word in ("--set", setting)]
    return snapshot.at.helm(
        "upgrade", "--install", snapshot.release, CHART, "--reset-then-reuse-values", *given
    )


def describe(snapshot: Snapshot, item: Manifest) -> str:
    return snapshot.at.kubectl("describe", item.kind.lower(), item.name)


def logs(snapshot: Snapshot, pod: str, container: str) -> str:
    return snapshot.at.kubectl("logs", pod, "--container", container)


def key(snapshot: Snapshot, item: Manifest) -> str:
    """Where the component of an object stands in the values, or "".

    A pod of a hook or a test runs what a component runs: where the images are equal, it is that one's.
    """
    made = [other for other in snapshot.wanted if other.kind in (*WORKLOADS, "CronJob")]
    own = component(item)
    if any(component(other) == own for other in made):
        return camel(own)
    images = _images(item)
    same = [component(other) for other in made if images & _images(other)]
    return camel(same[0]) if same else ""


def _images(item: Manifest) -> set[str]:
    found = template(item)
    return {str(c.data.get("image")) for c in found.containers} if found else set()
