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


def without(files: frozenset[str], session: Renders, tried: Iterable[Sequence[Trial]]) -> frozenset[str]:
    """The templates of `files` that make the same objects under all values of a setting that can be compared.

    Each of `tried` has one value of the setting after the other in the same document.
    """
    left, compared = set(files), set[str]()
    for trials in tried:
        if not left:
            break
        made = [_objects(answer) for answer in session.render(trials) if isinstance(answer, Rendering)]
        compared |= {path for path in left if len(made) > 1 and any(path in each for each in made)}
        left -= {path for path in left if any(each.get(path) != made[0].get(path) for each in made)}
    return frozenset(left & compared)


def bases(plain: Trial, paired: Sequence[Trial]) -> tuple[Trial, ...]:
    """The documents beside which a setting is changed: the plain one, and some of those of all pairs."""
    on = [trial for trial in paired if "switched on" in trial.name]
    return (*on[:3], plain, *on[3:6], *paired[:4])


def finding(setting: Setting, file: str) -> Finding:
    """What is said of a template that reads a setting in vain."""
    what = f"{file} reads this setting, and no value that was tried changes what it makes"
    return Finding(NAME, Place("values.yaml", path=setting.dotted), what, "let it make a difference there")


def _with(base: Trial, setting: Setting, value: Any) -> Trial:
    return Trial(changed(dict(base.values), setting.path, value), base.release, base.overlay)


def _objects(rendering: Rendering) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for manifest in rendering.manifests:
        found.setdefault(manifest.source, []).append(manifest.digest)
    return found


class Trials(Frozen):
    """`bases` are accepted documents, `tried` values of each setting; `beside` has values of a setting beside
    those of others."""

    bases: tuple[Trial, ...]
    tried: Mapping[Path, Sequence[Any]]
    beside: Callable[[Setting, frozenset[Path]], Iterator[tuple[Trial, ...]]]


def in_vain(setting: Setting, known: Readers, session: Renders, trials: Trials) -> Iterator[str]:
    """The templates that read a setting, of which nothing shows."""
    values = trials.tried[setting.path]
    near = (tuple(_with(base, setting, value) for value in values) for base in trials.bases)
    for file in sorted(without(known.get(setting.path, frozenset()), session, near)):
        others = frozenset(path for path, files in known.items() if file in files) - {setting.path}
        if not others or without(frozenset({file}), session, trials.beside(setting, others)):
            yield file


def findings(
    chart: Chart, settings: Sequence[Setting], session: Renders, trials: Trials
) -> Iterator[tuple[Finding, Trial]]:
    """What is wrong, and a trial."""
    known = readers(chart, settings)
    for setting in settings:
        for file in in_vain(setting, known, session, trials):
            yield finding(setting, file), trials.bases[0]
