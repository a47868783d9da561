"""A session that renders no template twice for the same values, and many cases in one call of Helm.

What a template reads is known from its source (`chartgen.template`), so it is rendered anew only for a case
that gives one of those settings another value. That reading may be wrong, and a template could change
what another one reads. So a sample of the cases, spread over all of them, is rendered plainly too, and the
first difference ends the short cut: from there on everything is rendered plainly, and `trusted` says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from chartgen import values
from chartgen.engine import Answer, LintMessage
from chartgen.engine.answers import NOTES, answer
from chartgen.engine.harness import Harness, Question
from chartgen.manifest import Case, Rendering
from chartgen.template import TemplateError, parse, reads

if TYPE_CHECKING:
    from collections.abc import Callable

    from chartgen.chart import Chart
    from chartgen.engine import Session
    from chartgen.engine.embedded import Embedded
    from chartgen.settings import Path

BATCH = 24  # cases a call
SAMPLE = 40  # one case in so many is held against a plain rendering
_TPL = re.compile(r"\btpl\b")
_REMEMBERED = 60_000  # texts by template and values


class Quick:
    """A session on a chart without subcharts; `accepted` says which values are worth a call with others."""

    def __init__(
        self, engine: Embedded, session: Session, chart: Chart, accepted: Callable[[Case], bool]
    ) -> None:
        self._session, self._accepted = session, accepted
        self._defaults = chart.default_values
        self._harness = Harness(engine, chart)
        self._read_by = _read_by(chart, self._harness.templates)
        self._texts: dict[tuple[str, str], str] = {}
        self._same: dict[str, str] = {}
        self._number = 0
        self.trusted = self._read_by is not None

    def render(self, cases: Iterable[Case]) -> Iterator[Answer]:
        """An answer to each case, in order."""
        waiting = iter(cases)
        while batch := list(islice(waiting, BATCH)):
            yield from self._batch(batch) if self.trusted else self._session.render(batch)

    def lint(self, case: Case, strict: bool = True) -> tuple[LintMessage, ...]:
        """What `helm lint` says."""
        return self._session.lint(case, strict)

    def validate(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """What the schema has against values."""
        return self._session.validate(values)

    def _batch(self, batch: list[Case]) -> Iterator[Answer]:
        quick = [case for case in batch if not case.kube_version and self._accepted(case)]
        found = self._rendered(quick)
        by_case = dict(zip(map(id, quick), found, strict=True)) if found is not None else {}
        for case in batch:
            texts = by_case.get(id(case))
            self._number += 1
            if texts is None:
                yield from self._session.render([case])
                continue
            given = answer(case, {p: t for p, t in texts.items() if not p.endswith(NOTES)}, _notes(texts))
            if self._number % SAMPLE == 1:
                plain, again = self._session.render([case, case])
                if not _alike(given, plain, again):
                    self.trusted = False
                    yield plain
                    continue
            yield given

    def _rendered(self, cases: list[Case]) -> list[dict[str, str]] | None:
        """What all templates render to; None when Helm refuses one of the cases."""
        keys = [self._keys(case) for case in cases]
        questions, asked = [], set[tuple[str, str]]()
        for case, key in zip(cases, keys, strict=True):
            new = tuple(p for p, k in key.items() if (p, k) not in self._texts and (p, k) not in asked)
            asked.update((path, key[path]) for path in new)
            if new:
                questions.append((case, key, new))
        made = self._harness.texts(
            [
                Question(values.coalesce(self._defaults, case.values), case.release, new)
                for case, _, new in questions
            ]
        )
        if made is None:
            return None
        if len(self._texts) > _REMEMBERED:
            self._texts.clear()
            self._same.clear()
            return self._rendered(cases)
        for (_, key, _), texts in zip(questions, made, strict=True):
            for path, text in texts.items():
                self._texts[path, key[path]] = self._same.setdefault(text, text)
        return [{path: self._texts[path, k] for path, k in key.items()} for key in keys]

    def _keys(self, case: Case) -> dict[str, str]:
        """What each template's text depends on: the release, and those of the values given that it reads."""
        read_by = self._read_by or {}
        given: dict[str, list[Any]] = {}
        for path, value in values.leaves(case.values):
            for template in _readers(read_by, path):
                given.setdefault(template, []).append((path, value))
        release = repr(case.release)
        return {
            path: release + (json.dumps(sorted(given[path])) if path in given else "")
            for path in self._harness.templates
        }


def quick(engine: Any, session: Session, chart: Chart, accepted: Callable[[Case], bool]) -> Session:
    """The quicker session where there is one: of the embedded Helm, and a chart without subcharts."""
    if engine.name != "embedded" or any(file.path.startswith("charts/") for file in chart.files):
        return session
    return Quick(engine, session, chart, accepted)


def _notes(texts: Mapping[str, str]) -> str:
    return texts.get(f"templates/{NOTES}", "")


def _alike(quick: Answer, plain: Answer, again: Answer) -> bool:
    """Whether an answer is the plain one, but for templates that make something else at every turn.

    Objects are compared and not texts: Go's YAML sorts keys such as `1e3`, `010` and `6/T6` in an order that
    is none, so the same values give other texts (sigs.k8s.io/yaml, goyaml.v2/sorter.go).
    """
    found = [a for a in (quick, plain, again) if isinstance(a, Rendering)]
    if len(found) < 3:
        return False
    ours, first, second = (_objects(a) for a in found)
    return found[0].notes == found[1].notes and all(
        ours.get(path) == first.get(path)
        for path in ours.keys() | first.keys()
        if first.get(path) == second.get(path)
    )


def _objects(rendering: Rendering) -> dict[str, list[str]]:
    """What is in each template's objects, by its path."""
    found: dict[str, list[str]] = {}
    for manifest in rendering.manifests:
        found.setdefault(manifest.source, []).append(manifest.digest)
    return found


Tree = dict[str, Any]  # by key; under "" the templates that read the level as a whole


def _read_by(chart: Chart, templates: tuple[str, ...]) -> Tree | None:
    """The templates that read each setting, as a tree of keys; None when a template cannot be read."""
    try:
        parsed = {file.path: parse(file.text, file.path) for file in chart.templates}
    except TemplateError:
        return None
    shared = [template for path, template in parsed.items() if path not in templates]
    root: Tree = {}
    for path in templates:
        # What `tpl` executes is a person's text, which may read anything.
        if any(_TPL.search(chart.by_path[file].text) for file in (path, *(t.name for t in shared))):
            _note(root, (), path)
        for read in reads([parsed[path], *shared], chart.default_values):
            if read.root == "Values":
                _note(root, read.path, path)
    return root


def _note(root: Tree, read: Path, template: str) -> None:
    level = root
    for key in read:
        if key == "*":
            break
        level = level.setdefault(key, {})
    level.setdefault("", set()).add(template)


def _readers(root: Tree, path: Path) -> set[str]:
    """The templates that read a setting, what it is part of, or a part of it."""
    found: set[str] = set(root.get("", ()))
    level = root
    for key in path:
        if key not in level:
            return found
        level = level[key]
        found |= level.get("", set())
    return found | _below(level)


def _below(level: Tree) -> set[str]:
    found = set(level.get("", ()))
    for key, inner in level.items():
        if key:
            found |= _below(inner)
    return found
