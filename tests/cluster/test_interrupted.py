"""What is killed half way, be it an init container, a hook's pod or Helm itself, costs nothing but time."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chartgen import values
from ci.cluster.images import default_config
from tests.cluster.kubernetes import Namespace, eventually
from tests.cluster.release import CHART, TIMEOUT, Release, unchanged
from tests.cluster.test_life import NEW_IMAGES, NEW_SEED, running, use

# So little of a processor that what takes a moment takes seconds, and can be killed in the middle.
CRAWL = {"limits": {"cpu": "20m", "memory": "128Mi"}, "requests": {"cpu": "10m"}}
SLOW: dict[str, Any] = {
    "seed": {"config": {"resources": CRAWL}},
    "secrets": {"auth": {"job": {"resources": CRAWL}}},
}
IMAGE = {
    entry.path.removeprefix("config/"): hashlib.sha256(entry.data).hexdigest()
    for entry in default_config("v1.0.0")
    if entry.data
}


@contextmanager
def helm(release: Release, verb: str, *flags: str, given: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    """Helm at work in the background; whoever does not kill it waits for it."""
    command = (release.helm, *release.arguments(verb, str(CHART), "--timeout", TIMEOUT, "--values=-", *flags))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]  # pipes
        assert process.stdin
        process.stdin.write(json.dumps(given))
        process.stdin.close()
        try:
            yield process
        finally:
            process.poll() is not None or process.kill()


def log(namespace: Namespace, component: str, container: str) -> str:
    """What the component's newest pod says; nothing while it has not begun."""
    pods = sorted(namespace.pods(component), key=lambda pod: str(pod["metadata"]["creationTimestamp"]))
    if not pods:
        return ""
    return namespace.ask("logs", pods[-1]["metadata"]["name"], f"--container={container}").output


def kill(namespace: Namespace, component: str, container: str, when: str) -> None:
    """The component's only pod, at once, as soon as its log has come to `when` and before it is done."""
    seen = eventually(lambda: log(namespace, component, container), lambda said: when in said, seconds=120)
    assert when in seen, f"the log of {component} never came to {when!r}: {seen}"
    assert "completely seeded" not in seen, "it was too fast to be killed half way"
    for pod in namespace.pods(component):
        gone = ("delete", "pod", pod["metadata"]["name"], "--grace-period=0", "--force")
        namespace.ask(*gone).checked()


def pods_made(namespace: Namespace, job: str) -> int:
    """By the events, which outlive a Job that is gone when it has succeeded."""
    made = [each for each in namespace.all("events") if each["reason"] == "SuccessfulCreate"]
    return len({each["message"] for each in made if each["involvedObject"]["name"] == job})


def test_a_killed_init_container_leaves_no_half_file_and_no_gap(release4: Release) -> None:
    only_init = {"seed": {"config": {"job": {"enabled": False}}}}
    release4.install(values=values.merge([SLOW, only_init])).checked()
    kill(release4.namespace, "backend", "seed-config", "  seeded ")
    release4.upgrade("--wait", values=only_init).checked()
    release4.wait()
    said = release4.init_log()
    assert said.endswith("The volume is completely seeded.\n")
    files = release4.files()
    unchanged(IMAGE, {path: digest for path, digest in files.items() if path in IMAGE})
    left = release4.shell("find", "/config", "-name", ".seed-tmp*", "-o", "-name", "tmp.*").checked()
    assert left.output == ""


def test_killed_pods_of_hooks_are_followed_by_others_and_helm_goes_on(release: Release) -> None:
    with helm(release, "install", "--wait", given=SLOW) as process:
        eventually(lambda: release.namespace.pods("create-secrets"), bool)
        kill(release.namespace, "create-secrets", "create-secret", "")
        kill(release.namespace, "init-config", "seed", "Seeding ")
        said = process.stdout.read() if process.stdout else ""
        assert process.wait() == 0, said
    assert release.object("job", "init-config")["status"]["succeeded"] == 1
    assert pods_made(release.namespace, "ushadow-init-config") == 2
    assert pods_made(release.namespace, "ushadow-create-secrets") == 2
    key = release.key()
    used = use(release)
    release.upgrade("--wait", values=NEW_IMAGES).checked()
    assert running(release) == "v1.1.0"
    assert release.key() == key
    unchanged(used, release.files(), NEW_SEED)


def test_a_helm_that_was_killed_in_an_upgrade_goes_on_after_a_rollback(release: Release) -> None:
    """The road of docs/guides/upgrading.md."""
    release.install("--wait").checked()
    key, used = release.key(), use(release)
    with helm(release, "upgrade", given=values.merge([SLOW, NEW_IMAGES])) as process:
        assert eventually(lambda: release.namespace.pods("create-secrets"), bool)
        process.kill()
    refused = release.upgrade(values=NEW_IMAGES)
    assert refused.code != 0
    assert "another operation (install/upgrade/rollback) is in progress" in refused.text
    release.rollback("--wait").checked()
    assert running(release) == "v1.0.0"
    unchanged(used, release.files())
    release.upgrade("--wait", values=NEW_IMAGES).checked()
    assert running(release) == "v1.1.0"
    unchanged(used, release.files(), NEW_SEED)
    assert release.key() == key
