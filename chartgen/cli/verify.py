"""`chartgen verify`: a search for values that a chart accepts and that do not install."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from chartgen.cli.coverage import Wanted, coverage_options, report_coverage, watched
from chartgen.cli.coverage import wanted as coverage_wanted
from chartgen.cli.failures import progress
from chartgen.cli.judging import merged
from chartgen.cli.lint import exit_code, targets, written
from chartgen.cli.options import (
    charts_argument,
    color_option,
    colored,
    config_option,
    helm_option,
    open_project,
    option,
    versions_option,
)
from chartgen.cli.stage import chart_of, engine_for, sound_cases
from chartgen.coverage import Traced
from chartgen.disk import read_chart, read_folder, write_folder
from chartgen.engine.choose import choose
from chartgen.package import archive
from chartgen.project import VERSIONS
from chartgen.report import FORMATS
from chartgen.verify.pace import Pace
from chartgen.verify.run import Shard, Tally, Verified
from chartgen.verify.search import Wish, read_kept, search, summary
from chartgen.verify.space import RANDOM

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.cli.options import Place
    from chartgen.engine import Engine, Session
    from chartgen.verify.space import Trial

CORPUS = "tests/verify/corpus"
Subject: TypeAlias = "tuple[Chart, dict[str, Any], str]"  # with its overlays, and the folder of its corpus
_EVERY = 0.2  # seconds between two looks at the progress


class ShardType(click.ParamType[Shard]):
    """`2/5`: the second of five shares."""

    name = "shard"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        if isinstance(value, Shard):
            return value
        match = re.fullmatch(r"(\d+)/(\d+)", value)
        if not match or not 1 <= int(match[1]) <= int(match[2]):
            self.fail(f"{value!r} is no share: write 2/5 for the second of five", param, ctx)
        return Shard(int(match[1]), int(match[2]))


class Watch:
    """Time: when to stop, and what a person on a terminal is shown meanwhile. `clock` says seconds."""

    def __init__(self, subject: str, budget: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._subject, self._budget, self._clock = subject, budget, clock
        self._start = self._shown = clock()
        self._pace = Pace()

    @property
    def seconds(self) -> float:
        return self._clock() - self._start

    def stop(self) -> bool:
        """Whether the time is up."""
        return bool(self._budget) and self.seconds >= self._budget

    def __call__(self, tally: Tally, trial: Trial) -> None:
        seconds = self.seconds
        if self._start + seconds - self._shown < _EVERY:
            return
        self._shown = self._start + seconds
        planned, done = tally.planned + tally.steps, tally.tried + tally.taken
        self._pace.at(seconds, done)
        progress(
            f"{self._subject}: {tally.done:,} of {tally.planned.total():,}"
            f"{self._left(planned)}; {trial.name:.60}"
        )

    def _left(self, planned: Counter[str]) -> str:
        left = self._pace.left(planned)
        if left is None:
            return ""
        budget = self._budget - self.seconds if self._budget else left
        return f", about {max(0.0, min(left, budget)):.0f} s left"


@click.command("verify")
@charts_argument
@click.option(
    "--chart", "folders", multiple=True, metavar="DIR", help="Any chart, a folder or .tgz; repeatable."
)
@option("--seed", env="SEED", type=int, default=0, help="What the documents by chance are drawn from.")
@option("--random", "count", type=click.IntRange(min=0), default=RANDOM, show_default=True, help="How many.")
@option(
    "--shard", env="SHARD", type=ShardType(), default=Shard(), metavar="I/N", help="One share of the work."
)
@option(
    "--time-budget", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS", help="Stop in good order."
)
@option("--corpus", env="CORPUS", metavar="DIR", help=f"Where failing values are kept (default: {CORPUS}).")
@option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(list(FORMATS)),
    help="How to print (default: text). Repeatable, each with an --output of its own.",
)
@option("-o", "--output", "outputs", multiple=True, metavar="FILE", help="File for the format; `-` is here.")
@click.option(
    "--agree", multiple=True, metavar="PATH", help="A helm that has to say the same of a sample; repeatable."
)
@coverage_options
@versions_option
@helm_option
@config_option
@color_option
def command(
    charts: tuple[str, ...],
    folders: tuple[str, ...],
    seed: int,
    count: int,
    shard: Shard,
    time_budget: float,
    corpus: str | None,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    agree: tuple[str, ...],
    coverage: tuple[tuple[str, str], ...],
    threshold: float,
    versions: tuple[str, ...],
    helm: str | None,
    config: str | None,
    color: str,
) -> None:
    """Search for values that CHARTS (all without names) accept and that do not install.

    Every value of every setting, every pair of settings, each overlay with single deviations, and documents
    by chance are rendered and judged. What fails is made as small as it can be, told, kept, and tried first
    the next time.

    \b
    Examples:
      chartgen verify
      chartgen verify ushadow --random 20000 --seed 7
      chartgen verify --shard 2/5 --time-budget 60
      chartgen verify --chart ./somebody/elses/chart
      chartgen verify --format text --output - --format junit --output verify.xml
      chartgen verify --coverage text --coverage listing=branches.txt --threshold 90
    """
    wanted = [(n, target, colored(color)) for n, target in targets(formats or ("text",), outputs)]
    branches = coverage_wanted(coverage, threshold)
    others = tuple(map(choose, agree))
    wish = Wish(seed, count, shard, versions or VERSIONS, whole=bool(branches), others=others)
    subjects, engine = _subjects(charts, folders, corpus, helm, config)
    code = _search(subjects, engine, wish, time_budget, branches, wanted)
    click.get_current_context().exit(code)


def _search(
    subjects: list[Subject],
    engine: Engine,
    wish: Wish,
    budget: float,
    branches: Wanted,
    wanted: list[tuple[str, str, bool]],
) -> int:
    """Searches each chart and writes the reports; says the exit code."""
    found, texts, covered = [], [], []
    for subject in subjects:
        watch = Watch(subject[0].name, budget)
        session = watched(engine, subject[0], archive(subject[0]), branches)
        found.append(searched(subject, wish, engine, session, watch))
        if isinstance(session, Traced):
            covered.append(session.coverage)
        texts.append(summary(found[-1], watch.seconds))
    progress("")
    report = merged([verified.report for verified in found])
    for name, target, color in wanted:
        shown = "\n".join(["", *texts]) if name == "text" else ""
        written(FORMATS[name](report, color=target == "-" and color) + shown, target)
    return max(exit_code(report), report_coverage(covered, branches))


def _subjects(
    charts: tuple[str, ...],
    folders: tuple[str, ...],
    corpus: str | None,
    helm: str | None,
    config: str | None,
) -> tuple[list[Subject], Engine]:
    """What to search, and the engine to ask."""
    if folders and charts:
        raise click.UsageError("give names of charts of the project, or --chart, not both")
    if folders:
        return [(read_chart(Path(folder)), {}, corpus or "") for folder in folders], choose(
            helm or "", progress
        )
    place = open_project(config)
    chosen = place.project.chosen(charts)
    return [_subject(place, entry, corpus) for entry in chosen], engine_for(place, helm)


def _subject(place: Place, entry: Any, corpus: str | None) -> Subject:
    """The chart of a project, its overlays by name, and where its corpus is."""
    overlays = {case.overlay: dict(case.values) for case in sound_cases(place, entry) if case.overlay}
    folder = Path(corpus) if corpus else place.path(CORPUS)
    return chart_of(place, entry), overlays, str(folder / entry.name)


def searched(
    subject: Subject, wish: Wish, engine: Engine, session: Session, watch: Watch, keeps: bool = True
) -> Verified:
    """One chart, searched; what fails is kept in the folder of its corpus, "" for nowhere."""
    chart, overlays, corpus = subject
    progress(f"{chart.name}: reading")
    kept = read_kept(read_folder(Path(corpus))) if corpus else {}
    wish = replace(wish, corpus=corpus)
    verified = search(chart, engine, session, overlays, wish, kept, watch.stop, watch)
    files = {failure.name: failure.file() for failure in verified.failures}
    if keeps and corpus and files:
        write_folder(Path(corpus), files)
    return verified
