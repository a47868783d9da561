"""Every answer that can come back, as data or as a sentence with a next step."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from chartgen.errors import Problem, ServerError

if TYPE_CHECKING:
    from chartgen.connection import Answer

LIMIT = 4 << 20  # bytes of an answer
_TOLD, _PROBLEMS = 300, 20  # characters of a server's words, and how many of its complaints are told
_LATER = "run this again: it takes up what is there"
# What FastAPI says of a path that it does not have; an object that is not there has words of its own.
_NO_ROUTE = "Not Found"
# What of a status is wrong, and what to do. Sources: RFC 9110; FastAPI, "Handling Errors".
_STATUSES: Mapping[int, tuple[str, str]] = {
    400: ("it refuses the request", "change what it complains about"),
    403: ("it does not allow that", "who runs it can give you the right to"),
    404: ("it does not have that", "is this the backend of an ushadow? See --server"),
    405: ("it does not do that", "is this the backend of an ushadow? See --server"),
    409: ("something else is in the way", "see what is there under that name, or take another with --name"),
    413: ("the request is too large for it", "give less configuration"),
    422: ("it does not accept the request", "change what it complains about"),
    429: ("it was asked too often", "try again later"),
}
_FAILED = ("it failed", f"its log says why; then {_LATER}")
_NOBODY = (
    "it wants to know who asks",
    "set USHADOW_TOKEN to a token of it, or give --username and --password-stdin",
)
_EXPIRED = ("it does not accept who asks", "the token may have run out: get a new one")
# The request is at fault, not the server.
_OURS = frozenset({400, 409, 413, 422})

Hide = Callable[[str], str]


class AnswerError(ServerError):
    """A server that answered, and not with what was asked for."""

    def __init__(self, status: int, words: str, message: str, hint: str, problems: Iterable[Problem]) -> None:
        super().__init__(message, hint, problems)
        self.status, self.words = status, words
        self.exit_code = 1 if status in _OURS else 3

    @property
    def absent(self) -> bool:
        """Whether the server has no such route at all."""
        return self.status == 405 or (self.status == 404 and self.words in ("", _NO_ROUTE))

    @property
    def taken(self) -> bool:
        """Whether the name is taken: by us a moment ago, or by somebody else."""
        return self.status == 409 or (self.status == 400 and "already exists" in self.words.lower())

    @property
    def passing(self) -> bool:
        """Whether the next moment may mend it."""
        return self.status in (408, 425, 429) or self.status >= 500


class SilentError(ServerError):
    """A server that did not answer: whether it heard is unknown."""


def data(answer: Answer, server: str, known: bool, hide: Hide) -> Any:
    """What the JSON of an answer holds. `known` is whether we said who asks. Raises AnswerError."""
    if 300 <= answer.status < 400:
        raise _elsewhere(answer, server)
    if not 200 <= answer.status < 300:
        raise _refused(answer, server, known, hide)
    what, hint = _unreadable(answer)
    if not what:
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            what, hint = "what came is no JSON, or half of it", _LATER
    raise AnswerError(answer.status, "", f"{server}: {what}", hint, ())


def _unreadable(answer: Answer) -> tuple[str, str]:
    """Why a body is not worth reading, and what to do."""
    if len(answer.body) >= LIMIT:
        return f"its answer has no end: more than {LIMIT >> 20} MiB", "is this an ushadow? See --server"
    if not answer.body.strip():
        return "its answer is empty", "is this the backend of an ushadow? See --server"
    if "html" in answer.header("content-type") or answer.body.lstrip()[:1] == b"<":
        hint = "is that its web interface? Give --server the address of the backend, port 8000 as a rule"
        return "what came is a web page, not JSON", hint
    return "", ""


def _elsewhere(answer: Answer, server: str) -> AnswerError:
    """A redirect is told, not followed: what proves who asks would go along."""
    parts = urlsplit(urljoin(answer.url, answer.header("location")))
    where = plain(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")
    hint = f"if ushadow is there, give --server its address: {where}"
    return AnswerError(answer.status, "", f"{server}: it sends us elsewhere: {answer.status}", hint, ())


def _refused(answer: Answer, server: str, known: bool, hide: Hide) -> AnswerError:
    if answer.status == 401:
        what, hint = _EXPIRED if known else _NOBODY
    elif answer.status >= 500:
        what, hint = _FAILED
    else:
        what, hint = _STATUSES.get(answer.status, ("it did not do what it was asked", _LATER))
    words, problems = _complaints(answer.body, hide)
    said = f": {words}" if words else ""
    return AnswerError(
        answer.status, words, f"{server}: {what}: {answer.status}{said}", hint, problems[:_PROBLEMS]
    )


def _complaints(body: bytes, hide: Hide) -> tuple[str, list[Problem]]:
    """The words of an error, or its list of faults. Never what we sent: FastAPI repeats that as `input`."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return "", []
    detail = found.get("detail") if isinstance(found, dict) else None
    if isinstance(detail, str):
        return plain(hide(detail)), []
    faults = [fault for fault in detail if isinstance(fault, dict)] if isinstance(detail, list) else []
    return "", [Problem(_place(fault), plain(hide(str(fault.get("msg", ""))))) for fault in faults]


def _place(fault: Mapping[str, Any]) -> str:
    """Where a fault is, without the word for the part of the request. Source: pydantic, "Errors"."""
    place = fault.get("loc")
    words = [str(word) for word in place] if isinstance(place, list) else []
    return plain(".".join(words[1:] if words[:1] == ["body"] else words))


def plain(text: str) -> str:
    """A server's words on one line, without what a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)[:_TOLD].strip()
