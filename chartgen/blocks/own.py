"""What is the application's own: plain Helm templates, copied byte for byte, with settings and rules."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.shape import PodParts, Pods
from chartgen.chart import ChartFile
from chartgen.model import App, Component
from chartgen.rules import Clause, Rule
from chartgen.settings import Setting


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    prefix = f"{app.own.folder}/"
    for path, data in app.files:
        if app.own.folder and path.startswith(prefix):
            yield ChartFile(f"templates/{path.removeprefix(prefix)}", data)


def settings(app: App) -> Iterator[Setting]:
    for dotted, own in app.own.settings.items():
        yield Setting(
            tuple(dotted.split(".")),
            own.default,
            own.schema,
            own.help,
            own.examples,
            own.since,
            tuple(own.renamed_from.split(".")) if own.renamed_from else (),
            own.until,
            own.tpl,
            own.secret,
        )


def rules(app: App) -> Iterator[Rule]:
    for own in app.own.rules:
        clauses = (Clause(tuple(path.split(".")), op, *value) for path, op, *value in own.refuses)
        yield Rule(own.sentence, tuple(clauses))


def pod(app: App, component: Component) -> PodParts:
    return PodParts()
