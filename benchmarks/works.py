"""What is run for each subject: ours, and beside it what does the same work without chartgen."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.measure import Command, Work
from benchmarks.subjects import EARLIER, Subject
from benchmarks.tools import KUBERNETES, Tools

IMPORTS = Command((sys.executable, "-c", "import yaml, click, jinja2"))
_MAIN = "from chartgen.cli import main; main()"  # what the script `chartgen` does


@dataclass(frozen=True)
class Pair:
    """One line of the table: what we run, and what a user would run instead (None: nothing like it)."""

    subject: str
    what: str
    ours: Work
    instead: str = ""
    theirs: Work | None = None


def chartgen(*arguments: str) -> Command:
    return Command((sys.executable, "-c", _MAIN, *arguments))


def pairs(subject: Subject, tools: Tools, schemas: str) -> Iterator[Pair]:
    """The lines of a subject."""
    ours = {
        "generate": (chartgen("generate"),),
        "generate -C": (chartgen("generate", "-C"),),
        "lint, on every Kubernetes": (chartgen("lint"),),
        "diff, of two versions": (chartgen("diff", EARLIER),),
        "the road: make": (chartgen("make"),),
        "the road: generate, lint, package": tuple(map(chartgen, ("generate", "lint", "package"))),
    }
    for what, commands in ours.items():
        work = Work(f"{subject.name}: {what}", commands, subject.folder)
        beside = list(_beside(what, subject, tools, schemas))
        for instead, theirs in beside or [("", ())]:
            other = Work(f"{subject.name}: {what}: {instead}", theirs, subject.folder) if theirs else None
            yield Pair(subject.name, what, work, instead, other)


def _beside(
    what: str, subject: Subject, tools: Tools, schemas: str
) -> Iterator[tuple[str, tuple[Command, ...]]]:
    convert = tuple(_convert(subject, tools))
    documents = tuple(_documents(subject, tools))
    if what.startswith("generate"):
        yield "import yaml, click, jinja2", (IMPORTS,)
        if convert and what == "generate":
            yield "kompose convert", convert
        if documents and what == "generate":
            yield "helm-docs, helm-values-schema", documents
        return
    if what.startswith("diff"):
        return  # nothing that we know of does this
    for helm in ("helm-4", "helm-3"):
        checks = tuple(_checks(helm, subject, tools, schemas))
        if not checks:
            continue
        if what.startswith("lint"):
            yield f"{helm}: {_count(checks)}", checks
        else:
            chain = (*convert, *documents, *checks, _package(helm, subject, tools))
            yield f"{helm}: {_count(chain)}", chain


def _count(commands: tuple[Command, ...]) -> str:
    return f"{len(commands)} processes, Kubernetes {KUBERNETES} alone"


def _convert(subject: Subject, tools: Tools) -> Iterator[Command]:
    if subject.compose and "kompose" in tools.paths:
        yield Command((tools.paths["kompose"], "convert", "-c", "-f", subject.compose, "-o", "converted"))


def _documents(subject: Subject, tools: Tools) -> Iterator[Command]:
    """README and schema made from values.yaml, in a copy: they would write over what they read."""
    copy = subject.folder / "copied"
    if subject.chart and not copy.exists():
        shutil.copytree(subject.folder / subject.chart, copy)
    if "helm-docs" in tools.paths:
        yield Command((tools.paths["helm-docs"], "--chart-search-root", "copied"))
    if "helm-values-schema" in tools.paths:
        schema = ("--values", "copied/values.yaml", "--output", "copied/values.schema.json")
        yield Command((tools.paths["helm-values-schema"], *schema))


def _checks(helm: str, subject: Subject, tools: Tools, schemas: str) -> Iterator[Command]:
    """helm lint, helm template and kubeconform for each overlay, then kube-score for all."""
    if helm not in tools.paths:
        return
    path, rendered = tools.paths[helm], [f"rendered-{n}.yaml" for n, _ in enumerate(subject.overlays)]
    for overlay in subject.overlays:
        yield Command((path, "lint", "--strict", subject.chart, "-f", overlay))
    for overlay, file in zip(subject.overlays, rendered, strict=True):
        yield Command((path, "template", "release", subject.chart, "-f", overlay), file)
    if "kubeconform" in tools.paths and schemas:
        options = ("-strict", "-ignore-missing-schemas", "-kubernetes-version", f"{KUBERNETES}.0")
        for file in rendered:
            yield Command((tools.paths["kubeconform"], *options, "-schema-location", schemas, file))
    if "kube-score" in tools.paths:
        # It exits 1 for what it would rather see otherwise.
        yield Command((tools.paths["kube-score"], "score", *rendered), fine=(0, 1))


def _package(helm: str, subject: Subject, tools: Tools) -> Command:
    return Command((tools.paths[helm], "package", subject.chart, "-d", "packed"))
