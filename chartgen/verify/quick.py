"""A session that renders no template twice for the same values, and many cases in one call of Helm.

What a template reads is known from its source (`chartgen.verify.readers`), so it is rendered anew only for a
case that gives one of those settings another value. That reading may be wrong, and a template could change
what another one reads. So a sample of the cases, spread over all of them, is rendered plainly too, and the
first difference ends the short cut: from there on everything is rendered plainly, and `trusted` says so.

Helm works in a thread of its own, on the next cases while somebody looks at these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any

from chartgen import values
from chartgen.engine import Answer, LintMessage
from chartgen.engine.answers import NOTES, answer
from chartgen.engine.harness import Harness, Question
from chartgen.frozen import Frozen
from chartgen.manifest import Case, Rendering
from chartgen.verify import readers
from chartgen.verify.remembered import Remembered

if TYPE_CHECKING:
    from collections.abc import Callable

    from chartgen.chart import Chart
    from chartgen.engine import Session
    from chartgen.engine.embedded import Embedded
    from chartgen.settings import Path

BATCH = 48  # cases a call
SAMPLE = 40  # one case in so many is held against a plain rendering
_REMEMBERED = 12_000  # texts by template and values
Key = bytes
Texts = dict[str, str]


class Planned(Frozen):
    """A case with the keys of its templates, and those of them that are rendered for it; None: plainly."""

    case: Case
    keys: Mapping[str, Key] | None
    new: tuple[str, ...]
    sampled: bool


class Made(Frozen):
    """What Helm made of a planned case: texts of the new templates, or the answers of a plain session."""

    texts: Texts | None
    plain: tuple[Answer, ...]


class Quick:
    """A session on a chart without subcharts; `accepted` says which values are worth a call with others.

    `moved` are the old names of settings with their new ones; None for a chart that is not ours, whose
    templates may change values in any way.
    """

    def __init__(
        self,
        engine: Embedded,
        session: Session,
        chart: Chart,
        accepted: Callable[[Case], bool],
        moved: Mapping[Path, Path] | None = None,
    ) -> None:
        self._session, self._accepted = session, accepted
        self._defaults = values.Defaults(chart.default_values)
        self._harness = Harness(engine, chart)
        self._readers = readers.of(chart, self._harness.templates, moved)
        self._texts: Remembered[Key, str] = Remembered(_REMEMBERED)
        self._same: Remembered[str, str] = Remembered(_REMEMBERED)
        self._number = 0
        self.trusted = self._readers is not None

    def render(self, cases: Iterable[Case]) -> Iterator[Answer]:
        """An answer to each case, in order."""
        waiting = iter(cases)
        with ThreadPoolExecutor(1) as worker:
            batch = self._planned(waiting)
            made = self._made(batch) if len(batch) < BATCH else worker.submit(self._made, batch)
            while batch:
                results = made.result() if isinstance(made, Future) else made
                texts = self._kept(batch, results)
                following = self._planned(waiting) if len(batch) == BATCH else []
                made = worker.submit(self._made, following) if following else []
                for planned, whole, result in zip(batch, texts, results, strict=True):
                    yield self._answer(planned, whole, result)
                batch = following

    def lint(self, case: Case, strict: bool = True) -> tuple[LintMessage, ...]:
        """What `helm lint` says."""
        return self._session.lint(case, strict)

    def validate(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """What the schema has against values."""
        return self._session.validate(values)

    def _planned(self, waiting: Iterator[Case]) -> list[Planned]:
        """The next cases, and which of their templates nobody has asked for yet."""
        asked = set[Key]()
        return [self._plan(case, asked) for case in islice(waiting, BATCH)]

    def _plan(self, case: Case, asked: set[Key]) -> Planned:
        if not self._readers or not self.trusted or case.kube_version or not self._accepted(case):
            return Planned(case, None, (), False)
        keys = {path: _key(path, text) for path, text in self._readers.keys(case).items()}
        new = tuple(path for path, key in keys.items() if key not in self._texts and key not in asked)
        asked.update(keys[path] for path in new)
        self._number += 1
        return Planned(case, keys, new, self._number % SAMPLE == 1)

    def _made(self, batch: Sequence[Planned]) -> list[Made]:
        """Asks Helm; this is what the other thread does, and it touches nothing that is remembered."""
        asked = [planned for planned in batch if planned.new]
        found = dict(zip(map(id, asked), self._rendered(asked), strict=True))
        return [self._one(planned, found.get(id(planned), {})) for planned in batch]

    def _one(self, planned: Planned, texts: Texts | None) -> Made:
        if planned.keys is None or texts is None:
            return Made(None, tuple(self._session.render([planned.case])))
        if planned.sampled:
            return Made(texts, tuple(self._session.render([planned.case])))
        return Made(texts, ())

    def _rendered(self, asked: Sequence[Planned]) -> list[Texts | None]:
        """What the new templates render to; None for a case that Helm refuses."""
        found = self._harness.texts([self._question(planned) for planned in asked])
        if found is not None:
            return list(found)
        if len(asked) == 1:
            return [None]
        half = len(asked) // 2
        return [*self._rendered(asked[:half]), *self._rendered(asked[half:])]

    def _question(self, planned: Planned) -> Question:
        first = self._readers.first if self._readers else ()
        templates = (*first, *(path for path in planned.new if path not in first))
        return Question(self._defaults.under(planned.case.values), planned.case.release, templates)

    def _kept(self, batch: Sequence[Planned], results: Sequence[Made]) -> list[Texts | None]:
        """All texts of each case, those made now and those remembered; None where one was not to be had."""
        for planned, made in zip(batch, results, strict=True):
            for path in planned.new if planned.keys and made.texts is not None else ():
                text = (made.texts or {})[path]
                self._texts[(planned.keys or {})[path]] = self._same.setdefault(text, text)
        return [self._whole(planned, made) for planned, made in zip(batch, results, strict=True)]

    def _whole(self, planned: Planned, made: Made) -> Texts | None:
        if planned.keys is None or made.texts is None:
            return None
        found = {path: self._texts.get(key) for path, key in planned.keys.items()}
        return None if None in found.values() else {path: text or "" for path, text in found.items()}

    def _answer(self, planned: Planned, texts: Texts | None, made: Made) -> Answer:
        if texts is None:
            # Somebody else was asked for a text that this one needs, and was refused.
            return made.plain[0] if made.plain else next(self._session.render([planned.case]))
        objects = {path: text for path, text in texts.items() if not path.endswith(NOTES)}
        given = answer(planned.case, objects, texts.get(f"templates/{NOTES}", ""))
        if planned.sampled and not self._same_as(given, made.plain[0]):
            self.trusted = False
            return made.plain[0]
        return given

    def _same_as(self, given: Answer, plain: Answer) -> bool:
        """Whether an answer is the plain one, but for what is made up anew at every turn."""
        return _alike(given, plain, plain) or _alike(given, plain, next(self._session.render([plain.case])))


def quick(
    engine: Any,
    session: Session,
    chart: Chart,
    accepted: Callable[[Case], bool],
    moved: Mapping[Path, Path] | None = None,
) -> Session:
    """The quicker session where there is one: of the embedded Helm, and a chart without subcharts."""
    if engine.name != "embedded" or any(file.path.startswith("charts/") for file in chart.files):
        return session
    return Quick(engine, session, chart, accepted, moved)


def _key(path: str, text: str) -> Key:
    return blake2b(f"{path}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


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
