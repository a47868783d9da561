"""An ushadow of either generation, which is found out by asking, and what it can be asked to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from chartgen.deploy.answers import AnswerError, plain
from chartgen.deploy.plan import Step, Wanted, body, decide
from chartgen.deploy.server import Server
from chartgen.deploy.shapes import Cluster, Instance, Sight, clusters, instance, instances, pods, sight
from chartgen.errors import ServerError

if TYPE_CHECKING:
    from chartgen.connection import Clock

# The newer first: a version in between may answer at both.
NEWER, OLDER = "/api/svc-configs", "/api/instances"
_NEW_PODS = 2.0  # seconds in which a cluster has made them
_CLUSTERS = ("/api/kubernetes/clusters", "/api/kubernetes")


class Ushadow:
    """Raises, in every method, what `Server.ask` raises, and ServerError for an answer of a wrong form."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.base = ""
        self._known: tuple[Instance, ...] = ()

    @property
    def clock(self) -> Clock:
        return self._server.clock

    def hides(self, secrets: Iterable[str]) -> None:
        """Texts that are to be in no message."""
        self._server.hides(secrets)

    def health(self) -> str:
        """What is not well, and can be lived with; "" when all is well."""
        found = self._server.ask("GET", "/health")
        if not isinstance(found, dict):
            raise ServerError(f"{self._server.root}: /health is not what an ushadow says", "see --server")
        ill = ", ".join(_ill(found.get("services")))
        if found.get("critical_services_healthy") is False or found.get("status") == "unhealthy":
            what = f"{self._server.root}: it is not well{f': {ill}' if ill else ''}"
            raise ServerError(what, "what it names has to run first; then run this again")
        return ill

    def detect(self) -> str:
        """Which generation it is, by where it answers; what it has there is known from then on."""
        for base in (NEWER, OLDER):
            try:
                self._known = instances(self._server.ask("GET", base))
            except AnswerError as error:
                if error.status != 405 and not error.absent:
                    raise
                if error.status == 404:
                    continue
            self.base = base
            return base
        raise ServerError(
            f"{self._server.root}: it answers neither at {NEWER} nor at {OLDER}",
            "is this the backend of an ushadow? See --server",
        )

    def clusters(self) -> tuple[Cluster, ...]:
        for path in _CLUSTERS:
            try:
                return clusters(self._server.ask("GET", path))
            except AnswerError as error:
                # Newer ones take the word for the name of a cluster, which they do not have.
                if error.status not in (404, 405) or path == _CLUSTERS[-1]:
                    raise
        return ()

    def find(self, name: str, anew: bool = False) -> Instance | None:
        """The instance of a name, with its configuration, if there is one; `anew` does not trust the list."""
        if self._known and not anew and name not in {one.id for one in self._known}:
            return None
        try:
            return instance(self._server.ask("GET", f"{self.base}/{quote(name, safe='')}"))
        except AnswerError as error:
            if error.status == 404 or error.status == 405:
                return None
            raise

    def settle(
        self, wanted: Wanted, found: Instance | None, update: bool, tell: Callable[[str], None]
    ) -> tuple[Step, Instance]:
        """Does what is to be done before following: what was done, and the instance. Raises ChartgenError."""
        step = decide(wanted, found, update)
        if found is None:
            tell(f"{wanted.name}: creating")
            try:
                found = self.create(wanted)
            except AnswerError as error:
                found = self._taken(wanted, error)
                step = decide(wanted, found, False)
        elif step is Step.UPDATE:
            tell(f"{wanted.name}: changing")
            found = self.update(wanted, found)
        if step is Step.START and self._counts_pods(found) and self.look(wanted, found).state == "running":
            return Step.FOLLOW, found
        if step is not Step.FOLLOW and not (step is Step.CREATE and found.state in ("deploying", "running")):
            tell(f"{wanted.name}: deploying")
            self.start(wanted, found)
            if self._counts_pods(found):  # the pods of before are not to be taken for new ones
                self.clock.pause(_NEW_PODS)
        return step, found

    def _taken(self, wanted: Wanted, error: AnswerError) -> Instance:
        """Whoever created it a moment ago: a run of ours that was interrupted, or another."""
        found = self.find(wanted.name, anew=True) if error.taken else None
        if found is None:
            raise error
        return found

    def create(self, wanted: Wanted) -> Instance:
        return instance(self._server.ask("POST", self.base, body(wanted)), "what it created")

    def update(self, wanted: Wanted, before: Instance) -> Instance:
        """Ours over what is there: it replaces a configuration as a whole."""
        sent = {"config": {**before.config, **wanted.config, **wanted.secret}}
        return instance(self._server.ask("PUT", self._path(before), sent), "what it changed")

    def start(self, wanted: Wanted, found: Instance) -> None:
        """Asks it to deploy: an instance where it has a state of its own, else into the cluster."""
        ways: list[tuple[str, Mapping[str, Any] | None]] = [
            (f"{self._path(found)}/deploy", None),
            (
                f"/api/kubernetes/{quote(wanted.cluster.id, safe='')}/deploy",
                {"service_id": wanted.template, "namespace": wanted.namespace, "config_id": found.id},
            ),
        ]
        if self.base == NEWER:
            ways.reverse()
        for path, sent in ways:
            try:
                answer = self._server.ask("POST", path, sent)
            except AnswerError as error:
                if error.absent:
                    continue
                raise
            if isinstance(answer, dict) and answer.get("success") is False:
                said = self._server.hide(plain(str(answer.get("message") or "")))
                what = f"{self._server.root}: it did not deploy: {said}"
                raise AnswerError(400, said, what, "change what it complains about", ())
            return
        # One that deploys what it is given needs no second word.

    def look(self, wanted: Wanted, found: Instance) -> Sight:
        """How the deployment is."""
        if not self._counts_pods(found):
            return self._hidden(sight(instance(self._server.ask("GET", self._path(found)))))
        space = urlencode({"namespace": wanted.namespace})
        path = f"/api/kubernetes/{quote(wanted.cluster.id, safe='')}/pods?{space}"
        return pods(self._server.ask("GET", path), wanted.template)

    def _counts_pods(self, found: Instance) -> bool:
        """Whether ushadow keeps no state of it: newer ones know only its pods."""
        return self.base == NEWER and not found.state

    def _hidden(self, seen: Sight) -> Sight:
        return Sight(seen.state, self._server.hide(seen.words), seen.url)

    def _path(self, found: Instance) -> str:
        return f"{self.base}/{quote(found.id, safe='')}"


def _ill(services: Any) -> list[str]:
    """The services that /health calls unhealthy, with their words."""
    if not isinstance(services, dict):
        return []
    ill = {
        name: each
        for name, each in services.items()
        if isinstance(each, dict) and each.get("healthy") is False
    }
    return [
        plain(f"{name} ({each.get('message') or each.get('status')})") for name, each in sorted(ill.items())
    ]
