"""A part of the templates of a mutant, rendered for many trials, among the objects of all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from chartgen import values
from chartgen.chart import Chart
from chartgen.engine.answers import NOTES
from chartgen.engine.embedded import Embedded
from chartgen.engine.harness import Harness, Question
from chartgen.errors import RenderError
from chartgen.manifest import Manifest, Rendering, parse
from chartgen.verify.space import Trial

_BATCH = 24


class Around(Protocol):
    """What a part has to know of the chart as it is: its defaults, and the template that runs first."""

    engine: Embedded
    defaults: dict[str, Any]
    deepest: str


class Part:
    """Some templates of a chart that is mutated, rendered as the partials of a harness."""

    def __init__(self, of: Around, chart: Chart, paths: tuple[str, ...]) -> None:
        self._of, self._paths = of, paths
        first = of.deepest
        self._run = (first, *(p for p in paths if p != first)) if first else paths
        self._harness = Harness(of.engine, only(chart, {*paths, first}))

    def texts(
        self, cases: list[tuple[Trial, dict[str, object]]], paths: tuple[str, ...] = ()
    ) -> list[dict[str, str]] | None:
        asked = self._run if not paths else tuple(p for p in self._run if p in paths or p == self._of.deepest)
        return self._harness.texts([Question(seen, trial.release, asked) for trial, seen in cases])

    def some(self, trials: list[Trial], paths: tuple[str, ...]) -> Iterator[tuple[Trial, Rendering | str]]:
        for start in range(0, len(trials), _BATCH):
            cases = [
                (t, values.coalesce(self._of.defaults, t.values)) for t in trials[start : start + _BATCH]
            ]
            made = self.texts(cases, paths)
            if made is None:
                for case in cases:
                    alone = self.texts([case], paths)
                    yield case[0], _rendering(case[0], alone[0]) if alone else _refused(case[0])
            else:
                yield from (
                    (trial, _rendering(trial, texts)) for (trial, _), texts in zip(cases, made, strict=True)
                )

    def renderings(self, trials: list[Trial]) -> Iterator[tuple[Trial, Rendering | str]]:
        return self.some(trials, ())

    def render(self, trials: Iterable[Trial]) -> Iterator[Rendering]:
        """The renderings of those that are rendered, as a session gives them."""
        return (found for _, found in self.renderings(list(trials)) if isinstance(found, Rendering))

    def beside(
        self, whole: list[tuple[Trial, Rendering]]
    ) -> Iterator[tuple[Trial, Rendering, Rendering | str]]:
        """Each trial with the plain rendering and this one, among the plain objects of the others."""
        plain = dict(zip((id(trial) for trial, _ in whole), (found for _, found in whole), strict=True))
        for trial, found in self.renderings([trial for trial, _ in whole]):
            before = plain[id(trial)]
            if isinstance(found, Rendering):
                others = tuple(m for m in before.manifests if m.source not in self._paths)
                notes = found.notes if any(p.endswith(NOTES) for p in self._paths) else before.notes
                texts = {**before.texts, **{p: t for p, t in found.texts.items() if p in self._paths}}
                own = tuple(m for m in found.manifests if m.source in self._paths)
                found = Rendering(trial, (*others, *own), notes, texts)
            yield trial, before, found


def only(chart: Chart, keep: set[str]) -> Chart:
    """The chart without the templates that Helm executes, but those to `keep`."""

    def stays(path: str) -> bool:
        return not path.startswith("templates/") or path in keep or path.rpartition("/")[2].startswith("_")

    return Chart(chart.name, chart.version, tuple(f for f in chart.files if stays(f.path)))


def _rendering(trial: Trial, texts: dict[str, str]) -> Rendering | str:
    found: list[Manifest] = []
    try:
        for path, text in sorted(texts.items()):
            if not path.endswith(NOTES):
                found += parse(text, path)
    except RenderError as error:
        return f"verdict: {error.message}"
    notes = next((text for path, text in texts.items() if path.endswith(NOTES)), "")
    return Rendering(trial, tuple(found), notes, {p: t for p, t in texts.items() if not p.endswith(NOTES)})


def made(rendering: Rendering, random: set[str]) -> tuple[list[tuple[str, str]], str]:
    """What came of a case, but for the templates that make something else at every turn."""
    found = sorted((m.source, m.digest) for m in rendering.manifests if m.source not in random)
    return found, rendering.notes


def _refused(trial: Trial) -> str:
    return f"verdict: the schema and the Rules accept {trial.name}, and Helm does not"
