"""Helm at work beside us: what it renders and what `helm lint` says, asked for before they are needed.

Engines work outside of Python's lock, so a second processor is put to use. And `helm lint` looks at what a
chart renders one document at a time, at a few milliseconds each, so a document that several cases
share is linted once: the chart itself under the first case, then all that the others render anew, as one
chart of plain texts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from chartgen.chart import Chart, ChartFile
from chartgen.manifest import Case, Rendering
from chartgen.package import archive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from chartgen.engine import Answer, Engine, LintMessage, Session

Messages = tuple["LintMessage", ...]
Document = tuple[str, str]  # the path of a template, and what it rendered to
Result = TypeVar("Result")
_TEMPLATES = "templates/"


class Later(Thread, Generic[Result]):
    """A piece of work in a thread of its own. (concurrent.futures would do, if it did not import logging.)"""

    def __init__(self, work: Callable[[], Result]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self._result = self._work()
        except Exception as error:  # noqa: BLE001  # raised where the result is asked for
            self._error = error

    def result(self) -> Result:
        """What came of it, when it has come. Raises what the work raised."""
        self.join()
        if self._error:
            raise self._error
        return self._result


class Ahead:
    """A session of `chart` that renders and lints `cases`, at least one, in the background, each once."""

    def __init__(self, engine: Engine, session: Session, chart: Chart, cases: Iterable[Case]) -> None:
        self._engine, self._session, self._chart = engine, session, chart
        self._cases = tuple(cases)
        # A thread that comes back from Helm waits for Python's lock, up to five milliseconds each time.
        sys.setswitchinterval(0.0003)
        self._first = Later(lambda: session.lint(self._cases[0]))
        self._answers = Later(lambda: list(session.render(self._cases)))
        self._messages = Later(self._lint)  # waits for the other two

    def render(self, cases: Iterable[Case]) -> Iterator[Answer]:
        """The answers, which are waited for when they are not the ones that were foreseen."""
        asked = tuple(cases)
        yield from self._answers.result() if asked == self._cases else self._session.render(asked)

    def lint(self, case: Case, strict: bool = True) -> Messages:
        """What `helm lint` says. Raises ToolError."""
        if not strict or case not in self._cases:
            return self._session.lint(case, strict)
        return self._messages.result()[self._cases.index(case)]

    def validate(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        return self._session.validate(values)

    @property
    def _exact(self) -> bool:
        """Whether the texts are what was rendered to the last space; a binary prints them trimmed."""
        return self._engine.name == "embedded"

    def _lint(self) -> list[Messages]:
        """What is said of each case."""
        first, answers = self._first.result(), self._answers.result()
        if not self._exact or any(file.path.startswith("charts/") for file in self._chart.files):
            return [first, *(self._session.lint(case) for case in self._cases[1:])]
        said: dict[Document, Messages] = {}
        for path, text in _documents(answers[0]):
            said[path, text] = tuple(message for message in first if message.path == path)
        said |= self._anew(dict.fromkeys(d for a in answers[1:] for d in _documents(a) if d not in said))
        of_chart = tuple(message for message in first if not message.path.startswith(_TEMPLATES))
        others = [
            (*of_chart, *(message for document in _documents(answer) for message in said[document]))
            if isinstance(answer, Rendering)
            else self._session.lint(answer.case)
            for answer in answers[1:]
        ]
        return [first, *others]

    def _anew(self, documents: Iterable[Document]) -> dict[Document, Messages]:
        """What is said of documents that the first case does not render."""
        by_path = {
            f"{_TEMPLATES}{n}/{path.removeprefix(_TEMPLATES)}": (path, text)
            for n, (path, text) in enumerate(documents)
        }
        if not by_path:
            return {}
        files = [
            ChartFile(path, text.replace("{{", '{{ "{{" }}').encode()) for path, (_, text) in by_path.items()
        ]
        head = self._chart.by_path["Chart.yaml"]
        chart = Chart(self._chart.name, self._chart.version, tuple(sorted([head, *files])))
        found: dict[Document, list[LintMessage]] = {document: [] for document in by_path.values()}
        for message in self._engine.open(archive(chart)).lint(Case(release=self._cases[0].release)):
            if message.path in by_path:
                path, text = by_path[message.path]
                told = message.text.replace(message.path, path)
                found[path, text].append(replace(message, path=path, text=told))
        return {document: tuple(messages) for document, messages in found.items()}


def _documents(answer: Answer) -> Iterator[Document]:
    """What a case rendered, template by template."""
    if isinstance(answer, Rendering):
        yield from ((path, text) for path, text in answer.texts.items() if text.strip())
