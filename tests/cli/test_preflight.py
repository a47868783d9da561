"""`chartgen doctor --before` with the real kubectl, at an API server that answers as a test says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.apiserver import V1, Api, forbidden, serving
from tests.cli.command import Ran
from tests.need import need

Call = Callable[..., Ran]
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubject"
ALL = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
CONFIG = """
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-files"}
data: {greeting: "{{ .Values.greeting }}"}
---
apiVersion: v1
kind: Pod
metadata: {name: "{{ .Release.Name }}-web"}
spec:
  containers:
    - name: web
      image: acme/shop:1
      env: [{name: KEY, valueFrom: {secretKeyRef: {name: mine, key: KEY}}}]
"""


def resources(*found: tuple[str, str]) -> dict[str, Any]:
    listed = [{"name": plural, "kind": kind, "namespaced": True} for plural, kind in found]
    return {"kind": "APIResourceList", "resources": listed}


def ready() -> dict[str, Any]:
    """A place in which nothing is in the way of the chart below."""
    secret = {"kind": "Secret", "metadata": {"name": "mine"}, "data": {"KEY": "aHVudGVyMg=="}}
    dns = {"kind": "Service", "metadata": {"name": "kube-dns"}}
    return {
        "/version": {"gitVersion": "v1.34.1"},
        "/api/v1": resources(
            ("configmaps", "ConfigMap"), ("pods", "Pod"), ("secrets", "Secret"), ("services", "Service")
        ),
        f"{REVIEWS}rulesreviews": {"status": {"resourceRules": [ALL], "incomplete": False}},
        f"{REVIEWS}accessreviews": {"status": {"allowed": True}},
        f"{V1}/secrets/mine": secret,
        **{f"{V1}/{kind}": [] for kind in ("resourcequotas", "limitranges")},
        "/apis/networking.k8s.io/v1/ingressclasses": [],
        "/api/v1/nodes": [
            {"metadata": {"name": "n"}, "status": {"images": [{"names": ["docker.io/acme/shop:1"]}]}}
        ],
        "/api/v1/namespaces/kube-system/services/kube-dns": dns,
        "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices": [
            {
                "metadata": {"name": "d", "labels": {"kubernetes.io/service-name": "kube-dns"}},
                "endpoints": [{"addresses": ["10.0.0.2"]}],
            }
        ],
        "/apis/networking.k8s.io/v1/namespaces/kube-system/networkpolicies": [],
    }


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(
        "apiVersion: v2\nname: shop\nversion: 1.0.0\nkubeVersion: '>=1.29.0-0'\n"
    )
    (folder / "values.yaml").write_text("greeting: hello\n")
    (folder / "templates/config.yaml").write_text(CONFIG)
    return folder


Before = Callable[..., tuple[Ran, Api]]


@pytest.fixture
def before(chartgen: Call, chart: Path, tmp_path: Path) -> Before:
    kubectl = need("kubectl")

    def call(answers: dict[str, Any], *more: str) -> tuple[Ran, Api]:
        with serving(answers) as api:
            where = ("--kubeconfig", str(api.kubeconfig(tmp_path)), "--kubectl", kubectl)
            return chartgen("doctor", "shop", "--before", str(chart), *where, *more), api

    return call


def test_a_place_where_all_is_ready_is_fine_and_nothing_was_changed(before: Before) -> None:
    ran, api = before(ready())
    assert (ran.code, ran.err) == (0, ""), ran.out
    lines = ran.out.splitlines()
    assert lines[0] == "fine version: Kubernetes v1.34.1; the chart takes >=1.29.0-0"
    assert "fine rights: you may make all 2 objects, and keep the release" in lines
    assert "fine needs: Secret/mine: is there with KEY" in lines
    assert "fine images: image acme/shop:1: is on 1 of 1 node" in lines
    assert lines[-1] == "shop in namespace shop: 12 fine"
    posts = [path for path in api.posted if not path.startswith(REVIEWS)]
    assert (posts, api.methods) == ([], {"GET", "POST"}), "it only reads, and asks what it may"


def test_one_question_about_rights_is_enough_for_who_may_do_all(before: Before) -> None:
    _, api = before(ready())
    reviews = [path.rpartition("/")[2] for path in api.asked if path.startswith(REVIEWS)]
    assert reviews.count("selfsubjectrulesreviews") == 1
    assert reviews.count("selfsubjectaccessreviews") == 2, "those that belong to no namespace"


def test_what_the_list_does_not_grant_is_asked_by_itself(before: Before) -> None:
    none = {f"{REVIEWS}rulesreviews": {"status": {"resourceRules": [], "incomplete": True}}}
    assert before(ready() | none)[0].code == 0
    ran, _ = before(ready() | none | {f"{REVIEWS}accessreviews": {"status": {"allowed": False}}})
    assert ran.code == 1
    assert "WRONG rights: ConfigMap/shop-files: you may not get and create and patch configmaps in" in ran.out


def test_rights_that_cannot_be_asked_could_not_be_told(before: Before) -> None:
    denied = {f"{REVIEWS}{kind}": forbidden("reviews") for kind in ("rulesreviews", "accessreviews")}
    ran, _ = before(ready() | denied)
    assert (ran.code, "COULD NOT TELL rights: " in ran.out) == (3, True)


def test_the_values_that_were_given_are_those_that_are_looked_at_and_advised(
    before: Before, chart: Path
) -> None:
    (chart / "mine.yaml").write_text("greeting: hi\n")
    ran, _ = before(ready() | {f"{V1}/configmaps/shop-files": {"metadata": {"name": "shop-files"}}},
        "-f", str(chart / "mine.yaml"), "--set", "greeting=hey")  # fmt: skip
    assert ran.code == 1
    advised = f"--values {chart}/mine.yaml --set greeting=hey"
    assert f"helm upgrade --install shop {chart} {advised} --kubeconfig" in ran.out
    assert ran.out.count("--take-ownership") == 1


def test_no_value_of_a_secret_is_shown(before: Before) -> None:
    wanted = ready()
    wanted[f"{V1}/secrets/mine"]["data"] = {"OTHER": "aHVudGVyMg=="}
    ran, _ = before(wanted, "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["status"]) == (1, "wrong")
    assert "has no key KEY" in ran.out
    assert not [said for said in ("aHVudGVyMg==", "hunter2") if said in ran.out]


def test_a_kubernetes_that_the_chart_does_not_take_is_told_with_all_the_rest(before: Before) -> None:
    ran, _ = before(ready() | {"/version": {"gitVersion": "v1.27.3+k3s1"}})
    assert ran.code == 1
    assert ran.out.startswith("WRONG version: Kubernetes v1.27.3+k3s1: ")
    assert ">=1.29.0-0" in ran.out.splitlines()[0]
    assert "fine needs: Secret/mine: is there with KEY" in ran.out


@pytest.mark.parametrize("version", ["v1.34.1-gke.100", "v1.34.1+k3s1", "v1.34.1-eks-0a1b"])
def test_versions_of_providers_are_versions(before: Before, version: str) -> None:
    assert before(ready() | {"/version": {"gitVersion": version}})[0].code == 0


def test_values_and_charts_that_are_wrong_are_told_before_the_cluster_is_asked(
    before: Before, chartgen: Call, chart: Path
) -> None:
    ran, api = before(ready(), "-f", "nowhere.yaml")
    assert (ran.code, ran.out, [p for p in api.asked if "configmaps" in p]) == (1, "", [])
    (chart / "templates/config.yaml").write_text("{{ fail `greeting must be polite` }}")
    ran, _ = before(ready())
    assert (ran.code, "greeting must be polite" in ran.err) == (1, True)
    assert chartgen("doctor", "shop", "-n", "shop", "--before", "nowhere").code == 1


def test_values_without_a_chart_are_usage(chartgen: Call) -> None:
    ran = chartgen("doctor", "shop", "--set", "a=b")
    assert (ran.code, "name it: --before" in ran.err) == (2, True)
