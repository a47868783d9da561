"""healthcheck as probes."""

from __future__ import annotations

import math
import re
from typing import Any

from chartgen.compose import plain
from chartgen.compose.notation import FormError, seconds
from chartgen.compose.parts import Carried, Parts
from chartgen.compose.tree import Map
from chartgen.errors import Problem

KEYS = ("healthcheck",)
# Defaults of compose. Source: the Dockerfile reference, HEALTHCHECK.
_INTERVAL, _TIMEOUT, _RETRIES, _START = "30s", "30s", 3, "5s"
# A request that Kubernetes can make itself: without options that change it, at a port of this container.
_GET = re.compile(
    r"(?:curl(?: -{1,2}(?:f|s|S|fs|sf|fsS|sfS|fSs|fail|silent|show-error)| -o /dev/null| --output /dev/null)+"
    r"|wget(?: -{1,2}(?:q|qO-|qO|spider|quiet|O-|tries=1|no-verbose|nv|O /dev/null|qO /dev/null)| -)+)"
    r" ['\"]?http://(?:localhost|127\.0\.0\.1)(?::(?P<port>[0-9]+))?(?P<path>/[A-Za-z0-9_.@%+,=~/-]*)?['\"]?"
    r"(?: (?:-qO-|--spider|-O /dev/null))*"
    r"(?: (?:\|\| wget -q --spider \S+|\|\| exit 1|>/dev/null|> /dev/null))*"
)


def carry(of: Carried) -> Parts:
    check = of.service.map("healthcheck")
    if not check or of.first or of.service.job or plain.truth(check.get("disable", False)):
        return Parts()
    asks = check.get("test")
    test = ("CMD-SHELL", str(asks)) if isinstance(asks, str) else tuple(plain.text_of(t) for t in asks or ())
    if not test or test[0] == "NONE":
        what = "the image's own healthcheck is not known here, so its times are of no use"
        lost = of.lost("healthcheck", what, "write the test down") if not test else None
        return Parts(notices=(lost,) if lost else ())
    if test[0] not in ("CMD", "CMD-SHELL") or len(test) < 2:
        problem = Problem(check.mark("test"), "a test begins with CMD, CMD-SHELL or NONE", "or is one text")
        return Parts(problems=(problem,))
    try:
        return Parts({"probes": _probes(_asks(of, test), check)})
    except FormError as error:
        return Parts(problems=(Problem(check.where, error.what, error.hint),))


def _asks(of: Carried, test: tuple[str, ...]) -> dict[str, Any]:
    text = " ".join(test[1:])
    matched = _GET.fullmatch(text)
    number = int(matched["port"] or 80) if matched else 0
    named = {
        port.target: name for name, port in of.plan.ports[of.service.name].items() if port.protocol == "tcp"
    }
    if matched and number in named:
        first = next(iter(of.plan.ports[of.service.name]))
        asked = {"path": matched["path"] or "/"}
        return asked if named[number] == first else {**asked, "port": named[number]}
    if test[0] == "CMD-SHELL":
        return {"command": ["sh", "-c", of.texts.shell(text)]}
    hidden = [word for word in test[1:] if of.texts.shell(word) != word]
    if not hidden:
        return {"command": list(test[1:])}
    return {"command": ["sh", "-c", " ".join(_in_shell(of, word) for word in test[1:])]}


def _in_shell(of: Carried, word: str) -> str:
    """A word of a command for a shell, where a hidden value is a variable."""
    quoted = re.sub(r'(["\\`])', r"\\\1", word)
    return f'"{of.texts.shell(quoted)}"'


def _probes(asks: dict[str, Any], check: Map) -> dict[str, Any]:
    interval = max(1, math.ceil(seconds(check.get("interval", _INTERVAL))))
    timeout = max(1, math.ceil(seconds(check.get("timeout", _TIMEOUT))))
    retries = max(1, plain.number(check.get("retries", _RETRIES)) or _RETRIES)
    probe = {**asks, "periodSeconds": interval, "timeoutSeconds": timeout, "failureThreshold": retries}
    found = {"liveness": probe, "readiness": dict(probe)}
    start = math.ceil(seconds(check.get("start_period", "0s")))
    if start:
        every = max(1, math.ceil(seconds(check.get("start_interval", _START))))
        tries = math.ceil(start / every) + retries
        found = {"startup": {**probe, "periodSeconds": every, "failureThreshold": tries}, **found}
    return found
