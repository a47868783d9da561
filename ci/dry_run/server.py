"""An API server, asked through `kubectl proxy`, which knows how a person gets in."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from http.client import HTTPConnection
from threading import local
from typing import Any

from chartgen.frozen import Frozen
from chartgen.package import digest

Object = dict[str, Any]
# Both roads of Helm: version 3 creates and patches, version 4 applies on the server.
# Source: Kubernetes API reference, "Dry-run" and "Field validation".
_ASKED = "dryRun=All&fieldValidation=Strict&fieldManager=chartgen"
_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_WARNING, _ESCAPED = re.compile(r'[0-9]+ \S+ "((?:[^"\\]|\\.)*)"'), re.compile(r"\\(.)")
_UNKNOWN, _TOO_MANY, _BROKEN = 404, 429, 500


class Reply(Frozen):
    """What the server has against an object, and what it warns of; both empty when it takes it gladly."""

    refusal: str = ""
    warnings: tuple[str, ...] = ()


class NotServedError(Exception):
    """The server has no such kind."""


class UnansweredError(Exception):
    """The server said neither yes nor no."""


class Server:
    """Threads may ask at once; each has a connection of its own."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._mine = local()
        self._open: list[HTTPConnection] = []
        self._resources: dict[str, dict[str, Object]] = {}

    def ask(self, data: Object) -> Reply:
        """A dry run of creating an object, and one of applying it. Raises NotServedError, UnansweredError."""
        path, name = self._path(data), data["metadata"].get("name")
        replies = [self._judged("POST", f"{path}?{_ASKED}", data, "application/json")]
        if name:
            where = f"{path}/{name}?{_ASKED}&force=true"
            replies.append(self._judged("PATCH", where, data, "application/apply-patch+yaml"))
        said = [reply.refusal for reply in replies if reply.refusal]
        return Reply(said[0] if said else "", tuple({w: None for reply in replies for w in reply.warnings}))

    def create(self, data: Object) -> None:
        """Makes an object, or leaves the one that is there."""
        status, body, _ = self._request("POST", self._path(data), data, "application/json")
        if status not in (200, 201, 409):
            raise UnansweredError(f"{data['kind']}: {body.get('message')}")

    def delete(self, data: Object) -> None:
        self._request("DELETE", f"{self._path(data)}/{data['metadata']['name']}", None, "application/json")

    @cached_property
    def version(self) -> str:
        """As the server says it: `v1.34.10`."""
        return str(self._request("GET", "/version", None, "application/json")[1]["gitVersion"])

    @cached_property
    def key(self) -> str:
        """What all that this server takes depends on: its release, the definitions it was given, and how it
        is asked."""
        _, body, _ = self._request("GET", _DEFINITIONS, None, "application/json")
        given = sorted(
            (item["metadata"]["name"], json.dumps(item["spec"], sort_keys=True))
            for item in body.get("items", ())
        )
        return f"{self.version}-{digest(json.dumps([given, _ASKED]).encode()).removeprefix('sha256:')[:10]}"

    def close(self) -> None:
        """Ends the connections of all threads."""
        for connection in self._open:
            connection.close()

    def _judged(self, method: str, path: str, data: Object, kind: str) -> Reply:
        status, body, warnings = self._request(method, path, data, kind)
        if status == _TOO_MANY or status >= _BROKEN:
            raise UnansweredError(f"{method} {path}: {status} {body.get('message', body)}")
        refusal = "" if status in (200, 201) else f"{method}: {status} {body.get('message', body)}"
        return Reply(refusal, warnings)

    def _path(self, data: Object) -> str:
        version, kind = data["apiVersion"], data["kind"]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        resource = self._served(root).get(kind)
        if not resource:
            raise NotServedError(f"{kind} of {version}")
        inside = f"/namespaces/{data['metadata']['namespace']}" if resource["namespaced"] else ""
        return f"{root}{inside}/{resource['name']}"

    def _served(self, root: str) -> dict[str, Object]:
        """Kind to resource, of one version of one group."""
        if root not in self._resources:
            status, body, _ = self._request("GET", root, None, "application/json")
            found = body.get("resources", []) if status != _UNKNOWN else []
            self._resources[root] = {each["kind"]: each for each in found if "/" not in each["name"]}
        return self._resources[root]

    def _request(
        self, method: str, path: str, data: Object | None, kind: str
    ) -> tuple[int, Object, tuple[str, ...]]:
        if not hasattr(self._mine, "connection"):
            self._mine.connection = HTTPConnection(self.host, self.port, timeout=60)
            self._open.append(self._mine.connection)
        # As text: a server that reads YAML does not know JSON's pairs of surrogates.
        body = None if data is None else json.dumps(data, ensure_ascii=False).encode()
        self._mine.connection.request(
            method, path, body, {"Content-Type": kind, "Accept": "application/json"}
        )
        answer = self._mine.connection.getresponse()
        text = answer.read().decode()
        found: Object = json.loads(text) if text.startswith("{") else {"message": text}
        return answer.status, found, tuple(map(_text, answer.headers.get_all("Warning") or ()))


def _text(warning: str) -> str:
    """What a header says: `299 - "it \\"is\\" odd"` (RFC 7234, section 5.5)."""
    found = _WARNING.fullmatch(warning)
    return _ESCAPED.sub(r"\1", found[1]) if found else warning


@contextmanager
def served(kubectl: str, kubeconfig: str) -> Iterator[Server]:
    """The server that a kubeconfig leads to, for as long as kubectl stands between."""
    command = [kubectl, "--kubeconfig", kubeconfig, "proxy", "--port=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as proxy:
        try:
            assert proxy.stdout is not None
            line = proxy.stdout.readline()  # Starting to serve on 127.0.0.1:PORT
            host, _, port = line.rpartition(" ")[2].strip().partition(":")
            if not port:
                raise UnansweredError(f"kubectl proxy: {line.strip() or 'ended at once'}")
            with closing(Server(host, int(port))) as server:
                yield server
        finally:
            proxy.terminate()
