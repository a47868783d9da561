"""`create-secret.sh` makes the Secret when it is absent, and only then: under each shell with each client."""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Iterable
from typing import Any

import pytest

from tests.secret import faults
from tests.secret.api_server import COLLECTION, NAME, ApiServer
from tests.secret.conftest import Pod
from tests.secret.images import EACH_ONCE, EVERY_PAIR

each_once = pytest.mark.parametrize("shell, client", EACH_ONCE)
every_pair = pytest.mark.parametrize("shell, client", EVERY_PAIR)
OWNED = {"meta.helm.sh/release-name": "demo", "meta.helm.sh/release-namespace": "ushadow"}
ARGO = {
    "argocd.argoproj.io/sync-options": "Prune=false",
    "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
}
LABELS = "app.kubernetes.io/name=ushadow\napp.kubernetes.io/managed-by=Helm\nexample.com/empty=\n"


def secret(data: dict[str, str], annotations: dict[str, str] = OWNED) -> dict[str, Any]:
    """A Secret as the server holds it, with an annotation made to mislead whoever only looks for words."""
    misleading = '{"kind":"Status","data":{"OTHER_KEY":"eA=="},"metadata":{"name":"x\\\\"}}'
    noted = {"kubectl.kubernetes.io/last-applied-configuration": misleading, **annotations}
    owners = [{"name": "another", "kind": "Status"}]
    metadata = {"name": NAME, "namespace": "ushadow", "annotations": noted, "ownerReferences": owners}
    return {"kind": "Secret", "apiVersion": "v1", "metadata": metadata, "data": data, "type": "Opaque"}


def plain(data: dict[str, str], keys: Iterable[str]) -> list[str]:
    return [base64.b64decode(data[key]).decode() for key in keys]


@every_pair
def test_an_absent_secret_is_created_as_helms(pod: Pod, server: ApiServer, shell: str, client: str) -> None:
    keys = "AUTH_SECRET_KEY 48\n  session.key-2\t200  \n\n"
    ran = pod(shell, client).run(server, SECRET_KEYS=keys, SECRET_LABELS=LABELS)
    made = server.secrets[NAME]
    assert made["metadata"]["labels"] == {
        "app.kubernetes.io/managed-by": "Helm",
        "app.kubernetes.io/name": "ushadow",
        "example.com/empty": "",
    }
    assert made["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep", **ARGO, **OWNED}
    assert sorted(made["data"]) == ["AUTH_SECRET_KEY", "session.key-2"]
    first, second = plain(made["data"], ["AUTH_SECRET_KEY", "session.key-2"])
    assert re.fullmatch("[A-Za-z0-9]{48}", first)
    assert re.fullmatch("[A-Za-z0-9]{200}", second)
    said = "create-secret: Secret ushadow/ushadow-secrets was created with AUTH_SECRET_KEY session.key-2.\n"
    assert (ran.code, ran.out, ran.err) == (0, said, "")
    assert [(seen.method, seen.path) for seen in server.seen] == [
        ("GET", f"{COLLECTION}/{NAME}"),
        ("POST", COLLECTION),
        ("GET", f"{COLLECTION}/{NAME}"),
    ]


@every_pair
def test_a_present_secret_is_left_as_it_is(pod: Pod, server: ApiServer, shell: str, client: str) -> None:
    server.secrets[NAME] = secret({"AUTH_SECRET_KEY": "c2VjcmV0", "EXTRA": "eA=="})
    before = copy.deepcopy(server.secrets)
    ran = pod(shell, client).run(server)
    said = "create-secret: Secret ushadow/ushadow-secrets is there with AUTH_SECRET_KEY; nothing was changed."
    assert (ran.code, ran.out, ran.err) == (0, f"{said}\n", "")
    assert server.secrets == before
    assert server.methods == ["GET"]


@each_once
def test_two_runs_at_once_make_one_secret(pod: Pod, server: ApiServer, shell: str, client: str) -> None:
    server.faults.extend([faults.meet(2)] * 2)
    server.faults[1] = server.faults[0]
    images = [pod(shell, client), pod(shell, client)]
    started = [image.start(server) for image in images]
    ran = [image.finish(process, server) for image, process in zip(images, started, strict=True)]
    assert [run.code for run in ran] == [0, 0]
    assert server.methods.count("POST") == 2
    assert sorted(run.out.partition("ushadow-secrets ")[2] for run in ran) == [
        "was created by another run at the same moment, with AUTH_SECRET_KEY; this run changed nothing.\n",
        "was created with AUTH_SECRET_KEY.\n",
    ]


@each_once
def test_a_second_run_changes_nothing(pod: Pod, server: ApiServer, shell: str, client: str) -> None:
    image = pod(shell, client)
    assert image.run(server).code == 0
    before = copy.deepcopy(server.secrets)
    assert image.run(server).code == 0
    assert server.secrets == before


def test_no_two_keys_are_alike_and_every_character_comes_up(pod: Pod, server: ApiServer) -> None:
    assert pod("dash", "curl").run(server, SECRET_KEYS="A 4000\nB 4000").code == 0
    first, second = plain(server.secrets[NAME]["data"], "AB")
    assert first != second
    assert len(set(first)) == len(set(second)) == 62  # one missing in 4000 draws: 1 in 10^26


def test_a_secret_that_is_not_retained_has_no_policy(pod: Pod, server: ApiServer) -> None:
    assert pod("dash", "curl").run(server, SECRET_RETAIN="false").code == 0
    assert server.secrets[NAME]["metadata"]["annotations"] == {**ARGO, **OWNED}


def test_a_release_in_another_namespace_owns_the_secret_as_helm_would_write_it(
    pod: Pod, server: ApiServer
) -> None:
    assert pod("dash", "curl").run(server, RELEASE_NAMESPACE="elsewhere").code == 0
    annotations = server.secrets[NAME]["metadata"]["annotations"]
    assert annotations["meta.helm.sh/release-namespace"] == "elsewhere"


@each_once
@pytest.mark.parametrize("data", [{"EXTRA": "eA=="}, {"AUTH_SECRET_KEY": "", "EXTRA": "eA=="}, {}])
def test_a_secret_without_a_wanted_key_is_left_and_told(
    pod: Pod, server: ApiServer, shell: str, client: str, data: dict[str, str]
) -> None:
    server.secrets[NAME] = secret(data)
    before = copy.deepcopy(server.secrets)
    ran = pod(shell, client).run(server, SECRET_KEYS="EXTRA 9\nAUTH_SECRET_KEY 48\nOTHER_KEY 9")
    lacks = " AUTH_SECRET_KEY OTHER_KEY" if "EXTRA" in data else " EXTRA AUTH_SECRET_KEY OTHER_KEY"
    assert ran.code == 1
    assert f"Secret ushadow/ushadow-secrets exists but lacks{lacks} (or has it empty)" in ran.err
    assert "kubectl --namespace ushadow patch secret ushadow-secrets --patch-file /dev/stdin" in ran.err
    assert server.secrets == before
    assert server.methods == ["GET"]


@pytest.mark.parametrize(
    "annotations, said",
    [
        ({"meta.helm.sh/release-name": "other"}, "belongs to release other, not demo: who changes"),
        ({}, "names no Helm release: it was not made by this chart; "),
    ],
)
def test_a_secret_that_is_not_this_releases_is_used_and_told(
    pod: Pod, server: ApiServer, annotations: dict[str, str], said: str
) -> None:
    server.secrets[NAME] = secret({"AUTH_SECRET_KEY": "eA=="}, annotations)
    ran = pod("busybox", "python3").run(server)
    assert ran.code == 0
    assert said in ran.out
    assert server.methods == ["GET"]
