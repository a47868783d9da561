"""NOTES.txt: what a person reads after an install."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.shape import PodParts, Pods, main_port
from chartgen.chart import ChartFile
from chartgen.model import App, Component
from chartgen.render import chart_file
from chartgen.rules import Rule
from chartgen.settings import Setting


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    main = app.main
    yield chart_file(
        "templates/NOTES.txt",
        "notes.txt.j2",
        app=app,
        main=main,
        port=main_port(main) if main else "",
        claims=[v for v in app.volumes.values() if not v.perReplica],
        singletons=[c for c in app.components.values() if c.scales],
    )


def settings(app: App) -> Iterator[Setting]:
    return iter(())


def rules(app: App) -> Iterator[Rule]:
    return iter(())


def pod(app: App, component: Component) -> PodParts:
    return PodParts()
