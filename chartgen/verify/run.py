"""The run: every trial rendered and judged, what fails made small, and a report of it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from typing import TYPE_CHECKING
from zlib import crc32

from chartgen.checks import values_used
from chartgen.findings import Finding, Outcome, Report, Severity, Status
from chartgen.frozen import Frozen
from chartgen.manifest import Rendering
from chartgen.verify import again, agreeing, arrival, lacking, outside, spills
from chartgen.verify.arrival import Arrival
from chartgen.verify.beside import without_effect
from chartgen.verify.failures import Failure, Failures, signature
from chartgen.verify.judge import CHECKS, HELP, VERDICT, Judge
from chartgen.verify.paired import Lost
from chartgen.verify.shrink import shrunk
from chartgen.verify.space import Trial
from chartgen.verify.spills import Spills

if TYPE_CHECKING:
    from chartgen.engine import Answer, Session
    from chartgen.settings import Path, Setting
    from chartgen.verify.beside import Beside
    from chartgen.verify.document import Document
    from chartgen.verify.space import Group, Space

SHRUNK = 12  # kinds of failures that are made small; a chart with more has other worries
PROPERTIES = {
    VERDICT: HELP,
    **arrival.HELP,
    spills.NAME: spills.HELP,
    again.NAME: again.HELP,
    agreeing.NAME: agreeing.HELP,
    lacking.NAME: lacking.HELP,
    outside.NAME: outside.HELP,
    **{check.NAME: check.HELP for check in (*CHECKS, values_used)},
}
# What no smaller document shows better.
_OF_CHART = (again.NAME, agreeing.NAME, lacking.NAME, outside.NAME, values_used.NAME)
# What is asked with the values of one setting side by side.
_OF_SETTINGS = frozenset((*arrival.HELP, spills.NAME))


class Shard(Frozen):
    """A share of the work: the `index`th of `count`, from 1. All values of a setting are in the same one."""

    index: int = 1
    count: int = 1

    def has(self, trial: Trial) -> bool:
        """Whether a trial is part of the share."""
        about = ".".join(trial.about[0]) if trial.about and trial.group == "singles" else trial.name
        return crc32(about.encode()) % self.count == self.index - 1

    def part(self, group: Group) -> int:
        """How many trials of a group are in the share; about so many of those that have yet to be drawn."""
        if self.count == 1:
            return group.count
        return group.count // self.count if group.name == "random" else sum(map(self.has, group.make()))


@dataclass
class Tally:
    """What was tried: trials by group, and what came of them."""

    planned: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    # What is asked beside the trials, in steps by kind: those that there are, and those that were taken.
    steps: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    objects: int = 0
    left: Counter[str] = field(default_factory=Counter)  # by the check that has something against it
    pairs: Lost = Lost()
    outside: int = 0
    stopped: bool = False

    @property
    def done(self) -> int:
        return sum(self.tried.values())


class Verified(Frozen):
    """How a run ended; `failures` in the order of the report's findings are what to keep."""

    report: Report
    tally: Tally
    failures: tuple[Failure, ...]


class Run:
    """One run over the trials of a chart. `stop` is asked before each trial whether time is up."""

    def __init__(
        self,
        judge: Judge,
        session: Session,
        settings: Iterable[Setting],
        stop: Callable[[], bool] = lambda: False,
        watch: Callable[[Tally, Trial], None] = lambda _tally, _trial: None,
    ) -> None:
        self._judge, self._session, self._stop, self._watch = judge, session, stop, watch
        self._settings = {setting.path: setting for setting in settings}
        self._components = frozenset(path[0] for path in self._settings)
        self._failures = Failures()
        self._still: dict[Path, tuple[Finding, Trial]] = {}  # settings that have not changed anything yet
        self._unfinished: tuple[Path, ...] = ()  # what the first trial is about for which there was no time
        self.tally = Tally()

    def over(self, space: Space, shard: Shard = Shard(), replayed: Iterable[Trial] = ()) -> None:  # noqa: B008  # a Shard is frozen
        """Tries what was kept of former runs, then the share of the space that is in the shard."""
        kept = list(replayed)
        self.tally.planned = Counter({"corpus": len(kept)} if kept else {})
        self.tally.planned.update({group.name: shard.part(group) for group in space.groups})
        self.tally.pairs = space.lost
        trials = (trial for trial in space if shard.has(trial))
        answers = self._session.render(self._until(chain(kept if shard.index == 1 else (), trials)))
        for about, some in groupby(answers, _about):
            self._some(some, about)
        self._heeded(space.beside)

    def _some(self, answers: Iterator[Answer], about: tuple[Path, ...]) -> None:
        """What came of trials that are all about one setting, or about none."""
        setting = self._settings[about[0]] if about else None
        arriving = Arrival(setting) if setting else None
        spilling = Spills(setting, self._components) if setting else None
        last: Trial | None = None
        for answer in answers:
            trial = last = _trial(answer)
            self.tally.tried[trial.group] += 1
            self.tally.verdicts["accepted" if isinstance(answer, Rendering) else answer.kind] += 1
            for finding in self._judge(answer):
                self._failures.add(finding, trial)
            for looking in (arriving, spilling) if isinstance(answer, Rendering) else ():
                if looking and isinstance(answer, Rendering):
                    looking.add(trial, answer)
            self._watch(self.tally, trial)
        for spilt, by in spilling.findings() if spilling else ():
            self._failures.add(spilt, by)
        if arriving and last and not (self.tally.stopped and about == self._unfinished):
            for finding, shown in arriving.findings():
                if finding.check == arrival.EFFECT:
                    self._still[about[0]] = finding, shown or last
                else:
                    self._failures.add(finding, shown or last)

    def _heeded(self, beside: Beside) -> None:
        """Settings that change nothing by themselves, and nothing beside others either."""
        if self.tally.stopped or not self._still:
            return
        some = [self._settings[path] for path in self._still]
        useless = without_effect(some, beside, self._session, self._stop)
        self.tally.stopped = useless is None
        for path, (finding, trial) in self._still.items():
            if path in (useless or ()):
                self._failures.add(finding, trial)

    def _until(self, trials: Iterator[Trial]) -> Iterator[Trial]:
        for trial in trials:
            if self._stop():
                self.tally.stopped, self._unfinished = True, trial.about
                return
            yield trial

    def step(self, kind: str, trial: Trial) -> None:
        """A step of what is asked beside the trials."""
        self.tally.taken[kind] += 1
        self._watch(self.tally, trial)

    def add(self, finding: Finding, trial: Trial) -> None:
        """Takes in what was found by other means."""
        self._failures.add(finding, trial)

    def verified(
        self,
        subject: str,
        overlays: tuple[str, ...],
        versions: tuple[str, ...],
        corpus: str,
        unasked: Container[str] = (),
    ) -> Verified:
        """The report: each property with what speaks against it, and how to see it in the folder `corpus`;
        of those that nobody asked for it says nothing."""
        failures = self._failures.shrunk(self._smallest, SHRUNK)
        self.tally.objects, self.tally.left = self._judge.objects, self._judge.left
        return Verified(
            Report(subject, self._outcomes(failures, corpus, unasked), overlays, versions),
            self.tally,
            failures,
        )

    def _outcomes(
        self, failures: tuple[Failure, ...], folder: str, unasked: Container[str]
    ) -> tuple[Outcome, ...]:
        found: dict[str, list[Finding]] = {name: [] for name in PROPERTIES}
        for failure in failures:
            found[failure.finding.check].append(failure.told(folder))
        return tuple(
            Outcome(name, _status(found[name]), tuple(found[name]), help=help_)
            for name, help_ in PROPERTIES.items()
            if name not in unasked
        )

    def _smallest(self, failure: Failure) -> Failure:
        if failure.finding.check in (*_OF_SETTINGS, *_OF_CHART) or self._stop():
            return failure
        wanted = signature(failure.finding)
        said = [failure.finding]

        def fails(document: Document) -> bool:
            (answer,) = self._session.render([Trial(document, failure.release)])
            same = [finding for finding in self._judge(answer) if signature(finding) == wanted]
            said[:] = same or said
            return bool(same)

        small = shrunk(failure.values, fails)
        fails(small)
        return replace(failure, values=small, finding=said[0])


def _about(answer: Answer) -> tuple[Path, ...]:
    """The setting that a trial is about, if its values are held against one another."""
    trial = _trial(answer)
    return trial.about if trial.group == "singles" else ()


def _trial(answer: Answer) -> Trial:
    """The case of an answer, which is one of the trials that were given."""
    if not isinstance(answer.case, Trial):
        raise TypeError(f"no trial was asked with {answer.case!r}")
    return answer.case


def _status(findings: list[Finding]) -> Status:
    wrong = any(finding.severity is Severity.ERROR for finding in findings)
    return Status.FAILED if wrong else Status.PASSED
