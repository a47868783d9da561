"""Every template that reads a setting makes something else of it under some value of that setting.

A setting that changes one object may still be read in vain for another: behind a condition that never holds,
or in a block whose content is gone. That shows when it alone is changed, beside the chart's defaults, beside
documents with all that can be switched on, and beside each value of what else the template reads, and the
objects of that template stay what they are. Where the Rules leave no two values to compare while there are
such objects, nothing is held against it. What a template reads through a helper is not asked: helpers decide
between ways that the Rules keep apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from chartgen.chart import Chart
from chartgen.findings import Finding, Place
from chartgen.frozen import Frozen
from chartgen.manifest import Rendering
from chartgen.settings import Path, Setting
from chartgen.template import TemplateError, parse, reads
from chartgen.verify.document import changed
from chartgen.verify.space import Trial

if TYPE_CHECKING:
    from chartgen.engine import Answer

NAME = "effect"
BASES = 11
# Files that make no objects, whatever they read.
_SILENT = ("rules.yaml", "settings.yaml", "NOTES.txt", "extra-objects.yaml")


class Renders(Protocol):
    """A session, as far as this is concerned."""

    def render(self, cases: Iterable[Trial]) -> Iterator[Answer]: ...


Readers = Mapping[Path, frozenset[str]]


def readers(chart: Chart, settings: Iterable[Setting]) -> Readers:
    """The templates that make objects and read each setting by its own path; none when one cannot be read."""
    found: dict[Path, set[str]] = {setting.path: set() for setting in settings}
    for file in chart.templates:
        name = file.path.rpartition("/")[2]
        if name.startswith("_") or name in _SILENT:
            continue
        try:
            own = parse(file.text, file.path)
        except TemplateError:
            return {}
        for read in reads([own], chart.default_values):
            if read.root == "Values" and read.path in found:
                found[read.path].add(file.path)
    return {path: frozenset(files) for path, files in found.items()}


Round = Callable[[Path], Sequence[Trial]]


def without(asked: Readers, session: Renders, rounds: Iterable[Round]) -> Readers:
    """For each setting, those of its templates that make the same objects under all values to be compared.

    A round has for each setting one value of it after the other in the same document. All settings are tried
    in a round before any is in the next one, so that the session gets many cases at once.
    """
    left = {path: set(files) for path, files in asked.items()}
    compared: dict[Path, set[str]] = {path: set() for path in asked}
    for of in rounds:
        tried = {path: of(path) for path in left if left[path]}
        answers = session.render([trial for trials in tried.values() for trial in trials])
        for path, trials in tried.items():
            some = islice(answers, len(trials))
            made = [_objects(answer) for answer in some if isinstance(answer, Rendering)]
            there = {file for file in left[path] if any(file in each for each in made)}
            compared[path] |= there if len(made) > 1 else set()
            left[path] -= {
                file for file in there if any(each.get(file) != made[0].get(file) for each in made)
            }
        if not any(left.values()):
            break
    return {path: frozenset(files & compared[path]) for path, files in left.items()}


def bases(plain: Trial, paired: Sequence[Trial]) -> tuple[Trial, ...]:
    """The documents beside which a setting is changed: the plain one, and some of those of all pairs.

    There are at most `BASES`.
    """
    on = [trial for trial in paired if "switched on" in trial.name]
    return (*on[:3], plain, *on[3:6], *paired[:4])


def finding(setting: Setting, file: str) -> Finding:
    """What is said of a template that reads a setting in vain."""
    what = f"{file} reads this setting, and no value that was tried changes what it makes"
    return Finding(NAME, Place("values.yaml", path=setting.dotted), what, "let it make a difference there")


def _objects(rendering: Rendering) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for manifest in rendering.manifests:
        found.setdefault(manifest.source, []).append(manifest.digest)
    return found


class Trials(Frozen):
    """`bases` are accepted documents, `tried` values of each setting; `beside` has values of a setting beside
    those of others. `watch` is told of each base that is gone through."""

    settings: Mapping[Path, Setting]
    bases: tuple[Trial, ...]
    tried: Mapping[Path, Sequence[Any]]
    beside: Callable[[Setting, frozenset[Path]], Iterator[tuple[Trial, ...]]]
    watch: Callable[[Trial], None] = lambda _: None

    def around(self, base: Trial) -> Round:
        """The values of each setting in one document."""
        self.watch(base)
        given = dict(base.values)
        return lambda path: tuple(
            Trial(changed(given, path, value), base.release, base.overlay) for value in self.tried[path]
        )


def in_vain(asked: Readers, known: Readers, session: Renders, trials: Trials) -> Iterator[tuple[Path, str]]:
    """The settings and templates of `asked` of which nothing shows."""
    for path, files in without(asked, session, map(trials.around, trials.bases)).items():
        for file in sorted(files):
            others = frozenset(other for other, theirs in known.items() if file in theirs) - {path}
            near = ((lambda _, given=given: given) for given in trials.beside(trials.settings[path], others))
            if not others or without({path: frozenset({file})}, session, near)[path]:
                yield path, file


def findings(chart: Chart, session: Renders, trials: Trials) -> Iterator[tuple[Finding, Trial]]:
    """What is wrong, and a trial."""
    known = readers(chart, trials.settings.values())
    for path, file in in_vain(known, known, session, trials):
        yield finding(trials.settings[path], file), trials.bases[0]
