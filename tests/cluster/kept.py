"""What a failed test leaves to learn from: build/cluster/failed/MODULE/TEST, a folder for each namespace.

Events, objects, `describe`, the pods' logs with those of their last restart, what Helm was asked and
answered, and what the cluster's own components wrote. Nothing of it holds a Secret's value: each is replaced
by its fingerprint, wherever it stands, so that two values can still be told apart.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.kubernetes import SECRETS, TRANSCRIPT, Call, Namespace, redact

# Where each run keeps to itself; ci/cluster/suite.py says which folder is whose.
FOLDER = Path(os.environ.get("CHARTGEN_TEST_KEPT") or "build/cluster/failed/by-hand").absolute()
LISTED = "events pods jobs deployments services persistentvolumeclaims configmaps secrets".split()
DESCRIBED = "pods,jobs,deployments,persistentvolumeclaims"
# What Helm keeps of a release: not a value that somebody would meet anywhere else.
RELEASES = "helm.sh/release.v1"
LINES = 100
# The namespaces that are there now.
LIVE: list[Namespace] = []


def secret_values(namespace: Namespace) -> set[str]:
    """The values of every Secret that is in the namespace now."""
    return {
        base64.b64decode(value).decode(errors="replace")
        for secret in namespace.all("secrets")
        if secret.get("type") != RELEASES
        for value in secret.get("data", {}).values()
    }


def folder_of(node_id: str) -> Path:
    """Of `tests/cluster/test_life.py::test_x[helm4 --wait]`: test_life/test_x-helm4-wait."""
    module, _, name = node_id.partition("::")
    return FOLDER / Path(module).stem / re.sub(r"[^A-Za-z0-9._]+", "-", name).strip("-")


def asked(calls: Iterable[Call], name: str) -> str:
    """What programs were asked about the namespace `name`, and what they said."""
    return "".join(
        f"$ {' '.join(call.command)}\n{call.said}exit {call.code} after {call.seconds:.1f} s\n\n"
        for call in calls
        if name in call.command
    )


def _pod_logs(namespace: Namespace) -> Iterator[tuple[str, str]]:
    for pod in namespace.all("pods"):
        name = pod["metadata"]["name"]
        for suffix, more in ((".log", ()), (".previous.log", ("--previous",))):
            done = namespace.ask("logs", name, "--all-containers", "--prefix", "--tail=500", *more)
            if done.code == 0 and done.output:
                yield f"{name}{suffix}", done.output


def component_logs(logs: Path, name: str) -> Iterator[tuple[str, str]]:
    """Of each log of the cluster's own: the lines about the namespace, and the last ones."""
    for path in sorted(logs.glob("*.log")):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        about = [line for line in lines if name in line]
        yield (
            f"cluster/{path.name}",
            "\n".join([*about[-5 * LINES :], "", "the last lines:", *lines[-LINES:], ""]),
        )


def _files(namespace: Namespace, environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "commands.txt", asked(TRANSCRIPT, namespace.name)
    for kind in LISTED:
        yield f"{kind}.txt", namespace.ask("get", kind, "--output=wide", "--show-labels").text
    yield "describe.txt", namespace.ask("describe", DESCRIBED).text
    yield "nodes.txt", namespace.ask("describe", "nodes").text
    yield from _pod_logs(namespace)
    if cluster := environment.get("CHARTGEN_CLUSTER_DIR"):
        yield from component_logs(Path(cluster) / "logs", namespace.name)


def keep(namespace: Namespace, folder: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Everything there is about the namespace, as files in the folder; what cannot be had says so there."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        SECRETS.update(secret_values(namespace))
        for name, text in _files(namespace, environment):
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(redact(text, SECRETS), encoding="utf-8")
    except Exception as error:  # noqa: BLE001 - the test has failed already, and that is what is to be told
        (folder / "could-not-be-kept.txt").write_text(redact(f"{error}\n", SECRETS), encoding="utf-8")


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value, SECRETS)
    if isinstance(value, dict):
        return {key: _redacted(each) for key, each in value.items()}
    return [_redacted(each) for each in value] if isinstance(value, list | tuple) else value


def redact_report(config: pytest.Config, report: pytest.TestReport) -> None:
    """The failure itself is printed, and stands in the JUnit file."""
    told = config.hook.pytest_report_to_serializable(config=config, report=report)
    clean = config.hook.pytest_report_from_serializable(config=config, data=_redacted(told))
    report.longrepr, report.sections = clean.longrepr, clean.sections


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        folder = folder_of(item.nodeid)
        for namespace in LIVE:
            keep(namespace, folder / namespace.name)
        redact_report(item.config, report)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{report.when}.txt").write_text(report.longreprtext + "\n", encoding="utf-8")
    return report
