"""Texts of a container, with other services and hidden values named as a chart names them.

Kubernetes replaces `$(NAME)` in a variable, in command and in arguments by a variable that comes before; so a
text that holds the name of a service or a password stays a text, and what it holds becomes variables.
"""

from __future__ import annotations

import re
from typing import Any

from chartgen.compose.naming import slug
from chartgen.compose.notice import Notice
from chartgen.compose.plan import Plan
from chartgen.compose.references import references
from chartgen.compose.service import Service
from chartgen.compose.vault import Entry
from chartgen.model.field import ENV_NAME, VARIABLE

_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>[a-z0-9]([-.a-z0-9]*[a-z0-9])?)(:(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[A-Za-z0-9_.@%+,=&~?/-]*)?"
)
_EXPANDED = re.compile(r"\$(?=[$(])")


class Rewriting:
    """The environment of one container as it grows, and its other texts."""

    def __init__(self, service: Service, plan: Plan) -> None:
        self._service, self._plan = service, plan
        self.env: dict[str, Any] = {}
        self.notices: list[Notice] = []
        self.external: dict[
            str, dict[str, Any]
        ] = {}  # services that ushadow says are required, and found in URLs
        self.folders: dict[str, str] = {}  # the name of each mount of files, and what it comes from
        for name, (value, where) in service.environment.items():
            self._variable(name, value, where)

    def _variable(self, name: str, value: str | None, where: str) -> None:
        if not re.fullmatch(VARIABLE, name):
            self._tell(where, f"the variable {name!r} has a name that app.yaml does not take", "rename it")
        elif value is None:
            self._tell(
                where,
                f"{name} comes from the shell of who runs compose",
                f"--env {name}=VALUE gives it one",
                "note",
            )
        else:
            self.env[name] = self._whole(name, value) or self.text(value, name)

    def _whole(self, name: str, value: str) -> dict[str, Any] | None:
        """A value that is nothing but one hidden value, or one service."""
        spans = list(self._plan.vault.spans(value, name))
        if len(spans) == 1 and (spans[0].start, spans[0].end) == (0, len(value)):
            return {"secret": spans[0].entry.name}
        found = list(references(value, self._plan.hosts, name))
        elsewhere = None if spans or found else self._elsewhere(name, value)
        if elsewhere:
            return elsewhere
        if spans or len(found) != 1 or not self._reachable(found[0].host):
            return None
        reference, target = found[0], self._plan.components[self._plan.hosts[found[0].host]]
        port = self._plan.port_name(self._plan.hosts[reference.host], reference.port)
        rest, before = value[reference.stop :], value[: reference.start]
        if not before and not rest:
            if reference.stop == reference.end:
                return {"component": target}
            return {"component": target, "form": "hostport", "port": port}
        if (
            before == "http://"
            and re.fullmatch(r"(/[A-Za-z0-9_.@%+,=&~?/-]*)?", rest)
            and reference.stop > reference.end
        ):
            return {"component": target, "form": "url", "port": port, **({"path": rest} if rest else {})}
        return None

    def _elsewhere(self, name: str, value: str) -> dict[str, Any] | None:
        """A URL of a service that is required and is not among those of the project."""
        matched = _URL.fullmatch(value)
        if not matched or matched["host"] not in self._plan.required(self._service.name):
            return None
        block: dict[str, Any] = {"scheme": matched["scheme"], "host": matched["host"]}
        block |= {"port": int(matched["port"])} if matched["port"] else {}
        block |= {"path": matched["path"]} if matched["path"] else {}
        external = slug(matched["host"])
        self.external[external] = {**block, "secretKey": name}
        return {"external": external}

    def _reachable(self, host: str) -> bool:
        service = self._plan.hosts[host]
        return (
            service in self._plan.components
            and bool(self._plan.ports[service])
            and service != self._service.name
        )

    def text(self, value: str, name: str = "", before: str = "") -> str:
        """A text of the container in which `$(NAME)` stands for what must be known at install time.

        It is the value of the variable `name`, or comes after the word `before` of a command.
        """
        spans = self._plan.vault.spans(value, name, before)
        cuts = [(span.start, span.end, self._secret(span.entry)) for span in spans]
        for reference in references(value, self._plan.hosts, name):
            free = all(reference.end <= start or end <= reference.start for start, end, _ in cuts)
            if free and self._reachable(reference.host):
                cuts.append((reference.start, reference.end, self._host(self._plan.hosts[reference.host])))
        found, at = [], 0
        for start, end, variable in sorted(cuts):
            found += [_escaped(value[at:start]), f"$({variable})"]
            at = end
        return "".join([*found, _escaped(value[at:])])

    def shell(self, value: str) -> str:
        """A text that a shell in the container reads: hidden values are variables of its environment."""
        found, at = [], 0
        for span in sorted(self._plan.vault.spans(value), key=lambda s: s.start):
            found += [value[at : span.start], f"${{{self._secret(span.entry)}}}"]
            at = span.end
        return "".join([*found, value[at:]])

    def _secret(self, entry: Entry) -> str:
        """The variable that holds a hidden value; a new one if there is none."""
        for name, value in self.env.items():
            if value == {"secret": entry.name} and re.fullmatch(ENV_NAME, name):
                return name
        return self._added(entry.key, {"secret": entry.name})

    def _host(self, service: str) -> str:
        component = self._plan.components[service]
        for name, value in self.env.items():
            if value == {"component": component} and re.fullmatch(ENV_NAME, name):
                return name
        return self._added("SERVICE_" + component.upper().replace("-", "_"), {"component": component})

    def _added(self, wanted: str, source: dict[str, Any]) -> str:
        name = wanted
        while name in self.env or name in self._service.environment:
            name = f"{name}_"
        self.env[name] = source
        return name

    def _tell(self, where: str, what: str, advice: str, level: str = "lost") -> None:
        self.notices.append(Notice(where, what, advice, level, self._service.name))


def _escaped(text: str) -> str:
    """A text that Kubernetes gives to the container as it stands.

    Source: k8s.io/kubernetes, third_party/forked/golang/expansion: `$$` is one dollar, `$(` begins a name.
    """
    return _EXPANDED.sub("$$", text)
