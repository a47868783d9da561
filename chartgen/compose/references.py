"""Where a text names another service of the project: in URLs, in HOST:PORT, as a whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from chartgen.compose.images import scheme_port
from chartgen.frozen import Frozen

_WORD = re.compile(r"(?<![\w.\-])[A-Za-z0-9](?:[\w.\-]*[A-Za-z0-9])?(?![\w\-])")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://(?:[^/@\s'\",]*@)?$")
_LISTED = re.compile(r"://[^/\s'\"]*,$")  # after the comma of a URL with several hosts
_PORT = re.compile(r":([0-9]{1,5})(?![\w.])(?![^/\s'\"]*@)")
_ASKED = re.compile(
    r"(?:host|hostname|server|data source|addr|address|endpoint|broker|proxy_pass|reverse_proxy|upstream)"
    r"s?['\"]?\s*[=: ]\s*['\"]?$",
    re.IGNORECASE,
)
_HOST_NAME = re.compile(
    r"SERVICE_[A-Z0-9_]+|(.*_)?(HOSTS?|HOSTNAME|SERVERS?|ADDR(ESS)?|ENDPOINT|BROKERS?|NODES?|MASTER|PRIMARY|UPSTREAM)(_?[0-9]+|_NAME)?",
    re.IGNORECASE,
)


# What may well be called like a service, and is something else.
_OTHER_NAME = re.compile(
    r"(.*_)?(DATABASE|DB|USER|USERNAME|NAME|SCHEMA|BUCKET|QUEUE|TOPIC|APP|PROJECT|ID|KEY|PREFIX|GROUP|ROLE|TAG)",
    re.IGNORECASE,
)


class Reference(Frozen):
    """A service's host name in a text, from `start` to `end`; `stop` is the end of its port."""

    start: int
    end: int
    stop: int
    host: str
    port: int = 0
    scheme: str = ""


def references(text: str, hosts: Collection[str], name: str = "") -> Iterator[Reference]:
    """Every place of a text that certainly names one of `hosts`; `name` is that of its variable."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match[0] not in hosts:
            continue
        before, port = text[:start], _PORT.match(text, end)
        scheme = _SCHEME.search(before)
        userinfo = scheme and not before.endswith("@") and re.match(r"[^/\s'\",]*@", text[end:])
        certain = (
            (scheme and not userinfo)
            or port
            or before.endswith("@")
            or _LISTED.search(before)
            or _ASKED.search(before)
        )
        if not certain and not (match[0] == text and _holds_host(name, text)):
            continue
        if text[end : end + 3] == "://" or userinfo:
            continue
        number = int(port[1]) if port else scheme_port(scheme[1]) if scheme else 0
        yield Reference(
            start, end, port.end() if port else end, match[0], number, scheme[1] if scheme else ""
        )


def _holds_host(name: str, value: str) -> bool:
    """Whether a variable whose value is the name of a service means the service."""
    other = _OTHER_NAME.fullmatch(name) is not None or not name
    return _HOST_NAME.fullmatch(name) is not None or ("-" in value and not other)


def mentioned(text: str, hosts: Collection[str]) -> Iterator[str]:
    """The host names that stand in a text as words of their own, whatever they mean there."""
    for match in _WORD.finditer(text):
        if match[0] in hosts:
            yield match[0]
