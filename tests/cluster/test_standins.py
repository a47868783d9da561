"""The stand-in images are as unfriendly as the real ones: what works with them is worth something."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from ci.cluster.images import VERSIONS, name_of
from tests.cluster.conftest import namespaces
from tests.cluster.kubernetes import Namespace, eventually

BACKEND_ENV = {"AUTH_SECRET_KEY": "k" * 64, "MONGODB_URI": "mongodb://m", "REDIS_URL": "redis://r"}
NAMES = {
    f"{component}-{version}": (component, version)
    for component in ("backend", "frontend")
    for version in VERSIONS
}


def pod(name: str, component: str, version: str, env: dict[str, str], **spec: Any) -> str:
    """A pod of the image alone, without a chart around it; `command` in `spec` is the container's."""
    container = {
        "name": "it",
        "image": name_of(component, version),
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": key, "value": value} for key, value in env.items()],
        **{key: spec.pop(key) for key in ("command",) if key in spec},
    }
    values = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1, "containers": [container], **spec}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": values})


@pytest.fixture(scope="module")
def asleep(request: pytest.FixtureRequest) -> Iterator[Namespace]:
    """A pod of every image that does nothing."""
    with namespaces(request, "standins asleep") as make:
        here = make()
        for name, (component, version) in NAMES.items():
            here.apply(pod(name, component, version, BACKEND_ENV, command=["sleep", "600"]))
        here.ask("wait", "--for=condition=Ready", "--timeout=120s", "pods", "--all").checked()
        yield here


def shell(here: Namespace, name: str, script: str) -> str:
    return here.ask("exec", name, "--", "sh", "-c", script).checked().output


def ends(here: Namespace, name: str, manifest: str) -> tuple[str, str]:
    """How a pod that cannot go on ends, and what it says."""
    here.apply(manifest)

    def phase() -> str:
        return str(here.get("pod", name).get("status", {}).get("phase"))

    ended = eventually(phase, lambda phase: phase in ("Failed", "Succeeded"))
    return ended, here.ask("logs", name).text


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_an_image_belongs_to_root(asleep: Namespace, name: str) -> None:
    assert shell(asleep, name, "id -u") == "0\n"
    others = r"find / -xdev -path /proc -prune -o -path /sys -prune -o ! -user 0 -print"
    assert shell(asleep, name, others) == ""


ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
ASK = (
    "import ssl, sys, urllib.request as request; "
    "trust = ssl.create_default_context(cafile=dict(enumerate(sys.argv)).get(2)); "
    "print(request.urlopen(sys.argv[1], context=trust).status)"
)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_backend_has_a_real_python_and_two_https_clients(asleep: Namespace, version: str) -> None:
    name = f"backend-{version}"
    assert re.match(r"3\.\d+\.\d+ .*GCC", shell(asleep, name, "python3 -c 'import sys; print(sys.version)'"))
    # Anybody may ask an API server its version; the cluster's own authority vouches for its certificate.
    authority, where = f"{ACCOUNT}/ca.crt", "https://kubernetes.default.svc/version"
    assert json.loads(shell(asleep, name, f"curl -sS --fail --cacert {authority} {where}"))["major"] == "1"
    assert shell(asleep, name, f'python3 -c "{ASK}" {where} {authority}') == "200\n"
    # A certificate that nobody vouches for is refused, or the client would be none.
    refused = asleep.ask("exec", name, "--", "python3", "-c", ASK, where)
    assert "CERTIFICATE_VERIFY_FAILED" in refused.errors


def test_the_image_brings_a_tree_of_configuration(asleep: Namespace) -> None:
    old, new = (
        shell(asleep, f"backend-{version}", "cd /config && find . -type f | sort").splitlines()
        for version in VERSIONS[:2]
    )
    assert len(old) == 23
    assert set(new) - set(old) == {"./providers/provider-new.yaml"}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_versions_differ(asleep: Namespace, version: str) -> None:
    assert shell(asleep, f"backend-{version}", "cat /config/version.yaml") == f"version: {version}\n"
    assert f"<title>ushadow {version}</title>" in shell(
        asleep, f"frontend-{version}", "cat /usr/share/nginx/html/index.html"
    )


SERVING = (
    "cd / && python3 /app/app.py >/tmp/log 2>&1 & "
    "for n in 1 2 3 4 5 6 7 8 9; do sleep 0.3; curl -sS {} && exit; done"
)


def test_the_backend_encrypts_kubeconfigs_and_says_when_it_cannot_read_them(asleep: Namespace) -> None:
    name, put = "backend-v1.0.0", "-X PUT --data-binary 'kind: Config' localhost:8000/api/kubeconfigs/home"
    shell(asleep, name, SERVING.format(f"--fail {put}"))
    kept = shell(asleep, name, "cat /app/data/kubeconfigs/home | od -c")
    assert kept
    assert "C   o   n   f   i   g" not in kept
    assert shell(asleep, name, "curl -sS --fail localhost:8000/api/kubeconfigs/home") == "kind: Config"
    other = "export AUTH_SECRET_KEY=another PORT=8001; " + SERVING.replace("/tmp/log", "/tmp/other")
    said = shell(asleep, name, other.format("localhost:8001/api/kubeconfigs/home"))
    assert said == "home was encrypted with another AUTH_SECRET_KEY\n"
    assert json.loads(shell(asleep, name, "curl -sS localhost:8001/health"))["unreadable_kubeconfigs"] == [
        "home"
    ]
    log = shell(asleep, name, "cat /tmp/other")
    assert "backend: encrypted with another AUTH_SECRET_KEY: home\n" in log


def test_the_backend_reads_and_writes_its_configuration(asleep: Namespace) -> None:
    name, at = "backend-v1.1.0", "localhost:8000/api/files/providers/own.yaml"
    shell(asleep, name, SERVING.format(f"--fail -X PUT --data-binary 'own: 1' {at}"))
    assert shell(asleep, name, "cat /config/providers/own.yaml") == "own: 1"
    assert shell(asleep, name, "test -f /config/wiring.yaml && echo made at start") == "made at start\n"
    assert (
        shell(asleep, name, f"echo 'own: 2' >/config/providers/own.yaml; curl -sS --fail {at}") == "own: 2\n"
    )


@pytest.mark.parametrize("missing", BACKEND_ENV)
def test_the_backend_ends_without_what_it_needs(asleep: Namespace, missing: str) -> None:
    name = f"without-{missing.lower().replace('_', '-')}"
    given = {key: value for key, value in BACKEND_ENV.items() if key != missing}
    assert ends(asleep, name, pod(name, "backend", "v1.0.0", given)) == (
        "Failed",
        f"backend: not set: {missing}\n",
    )


# A uid that nothing was prepared for: an image that works under any would prove nothing about a chart.
ANYBODY = {"securityContext": {"runAsUser": 4711, "runAsGroup": 4711}}


def test_the_backend_does_not_work_under_any_uid(asleep: Namespace) -> None:
    how, said = ends(
        asleep, "anybody-backend", pod("anybody-backend", "backend", "v1.0.0", BACKEND_ENV, **ANYBODY)
    )
    assert how == "Failed"
    assert "PermissionError: [Errno 13] Permission denied: '/.cache'" in said


def test_the_frontend_does_not_work_under_any_uid(asleep: Namespace) -> None:
    given = {"BACKEND_HOST": "localhost"}
    how, said = ends(
        asleep, "anybody-frontend", pod("anybody-frontend", "frontend", "v1.0.0", given, **ANYBODY)
    )
    assert how == "Failed"
    assert "can't create /etc/nginx/conf.d/default.conf: Permission denied" in said


def test_the_frontend_is_nginx_and_ends_when_its_backend_has_no_address(asleep: Namespace) -> None:
    assert re.match(r"nginx version: nginx/1\.\d+", shell(asleep, "frontend-v1.0.0", "nginx -v 2>&1"))
    given = {"BACKEND_HOST": "nobody-here"}
    how, said = ends(asleep, "lost", pod("lost", "frontend", "v1.0.0", given))
    assert how == "Failed"
    assert '[emerg] 1#1: host not found in upstream "nobody-here"' in said


def test_the_frontend_writes_its_backend_down_and_asks_for_it_once(asleep: Namespace) -> None:
    name = "frontend-v1.0.0"
    shell(asleep, name, "BACKEND_HOST=localhost /entrypoint.sh >/tmp/log 2>&1 & sleep 1")
    written = shell(asleep, name, "cat /etc/nginx/conf.d/default.conf")
    assert "proxy_pass http://localhost:8000;" in written
    # nginx resolves again only where a configuration names a resolver.
    assert "resolver" not in shell(asleep, name, "nginx -T 2>/dev/null")
    assert shell(asleep, name, "curl -sS --fail localhost/health") == "healthy\n"
