"""What a person may set of pods, and which of it the server refuses together."""

from __future__ import annotations

from typing import Any

import pytest

from chartgen.engine import Refusal
from tests.apps import made


def said(app: str, values: dict[str, Any]) -> str:
    answer = made.ask(app, {**made.BROUGHT.get(app, {}), **values})
    return answer.message if isinstance(answer, Refusal) else ""


@pytest.mark.parametrize("servers,fine", [(["10.0.0.10"], True), ([], False)])
def test_pods_without_a_dns_policy_need_a_name_server(servers: list[str], fine: bool) -> None:
    sentence = (
        "web.dnsPolicy: None leaves the pods without a name server: name one in web.dnsConfig.nameservers."
    )
    given = {"web": {"dnsPolicy": "None", "dnsConfig": {"nameservers": servers}}}
    assert said("web", given) == ("" if fine else sentence)
    assert said("web", {"web": {"dnsPolicy": "Default", "dnsConfig": {"nameservers": servers}}}) == ""


@pytest.mark.parametrize("profile", ["baseline", "restricted"])
def test_no_container_is_privileged_in_a_restricted_namespace(profile: str) -> None:
    sentence = "web.securityContext.privileged: with podSecurity restricted no container is."
    given = {"podSecurity": profile, "web": {"securityContext": {"privileged": True}}}
    assert said("web", given) == (sentence if profile == "restricted" else "")
    assert said("web", {"podSecurity": profile, "web": {"securityContext": {"privileged": False}}}) == ""


def test_what_the_chart_runs_itself_is_not_privileged_because_the_component_is() -> None:
    found = made.render("database", {"db": {"securityContext": {"privileged": True, "runAsUser": 7}}})
    contexts = {
        manifest.kind: manifest.data["spec"]["template"]["spec"]["containers"][0]["securityContext"]
        for manifest in found.manifests
        if manifest.kind in ("Job", "StatefulSet")
    }
    own = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert contexts["Job"] == {**own, "runAsUser": 7}
    assert contexts["StatefulSet"] == {"privileged": True, "runAsUser": 7}
