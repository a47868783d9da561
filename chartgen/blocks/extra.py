"""Objects that a person adds to the release."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.shape import PodParts, Pods
from chartgen.chart import ChartFile
from chartgen.model import App, Component
from chartgen.render import chart_file
from chartgen.rules import Rule
from chartgen.settings import Setting

_NAMED = {"type": "string", "minLength": 1}
# What is no object at all is better refused here than by the cluster. A text may render to nothing.
_OBJECT = {"properties": {"apiVersion": _NAMED, "kind": _NAMED}, "required": ["apiVersion", "kind"]}


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    yield chart_file("templates/extra-objects.yaml", "extra_objects.yaml.j2")


def settings(app: App) -> Iterator[Setting]:
    yield Setting(
        ("extraObjects",),
        [],
        {"type": "array", "items": {"type": ["object", "string"], **_OBJECT}},
        "Objects of yours, as YAML or as text. Template expressions in them are run.",
        tpl=True,
    )


def rules(app: App) -> Iterator[Rule]:
    return iter(())


def pod(app: App, component: Component) -> PodParts:
    return PodParts()
