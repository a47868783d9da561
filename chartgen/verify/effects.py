"""Every template that reads a setting makes something else of it under some value of that setting.

A setting that changes one object may still be read in vain for another: behind a condition that never holds,
or in a block whose content is gone. That shows when it alone is changed, beside the chart's defaults and
beside documents with all that can be switched on, and the objects of that template stay what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from chartgen.chart import Chart
from chartgen.findings import Finding, Place
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
    executed = {f.path for f in chart.templates if not f.path.rpartition("/")[2].startswith("_")}
    try:
        parsed = {f.path: parse(f.text, f.path) for f in chart.templates}
    except TemplateError:
        return {}
    shared = [template for path, template in parsed.items() if path not in executed]
    found: dict[Path, set[str]] = {setting.path: set() for setting in settings}
    for path in sorted(executed):
        if path.rpartition("/")[2] in _SILENT:
            continue
        for read in reads([parsed[path], *shared], chart.default_values):
            if read.root == "Values" and read.path in found:
                found[read.path].add(path)
    return {path: frozenset(files) for path, files in found.items()}


def without(
    setting: Setting, files: frozenset[str], session: Renders, bases: Sequence[Trial], tried: Sequence[Any]
) -> frozenset[str]:
    """The templates of `files` that no change of a setting changes, on top of documents that are accepted."""
    left = set(files)
    for base in bases:
        if not left:
            break
        trials = [base, *(_with(base, setting, value) for value in tried)]
        first: dict[str, list[str]] | None = None
        for answer in session.render(trials):
            if isinstance(answer, Rendering):
                made = _objects(answer)
                first = first if first is not None else made
                left -= {path for path in left if made.get(path) != first.get(path)}
    return frozenset(left)


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


def findings(
    chart: Chart,
    settings: Sequence[Setting],
    session: Renders,
    bases: Sequence[Trial],
    tried: Mapping[Path, Sequence[Any]],
) -> Iterator[tuple[Finding, Trial]]:
    """What is wrong, and a trial. `bases` are accepted documents, `tried` values of each setting."""
    for path, files in readers(chart, settings).items():
        setting = next(s for s in settings if s.path == path)
        for file in sorted(without(setting, files, session, bases, tried[path])):
            yield finding(setting, file), bases[0]
