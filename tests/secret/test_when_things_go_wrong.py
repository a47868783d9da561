"""`create-secret.sh` against a server that refuses, dies or is another: a clear end, never a half state."""

from __future__ import annotations

import copy
import signal
import socket
from ssl import TLSVersion

import pytest

from tests.secret import faults
from tests.secret.api_server import COLLECTION, NAME, ApiServer, Fault, Handler, status_object
from tests.secret.conftest import Certificates, Pod, Serve
from tests.secret.images import CLIENTS, EACH_ONCE, await_command

each_once = pytest.mark.parametrize("shell, client", EACH_ONCE)
FORBIDDEN = 'secrets "ushadow-secrets" is forbidden: User "system:serviceaccount:u:x" cannot get resource'
GAVE_UP = "create-secret: Gave up on Secret ushadow/ushadow-secrets "


def loopback_has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@each_once
def test_a_server_of_another_ca_is_refused_before_it_hears_anything(
    pod: Pod, server: ApiServer, certificates: Certificates, shell: str, client: str
) -> None:
    image = pod(shell, client, certificates.other_ca)
    ran = image.run(server)
    assert ran.code == 1
    assert ran.err.startswith(f"{GAVE_UP}at try 9: GET https://127.0.0.1:")
    assert f"{image.folder}/account/ca.crt must have signed the server's certificate" in ran.err
    assert server.seen == []


@each_once
def test_a_server_of_another_name_is_refused(
    pod: Pod, serve: Serve, certificates: Certificates, shell: str, client: str
) -> None:
    server = serve(certificates.misnamed)
    ran = pod(shell, client).run(server)
    assert ran.code == 1
    assert "certificate, which must name 127.0.0.1; never skipped" in ran.err
    assert server.seen == []


@each_once
@pytest.mark.parametrize("good", [0, 1, 2])
def test_passing_faults_are_passed_over(
    pod: Pod, server: ApiServer, shell: str, client: str, good: int
) -> None:
    passing = [faults.refusal(500, "InternalError", "etcd"), faults.page(502), faults.empty]
    server.faults.extend([faults.nothing] * good + passing)
    ran = pod(shell, client).run(server)
    assert (ran.code, ran.err) == (0, "")
    assert list(server.secrets) == [NAME]


@each_once
@pytest.mark.parametrize(
    "fault", [faults.dies_in_the_answer, faults.dies_before_the_answer, faults.cut_short]
)
def test_a_lost_answer_brings_no_second_key(
    pod: Pod, server: ApiServer, shell: str, client: str, fault: Fault
) -> None:
    server.faults.extend([faults.nothing, fault, fault])
    ran = pod(shell, client).run(server)
    assert (ran.code, ran.err) == (0, "")
    assert len(set(server.values)) == 1
    assert len(server.secrets) == 1


# The client matters where the answer is no proper HTTP; where it is, one of them will do.
@pytest.mark.parametrize(
    "client, fault, cause",
    [
        *((client, faults.cut_short, "with a body that is cut short. Something") for client in CLIENTS),
        ("wget", faults.refusal(302, "Found", ""), "was answered with 302, with a body that is"),
        ("curl", faults.page(200), "answered with 200, with a body that is not JSON. Something answers"),
        ("curl", faults.page(404), "answered with 404, with a body that is not JSON. Something answers"),
        ("curl", faults.empty, "answered with 200, with a body that is empty. Something answers in the"),
        ("curl", faults.refusal(503, "Unavailable", "stopping"), "answered with 503: stopping. Try again"),
        ("curl", faults.dies_before_the_answer, "failed: curl: (52) Empty reply from server. Check"),
    ],
)
def test_a_lasting_fault_ends_with_its_cause(
    pod: Pod, server: ApiServer, client: str, fault: Fault, cause: str
) -> None:
    server.always = fault
    ran = pod("busybox", client).run(server)
    assert ran.code == 1
    assert ran.err.startswith(f"{GAVE_UP}at try 9: ")
    assert cause in ran.err
    assert server.methods == ["GET"] * 9
    assert server.secrets == {}


@pytest.mark.parametrize("client", ["curl", "wget"])  # wget takes no body from a 401
def test_a_token_that_is_not_accepted_is_told(pod: Pod, server: ApiServer, client: str) -> None:
    image = pod("bash", client)
    (image.folder / "account/token").write_text("of.another.cluster")
    ran = image.run(server)
    assert ran.code == 1
    assert "/secrets/ushadow-secrets was answered with 401" in ran.err
    assert f". The token in {image.folder}/account must be of this cluster" in ran.err
    assert "of.another.cluster" not in ran.err


@each_once
def test_a_token_that_is_replaced_meanwhile_is_read_again(
    pod: Pod, server: ApiServer, shell: str, client: str
) -> None:
    image = pod(shell, client)
    token = image.folder / "account/token"
    right = token.read_text()
    token.write_text("expired")

    def rotate(handler: Handler) -> bool:
        token.write_text(right)
        return False

    server.faults.append(rotate)
    assert image.run(server).code == 0
    assert list(server.secrets) == [NAME]


@each_once
@pytest.mark.parametrize("good, method", [(0, "GET"), (1, "POST")])
def test_a_missing_role_is_named(
    pod: Pod, server: ApiServer, shell: str, client: str, good: int, method: str
) -> None:
    denial = faults.refusal(403, "Forbidden", FORBIDDEN)

    def deny(handler: Handler) -> bool:
        return denial(handler) if handler.command == method else False

    server.always = deny
    ran = pod(shell, client).run(server)
    assert ran.code == 1
    assert f"{method} https://127.0.0.1:" in ran.err
    assert f"was answered with 403: {FORBIDDEN}" in ran.err
    assert "verb get on secrets, resourceNames [ushadow-secrets], and verb create on secrets" in ran.err
    assert server.methods.count(method) == 4


def test_a_role_that_the_server_does_not_know_yet_is_waited_for(pod: Pod, server: ApiServer) -> None:
    server.faults.extend([faults.refusal(403, "Forbidden", FORBIDDEN)] * 3)
    assert pod("bash", "wget").run(server).code == 0


@each_once
def test_a_final_refusal_is_not_asked_again(pod: Pod, server: ApiServer, shell: str, client: str) -> None:
    missing = 'namespaces "ushadow" not found'
    server.faults.extend([faults.nothing, faults.refusal(404, "NotFound", missing)])
    ran = pod(shell, client).run(server)
    assert ran.code == 1
    assert f"{COLLECTION} was answered with 404: {missing}" in ran.err
    assert server.methods == ["GET", "POST"]


@each_once
def test_a_conflict_is_no_failure(pod: Pod, server: ApiServer, shell: str, client: str) -> None:
    def rival(handler: Handler) -> bool:
        code, theirs = handler.result()
        assert code == 201
        handler.server.secrets[NAME] = copy.deepcopy(theirs)
        handler.answer(409, status_object(409, "AlreadyExists", "already exists"))
        return True

    server.faults.extend([faults.nothing, rival])
    ran = pod(shell, client).run(server)
    assert ran.code == 0
    assert "was created by another run at the same moment" in ran.out


def test_a_secret_that_vanishes_again_and_again_is_told(pod: Pod, server: ApiServer) -> None:
    def forget(handler: Handler) -> bool:
        handler.server.secrets.clear()
        return False

    server.always = forget
    ran = pod("dash", "curl").run(server)
    assert ran.code == 1
    assert "Secret ushadow/ushadow-secrets was not there after 201" in ran.err
    assert len(set(server.values)) == 1


@pytest.mark.parametrize("client", ["curl", "wget"])
def test_nobody_there_is_told(pod: Pod, server: ApiServer, client: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        port = str(taken.getsockname()[1])
        ran = pod("busybox", client).run(server, KUBERNETES_SERVICE_PORT=port)
    there = f"https://127.0.0.1:{port}"
    assert ran.code == 1
    assert ran.err.startswith(f"{GAVE_UP}at try 9: GET {there}/api/v1/")
    assert f"sidecars let this pod reach the API server at {there}, then try again." in ran.err


def test_the_deadline_holds_whatever_the_server_does(pod: Pod, serve: Serve) -> None:
    lasting = [faults.never_answers, faults.trickles]
    runs = [(fault, pod(*pair), serve()) for fault in lasting for pair in EACH_ONCE]
    started = []
    for fault, image, server in runs:  # all at once: each takes its whole second
        server.always = fault
        started.append(image.start(server, SECRET_TIMEOUT="1", SECRET_RETRY_DELAY="500"))
    for (_, image, server), process in zip(runs, started, strict=True):
        ran = image.finish(process, server)
        assert ran.code == 1
        assert ran.err.startswith(f"{GAVE_UP}after 1 s: ")
        assert "let this pod reach the API server" in ran.err


@each_once
def test_the_deadline_ends_a_pause_with_the_last_cause(
    pod: Pod, server: ApiServer, shell: str, client: str
) -> None:
    server.always = faults.refusal(500, "InternalError", "etcd is away")
    image = pod(shell, client)
    process = image.start(server, SECRET_RETRY_DELAY="500")
    await_command(process.pid, "sleep 500")
    process.send_signal(signal.SIGALRM)  # as the watchdog does
    ran = image.finish(process, server)
    assert ran.code == 1
    assert ran.err.startswith(f"{GAVE_UP}after 60 s: GET https://127.0.0.1:")
    assert "was answered with 500: etcd is away" in ran.err


@pytest.mark.parametrize("client", CLIENTS)
def test_a_server_may_insist_on_tls_1_3(pod: Pod, serve: Serve, client: str) -> None:
    server = serve(tls=TLSVersion.TLSv1_3)
    assert pod("dash", client).run(server).code == 0
    assert list(server.secrets) == [NAME]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_ipv6_address_is_put_in_brackets(pod: Pod, serve: Serve, client: str, host: str) -> None:
    if not loopback_has_ipv6():
        pytest.skip("the loopback of this machine has no IPv6")
    server = serve(host="::1")
    assert pod("dash", client).run(server, KUBERNETES_SERVICE_HOST=host).code == 0
    assert list(server.secrets) == [NAME]
