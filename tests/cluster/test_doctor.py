"""`chartgen doctor` at installs that cannot work: it names the cause, and the commands it gives cure it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cluster.conftest import MakeNamespace
from tests.cluster.kubernetes import Done, Namespace, eventually, run
from tests.cluster.release import CHART, Release
from tests.need import need

# Short, so that an install which cannot work ends soon; one that can gets the time that it needs.
DEADLINE = 45
ENOUGH = "--set secrets.auth.job.activeDeadlineSeconds=180 --set seed.config.job.activeDeadlineSeconds=240"
SHORT: dict[str, Any] = {
    "secrets": {"auth": {"job": {"activeDeadlineSeconds": DEADLINE}}},
    "seed": {"config": {"job": {"activeDeadlineSeconds": DEADLINE}}},
}


class Told(NamedTuple):
    """What the doctor said: its exit code, and its lines."""

    code: int
    lines: list[dict[str, Any]]

    def wrong(self, examination: str) -> list[dict[str, Any]]:
        return [d for d in self.lines if d["examination"] == examination and d["state"] == "wrong"]

    def says(self, examination: str, words: str) -> bool:
        return any(words in line["what"] for line in self.wrong(examination))

    def cure(self, examination: str) -> str:
        return str(self.wrong(examination)[0]["cure"])


def doctor(release: Release, kubeconfig: str = "") -> Told:
    config = kubeconfig or release.namespace.kubeconfig
    where = ("-n", release.namespace.name, "--kubeconfig", config, "--kubectl", release.namespace.kubectl)
    command = (sys.executable, "-m", "chartgen", "doctor", release.name, *where, "--format", "json")
    done = run(*command)
    assert done.output, done.errors
    return Told(done.code, json.loads(done.output)["diagnoses"])


def follow(release: Release, folder: Path, cure: str, **words: str) -> None:
    """Runs the commands of a cure as a person would, with `words` in the place of what only they know."""
    for name, program in (("helm", release.helm), ("kubectl", release.namespace.kubectl)):
        if not (folder / name).exists():
            (folder / name).symlink_to(program)
    for word, given in {"CHART": str(CHART), **words}.items():
        cure = cure.replace(word, given)
    commands = [line for line in cure.splitlines() if line.startswith(("helm ", "kubectl "))]
    assert commands
    for command in commands:
        line = f"{command} {ENOUGH}" if command.startswith("helm upgrade") else command
        env = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
        done = subprocess.run(["sh", "-c", line], env=env, capture_output=True, text=True, check=False)
        Done(done.returncode, f"{line}\n{done.stdout}", done.stderr).checked()


def is_well(release: Release) -> None:
    release.wait()
    told = eventually(lambda: doctor(release), lambda told: told.code == 0, seconds=120)
    assert [line for line in told.lines if line["state"] != "fine"] == []
    assert told.code == 0


def test_a_release_that_runs_is_fine(release: Release) -> None:
    release.install("--wait").checked()
    is_well(release)
    told = {(line["examination"], line["subject"]) for line in doctor(release).lines}
    assert {
        ("release", "ushadow"),
        ("claims", "PersistentVolumeClaim/ushadow-config"),
        ("secrets", "Secret/ushadow-secrets"),
        ("pods", "Deployment/ushadow-backend"),
        ("pods", "Deployment/ushadow-frontend"),
        ("jobs", "Job/ushadow-create-secrets"),
        ("jobs", "Job/ushadow-init-config"),
        ("seeding", "volume config"),
        ("volumes", "volume config"),
        ("services", "Service/ushadow-backend"),
    } <= told


def test_an_image_that_cannot_be_pulled_is_named_while_helm_waits_and_after_its_pod_is_gone(
    release4: Release, tmp_path: Path
) -> None:
    values = {**SHORT, "backend": {"image": {"tag": "v9.9.9"}}}
    given = json.dumps(values)
    command = (release4.helm, *release4.arguments("install", str(CHART), "--values", "-"))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as helm:
        assert helm.stdin
        helm.stdin.write(given)
        helm.stdin.close()
        image = "ghcr.io/ushadow-io/ushadow/backend:v9.9.9 cannot be had"
        told = eventually(lambda: doctor(release4), lambda told: told.says("pods", image), seconds=DEADLINE)
        assert told.says("pods", image)
        assert told.says("release", "pending-install")
        helm.wait()
    after = doctor(release4)
    assert (after.code, after.says("release", "is failed")) == (1, True)
    assert after.says("jobs", f"failed (DeadlineExceeded): image {image}")
    # Where the registry is not to be reached, another one is advised; here an image that is on the nodes.
    wanted = "--set backend.image.tag=v1.0.0"
    follow(
        release4,
        tmp_path,
        after.cure("jobs").replace("--set global.imageRegistry=REGISTRY", wanted),
        TAG="v1.0.0",
    )
    is_well(release4)


def test_a_namespace_that_forbids_the_pods_is_named_and_the_command_cures_it(
    namespace: MakeNamespace, tmp_path: Path
) -> None:
    release = Release(need("helm4"), namespace("restricted"))
    assert release.install(values=SHORT).code != 0
    told = doctor(release)
    assert told.code == 1
    assert told.says("refused", 'violates PodSecurity "restricted:latest"')
    assert told.wrong("refused")[0]["subject"] == "Job/ushadow-create-secrets"
    follow(release, tmp_path, told.cure("refused").partition("or allow more")[0])
    is_well(release)


def test_a_claim_that_no_class_serves_is_named_and_the_commands_cure_it(
    release4: Release, tmp_path: Path
) -> None:
    assert release4.install(values={**SHORT, "global": {"storageClass": "nobody-serves-this"}}).code != 0
    told = doctor(release4)
    assert told.code == 1
    assert told.says("claims", "is pending: there is no StorageClass nobody-serves-this")
    assert told.says("pods", "no node takes it")
    assert told.says("jobs", "failed (DeadlineExceeded)")
    for line in told.wrong("claims"):
        delete = [part for part in line["cure"].splitlines() if part.startswith("kubectl")]
        follow(release4, tmp_path, "\n".join(delete))
    follow(release4, tmp_path, told.cure("claims").splitlines()[-1], CLASS="local-path")
    is_well(release4)


def test_a_config_map_that_is_not_there_is_named_and_the_commands_cure_it(
    release4: Release, tmp_path: Path
) -> None:
    job = SHORT["seed"]["config"]["job"]
    assert release4.install(values={"seed": {"config": {"existingConfigMap": "mine", "job": job}}}).code != 0
    told = doctor(release4)
    assert told.code == 1
    assert told.says("seeding", "The source /seed/existing must hold files. Does its ConfigMap exist?")
    assert "ConfigMap mine is not there" in told.cure("seeding")
    assert told.says("pods", "init container seed-config failed with exit code 1")
    seed = tmp_path / "seed"
    seed.mkdir()
    (seed / "own.yaml").write_text("own: 1\n")
    follow(release4, tmp_path, told.cure("seeding"), FOLDER=str(seed))
    is_well(release4)
    assert release4.read("own.yaml") == "own: 1\n"


def test_another_key_is_named_as_what_stops_the_backend(release4: Release, tmp_path: Path) -> None:
    def given(letter: str) -> dict[str, Any]:
        return {"secrets": {"auth": {"values": {"AUTH_SECRET_KEY": letter * 40}}}}

    release4.install("--wait", values=given("a")).checked()
    assert release4.upgrade("--wait", "--timeout", "25s", values=given("b")).code != 0
    told = doctor(release4)
    assert told.code == 1
    stopped = "AUTH_SECRET_KEY is not the key that this volume was used with."
    assert told.says("seeding", f"the init container stopped: {stopped}")
    (pod,) = told.wrong("pods")
    assert any(stopped in line for line in pod["log"])
    assert "b" * 40 not in json.dumps(told.lines)
    follow(release4, tmp_path, told.cure("seeding"))
    is_well(release4)


def test_a_killed_helm_is_named_and_the_road_out_leads_out(release: Release, tmp_path: Path) -> None:
    command = (release.helm, *release.arguments("install", str(CHART)))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as helm:
        assert eventually(lambda: release.namespace.pods("create-secrets"), bool)
        helm.kill()
    told = doctor(release)
    assert told.code == 1
    assert told.says("release", "is pending-install: helm is at work on its install, or was killed")
    follow(release, tmp_path, told.cure("release"))
    gone = doctor(release)
    assert (gone.code, gone.says("release", "there is no such release")) == (1, True)
    release.install("--wait").checked()
    is_well(release)


def test_a_secret_without_its_key_is_named_and_the_pods_start_when_it_has_it(release4: Release) -> None:
    def bring(data: dict[str, str]) -> None:
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine"}, "stringData": data}
        release4.namespace.apply(json.dumps(secret))

    bring({"OTHER": "x" * 40})
    own = {"secrets": {"auth": {"existingSecret": "mine"}}, "seed": SHORT["seed"]}
    assert release4.install(values=own).code != 0
    told = doctor(release4)
    assert told.code == 1
    assert told.says("secrets", "has no key AUTH_SECRET_KEY")
    assert told.says("pods", "couldn't find key AUTH_SECRET_KEY in Secret")
    bring({"AUTH_SECRET_KEY": "k" * 40})
    release4.upgrade("--install", "--wait", values=own).checked()
    is_well(release4)
    assert "k" * 40 not in json.dumps(doctor(release4).lines)


def test_a_quota_that_leaves_no_room_is_named(release4: Release) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "none"},
        "spec": {"hard": {"pods": "0"}},
    }
    release4.namespace.apply(json.dumps(quota))
    assert release4.install(values=SHORT).code != 0
    told = doctor(release4)
    assert told.code == 1
    assert told.says("refused", "exceeded quota: none")
    assert "describe resourcequota" in told.cure("refused")


# ---- Who may see little


def as_user(namespace: Namespace, folder: Path, name: str) -> str:
    """A kubeconfig of somebody else, by impersonation."""
    raw = namespace.ask("config", "view", "--raw", "--minify", "--output=json").checked().output
    config = json.loads(raw)
    for user in config["users"]:
        user["user"]["as"] = name
    path = folder / f"{name}.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    path.chmod(0o600)
    return str(path)


@pytest.fixture(scope="module")
def installed(request: pytest.FixtureRequest) -> Any:
    from tests.cluster.conftest import namespaces

    with namespaces(request, "doctor-rights") as make:
        release = Release(need("helm4"), make())
        release.install("--wait").checked()
        yield release


def test_who_may_read_nothing_is_told_nothing_fine(installed: Release, tmp_path: Path) -> None:
    told = doctor(installed, as_user(installed.namespace, tmp_path, "nobody"))
    assert told.code == 3
    assert {line["state"] for line in told.lines} == {"could not tell"}
    assert any('User "nobody" cannot list resource "pods"' in line["what"] for line in told.lines)


def test_who_may_view_sees_the_pods_and_not_the_secrets(installed: Release, tmp_path: Path) -> None:
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
    viewer = {"kind": "User", "name": "viewer", "apiGroup": "rbac.authorization.k8s.io"}
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "viewer"},
    }
    installed.namespace.apply(json.dumps({**binding, "roleRef": role, "subjects": [viewer]}))
    told = doctor(installed, as_user(installed.namespace, tmp_path, "viewer"))
    unknown = {line["examination"] for line in told.lines if line["state"] == "could not tell"}
    assert (told.code, unknown) == (3, {"release", "secrets"})
    assert {line["examination"] for line in told.lines if line["state"] == "fine"} >= {
        "pods",
        "claims",
        "seeding",
    }


def test_it_changes_nothing(installed: Release) -> None:
    def versions() -> dict[str, str]:
        kinds = "configmaps,secrets,services,persistentvolumeclaims,deployments,jobs,pods"
        return {
            f"{item['kind']}/{item['metadata']['name']}": item["metadata"]["resourceVersion"]
            for item in installed.namespace.all(kinds)
        }

    before = versions()
    assert doctor(installed).code == 0
    assert versions() == before
