"""Following a deployment until it runs or fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chartgen.deploy.answers import AnswerError, SilentError
from chartgen.deploy.shapes import Sight
from chartgen.errors import ChartgenError, ServerError

if TYPE_CHECKING:
    from chartgen.connection import Clock

_FIRST, _LONGEST = 0.25, 2.0  # seconds between two looks
_STUBBORN = 4  # so often in a row what may pass is seen before it counts


def follow(
    what: str, look: Callable[[], Sight], clock: Clock, timeout: float, tell: Callable[[str], None]
) -> Sight:
    """The sight of it running. `timeout` is in seconds, `what` is its name.

    Raises ChartgenError when it failed; ServerError when neither was to be seen in time.
    """
    until, pause, failing = clock.now() + timeout, _FIRST, 0
    while True:
        try:
            seen = look()
        except (AnswerError, SilentError) as error:
            _ended(what, error)
            words = error.message
        else:
            words = seen.words
            failing = failing + 1 if seen.state == "failing" else 0
            if seen.state == "running":
                return seen
            if seen.state == "failed" or failing >= _STUBBORN:
                hint = "its pods and their events say why; mended, the same command deploys it again"
                raise ChartgenError(f"{what}: {words}", hint)
        tell(words)
        if clock.now() + pause > until:
            late = f"{what}: does not run after {timeout:g} s: {words}"
            raise ServerError(late, "the same command follows it on; --timeout gives it longer")
        clock.pause(pause)
        pause = min(pause * 2, _LONGEST)


def _ended(what: str, error: AnswerError | SilentError) -> None:
    """Raises what no further look would mend."""
    if isinstance(error, AnswerError) and not error.passing:
        if error.status != 404 or error.absent:
            raise error
        raise ChartgenError(f"{what}: is gone: somebody deleted it", "the same command creates it") from None
