"""What `helm lint` says, asked for while the others are still at work.

Both engines work outside of Python's lock, and linting is most of what they do.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from chartgen.engine import Answer, LintMessage, Session
    from chartgen.manifest import Case

THREADS = 2


class Ahead:
    """A session that lints `cases` in the background, each once. Asked for one, it waits for the answer."""

    def __init__(self, session: Session, cases: Iterable[Case]) -> None:
        self._session = session
        pool = ThreadPoolExecutor(THREADS, "lint")
        self._lints: dict[str, tuple[Case, Future[tuple[LintMessage, ...]]]] = {
            case.name: (case, pool.submit(session.lint, case, True)) for case in cases
        }
        pool.shutdown(wait=False)

    def render(self, cases: Iterable[Case]) -> Iterator[Answer]:
        return self._session.render(cases)

    def lint(self, case: Case, strict: bool = True) -> tuple[LintMessage, ...]:
        """What `helm lint` says. Raises what the session raised."""
        known, answer = self._lints.get(case.name, (None, None))
        if answer is None or known != case or not strict:
            return self._session.lint(case, strict)
        return answer.result()

    def validate(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        return self._session.validate(values)
