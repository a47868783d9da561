"""From an App to a Chart: a function of its argument and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chartgen import contract, documents, metadata, readme, settings, valuesfile
from chartgen.blocks import BLOCKS
from chartgen.blocks.shape import PodParts, Pods
from chartgen.chart import Chart, ChartFile
from chartgen.errors import ModelError, Problem
from chartgen.model import App
from chartgen.render import Fragment, chart_file
from chartgen.rules import Rule


def generate(app: App) -> Chart:
    """The chart of an application. Raises ModelError when two blocks want the same file or setting."""
    pods = {c.name: sum((block.pod(app, c) for block in BLOCKS), PodParts()) for c in app.components.values()}
    tree = settings.tree(s for block in BLOCKS for s in block.settings(app))
    rules = tuple(rule for block in BLOCKS for rule in block.rules(app))
    files = [*_templates(app, pods, rules), *_data(app, tree, rules)]
    return Chart(app.name, app.version, _unique(files))


def _templates(app: App, pods: Pods, rules: tuple[Rule, ...]) -> Iterator[ChartFile]:
    for block in BLOCKS:
        yield from block.files(app, pods)
    conditions = [{"condition": Fragment(r.condition()), "sentence": r.sentence} for r in rules]
    renamed = [s for block in BLOCKS for s in block.settings(app) if s.renamed_from]
    yield chart_file("templates/rules.yaml", "rules.yaml.j2", rules=conditions, renamed=renamed)


def _data(app: App, tree: settings.Group, rules: tuple[Rule, ...]) -> Iterator[ChartFile]:
    yield ChartFile("Chart.yaml", documents.dump(metadata.chart(app)).encode())
    yield ChartFile(".helmignore", metadata.HELMIGNORE.encode())
    yield ChartFile("values.yaml", valuesfile.text(app.name, tree, metadata.about(app)).encode())
    yield ChartFile("values.schema.json", contract.text(contract.schema(app.name, tree, rules)))
    yield ChartFile("README.md", readme.text(app, tree, rules, metadata.about(app)).encode())


def _unique(files: Iterable[ChartFile]) -> tuple[ChartFile, ...]:
    by_path: dict[str, Any] = {}
    problems = []
    for file in files:
        if by_path.setdefault(file.path, file) is not file:
            problems.append(
                Problem(file.path, "two parts of the application make this file", "rename one of them")
            )
    if problems:
        raise ModelError("files of the chart clash", problems=problems)
    return tuple(by_path[path] for path in sorted(by_path))
