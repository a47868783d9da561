from __future__ import annotations

import pytest

from chartgen.checks.pod_security import check
from chartgen.checks.subject import EXTRA
from tests.unit.checks.stage import item, told

POD = """
kind: Pod
apiVersion: v1
metadata: {name: a, annotations: {%s}}
spec: {securityContext: {%s}, containers: [{name: main, %s}]}
"""
CONTAINER = "Pod/a spec.containers[0]"


def found(*, pod: str = "", container: str = "", annotations: str = "") -> list[tuple[str, str]]:
    return [(where, what) for _, where, what in told(check(item(POD % (annotations, pod, container))))]


def test_pods_that_baseline_takes() -> None:
    assert list(check(item("kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}"))) == []
    assert found() == []
    harmless = "seccompProfile: {type: RuntimeDefault}, seLinuxOptions: {type: container_t}"
    sysctl = "sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: '0'}]"
    container = "privileged: false, procMount: Default, capabilities: {add: [CHOWN], drop: [ALL]}"
    assert found(pod=f"{harmless}, {sysctl}", container=f"securityContext: {{{container}}}") == []
    annotation = "container.apparmor.security.beta.kubernetes.io/main"
    assert found(annotations=f"{annotation}: runtime/default") == []
    assert found(annotations=f"{annotation}: localhost/x") == []


@pytest.mark.parametrize(
    "context, path, what",
    [
        ("seccompProfile: {type: Unconfined}", "seccompProfile.type", "Unconfined"),
        ("appArmorProfile: {type: Unconfined}", "appArmorProfile.type", "Unconfined"),
        ("seLinuxOptions: {type: spc_t}", "seLinuxOptions.type", "'spc_t' is not a type for containers"),
        ("seLinuxOptions: {user: root}", "seLinuxOptions.user", "may not be set"),
        ("windowsOptions: {hostProcess: true}", "windowsOptions.hostProcess", "runs on the node itself"),
    ],
)
def test_the_security_context_of_pods_and_of_containers(context: str, path: str, what: str) -> None:
    assert found(pod=context) == [(f"Pod/a spec.securityContext.{path}", what)]
    assert found(container=f"securityContext: {{{context}}}") == [
        (f"{CONTAINER}.securityContext.{path}", what)
    ]


@pytest.mark.parametrize(
    "container, path, what",
    [
        ("securityContext: {privileged: true}", "securityContext.privileged", "is root on the node"),
        (
            "securityContext: {procMount: Unmasked}",
            "securityContext.procMount",
            "'Unmasked' shows what is masked",
        ),
        (
            "securityContext: {capabilities: {add: [CHOWN, SYS_ADMIN]}}",
            "securityContext.capabilities.add[1]",
            "SYS_ADMIN is more than a container gets by itself",
        ),
        ("ports: [{containerPort: 80, hostPort: 80}]", "ports[0].hostPort", "takes port 80 of the node"),
        (
            "livenessProbe: {httpGet: {port: 80, host: example.org}}",
            "livenessProbe.httpGet.host",
            "asks 'example.org' (refused from Kubernetes 1.34 on)",
        ),
        (
            "lifecycle: {preStop: {httpGet: {port: 80, host: 127.0.0.1}}}",
            "lifecycle.preStop.httpGet.host",
            "asks '127.0.0.1' (refused from Kubernetes 1.34 on)",
        ),
    ],
)
def test_what_a_container_may_not(container: str, path: str, what: str) -> None:
    assert found(container=container) == [(f"{CONTAINER}.{path}", what)]


def test_sysctls_that_reach_beyond_the_pod() -> None:
    assert found(pod="sysctls: [{name: kernel.msgmax, value: '1'}]") == [
        ("Pod/a spec.securityContext.sysctls[0]", "'kernel.msgmax' is not a safe sysctl")
    ]


def test_no_app_armor() -> None:
    key = "container.apparmor.security.beta.kubernetes.io/main"
    assert found(annotations=f"{key}: unconfined") == [
        (f"Pod/a metadata.annotations[{key}]", "the AppArmor profile 'unconfined'")
    ]


def test_what_a_person_adds_is_theirs_so_it_is_a_warning() -> None:
    pod = item(POD % ("", "", "securityContext: {privileged: true}"), EXTRA)
    assert [f.severity.value for f in check(pod)] == ["warning"]
