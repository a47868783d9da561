"""`chartgen doctor --before` at places where an install cannot work: it names what is in the way, and the
command that it gives clears it. No pod is needed for most of it, and none is waited for."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cluster.conftest import namespaces
from tests.cluster.kubernetes import Done, Namespace, eventually, run
from tests.cluster.release import CHART
from tests.cluster.test_doctor import Told, as_user
from tests.cluster.test_rights import ACCOUNT
from tests.need import need

TABLE = Path(__file__).resolve().parents[2] / "build" / "cluster" / "preflight.txt"
DATABASES = ("mongodb", 27017), ("redis", 6379)
URLS = {"mongodb": "mongodb://mongodb:27017/ushadow", "redis": "redis://redis:6379/0"}
HERE = tuple(word for name, url in URLS.items() for word in ("--set", f"external.{name}.url={url}"))


def service(namespace: Namespace, name: str, port: int) -> None:
    """A Service with something ready behind it, as far as the API says: nothing listens there."""
    labels = {"kubernetes.io/service-name": name}
    ports = [{"name": "db", "port": port}]
    endpoint = {"addresses": ["192.0.2.1"], "conditions": {"ready": True}}
    namespace.apply(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "List",
                "items": [
                    made("v1", "Service", name, spec={"ports": ports}),
                    {
                        "apiVersion": "discovery.k8s.io/v1",
                        "kind": "EndpointSlice",
                        "metadata": {"name": name, "labels": labels},
                        "addressType": "IPv4",
                        "endpoints": [endpoint],
                        "ports": ports,
                    },
                ],
            }
        )
    )


def made(api_version: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **more}


@dataclass
class Ground:
    """A namespace in which everything is ready for ushadow, and what is said of it."""

    namespace: Namespace
    folder: Path
    words: tuple[str, ...] = HERE
    kubeconfig: str = ""
    looked: tuple[str, ...] = ()  # the words of the last look

    def look(self, chart: Path = CHART) -> Told:
        space, self.looked = self.namespace, self.words
        config = self.kubeconfig or space.kubeconfig
        where = ("-n", space.name, "--kubeconfig", config, "--kubectl", space.kubectl)
        command = (sys.executable, "-m", "chartgen", "doctor", "ushadow", *where, "--before", str(chart))
        done = run(*command, *self.words, "--format", "json")
        assert done.output, done.errors
        return Told(done.code, json.loads(done.output)["diagnoses"])

    def put(self, *items: Mapping[str, Any]) -> None:
        self.namespace.apply(json.dumps({"apiVersion": "v1", "kind": "List", "items": [*items]}))

    def set(self, *settings: str) -> None:
        self.words += tuple(word for setting in settings for word in ("--set", setting))

    def follow(self, line: str) -> None:
        """A command of a cure: kubectl's is run; of an install the values are taken into the next look."""
        if line.startswith("helm ") and "--take-ownership" not in line:
            words = shlex.split(line)
            named = [words[i + 1] for i, word in enumerate(words) if word == "--set"]
            self.set(*named[len(self.looked) // 2 :])
            return
        for name, program in (("kubectl", self.namespace.kubectl), ("helm", need("helm4"))):
            if not (self.folder / name).exists():
                (self.folder / name).symlink_to(program)
        path = f"{self.folder}:{os.environ['PATH']}"
        editor = f"sed -i 's/^data:/data:\\n  AUTH_SECRET_KEY: {'a2V5' * 10}/'"
        env = {**os.environ, "PATH": path, "KUBE_EDITOR": editor, "KUBECONFIG": self.namespace.kubeconfig}
        line += " --no-hooks" if line.startswith("helm ") else ""
        done = subprocess.run(["sh", "-c", line], env=env, capture_output=True, text=True, check=False)
        Done(done.returncode, f"{line}\n{done.stdout}", done.stderr).checked()


@dataclass(frozen=True)
class Situation:
    """What is not as it should be, which examination says so of what, in which words, and which lines of its
    cure are followed, with what in the place of the words in capitals. Without `lines` it is all of them.

    `ground` is the namespace that it is made in: those of one ground do not get in each other's way.
    """

    ground: str
    make: Callable[[Ground], None]
    examination: str
    says: str
    words: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


def settings(*given: str) -> Callable[[Ground], None]:
    return lambda ground: ground.set(*given)


def objects(*items: Mapping[str, Any]) -> Callable[[Ground], None]:
    return lambda ground: ground.put(*items)


def both(*steps: Callable[[Ground], None]) -> Callable[[Ground], None]:
    def make(ground: Ground) -> None:
        for step in steps:
            step(ground)

    return make


def quota(resource: str, hard: str) -> Callable[[Ground], None]:
    name = resource.replace(".", "-")

    def counted(ground: Ground) -> object:
        return ground.namespace.get("resourcequota", name).get("status", {}).get("hard")

    def make(ground: Ground) -> None:
        ground.put(made("v1", "ResourceQuota", name, spec={"hard": {resource: hard}}))
        assert eventually(lambda: counted(ground), bool) == {resource: hard}

    return make


def restrict(ground: Ground) -> None:
    label = "pod-security.kubernetes.io/enforce=restricted"
    ground.namespace.ask("label", "namespace", ground.namespace.name, "--overwrite", label).checked()


def edit_only(ground: Ground) -> None:
    """ClusterRole `edit` may not make roles; an account that may make Secrets is there."""
    ground.namespace.apply(ACCOUNT.replace("NAMESPACE", ground.namespace.name))
    api = "rbac.authorization.k8s.io"
    who = [{"kind": "User", "name": "preflight-editor", "apiGroup": api}]
    role = {"apiGroup": api, "kind": "ClusterRole", "name": "edit"}
    ground.put({**made(f"{api}/v1", "RoleBinding", "editor"), "roleRef": role, "subjects": who})
    ground.kubeconfig = as_user(ground.namespace, ground.folder, "preflight-editor")


def serve(ground: Ground) -> None:
    """Somebody installs what brings the kind, and what serves the way in: neither belongs to a namespace."""
    name = {"plural": "wishes", "singular": "wish", "kind": "Wish"}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions = [{"name": "v1", "served": True, "storage": True, "schema": schema}]
    spec = {"group": GROUP, "names": name, "scope": "Namespaced", "versions": versions}
    ground.put(
        made("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"wishes.{GROUP}", spec=spec),
        made("networking.k8s.io/v1", "IngressClass", "preflight-yes", spec={"controller": f"{GROUP}/nobody"}),
    )


GROUP = "preflight.chartgen.test"
WISH = ("apiVersion=preflight.chartgen.test/v1", "kind=Wish", "metadata.name=wish")
LIMITS = {"limits": [{"type": "Container", "max": {"memory": "512Mi"}}]}
OURS = {
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {"meta.helm.sh/release-name": "ushadow"},
}
CLAIM = {
    "accessModes": ["ReadWriteOnce"],
    "storageClassName": "local-path",
    "resources": {"requests": {"storage": "3Gi"}},
}


def claim(ground: Ground) -> None:
    """What an earlier install of this release left."""
    notes = {**OURS["annotations"], "meta.helm.sh/release-namespace": ground.namespace.name}
    item = made("v1", "PersistentVolumeClaim", "ushadow-data", spec=CLAIM)
    ground.put({**item, "metadata": {**item["metadata"], **OURS, "annotations": notes}})


def secret(name: str) -> Callable[[Ground], None]:
    return objects(made("v1", "Secret", name, stringData={"OTHER": "x" * 40}))


SITUATIONS = {
    "a storage class that is not there": Situation(
        "values",
        settings("global.storageClass=local-paht"),
        *("claims", "there is no StorageClass local-paht; did you mean 'local-path'?"),
        {"CLASS": "local-path"},
    ),
    "a limit that is lower than what is asked for": Situation(
        "values",
        objects(made("v1", "LimitRange", "low", spec=LIMITS)),
        *("limits", "asks for limits.memory 1Gi, and LimitRange/low allows at most 512Mi"),
    ),
    "a Secret that is not there": Situation(
        "values",
        settings("secrets.auth.existingSecret=mine"),
        *("needs", "Secret/mine: is not there, and Deployment/ushadow-backend needs it"),
    ),
    "an image that is nowhere and must not be pulled": Situation(
        "values",
        settings("backend.image.tag=never-built", "backend.image.pullPolicy=Never"),
        *("images", "is on no node, and imagePullPolicy: Never forbids to pull it"),
        {"COMPONENT": "backend"},
    ),
    "a kind that nobody serves": Situation(
        "values",
        settings(*(f"extraObjects[0].{part}" for part in WISH)),
        *("kinds", "the cluster has no such kind, and Wish/wish is one"),
    ),
    "an ingress class that is not there": Situation(
        "values",
        settings("ingress.enabled=true", "ingress.hosts[0].host=a.example", "ingress.className=preflight-no"),
        *("routes", "there is no IngressClass preflight-no"),
        {"CLASS": "preflight-yes"},
    ),
    "a database that is not there": Situation(
        "values",
        settings("external.mongodb.url=mongodb://mongo:27017/ushadow"),
        *("services", "there is no Service mongo in namespace"),
        {"URL": URLS["mongodb"]},
    ),
    "a database on another port": Situation(
        "values",
        settings("external.redis.url=redis://redis:6380/0"),
        *("services", "Service/redis has no port 6380, only 6379"),
        {"URL": URLS["redis"]},
    ),
    "a claim of an earlier install that is larger": Situation(
        "objects",
        claim,
        *("claims", "is there with 3Gi, which cannot shrink to 1Gi"),
        {"VOLUME": "data"},
    ),
    "a quota that leaves no room for the pods": Situation(
        "objects", quota("pods", "1"), "quota", "pods: 3 needed, 1 of 1 left"
    ),
    "a quota that demands what the values do not say": Situation(
        "objects", quota("limits.cpu", "20"), "quota", "demands limits.cpu of every container"
    ),
    "a namespace that enforces restricted": Situation(
        "objects", restrict, "standard", "would be refused under restricted", {}, ("podSecurity=restricted",)
    ),
    "a Secret without its key": Situation(
        "objects",
        both(secret("mine"), settings("secrets.auth.existingSecret=mine")),
        *("needs", "Secret/mine: has no key AUTH_SECRET_KEY"),
    ),
    "a pull secret of another type": Situation(
        "objects",
        both(secret("pull"), settings("imagePullSecrets[0].name=pull")),
        *("images", "is of type Opaque: a pull secret is of type kubernetes.io/dockerconfigjson"),
        {"REGISTRY": "ghcr.io", "USER": "me", "PASSWORD": "unused"},
    ),
    "a person who may not make roles": Situation(
        "rights",
        edit_only,
        *("rights", "you may not create and delete roles.rbac.authorization.k8s.io"),
        {"ACCOUNT": "may-create-secrets"},
        ("serviceAccountName",),
    ),
    "an object that Helm did not make": Situation(
        "names",
        objects(made("v1", "ConfigMap", "ushadow-initial-config", data={"a": "1"})),
        *("names", "is there, and no release of Helm's made it"),
    ),
}


class Run(NamedTuple):
    """What was told of a ground before its cures and after them, and which were followed, by situation."""

    before: Told
    after: Told
    done: Mapping[str, list[str]]


def cures(ground: Ground, told: Told, situation: Situation) -> list[str]:
    """The commands of all lines that name this, with words for what only a person knows."""
    found: list[str] = []
    for line in told.wrong(situation.examination):
        if situation.says in f"{line['subject']}: {line['what']}":
            commands = [c for c in line["cure"].splitlines() if c.startswith(("helm ", "kubectl "))]
            found += [c for c in commands if any(words in c for words in situation.lines or (c,))]
    key = ground.folder / "key"
    key.write_text("k" * 40)
    for word, given in {"CHART": str(CHART), "FILE": str(key), **situation.words}.items():
        found = [re.sub(rf"(?<=[=. ]){word}(?=[. ]|$)", given, command) for command in found]
    return list(dict.fromkeys(found))


@contextmanager
def grounds(request: pytest.FixtureRequest, folder: Path) -> Iterator[Callable[[], Ground]]:
    with namespaces(request, folder.name) as make:

        def ground() -> Ground:
            space = make()
            (folder / space.name).mkdir()
            here = Ground(space, folder / space.name)
            for name, port in DATABASES:
                service(space, name, port)
            return here

        yield ground


@pytest.fixture(scope="module")
def ground(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One in which nothing is in the way."""
    with grounds(request, tmp_path_factory.mktemp("ready")) as make:
        yield make()


@pytest.fixture(scope="module")
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Run]]:
    """All situations of a ground are made, looked at, and cured at once; and what came of it is kept."""
    runs: dict[str, Run] = {}
    with grounds(request, tmp_path_factory.mktemp("preflight")) as make:

        def of(name: str) -> Run:
            if name not in runs:
                runs[name] = cured(make(), {n: s for n, s in SITUATIONS.items() if s.ground == name})
            return runs[name]

        yield of
        config = (need("kubectl"), "--kubeconfig", need("cluster"), "delete", "--ignore-not-found")
        run(*config, "ingressclass/preflight-yes", f"crd/wishes.{GROUP}")
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(
        "".join(
            f"{name}\n  $ {c}\n" for r in runs.values() for name, commands in r.done.items() for c in commands
        )
    )


def cured(ground: Ground, situations: Mapping[str, Situation]) -> Run:
    for situation in situations.values():
        situation.make(ground)
    before = ground.look()
    serve(ground)
    done = {name: cures(ground, before, situation) for name, situation in situations.items()}
    for commands in done.values():
        for command in commands:
            ground.follow(command)
    clear = eventually(ground.look, lambda told: told.code != 1, seconds=30)
    return Run(before, clear, done)


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_is_in_the_way_is_named_and_its_cure_clears_it(name: str, told: Callable[[str], Run]) -> None:
    situation, seen = SITUATIONS[name], told(SITUATIONS[name].ground)
    lines = [f"{line['subject']}: {line['what']}" for line in seen.before.wrong(situation.examination)]
    assert seen.before.code == 1
    assert any(situation.says in line for line in lines), f"{name}: not among {lines}"
    assert seen.done[name], f"no command cures {name}"
    assert seen.after.wrong(situation.examination) == []


@pytest.mark.parametrize("of", ["values", "objects", "rights", "names"])
def test_nothing_else_is_said_to_be_in_the_way(of: str, told: Callable[[str], Run]) -> None:
    made = [situation for situation in SITUATIONS.values() if situation.ground == of]
    wrong = {line["examination"] for line in told(of).before.lines if line["state"] == "wrong"}
    assert wrong == {situation.examination for situation in made}
    assert [line for line in told(of).after.lines if line["state"] == "wrong"] == []


def test_a_chart_for_another_kubernetes_is_told_before_helm_is_run(ground: Ground, tmp_path: Path) -> None:
    copy = tmp_path / "ushadow"
    shutil.copytree(CHART, copy)
    head = (copy / "Chart.yaml").read_text()
    (copy / "Chart.yaml").write_text(head.replace('kubeVersion: ">=1.29.0-0"', 'kubeVersion: ">=9.0.0-0"'))
    told = ground.look(chart=copy)
    assert (told.code, told.says("version", ">=9.0.0-0")) == (1, True)
    assert {line["examination"] for line in told.lines if line["state"] == "wrong"} == {"version"}


def test_before_an_install_it_changes_nothing_and_what_nobody_saw_is_not_fine(ground: Ground) -> None:
    def versions() -> dict[str, str]:
        kinds = "configmaps,secrets,services,persistentvolumeclaims,roles,rolebindings,endpointslices,events"
        return {
            f"{item['kind']}/{item['metadata']['name']}": item["metadata"]["resourceVersion"]
            for item in ground.namespace.all(kinds)
        }

    before = versions()
    told = ground.look()
    assert [line for line in told.lines if line["state"] != "fine"] == []
    assert told.code == 0
    blind = replace(ground, kubeconfig=as_user(ground.namespace, ground.folder, "preflight-nobody")).look()
    fine = {line["examination"] for line in blind.lines if line["state"] == "fine"}
    assert blind.code == 1
    assert "rights" in {line["examination"] for line in blind.lines if line["state"] == "wrong"}
    assert fine <= {"version", "kinds", "routes", "needs"}, "what nobody could read was called fine"
    assert versions() == before
