"""What a person has to be told of a conversion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chartgen.frozen import Frozen


class Notice(Frozen):
    """Something that is not carried over (`lost`), or is carried in another way (`note`).

    `of` is the service that it concerns, for the comment beside it.
    """

    where: str
    what: str
    advice: str = ""
    level: str = "lost"
    of: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n    {self.advice}" if self.advice else text


def once(notices: Iterable[Notice]) -> Iterator[Notice]:
    """Each notice once: what is lost first, then what is otherwise, each in the order given."""
    found = list(dict.fromkeys(notices))
    yield from (n for n in found if n.level == "lost")
    yield from (n for n in found if n.level != "lost")
