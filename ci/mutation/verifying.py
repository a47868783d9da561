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
from chartgen.contract import Contract
from chartgen.engine import Refusal
from chartgen.engine.answers import NOTES
from chartgen.engine.embedded import Embedded
from chartgen.errors import ChartgenError
from chartgen.findings import Finding
from chartgen.first import optional, with_defaults
from chartgen.manifest import Release, Rendering
from chartgen.package import archive
from chartgen.project import VERSIONS
from chartgen.settings import Path, Setting, tree
from chartgen.template import parse as parsed
from chartgen.template import reads
from chartgen.verify import effects
from chartgen.verify.arrival import Arrival
from chartgen.verify.expect import disagreement
from chartgen.verify.inferred import inferred
from chartgen.verify.judge import VERDICT, Judge
from chartgen.verify.search import sought
from chartgen.verify.space import Space, Trial, space
from ci.mutation import tightness
from ci.mutation.mutant import Mutant
from ci.mutation.part import Part, made, only
from ci.mutation.schema import FILE

_RULES = "templates/rules.yaml"
_WHOLE = ("defaults", "overlays", "releases", "parents", "rules", "pairs")
_HELPED = 40  # trials with every template, for a fault in what many share
_DIFFERENT = 60  # trials for a fault in one template
_JUDGED = 40  # renderings of a mutant that differ from the chart's, judged as a whole
_SINGLES = 8  # values of a setting


class Verifying:
    """The judge of the mutants of one chart, with its own overlays."""

    def __init__(self, chart: Chart, overlays: dict[str, dict[str, object]]) -> None:
        self.engine, self._chart = Embedded(), chart
        self._declared = inferred(contracts.read(chart))
        self._judge = Judge(chart, self._declared, VERSIONS)
        self.defaults = chart.default_values
        session, self.release = self.engine.open(archive(chart)), Release(chart.name, chart.name)
        self._overlays = overlays
        self._words = sought(chart, self._declared, session, self.release)
        self._space = self.space_of(self._declared)
        self.base = {**next(iter(self._space.of("releases"))).values}
        self._optional = tuple(optional(tree(self._declared.settings)))
        self.deepest = next((t.path for t in chart.templates if "/first/" in t.path), "")
        self.expected = self._judge.expectation
        self._plain_part = Part(self, chart, self._executed)
        # Rows of the array are enough: the documents that follow them differ from these in few settings.
        trials = [t for t in self._trials(*_WHOLE) if t.group != "pairs" or ": row " in t.name]
        self._whole = list(self._sound(trials))
        self._by_text: dict[str, list[tuple[Trial, Rendering]]] = {}
        self._random = {t.path for t in chart.templates if "randAlphaNum" in t.text}

    def space_of(self, declared: Contract) -> Space:
        """The space of a contract, but for what is drawn by chance."""
        return space(
            declared,
            self.defaults,
            name=self._chart.name,
            overlays=self._overlays,
            count=0,
            words=self._words,
        )

    def judged(self, trial: Trial) -> str:
        """What there is against what the templates as they are make of a document."""
        ((_, found),) = self._plain_part.renderings([trial])
        if isinstance(found, str):
            return found
        about = [f for f in self._judge(found) if f.check != VERDICT]
        return f"{about[0].check}: {about[0].what}" if about else ""

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
        accepted = [trial for trial in trials if self.expected.of(trial.values).verdict == "accepted"]
        for trial, found in self._plain_part.renderings(accepted):
            if isinstance(found, Rendering) and not self._judge(found):
                yield trial, found

    @cached_property
    def _singles(self) -> dict[Path, list[Trial]]:
        found: dict[Path, list[Trial]] = {}
        for trial in self._trials("singles"):
            mine = found.setdefault(trial.about[0], [])
            if len(mine) < _SINGLES and self.expected.of(trial.values).verdict == "accepted":
                mine.append(trial)
        return found

    @cached_property
    def _readers(self) -> dict[Path, set[str]]:
        """The templates that read each setting."""
        shared = [parsed(t.text, t.path) for t in self._chart.templates if t.path not in self._executed]
        found: dict[Path, set[str]] = {}
        for path in self._executed:
            if path in (_RULES, self.deepest):
                continue  # which make no objects
            own = parsed(self._chart.by_path[path].text, path)
            for read in reads([own, *shared], self.defaults):
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
            if mutant.file == FILE:
                return tightness.said(self, changed, mutant)
            if mutant.file == _RULES:
                return self._of_rules(changed), ""
            if mutant.file == self.deepest:
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
        part = Part(self, changed, paths)
        effect, judged, seen = "", 0, set[str]()
        for trial, plain, found in part.beside(whole):
            if isinstance(found, str):
                return found, ""
            if found.texts == plain.texts and found.notes == plain.notes:
                continue
            if made(found, self._random) != made(plain, self._random):
                effect = effect or trial.name
            new = "".join(text for path, text in found.texts.items() if plain.texts.get(path) != text)
            if judged < _JUDGED and new not in seen:
                judged += 1
                seen.add(new)
                for finding in self._judge(found):
                    return f"{finding.check}: {finding.what}", ""
        near = list(self._near(mutant))
        for setting in near:
            if said := self._arrives(part, setting, paths):
                return said, ""
        return self._unheeded(changed, part, near, paths), effect

    def _unheeded(self, changed: Chart, part: Part, near: list[Setting], paths: tuple[str, ...]) -> str:
        """A setting near the fault that one of the templates reads in vain."""
        read = effects.readers(changed, self._declared.settings)
        here = {path: files & frozenset(paths) for path, files in read.items()}
        bases = effects.bases(next(self._space.of("releases")), [trial for trial, _ in self._paired])
        by_path = {setting.path: setting for setting in self._declared.settings}
        trials = effects.Trials(by_path, bases, self._space.tried, self._space.beside)
        asked = {setting.path: here[setting.path] for setting in near}
        for path, file in effects.in_vain(asked, here, part, trials):
            finding = effects.finding(by_path[path], file)
            return f"{finding.check}: {finding.what}"
        return ""

    @cached_property
    def _paired(self) -> list[tuple[Trial, Rendering]]:
        return [(trial, found) for trial, found in self._whole if trial.group == "pairs"]

    def _near(self, mutant: Mutant) -> Iterator[Setting]:
        """The settings that are read in the lines of a fault, or, by its last name, in a helper's."""
        text = self._chart.by_path[mutant.file].text
        start = text.rfind("\n", 0, mutant.start) + 1
        end = text.find("\n", mutant.start + len(mutant.before))
        lines = text[:start].split("\n")[-5:]
        around = "\n".join([*lines, text[start : end if end >= 0 else len(text)]])
        full = {tuple(p.split(".")) for p in re.findall(r"\.Values\.([\w.]+)", around)}
        last = set(re.findall(r"\.(\w+)\b", around))
        for setting in self._declared.settings:
            names = any(setting.path[: len(p)] == p or p[: len(setting.path)] == setting.path for p in full)
            shared = mutant.file.endswith(".tpl") and setting.path[-1] in last
            if names or shared:
                yield setting

    def _arrives(self, part: Part, setting: Setting, paths: tuple[str, ...]) -> str:
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

    def _beside(self, part: Part, setting: Setting) -> bool:
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
        keep = {_RULES, self.deepest}
        session = self.engine.open(archive(only(changed, keep)))
        trials = [*self._trials("rules", "defaults", "overlays", "releases")]
        trials += [trial for trial, _ in self._whole[::8]]
        for answer in session.render(trials):
            trial = answer.case
            own = isinstance(answer, Refusal) and answer.kind == "rule" and trial.group == "releases"  # type: ignore[attr-defined]
            wrong = disagreement(self.expected.of(trial.values), answer)
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
        part = Part(self, changed, self._executed)
        trials = [t for t in self._trials("absent") if t.name.removeprefix("absent: ").split(".")[0] in near]
        trials += [t for t in self._trials("rules") if "both" in t.name]
        for trial in trials:
            if self.expected.of(trial.values).verdict != "accepted":
                continue
            seen = values.coalesce(self.defaults, trial.values)
            lacking, given = part.texts([(trial, seen)]), None
            if lacking is not None:
                given = part.texts([(trial, with_defaults(seen, self._optional))])
            if lacking is None or given is None:
                return f"verdict: Helm does not render {trial.name}", ""
            if lacking != given:
                return f"absent: {trial.name} is not as if its default were given", ""
        return self._of_template(changed, mutant, self._executed, self._whole[:: self._every * 4])
