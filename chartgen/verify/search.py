"""The whole search on one chart: what was kept, the space, what is outside of it, and a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from chartgen import contract as contracts
from chartgen import documents
from chartgen.checks import values_used
from chartgen.checks.subject import Made
from chartgen.contract import Contract
from chartgen.findings import Finding, Severity
from chartgen.frozen import Frozen
from chartgen.manifest import Case, Release, Rendering
from chartgen.package import archive
from chartgen.verify import again, agreeing, effects, lacking, outside
from chartgen.verify.inferred import inferred
from chartgen.verify.judge import Judge
from chartgen.verify.quick import quick
from chartgen.verify.run import Run, Shard, Tally, Verified
from chartgen.verify.space import RANDOM, Space, Trial, space
from chartgen.verify.words import Words, taken, words

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.engine import Engine, Session
    from chartgen.settings import Path
    from chartgen.verify.document import Values


_TWICE = 8  # documents that are rendered twice


class Wish(Frozen):
    """What a person wants searched: `count` documents by chance from `seed`, and which share of the work.

    `whole` renders every template for every document, so that a session sees all that is executed. `others`
    are Helms that have to say the same about a sample of the documents.
    """

    seed: int = 0
    count: int = RANDOM
    shard: Shard = Shard()
    kube_versions: tuple[str, ...] = ()
    corpus: str = ""
    whole: bool = False
    others: tuple[Engine, ...] = ()


def search(
    chart: Chart,
    engine: Engine,
    session: Session,
    overlays: Mapping[str, Values],
    wish: Wish,
    kept: Mapping[str, Values],
    stop: Callable[[], bool],
    watch: Callable[[Tally, Trial], None],
) -> Verified:
    """Everything that is wrong with a chart that an engine has open; `kept` are documents of former runs."""
    declared = inferred(contracts.read(chart))
    judge = Judge(chart, declared, wish.kube_versions)
    release = Release(chart.name, chart.name)
    words = sought(chart, declared, session, release)
    given: dict[str, Any] = {"overlays": overlays, "seed": wish.seed, "count": wish.count, "words": words}
    made = space(declared, chart.default_values, name=chart.name, **given)
    plain = session
    if not wish.whole:
        session = quick(
            engine,
            session,
            chart,
            lambda case: judge.expected(case.values).verdict == "accepted",
            _moved(declared) if judge.expectation.complete else None,
        )
    run = Run(judge, session, declared.settings, stop, watch)
    replayed = (Trial(values, release, f"corpus: {name}", "", "corpus") for name, values in kept.items())
    if wish.shard.index == 1 and contracts.OWN in declared.schema:
        run.tally.steps.update({"readers": effects.BASES, "outside": len(declared.settings)})
    run.over(made, wish.shard, replayed)
    if wish.shard.index == 1:
        beside = _besides(chart, declared, session, made, judge, run)
        for wrong, trial in chain(beside, _of_helm(wish, chart, plain, judge, made)):
            run.add(wrong, trial)
        if contracts.OWN in declared.schema:
            _beyond(run, declared, judge, release, stop)
    unasked = () if wish.others else (agreeing.NAME,)
    return run.verified(chart.name, tuple(overlays), wish.kube_versions, wish.corpus, unasked)


def _besides(
    chart: Chart, declared: Contract, session: Session, made: Space, judge: Judge, run: Run
) -> Iterator[tuple[Finding, Trial]]:
    """What is asked beside the documents of the search, and a trial that shows it."""
    for wrong in _of_chart(chart, declared):
        yield wrong, next(made.of("defaults"))
    if not run.tally.stopped:
        yield from _unheeded(chart, declared, session, made, judge, run)
        yield from lacking.findings(declared, chart.default_values, session, made.of("absent"))


def _of_helm(
    wish: Wish, chart: Chart, plain: Session, judge: Judge, made: Space
) -> Iterator[tuple[Finding, Trial]]:
    """What a second rendering makes otherwise, and other Helms, if some were named."""
    yield from again.findings(plain, _some(made, judge), judge.expectation.complete)
    if wish.others:
        every = chain.from_iterable(map(made.of, ("defaults", "overlays", "random", "pairs")))
        sample = agreeing.sample(every, judge)
        yield from agreeing.findings(wish.others, archive(chart), plain, judge, sample)


def _some(made: Space, judge: Judge) -> Iterator[Trial]:
    """Accepted documents that make templates do much: what a release begins with, and all switched on."""
    every = (*made.of("defaults"), *made.of("overlays"), *reversed(list(made.of("pairs"))))
    return islice((t for t in every if judge.expected(t.values).verdict == "accepted"), _TWICE)


def _beyond(run: Run, declared: Contract, judge: Judge, release: Release, stop: Callable[[], bool]) -> None:
    """Documents just outside of the schema, which are refused without being rendered."""
    last: Path = ()
    for path, document in outside.documents(declared):
        if stop():
            run.tally.stopped = True
            break
        if path != last:
            last = path
            run.step("outside", Trial(document, release, f"outside: {'.'.join(path)}"))
        run.tally.outside += 1
        if finding := outside.wrong(declared, judge.expectation, path, document):
            run.add(finding, Trial(document, release))


def _moved(declared: Contract) -> dict[Path, Path]:
    """The new names of settings by their old ones."""
    return {setting.renamed_from: setting.path for setting in declared.settings if setting.renamed_from}


def _of_chart(chart: Chart, declared: Contract) -> Iterator[Finding]:
    """What no document is needed for: values that are read and not declared, or the reverse, a schema that is
    not tight. A chart that is not ours may be so: that is told, and not held against it."""
    is_own = contracts.OWN in declared.schema
    for found in values_used.check(Made(chart, declared.settings)):
        yield found if is_own else replace(found, severity=Severity.WARNING)
    if is_own:
        yield from outside.loose(declared)


def _unheeded(
    chart: Chart, declared: Contract, session: Session, made: Space, judge: Judge, run: Run
) -> Iterator[tuple[Finding, Trial]]:
    """Settings that a template of ours reads in vain."""
    accepted = [t for t in made.of("pairs") if judge.expected(t.values).verdict == "accepted"]
    bases = effects.bases(next(made.of("releases")), accepted)
    if contracts.OWN in declared.schema and accepted:
        by_path = {setting.path: setting for setting in declared.settings}
        trials = effects.Trials(
            by_path, bases, made.tried, made.beside, lambda base: run.step("readers", base)
        )
        yield from effects.findings(chart, session, trials)


def sought(chart: Chart, declared: Contract, session: Session, release: Release) -> Words:
    """What the templates of a chart look for in settings, and names that its own objects have."""
    found = next(iter(session.render([Case({}, release)])))
    names = [(m.kind, m.name) for m in found.manifests] if isinstance(found, Rendering) else []
    return {**words(chart), **taken(names, declared.settings)}


def summary(verified: Verified, seconds: float) -> str:
    """What was tried and what came of it, in at most ten lines."""
    tally = verified.tally
    groups = [f"{count:,} {group}" for group, count in tally.tried.items()]
    verdicts = tally.verdicts
    refused = [f"{verdicts[kind]:,} by {word}" for kind, word in _BY if verdicts[kind]]
    lines = [
        f"{verified.report.subject}: {tally.done:,} documents in {seconds:.0f} s",
        f"  tried     {', '.join(groups) or 'nothing'}",
        f"  accepted  {verdicts['accepted']:,}; refused {', '.join(refused) or 'none'}",
        f"  outside   {tally.outside:,} documents just outside of the schema",
        f"  objects   {tally.objects:,} different ones judged",
        f"  left out  {_left(tally)} within what a person gives, which no schema has words for",
    ]
    if tally.pairs.lost:
        share = f"{tally.pairs.lost:,} of {tally.pairs.pairs:,}"
        lines.append(f"  pairs     {share} stand in no document that the Rules accept")
    if tally.stopped:
        left = [f"{n - tally.tried[g]:,} {g}" for g, n in tally.planned.items() if n > tally.tried[g]]
        asked = [_BESIDE[kind] for kind, n in tally.steps.items() if n > tally.taken[kind]]
        lines.append(f"  NOT TRIED {', '.join((*left, *asked))}: the time was up")
    kinds = len(verified.failures)
    lines.append(f"  failures  {kinds} kind{'' if kinds == 1 else 's'}" if kinds else "  failures  none")
    return "\n".join(lines) + "\n"


def _left(tally: Tally) -> str:
    kinds = ", ".join(f"{count:,} {name}" for name, count in sorted(tally.left.items()))
    return f"{tally.left.total():,} relations{f' ({kinds})' if kinds else ''}"


# What is asked beside the documents, by the kind of its steps.
_BESIDE = {"readers": "what each template reads", "outside": "what is just outside of the schema"}
_BY = (("schema", "the schema"), ("rule", "a Rule"), ("template", "a template"), ("chart", "the chart"))


def read_kept(texts: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The documents of a corpus, by the names of their files."""
    return {name: dict(documents.load(text, name).data or {}) for name, text in sorted(texts.items())}
