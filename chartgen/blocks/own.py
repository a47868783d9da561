"""What is the application's own: plain Helm templates, copied byte for byte, with settings and rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartgen.blocks.shape import PodParts, Pods
from chartgen.chart import ChartFile
from chartgen.errors import Problem, near_miss
from chartgen.kubernetes.definitions import names, references
from chartgen.model import App, Component
from chartgen.rules import WITH_SETTING, Clause, Rule
from chartgen.settings import Setting

# What a setting says itself, so that its schema does not.
_TOLD = ("description", "default", "examples")
_DEFINE = re.compile(rb"\{\{-?\s*define\s+[\"`]([^\"`]+)[\"`]")


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    for path, data in _own(app):
        yield ChartFile(f"templates/{path}", data)


def _own(app: App) -> Iterator[tuple[str, bytes]]:
    prefix = f"{app.own.folder}/"
    for path, data in app.files:
        if app.own.folder and path.startswith(prefix):
            yield path.removeprefix(prefix), data


def problems(app: App) -> Iterator[Problem]:
    """What is wrong with the templates, and with what the schemas of the settings refer to."""
    for path, data in _own(app):
        where = f"{app.own.folder}/{path}"
        if path.rpartition("/")[2].startswith("."):
            yield Problem(where, "Helm leaves templates out whose name begins with a dot", "rename it")
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            what = f"the byte {data[error.start]:#04x} is not UTF-8"
            yield Problem(where, what, "a template is text: put other files into a seed")
        for name in _DEFINE.findall(data):
            if name.startswith(f"{app.name}.".encode()):
                what = f"defines {name.decode(errors='replace')!r}, whose name is the chart's"
                yield Problem(where, what, f"choose one that does not begin with {app.name}.")
    for dotted, setting in app.own.settings.items():
        for name in references(setting.schema):
            if name not in names():
                what = f"there is no definition {name!r}"
                yield Problem(f"own.settings.{dotted}.schema", what, near_miss(name, names()))


def settings(app: App) -> Iterator[Setting]:
    for dotted, own in app.own.settings.items():
        yield Setting(
            tuple(dotted.split(".")),
            own.default,
            {key: value for key, value in own.schema.items() if key not in _TOLD},
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
        yield Rule(own.sentence, tuple(_clause(*clause) for clause in own.refuses))


def _clause(path: str, op: str, value: object = None) -> Clause:
    compared = tuple(str(value).split(".")) if op in WITH_SETTING else value
    return Clause(tuple(path.split(".")), op, compared)  # type: ignore[arg-type]  # model.check_own knows them


def pod(app: App, component: Component) -> PodParts:
    return PodParts()
