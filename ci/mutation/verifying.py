"""What `chartgen verify` says of a mutant, at a price that allows for all of them.

The trials, the judge and the properties are those of the search. What is left out is what cannot matter: of a
template that is mutated only its own text is rendered again, for the trials that the search has for the
settings near the fault and for a fixed part of those that change many settings at once; all other objects are
those of the chart as it is. So whatever is found here the search finds too; it may find more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice

from chartgen import contract as contracts
from chartgen import values
from chartgen.chart import Chart
from chartgen.checks import values_used
from chartgen.checks.subject import Made
from chartgen.engine import Refusal
from chartgen.engine.answers import NOTES
from chartgen.engine.embedded import Embedded
from chartgen.engine.harness import Harness, Question
from chartgen.errors import ChartgenError, RenderError
from chartgen.findings import Finding
from chartgen.first import optional, with_defaults
from chartgen.manifest import Manifest, Release, Rendering, parse
from chartgen.package import archive
from chartgen.project import VERSIONS
from chartgen.settings import Path, Setting, tree
from chartgen.template import parse as parsed
from chartgen.template import reads
from chartgen.verify.arrival import Arrival
from chartgen.verify.expect import disagreement
from chartgen.verify.judge import Judge
from chartgen.verify.search import inferred, sought
from chartgen.verify.space import Space, Trial, space
from ci.mutation.mutant import Mutant

_RULES = "templates/rules.yaml"
_WHOLE = ("defaults", "overlays", "releases", "parents", "rules", "pairs")
_HELPED = 40  # trials with every template, for a fault in what many share
_BATCH = 24
_DIFFERENT = 60  # trials for a fault in one template
_JUDGED = 40  # renderings of a mutant that differ from the chart's, judged as a whole
_SINGLES = 8  # values of a setting


class Verifying:
    """The judge of the mutants of one chart, with its own overlays."""

    def __init__(self, chart: Chart, overlays: dict[str, dict[str, object]]) -> None:
        self._engine, self._chart = Embedded(), chart
        self._declared = inferred(contracts.read(chart))
        self._judge = Judge(chart, self._declared, VERSIONS)
        self._defaults = chart.default_values
        session, release = self._engine.open(archive(chart)), Release(chart.name, chart.name)
        self._space = space(
            self._declared,
            self._defaults,
            name=chart.name,
            overlays=overlays,
            count=0,
            words=sought(chart, self._declared, session, release),
        )
        self._optional = tuple(optional(tree(self._declared.settings)))
        self._deepest = next((t.path for t in chart.templates if "/first/" in t.path), "")
        self._expected = self._judge.expectation
        self._plain_part = _Part(self, chart, self._executed)
        self._whole = list(self._sound(self._trials(*_WHOLE)))
        self._by_text: dict[str, list[tuple[Trial, Rendering]]] = {}
        self._random = {t.path for t in chart.templates if "randAlphaNum" in t.text}

    @property
    def _executed(self) -> tuple[str, ...]:
        names = [t.path for t in self._chart.templates]
        return tuple(path for path in names if not path.rpartition("/")[2].startswith("_"))

    def _trials(self, *groups: str) -> Iterator[Trial]:
        for group in self._groups(self._space):
            if group[0] in groups:
                yield from group[1]

    @staticmethod
    def _groups(made: Space) -> Iterator[tuple[str, list[Trial]]]:
        return ((group.name, list(group.make())) for group in made.groups)

    def _sound(self, trials: Iterable[Trial]) -> Iterator[tuple[Trial, Rendering]]:
        """The accepted ones, with what the chart as it is renders, which has nothing against it."""
        accepted = [trial for trial in trials if self._expected.of(trial.values).verdict == "accepted"]
        for trial, found in self._plain_part.renderings(accepted):
            if isinstance(found, Rendering) and not self._judge(found):
                yield trial, found

    @cached_property
    def _singles(self) -> dict[Path, list[Trial]]:
        found: dict[Path, list[Trial]] = {}
        for trial in self._trials("singles"):
            mine = found.setdefault(trial.about[0], [])
            if len(mine) < _SINGLES and self._expected.of(trial.values).verdict == "accepted":
                mine.append(trial)
        return found

    @cached_property
    def _readers(self) -> dict[Path, set[str]]:
        """The templates that read each setting."""
        shared = [parsed(t.text, t.path) for t in self._chart.templates if t.path not in self._executed]
        found: dict[Path, set[str]] = {}
        for path in self._executed:
            own = parsed(self._chart.by_path[path].text, path)
            for read in reads([own, *shared], self._defaults):
                if read.root == "Values":
                    for setting in self._declared.settings:
                        short = min(len(read.path), len(setting.path))
                        if read.path[:short] == setting.path[:short] and "*" not in read.path[:short]:
                            found.setdefault(setting.path, set()).add(path)
        return found

    def said(self, mutant: Mutant) -> tuple[str, str]:
        """What is found of a mutant, and else the trial in which it renders otherwise; "" for none."""
        changed = mutant.of(self._chart)
        try:
            for finding in self._used(changed, mutant):
                return f"{finding.check}: {finding.what}", ""
            if mutant.file == _RULES:
                return self._of_rules(changed), ""
            if mutant.file == self._deepest:
                return self._of_first(changed, mutant)
            if mutant.file in self._executed:
                return self._of_template(changed, mutant, (mutant.file,), self._different(mutant.file))
            return self._of_template(changed, mutant, self._executed, self._whole[:: self._every])
        except ChartgenError as error:
            return error.message, ""

    def _used(self, changed: Chart, mutant: Mutant) -> Iterator[Finding]:
        """Values that are read and not declared, or the reverse, where the fault may be about that."""
        if "." in mutant.before + mutant.after or mutant.operator == "renamed setting":
            yield from values_used.check(Made(changed, self._declared.settings))

    def _different(self, path: str) -> list[tuple[Trial, Rendering]]:
        """Those of the trials that a template renders differently for."""
        if path not in self._by_text:
            texts: dict[str, tuple[Trial, Rendering]] = {}
            for trial, found in self._whole:
                text = found.notes if path.endswith(NOTES) else found.texts.get(path, "")
                texts.setdefault(text, (trial, found))
            self._by_text[path] = list(texts.values())[:_DIFFERENT]
        return self._by_text[path]

    @property
    def _every(self) -> int:
        return max(1, len(self._whole) // _HELPED)

    def _of_template(
        self, changed: Chart, mutant: Mutant, paths: tuple[str, ...], whole: list[tuple[Trial, Rendering]]
    ) -> tuple[str, str]:
        part = _Part(self, changed, paths)
        effect, judged, seen = "", 0, set[str]()
        for trial, plain, found in part.beside(whole):
            if isinstance(found, str):
                return found, ""
            if found.texts == plain.texts and found.notes == plain.notes:
                continue
            if _made(found, self._random) != _made(plain, self._random):
                effect = effect or trial.name
            new = "".join(text for path, text in found.texts.items() if plain.texts.get(path) != text)
            if judged < _JUDGED and new not in seen:
                judged += 1
                seen.add(new)
                for finding in self._judge(found):
                    return f"{finding.check}: {finding.what}", ""
        for setting in self._near(mutant):
            if said := self._arrives(part, setting, paths):
                return said, ""
        return "", effect

    def _near(self, mutant: Mutant) -> Iterator[Setting]:
        """The settings that are read in the lines of a fault, or, by its last name, in a helper's."""
        text = self._chart.by_path[mutant.file].text
        start = text.rfind("\n", 0, mutant.start) + 1
        end = text.find("\n", mutant.start + len(mutant.before))
        around = text[max(0, text.rfind("\n", 0, max(0, start - 1))) : end if end >= 0 else len(text)]
        full = {tuple(p.split(".")) for p in re.findall(r"\.Values\.([\w.]+)", around)}
        last = set(re.findall(r"\.(\w+)\b", around))
        for setting in self._declared.settings:
            names = any(setting.path[: len(p)] == p or p[: len(setting.path)] == setting.path for p in full)
            shared = mutant.file.endswith(".tpl") and setting.path[-1] in last
            if names or shared:
                yield setting

    def _arrives(self, part: _Part, setting: Setting, paths: tuple[str, ...]) -> str:
        """What the values of one setting show side by side; only where nothing else shows them."""
        if not self._readers.get(setting.path, set()) <= set(paths):
            return ""
        arriving, before = Arrival(setting), Arrival(setting)
        trials = self._singles.get(setting.path, [])
        for trial, found in part.renderings(trials):
            if isinstance(found, str):
                return found
            arriving.add(trial, found)
            for finding in self._judge.objects_of(found):
                return f"{finding.check}: {finding.what}"
        for trial, found in self._plain_part.some(trials, paths):
            if isinstance(found, Rendering):
                before.add(trial, found)
        for finding, _ in arriving.findings():
            if finding.check == "arrives" or (not before.without_effect and not self._beside(part, setting)):
                return f"{finding.check}: {finding.what}"
        return ""

    def _beside(self, part: _Part, setting: Setting) -> bool:
        """Whether a setting has an effect beside another value of one that stands near it."""
        for trials in islice(self._space.beside(setting), 12):
            arriving = Arrival(setting)
            for trial, found in part.renderings(list(trials)):
                if isinstance(found, Rendering):
                    arriving.add(trial, found)
            if not arriving.without_effect:
                return True
        return False

    def _of_rules(self, changed: Chart) -> str:
        keep = {_RULES, self._deepest}
        session = self._engine.open(archive(_only(changed, keep)))
        trials = [*self._trials("rules", "defaults", "overlays", "releases")]
        trials += [trial for trial, _ in self._whole[::8]]
        for answer in session.render(trials):
            trial = answer.case
            own = isinstance(answer, Refusal) and answer.kind == "rule" and trial.group == "releases"  # type: ignore[attr-defined]
            wrong = disagreement(self._expected.of(trial.values), answer)
            if wrong and not own:
                return f"verdict: {wrong}"
        return ""

    def _of_first(self, changed: Chart, mutant: Mutant) -> tuple[str, str]:
        """What is absent is as if its default were given, for the part of the values near the fault."""
        text = self._chart.by_path[mutant.file].text
        line = text[text.rfind("\n", 0, mutant.start) + 1 :].partition("\n")[0]
        top = re.findall(r"^(\w+):", text[: mutant.start] + line, re.MULTILINE)
        near = set(re.findall(r"\.Values\.(\w+)", line + mutant.before)) or set(top[-1:])
        near |= set(re.findall(r'hasKey \.Values "(\w+)"', line + mutant.before))
        part = _Part(self, changed, self._executed)
        trials = [t for t in self._trials("absent") if t.name.removeprefix("absent: ").split(".")[0] in near]
        trials += [t for t in self._trials("rules") if "both" in t.name]
        for trial in trials:
            if self._expected.of(trial.values).verdict != "accepted":
                continue
            seen = values.coalesce(self._defaults, trial.values)
            lacking, given = part.texts([(trial, seen)]), None
            if lacking is not None:
                given = part.texts([(trial, with_defaults(seen, self._optional))])
            if lacking is None or given is None:
                return f"verdict: Helm does not render {trial.name}", ""
            if lacking != given:
                return f"absent: {trial.name} is not as if its default were given", ""
        return self._of_template(changed, mutant, self._executed, self._whole[:: self._every * 4])


class _Part:
    """Some templates of a chart that is mutated, rendered as the partials of a harness."""

    def __init__(self, of: Verifying, chart: Chart, paths: tuple[str, ...]) -> None:
        self._of, self._paths = of, paths
        first = of._deepest
        self._run = (first, *(p for p in paths if p != first)) if first else paths
        self._harness = Harness(of._engine, _only(chart, {*paths, first}))

    def texts(
        self, cases: list[tuple[Trial, dict[str, object]]], paths: tuple[str, ...] = ()
    ) -> list[dict[str, str]] | None:
        asked = (
            self._run if not paths else tuple(p for p in self._run if p in paths or p == self._of._deepest)
        )
        return self._harness.texts([Question(seen, trial.release, asked) for trial, seen in cases])

    def some(self, trials: list[Trial], paths: tuple[str, ...]) -> Iterator[tuple[Trial, Rendering | str]]:
        for start in range(0, len(trials), _BATCH):
            cases = [
                (t, values.coalesce(self._of._defaults, t.values)) for t in trials[start : start + _BATCH]
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


def _only(chart: Chart, keep: set[str]) -> Chart:
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


def _made(rendering: Rendering, random: set[str]) -> tuple[list[tuple[str, str]], str]:
    """What came of a case, but for the templates that make something else at every turn."""
    found = sorted((m.source, m.digest) for m in rendering.manifests if m.source not in random)
    return found, rendering.notes


def _refused(trial: Trial) -> str:
    return f"verdict: the schema and the Rules accept {trial.name}, and Helm does not"
