"""kubectl, asked for one path of the API at a time: `kubectl get --raw PATH` is a GET, and nothing else.

What a person may do is asked by `review`, a POST of a question that no server keeps: see
docs/decisions/0045-rights-are-asked-in-reviews.md. The program is
the person's own and runs in their environment, so that whatever lets them in (plugins, tokens, proxies) lets
us in too. See docs/decisions/0016-doctor-asks-through-kubectl.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from chartgen import process
from chartgen.doctor.snapshot import Unread
from chartgen.errors import ToolError

ANSWER = 10  # seconds that the API server gets for an answer
REVIEWS = ("SelfSubjectAccessReview", "SelfSubjectRulesReview")
PATIENCE = 20.0  # seconds for kubectl as a whole: a plugin that logs in takes its time
_ERROR = re.compile(r"^(?:Error from server(?: \((?P<reason>\w+)\))?|error): (?P<message>.*)", re.DOTALL)


class Kubectl:
    """One way into one cluster. After a question that was not answered in time, no other is asked."""

    def __init__(self, program: str, kubeconfig: str = "", context: str = "") -> None:
        given = (("--kubeconfig", kubeconfig), ("--context", context))
        self._command = [program, *(f"{option}={value}" for option, value in given if value)]
        self._silent = ""

    def namespace(self) -> str:
        """The namespace that the person has chosen in their kubeconfig, which `reach` finds fault with."""
        ran = self._run(*"config view --minify --output jsonpath={..namespace}".split())
        return (ran.out.strip() if ran.code == 0 else "") or "default"

    def reach(self) -> None:
        """Raises ToolError when there is no cluster to ask: what everybody may read cannot be read."""
        ran = self._run("get", "--raw", "/version", f"--request-timeout={ANSWER}s")
        if ran.code and _reason(ran.err) != "Forbidden":
            raise ToolError(
                f"the cluster cannot be asked: {_words(ran.err)}",
                "`kubectl cluster-info` must work; --kubeconfig and --context say which cluster is meant",
            )

    def text(self, path: str) -> str | Unread | None:
        """What a path holds; None when there is nothing of that name."""
        return self._asked("get", "--raw", path, f"--request-timeout={ANSWER}s")

    def version(self) -> str:
        """The server's `gitVersion` (`v1.34.1`), or "" when it does not say."""
        found = self.json("/version")
        return str(found.get("gitVersion") or "") if isinstance(found, Mapping) else ""

    def review(self, kind: str, spec: Mapping[str, Any]) -> Mapping[str, Any] | Unread:
        """The `status` of a question about one's own rights: a SelfSubjectAccessReview or
        SelfSubjectRulesReview of authorization.k8s.io/v1, which a server answers and never stores."""
        if kind not in REVIEWS:
            raise ValueError(f"{kind} is no question")
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": dict(spec)}
        path = f"/apis/authorization.k8s.io/v1/{kind.lower()}s"
        text = self._asked("create", "--raw", path, "--filename=-", stdin=json.dumps(body).encode())
        found = _object(path, text) if isinstance(text, str) else text or Unread(f"there is no {path}")
        status = found.get("status") if isinstance(found, Mapping) else found
        return status if isinstance(status, Mapping | Unread) else Unread(f"{path} gave no answer")

    def _asked(self, *arguments: str, stdin: bytes | None = None) -> str | Unread | None:
        if self._silent:
            return Unread(self._silent)
        try:
            ran = self._run(*arguments, stdin=stdin)
        except ToolError as error:
            self._silent = f"the cluster stopped answering: {error.message}"
            return Unread(self._silent)
        if ran.code == 0:
            return ran.out
        return None if _reason(ran.err) == "NotFound" else Unread(_words(ran.err))

    def json(self, path: str) -> Mapping[str, Any] | Unread | None:
        """The object at a path."""
        found = self.text(path)
        return _object(path, found) if isinstance(found, str) else found

    def _run(self, *arguments: str, stdin: bytes | None = None) -> process.Ran:
        hint = "install kubectl, or name one: chartgen doctor --kubectl PATH"
        return process.run([*self._command, *arguments], PATIENCE, hint=hint, stdin=stdin)


def _object(path: str, text: str) -> Mapping[str, Any] | Unread:
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    return data if isinstance(data, dict) else Unread(f"{path} does not hold what an API server says")


def _reason(said: str) -> str:
    """NotFound, Forbidden..., or ""."""
    found = _ERROR.search(said.strip())
    return (found["reason"] or "") if found else ""


def _words(said: str) -> str:
    """What kubectl complains of, without the lines that its client library logs."""
    lines = [line for line in said.strip().splitlines() if not re.match(r"[EIWF]\d{4} ", line)]
    text = " ".join(lines) or "kubectl failed without a word"
    found = _ERROR.match(text)
    return (found["message"] if found else text).strip()
