"""What can go wrong, each with a message a person can act on and an exit code a script can.

Exit codes are part of the interface: 0 fine, 1 the input or the chart is wrong, 2 usage,
3 could not find out (a tool or a registry did not answer).
"""

from __future__ import annotations

from collections.abc import Iterable

from chartgen.frozen import Frozen


class Problem(Frozen):
    """One thing that is wrong with an input: where it stands, what is wrong, what to do next."""

    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n    {self.hint}" if self.hint else text


class ChartgenError(Exception):
    """Anything a person can mend. The command line prints `message`, then `hint`."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "", problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = tuple(problems)

    def __str__(self) -> str:
        lines = [self.message, *(f"  {line}" for p in self.problems for line in str(p).splitlines())]
        return "\n".join([*lines, self.hint] if self.hint else lines)


class ModelError(ChartgenError):
    """`app.yaml`, `chartgen.yaml` or a values file is wrong; `problems` lists every fault found."""


class RenderError(ChartgenError):
    """The chart does not render, or refuses the values it was given."""


class UsageError(ChartgenError):
    """The command was called in a way it does not understand."""

    exit_code = 2


class ToolError(ChartgenError):
    """A tool that was needed is missing, or could not do its work: the answer is unknown."""

    exit_code = 3


class ServerError(ChartgenError):
    """A server did not answer, or not with what can be believed: the answer is unknown."""

    exit_code = 3


class RegistryError(ServerError):
    """The same of a registry."""


def near_miss(word: str, known: Iterable[str]) -> str:
    """A sentence naming the known word closest to `word`, or the known words, or nothing."""
    import difflib  # only where something is wrong

    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known here: {', '.join(names)}" if 0 < len(names) <= 40 else ""
