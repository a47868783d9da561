"""Who publishes: each place credentials come from, with registries that ask; and no secret anywhere else."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import Ran, environment, run
from tests.need import need
from tests.registry.certificates import authority, signed
from tests.registry.faults import FETCH, LOOK, PHASES, SEND, Fault, proxy
from tests.registry.publisher import NAME, Publisher, artifact, packed
from tests.registry.servers import HTPASSWD, USER, WORD, Server, registry
from tests.registry.tokens import REFRESH, Issuer, issuer

BASIC = base64.b64encode(f"{USER}:{WORD}".encode()).decode()
DISTRIBUTIONS = ("distribution 3", "distribution 2.8")


@pytest.fixture(scope="module", params=DISTRIBUTIONS)
def guarded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A registry that wants a name and a password."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "htpasswd").write_text(HTPASSWD)
    more = {"auth": {"htpasswd": {"realm": "tests", "path": str(folder / "htpasswd")}}}
    with registry(request.param, folder, more, {"Authorization": f"Basic {BASIC}"}) as server:
        yield server


@pytest.fixture(scope="module", params=DISTRIBUTIONS)
def tokened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Issuer]]:
    """A registry that wants a token, and who gives them."""
    folder = tmp_path_factory.mktemp("tokened")
    with issuer(folder / "keys") as gives, registry(request.param, folder, gives.auth) as server:
        yield server, gives


@pytest.fixture(autouse=True)
def clean(request: pytest.FixtureRequest) -> None:
    for name in {"tokened"} & set(request.fixturenames):
        gives = request.getfixturevalue(name)[1]
        gives.asked.clear()
        gives.given.clear()
        gives.allows, gives.anonymous = ("pull", "push"), ()


class Home:
    """A person's home with the packages they push, each test another version."""

    def __init__(self, folder: Path, version: str) -> None:
        self.folder, self.version = folder, version
        folder.mkdir()
        packed(folder, version)

    def write(self, path: str, document: object) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document))
        return file

    def helper(self, name: str, script: str) -> None:
        file = self.folder / "bin" / f"docker-credential-{name}"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def push(self, server: Server, *more: str, stdin: str = "", **env: str) -> Ran:
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        said = run(
            "push", server.url, f"shop-{self.version}.tgz", "--plain-http", "--retries", "0", *more,
            cwd=self.folder, env={"HOME": str(self.folder), "PATH": path, **env}, stdin=stdin,
        )  # fmt: skip
        for secret in (WORD, BASIC, REFRESH):
            assert secret not in said.out + said.err
        return said

    def published(self, server: Server) -> str:
        return f"{server.url}/shop:{self.version}@{artifact(self.version).digest} published\n"


@pytest.fixture
def person(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    number = sum(request.node.name.encode()) * 1000 + len(request.node.name)
    return Home(tmp_path / "home", f"0.{number}.0")


def test_without_credentials_the_answer_is_unknown_and_says_how_to_log_in(
    guarded: Server, person: Home
) -> None:
    ran = person.push(guarded)
    assert ran.code == 3
    assert f"{guarded.host}: not allowed, without a name and a password: 401 (UNAUTHORIZED" in ran.err
    assert (
        f"log in with `helm registry login {guarded.host}`, or give --username and --password-stdin"
        in ran.err
    )


def test_a_password_on_standard_input(guarded: Server, person: Home) -> None:
    ran = person.push(guarded, "--username", USER, "--password-stdin", stdin=f"{WORD}\n")
    assert ran == (0, person.published(guarded), "")


def test_a_password_in_the_environment(guarded: Server, person: Home) -> None:
    ran = person.push(guarded, CHARTGEN_REGISTRY_USERNAME=USER, CHARTGEN_REGISTRY_PASSWORD=WORD)
    assert ran == (0, person.published(guarded), "")


def test_a_wrong_password_is_not_shown(guarded: Server, person: Home) -> None:
    ran = person.push(guarded, "--username", USER, "--password-stdin", stdin="wr0ng-word\n")
    assert ran.code == 3
    assert "not allowed, with the credentials there are: 401" in ran.err
    assert "wr0ng-word" not in ran.err


@pytest.mark.parametrize("tool", ["helm3", "helm4"])
def test_what_helm_registry_login_has_kept(tool: str, guarded: Server, person: Home) -> None:
    env = environment({"HOME": str(person.folder)})
    login = ("registry", "login", guarded.host, "--username", USER, "--password-stdin", "--plain-http")
    subprocess.run([need(tool), *login], env=env, input=WORD.encode(), check=True, capture_output=True)
    assert person.push(guarded) == (0, person.published(guarded), "")


def test_the_file_that_helm_registry_config_names(guarded: Server, person: Home) -> None:
    file = person.write("mine.json", {"auths": {guarded.host: {"auth": BASIC}}})
    assert person.push(guarded, HELM_REGISTRY_CONFIG=str(file)) == (0, person.published(guarded), "")


def test_docker_s_file_when_helm_s_has_nothing(guarded: Server, person: Home) -> None:
    person.write(".config/helm/registry/config.json", {"auths": {"example.com": {"auth": "bm86bm8="}}})
    person.write(".docker/config.json", {"auths": {f"https://{guarded.host}/v1/": {"auth": BASIC}}})
    assert person.push(guarded) == (0, person.published(guarded), "")


def test_the_folder_that_docker_config_names(guarded: Server, person: Home) -> None:
    file = person.write("d/config.json", {"auths": {guarded.host: {"username": USER, "password": WORD}}})
    assert person.push(guarded, DOCKER_CONFIG=str(file.parent)) == (0, person.published(guarded), "")


@pytest.mark.parametrize("key", ["credsStore", "credHelpers"])
def test_a_credential_helper_is_asked_on_its_standard_input(key: str, guarded: Server, person: Home) -> None:
    """It gets the host there and `get` for an argument; nothing secret is among its arguments."""
    answer = json.dumps({"ServerURL": guarded.host, "Username": USER, "Secret": WORD})
    person.helper(
        "box", f"echo \"$@\" > ../args; cat > ../stdin; echo '{answer}'".replace("..", str(person.folder))
    )
    person.write(".docker/config.json", {key: "box" if key == "credsStore" else {guarded.host: "box"}})
    assert person.push(guarded) == (0, person.published(guarded), "")
    assert (person.folder / "args").read_text() == "get\n"
    assert (person.folder / "stdin").read_text() == guarded.host


def test_a_helper_that_has_nothing_leaves_the_next_file(guarded: Server, person: Home) -> None:
    person.helper("box", "echo 'credentials not found in native keychain'; exit 1")
    person.write(".config/helm/registry/config.json", {"credsStore": "box"})
    person.write(".docker/config.json", {"auths": {guarded.host: {"auth": BASIC}}})
    assert person.push(guarded) == (0, person.published(guarded), "")


@pytest.mark.parametrize(
    "script,said",
    [
        (f"echo {WORD}; exit 2", "docker-credential-box failed for {host} (exit 2)"),
        (f"echo {WORD}", "docker-credential-box answered for {host} with what is no credential"),
    ],
)
def test_a_helper_that_fails_is_told_without_its_words(
    script: str, said: str, guarded: Server, person: Home
) -> None:
    person.helper("box", script)
    person.write(".docker/config.json", {"credsStore": "box"})
    ran = person.push(guarded)
    assert ran.code == 3
    assert said.format(host=guarded.host) in ran.err


def test_a_file_that_is_no_json_is_told(guarded: Server, person: Home) -> None:
    file = person.write(".docker/config.json", {})
    file.write_text("{auths")
    ran = person.push(guarded)
    assert (ran.code, f"{file}: it is no JSON object" in ran.err) == (3, True)


def test_credentials_are_not_looked_for_where_nobody_asks(server: Server, person: Home) -> None:
    person.helper("box", f"touch {person.folder}/asked; exit 2")
    person.write(".docker/config.json", {"credsStore": "box"})
    assert person.push(server).code == 0
    assert not (person.folder / "asked").exists()


def test_a_token_for_a_name_and_a_password(tokened: tuple[Server, Issuer], person: Home) -> None:
    server, gives = tokened
    ran = person.push(server, "--username", USER, "--password-stdin", stdin=WORD)
    assert ran == (0, person.published(server), "")
    assert {(method, proof) for method, _, proof in gives.asked} == {("GET", f"Basic {BASIC}")}
    assert [asked["scope"] for _, asked, _ in gives.asked] == [
        ["repository:charts/shop:pull,push", "repository:charts/shop:pull"]
    ] * 2


def test_a_token_for_a_refresh_token(tokened: tuple[Server, Issuer], person: Home) -> None:
    server, gives = tokened
    person.write(".docker/config.json", {"auths": {server.host: {"identitytoken": REFRESH}}})
    assert person.push(server) == (0, person.published(server), "")
    assert {method for method, _, _ in gives.asked} == {"POST"}


def test_a_token_that_was_kept(tokened: tuple[Server, Issuer], person: Home) -> None:
    server, gives = tokened
    token = gives.token(["repository:charts/shop:pull,push"], ("pull", "push"))
    person.write(".docker/config.json", {"auths": {server.host: {"registrytoken": token}}})
    ran = person.push(server)
    assert ran == (0, person.published(server), "")
    assert gives.asked == []


def test_a_token_that_allows_reading_only_publishes_nothing(
    tokened: tuple[Server, Issuer], person: Home
) -> None:
    server, gives = tokened
    gives.allows = ("pull",)
    ran = person.push(server, "--username", USER, "--password-stdin", stdin=WORD)
    assert (ran.code, "not allowed, with the credentials there are: 401" in ran.err) == (3, True)
    assert not [token for token in gives.given if token in ran.err]


def test_what_a_token_server_says_back_is_shown_without_the_secret(
    tokened: tuple[Server, Issuer], person: Home
) -> None:
    """This one repeats the whole header that it was sent."""
    server, _ = tokened
    sent = base64.b64encode(f"{USER}:wr0ng-word".encode()).decode()
    ran = person.push(server, "--username", USER, "--password-stdin", stdin="wr0ng-word")
    assert (ran.code, "401 (UNAUTHORIZED: who is Basic ***?)" in ran.err) == (3, True)
    assert sent not in ran.err


def test_where_anybody_may_read_a_version_that_is_there_needs_no_password(
    tokened: tuple[Server, Issuer], person: Home
) -> None:
    server, gives = tokened
    assert person.push(server, "--username", USER, "--password-stdin", stdin=WORD).code == 0
    gives.anonymous = ("pull",)
    assert person.push(server).out.endswith(" is there already\n")


@pytest.mark.parametrize("phase", PHASES)
def test_no_proof_goes_to_a_host_that_a_registry_redirects_to(
    phase: str, guarded: Server, person: Home
) -> None:
    from chartgen.oci import Credential

    with proxy(guarded.port) as before, proxy(guarded.port) as elsewhere:
        before.elsewhere = f"http://127.0.0.1:{elsewhere.port}"
        before.arm(Fault("another host", trick="redirect"), phase)
        publisher = Publisher(before.host, credential=Credential(USER, WORD))
        said = publisher.publish(person.version, artifact(person.version))
        assert elsewhere.seen
        assert not [headers for _, _, headers in elsewhere.seen if "authorization" in map(str.lower, headers)]
        assert said == "published" or said.startswith("3 ")
        # Where it is sent on to wants a proof too, and gets none.
        assert guarded.holds(NAME, person.version) in ("nothing", artifact(person.version).digest)


def test_a_realm_without_tls_gets_no_password(tmp_path: Path) -> None:
    """The registry speaks TLS, and sends us for a token to where anybody may listen."""
    ca = authority(tmp_path, "ca")
    signed(tmp_path, "ca", "server")
    with issuer(tmp_path / "keys") as gives:
        tls = {"certificate": str(tmp_path / "server.crt"), "key": str(tmp_path / "server.key")}
        with registry("distribution 3", tmp_path / "r", {"http": {"tls": tls}, **gives.auth}) as server:
            packed(tmp_path)
            ran = run(
                "push", server.url, "shop-0.1.0.tgz", "--ca-file", str(ca),
                "--username", USER, "--password-stdin",
                cwd=tmp_path, env={"HOME": str(tmp_path)}, stdin=WORD,
            )  # fmt: skip
        assert (ran.code, "it sends us to http://localhost, where anybody may listen" in ran.err) == (3, True)
        assert gives.asked == []


def test_what_is_wrong_with_options_is_told(person: Home, tmp_path: Path) -> None:
    nowhere = Server(1, tmp_path)
    assert "there is a name, and no password" in person.push(nowhere, "--username", USER).err
    assert "there is a password, and no name" in person.push(nowhere, "--password-stdin", stdin=WORD).err
    assert person.push(nowhere, "--key-file", "key.pem").code == 2
    ran = run("push", f"oci://{USER}:{WORD}@localhost/charts", cwd=tmp_path)
    assert (ran.code, WORD in ran.err) == (2, False)


@pytest.mark.parametrize("phase", [LOOK, SEND, FETCH])
def test_an_expired_proof_is_asked_for_anew(phase: str, tokened: tuple[Server, Issuer], person: Home) -> None:
    from chartgen.oci import Credential

    server, gives = tokened
    realm = f'Bearer realm="http://localhost:{gives.port}/token",service="registry of the tests"'
    with proxy(server.port) as before:
        expired = Fault(
            "401", 401, once=True, headers=(("WWW-Authenticate", f'{realm},error="invalid_token"'),)
        )
        before.arm(expired, phase)
        publisher = Publisher(before.host, credential=Credential(USER, WORD))
        assert publisher.publish(person.version, artifact(person.version)) == "published"
        assert before.struck == 1
