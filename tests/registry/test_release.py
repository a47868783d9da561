"""`chartgen release` and real registries: once, again, stopped anywhere, and never what must not be."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from chartgen.cli import release as releases
from tests.cli.command import Ran, run, state
from tests.cli.conftest import Call, chartgen
from tests.need import need
from tests.registry.servers import Server, registry

__all__ = ["chartgen"]
PROJECT = "apiVersion: chartgen/v1\ncharts:\n  shop: {app: app, chart: charts/shop}\nkubeVersions: ['1.37']\n"
APP = """apiVersion: chartgen/v1
name: shop
version: 0.1.0
appVersion: 1.4.0
description: A shop
icon: https://example.com/shop.png
maintainers: [{name: us}]
components:
  web:
    image: {repository: acme/shop}
    ports: {http: {port: 8080}}
own:
  folder: own
  settings:
    words.greeting: {default: hello, schema: {type: string, minLength: 1}, help: What it says.}
    words.color: {default: blue, schema: {type: string, minLength: 1}, help: Its color.}
"""
OWN = """apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-words
data:
  greeting: {{ .Values.words.greeting | quote }}
  color: {{ .Values.words.color | quote }}
"""
STEPS = [step.name for step in releases.STEPS]


class Person:
    """Somebody with a project in git, who releases below a path that nobody else uses."""

    def __init__(self, home: Path, server: Server, below: str, call: Call) -> None:
        self.home, self.server, self.call = home, server, call
        self.url = f"oci://{server.host}/{below}"
        self.name = f"{below}/shop"
        self.write("chartgen.yaml", PROJECT)
        self.write("app/app.yaml", APP)
        self.write("app/own/words.yaml", OWN)
        self.write(".gitignore", "*.log\n")
        self.git("init", "-q")
        self.commit()

    def write(self, path: str, text: str) -> None:
        (self.home / path).parent.mkdir(parents=True, exist_ok=True)
        (self.home / path).write_text(text)

    def change(self, old: str, new: str) -> None:
        text = (self.home / "app/app.yaml").read_text()
        assert old in text
        self.write("app/app.yaml", text.replace(old, new))

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=me", "-c", "user.email=me@example.com")
        command = [need("git"), "-C", str(self.home), *who, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def commit(self) -> None:
        assert run("generate", cwd=self.home).code == 0
        self.git("add", "-A")
        self.git("commit", "-qm", "a change")

    def release(self, *more: str) -> Ran:
        return self.call("release", self.url, "--plain-http", "--retries", "0", *more)

    def apart(self, *words: str, **env: str) -> Ran:
        """In a process of its own, with a search that is ended soon."""
        return run(
            *words, "--plain-http", "--retries", "0", cwd=self.home, env={"HOME": str(self.home), **env}
        )

    def tags(self) -> list[str]:
        return [tag for tag in self.server.tags(self.name) if not tag.startswith("sha256-")]


def said(ran: Ran) -> dict[str, str]:
    """What each step said, by its name."""
    lines = (re.fullmatch(r"(\w+) +shop: (.*)", line) for line in ran.out.splitlines())
    return {line[1]: line[2] for line in lines if line}


@pytest.fixture
def person(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    shop: Server,
    chartgen: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> Person:
    """Whose charts are not searched for values that break them: that takes ten seconds, and has one test."""
    below = sha256(request.node.name.encode()).hexdigest()[:12]
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    quick = [
        step if step.name != "verify" else step._replace(run=lambda *_: "left") for step in releases.STEPS
    ]
    monkeypatch.setattr(releases, "STEPS", tuple(quick))
    return Person(tmp_path / "home", shop, f"t{below}", chartgen)


@pytest.fixture(scope="module")
def cosign() -> str:
    """Looked for before a test has a home of its own."""
    return need("cosign")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The reference registry; what others do otherwise is the business of test_push."""
    with registry("distribution 3", tmp_path_factory.mktemp("shop")) as found:
        yield found


def test_a_first_release_is_published_checked_and_tagged_and_then_there_is_nothing_to_do(
    person: Person,
) -> None:
    ran = person.release("--sbom")
    assert (ran.code, ran.err) == (0, "")
    told = said(ran)
    assert list(told) == STEPS
    assert told["last"].endswith(f"{person.name}: this is the first release")
    assert told["push"].endswith(" published")
    digest = person.server.holds(person.name, "0.1.0")
    assert digest in told["push"]
    assert told["check"].startswith("digest as announced; ")
    assert told["check"].endswith(":charts/shop, byte by byte")
    assert told["tag"].endswith("`git push origin v0.1.0` is left to you")
    assert person.git("rev-parse", "v0.1.0") == person.git("rev-parse", "HEAD")
    assert (person.home / "dist/shop-0.1.0.cdx.json").is_file()
    before = state(person.home / "dist")
    again = person.release("--sbom")
    assert (again.code, again.err) == (0, "")
    assert said(again)["registry"].endswith(f" is published already, {digest}")
    assert said(again)["diff"] == "changes since 0.1.0: none; helm upgrade: safe"
    assert (said(again)["push"], said(again)["tag"]) == ("nothing to do", "v0.1.0 is there already")
    assert again.out.endswith("\nnothing was left to do\n")
    assert state(person.home / "dist") == before
    assert person.server.holds(person.name, "0.1.0") == digest
    assert person.apart("verify-release", f"{person.url}/shop:0.1.0").code == 0


def test_a_dry_run_says_all_of_it_and_changes_nothing(person: Person) -> None:
    before = state(person.home / "app")
    ran = person.release("--dry-run")
    assert (ran.code, ran.err) == (0, "")
    told = said(ran)
    assert list(told) == STEPS
    assert told["package"].endswith(" would be packed")
    assert told["push"].endswith(" would be published: 2 blobs and a manifest")
    assert told["check"] == "would be fetched, and compared with git"
    assert told["tag"].startswith("v0.1.0 would be set at ")
    assert ran.out.endswith("\ndry run: nothing was written, nothing was published\n")
    assert person.tags() == []
    assert person.git("tag") == ""
    assert not (person.home / "dist").exists()
    assert (state(person.home / "app"), person.git("status", "--short")) == (before, "")


def test_a_setting_removed_is_refused_until_the_version_says_so(person: Person) -> None:
    assert person.release().code == 0
    person.change(
        "    words.color: {default: blue, schema: {type: string, minLength: 1}, help: Its color.}\n", ""
    )
    person.write("app/own/words.yaml", OWN.replace(".Values.words.color", '"blue"'))
    for said_is, lower in (("0.1.0", "0.1.0"), ("0.1.0", "0.1.1")):
        person.change(f"\nversion: {said_is}", f"\nversion: {lower}")
        person.commit()
        ran = person.release()
        assert ran.code == 1
        assert list(said(ran))[-1] == "diff", ran.out
        assert f"shop: {lower} is too low after 0.1.0: 0.2.0 is the least\n" in ran.err
        assert "major setting removed: words.color" in ran.err
        assert f"`chartgen version shop --base {person.url}/shop:0.1.0 --write` writes 0.2.0" in ran.err
        assert person.tags() == ["0.1.0"]
    person.change("\nversion: 0.1.1", "\nversion: 0.2.0")
    person.commit()
    ran = person.release()
    assert (ran.code, list(said(ran))[-1]) == (1, "version")
    assert "CHANGELOG.md says nothing of 0.2.0\n" in ran.err
    found = re.search(r"`chartgen (version [^`]*)` writes a section", ran.err)
    assert found
    assert person.apart(*found[1].split()).code == 0
    person.commit()
    ran = person.release()
    assert (ran.code, ran.err) == (0, "")
    assert said(ran)["version"] == "0.2.0 after 0.1.0, 0.2.0 is the least"
    assert person.tags() == ["0.1.0", "0.2.0"]
    assert "**Breaking:** `words.color`" in (person.home / "charts/shop/CHANGELOG.md").read_text()


def test_what_is_not_committed_or_not_in_git_is_not_released(person: Person) -> None:
    person.write("app/notes.txt", "new\n")
    person.write("chartgen.yaml", PROJECT + "# later\n")
    ran = person.release()
    assert (ran.code, said(ran)) == (1, {})
    assert ran.err.startswith("Error: 2 files are not committed:\n   M chartgen.yaml\n  ?? app/notes.txt\n")
    person.git("checkout", "chartgen.yaml")
    (person.home / "app/notes.txt").unlink()
    person.write("charts/shop/build.log", "git ignores it, Helm would pack it\n")
    ran = person.release()
    assert (ran.code, list(said(ran)), person.tags()) == (1, ["tree", "sync"], [])
    assert "charts/shop/build.log" in ran.out


def test_another_chart_than_at_the_tag_of_its_version_is_not_released(person: Person) -> None:
    person.git("tag", "v0.1.0")
    person.change("A shop", "Another shop")
    person.commit()
    ran = person.release()
    assert (ran.code, list(said(ran)), person.tags()) == (1, STEPS[: STEPS.index("source")], [])
    assert "charts/shop does not hold v0.1.0:charts/shop: Chart.yaml, README.md\n" in ran.err


def test_a_chart_that_is_not_what_its_app_says_is_not_released(person: Person) -> None:
    person.change("A shop", "Another shop")
    person.git("commit", "-qam", "not generated")
    ran = person.release()
    assert (ran.code, list(said(ran)), person.tags()) == (1, ["tree"], [])
    assert "not what app.yaml says" in ran.err


def test_a_registry_that_does_not_answer_ends_it_before_anything_is_packed(person: Person) -> None:
    person.url = "oci://127.0.0.1:1/charts"
    for more in ((), ("--dry-run",)):
        ran = person.release(*more)
        assert (ran.code, list(said(ran))[-1]) == (3, "verify")
        assert not (person.home / "dist").exists()
        assert person.git("tag") == ""


@pytest.mark.parametrize("stop", STEPS[STEPS.index("package") :])
def test_stopped_after_any_step_the_next_run_finishes_it(
    stop: str,
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also without what the first one left on its disk."""
    taken = STEPS.index(stop) + 1
    with monkeypatch.context() as stopped:
        stopped.setattr(releases, "STEPS", releases.STEPS[:taken])
        assert person.release().code == 0
    assert person.tags() == (["0.1.0"] if taken > STEPS.index("push") else [])
    shutil.rmtree(person.home / "dist")
    ran = person.release()
    assert (ran.code, ran.err, list(said(ran))) == (0, "", STEPS)
    assert person.server.holds(person.name, "0.1.0").startswith("sha256:")
    assert person.git("tag") == "v0.1.0\n"
    assert person.release().out.endswith("\nnothing was left to do\n")


def test_killed_between_push_and_signature_it_is_signed_by_the_next_run(
    cosign: str, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    env = {"COSIGN_PASSWORD": "open sesame"}
    make = [cosign, "generate-key-pair"]
    subprocess.run(make, cwd=folder, env={**os.environ, **env}, check=True, capture_output=True)
    killer = tmp_path / "killer"
    killer.write_text("#!/bin/sh\nkill -9 $PPID\n")
    killer.chmod(0o755)
    key = ("--cosign-key", str(folder / "cosign.key"), "--cosign")
    words = ("release", person.url, "--time-budget", "0.01", *key)
    killed = person.apart(*words, str(killer), **env)
    assert killed.code == -9
    assert "0 documents of " in killed.out
    assert ", then the time was up: none of them breaks it" in killed.out
    assert person.tags() == ["0.1.0"]
    assert person.git("tag") == ""
    monkeypatch.setenv("COSIGN_PASSWORD", "open sesame")
    ran = person.release(*key, cosign)
    assert (ran.code, ran.err) == (0, "")
    assert (said(ran)["push"], said(ran)["sign"]) == ("nothing to do", f"signed with {folder}/cosign.key")
    ran = person.release(*key, cosign)
    assert (ran.code, said(ran)["sign"]) == (0, "signed with this key already")
    public = ("--cosign-key", str(folder / "cosign.pub"), "--cosign", cosign)
    assert person.apart("verify-release", f"{person.url}/shop:0.1.0", *public, **env).code == 0


def test_a_signed_package_is_released_once_also_from_another_clone(person: Person, tmp_path: Path) -> None:
    """A signature tells its time: the one that was published stays."""
    gpg, home = need("gpg"), tmp_path / "gpg"
    home.mkdir(mode=0o700)
    ring = (gpg, "--homedir", str(home), "--batch", "--quiet", "--passphrase", "")
    made = [*ring, "--quick-generate-key", "Publisher <p@example.com>", "ed25519", "sign", "never"]
    subprocess.run(made, check=True, capture_output=True)
    exported = subprocess.run([*ring, "--export-secret-keys"], check=True, capture_output=True).stdout
    (tmp_path / "secret.gpg").write_bytes(exported)
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
    (tmp_path / "word").write_text("\n")
    words = ("--sign", "--keyring", str(tmp_path / "secret.gpg"), "--passphrase-file", str(tmp_path / "word"))
    ran = person.release(*words)
    assert (ran.code, ran.err) == (0, "")
    assert "signature by Publisher <p@example.com>, " in said(ran)["check"]
    digest = person.server.holds(person.name, "0.1.0")
    shutil.rmtree(person.home / "dist")
    ran = person.release(*words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("\nnothing was left to do\n")
    assert person.server.holds(person.name, "0.1.0") == digest


def test_an_older_line_is_compared_with_its_own_last_version(person: Person) -> None:
    assert person.release().code == 0
    person.change("\nversion: 0.1.0", "\nversion: 0.2.0")
    person.commit()
    assert person.release().code == 0
    person.git("checkout", "-q", "v0.1.0")
    ran = person.release()
    assert (ran.code, ran.out.endswith("\nnothing was left to do\n")) == (0, True)
    person.change("\nversion: 0.1.0", "\nversion: 0.1.1")
    person.change("default: blue", "default: red")
    person.commit()
    ran = person.release()
    assert f"{person.url}/shop:0.1.0@" in said(ran)["last"]
    assert "0.1.1 after 0.1.0" in said(ran)["version"]
