"""From an App to a Chart: a function of its argument and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chartgen import changelog, contract, documents, first, metadata, readme, settings, valuesfile
from chartgen.blocks import BLOCKS, files, own, seed
from chartgen.blocks.notes import notes
from chartgen.blocks.shape import PodParts
from chartgen.chart import Chart, ChartFile
from chartgen.errors import ModelError, Problem, near_miss
from chartgen.model import App
from chartgen.render import Fragment, chart_file
from chartgen.rules import Rule


def generate(app: App) -> Chart:
    """The chart of an application.

    Raises ModelError with every problem of its files, of rules that read what no setting declares, and of
    parts that want the same file or setting.
    """
    _refuse(
        f"{app.name}: what lies beside app.yaml cannot be used",
        [*own.problems(app), *seed.problems(app), *files.problems(app)],
    )
    pods = {c.name: sum((block.pod(app, c) for block in BLOCKS), PodParts()) for c in app.components.values()}
    tree = settings.tree(s for block in BLOCKS for s in block.settings(app))
    rules = tuple(rule for block in BLOCKS for rule in block.rules(app))
    _refuse(f"{app.name}: rules that cannot be", _unknown(rules, tree))
    made = [file for block in BLOCKS for file in block.files(app, pods)]
    made += [notes(app, settings.walk(tree)), _rules(app, rules)]
    made.append(first.file(app.name, tree, made, rules))
    return Chart(app.name, app.version, _unique([*made, *_data(app, tree, rules)]))


def _refuse(message: str, problems: list[Problem]) -> None:
    if problems:
        raise ModelError(message, problems=problems)


def _unknown(rules: Iterable[Rule], tree: settings.Group) -> list[Problem]:
    """What rules read, and no setting declares."""
    known = {s.path for s in settings.walk(tree)}
    return [
        Problem(
            rule.sentence,
            f"reads {'.'.join(path)}, which no setting declares",
            near_miss(".".join(path), map(".".join, known)),
        )
        for rule in rules
        for path in rule.reads
        if not any(path[:length] in known for length in range(1, len(path) + 1))
    ]


def _rules(app: App, rules: tuple[Rule, ...]) -> ChartFile:
    conditions = [{"condition": Fragment(r.condition()), "sentence": r.sentence} for r in rules]
    serves = any(c.serves or c.kind == "StatefulSet" for c in app.components.values())
    return chart_file("templates/rules.yaml", "rules.yaml.j2", app=app, rules=conditions, serves=serves)


def _data(app: App, tree: settings.Group, rules: tuple[Rule, ...]) -> Iterator[ChartFile]:
    yield ChartFile("Chart.yaml", documents.dump(metadata.chart(app)).encode())
    yield ChartFile(".helmignore", metadata.HELMIGNORE.encode())
    yield ChartFile("values.yaml", valuesfile.text(app.name, tree, metadata.about(app)).encode())
    yield ChartFile("values.schema.json", contract.text(contract.schema(app.name, tree, rules)))
    if metadata.log(app):
        yield ChartFile(changelog.NAME, metadata.log(app).encode())
    yield ChartFile("README.md", readme.text(app, tree, rules, metadata.about(app)).encode())


def _unique(files: Iterable[ChartFile]) -> tuple[ChartFile, ...]:
    by_path: dict[str, ChartFile] = {}
    problems = [
        Problem(file.path, "two parts of the application make this file", "rename one of them")
        for file in files
        if by_path.setdefault(file.path, file) is not file
    ]
    _refuse("files of the chart clash", problems)
    return tuple(by_path[path] for path in sorted(by_path))
