"""Every answer that can come back becomes a sentence with a next step; none shows a secret, none hangs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.deploy.conftest import NAME, WELL, Deploy, Fake
from tests.deploy.faulty import ENDLESS, SILENT, Answers, faulty, http
from tests.deploy.faulty import json as answer
from tests.gitops.host import free_ports

HERE = ("--cluster", "c1", "--answer-timeout", "2", "--timeout", "2")
LIST = answer(b'[{"cluster_id": "c1", "name": "one", "server": "https://one"}]')
ABSENT = answer(b'{"detail": "Not Found"}', "404 Not Found")
MADE = answer(json.dumps({"id": NAME, "status": "running"}).encode())
GOOD: Answers = {
    "GET /health": answer(json.dumps(WELL).encode()),
    "GET /api/instances": answer(b"[]"),
    f"GET /api/instances/{NAME}": ABSENT,
    "GET /api/kubernetes/clusters": LIST,
    "": ABSENT,
}
KEY = "k3y-of-the-application"
TOO_SHORT = {"loc": ["body", "config", "PORT"], "msg": "should be a number", "input": {"KEY": KEY}}
LOCATION = "Location: https://login.example.com/?next=1"
BACKEND = "is this the backend of an ushadow? See --server"
AGAIN = "run this again: it takes up what is there"

# What comes back, the exit code, the sentence without the server's address, and the next step.
ANSWERS: dict[str, tuple[bytes, int, str, str]] = {
    "nothing": (http("200 OK", b""), 3, "its answer is empty", BACKEND),
    "html": (
        http("200 OK", b"<!doctype html>", "Content-Type: text/html"), 3, "what came is a web page, not JSON",
        "is that its web interface? Give --server the address of the backend, port 8000 as a rule",
    ),
    "html that says it is JSON": (
        answer(b" <html>"), 3, "what came is a web page, not JSON",
        "is that its web interface? Give --server the address of the backend, port 8000 as a rule",
    ),
    "half of it": (answer(b'{"status": "hea'), 3, "what came is no JSON, or half of it", AGAIN),
    "no JSON": (answer(b"ok"), 3, "what came is no JSON, or half of it", AGAIN),
    "no UTF-8": (answer(b'"\xff"'), 3, "what came is no JSON, or half of it", AGAIN),
    "too deep": (answer(b"[" * 100_000), 3, "what came is no JSON, or half of it", AGAIN),
    "endless": (ENDLESS, 3, "its answer has no end: more than 4 MiB", "is this an ushadow? See --server"),
    "redirect": (
        http("307 Temporary Redirect", b"", LOCATION), 3, "it sends us elsewhere: 307",
        "if ushadow is there, give --server its address: https://login.example.com/",
    ),
    "400": (answer(b'{"detail": "no such template"}', "400 Bad Request"), 1,
            "it refuses the request: 400: no such template", "change what it complains about"),
    "401": (
        answer(b'{"detail": "Unauthorized"}', "401 Unauthorized"), 3,
        "it wants to know who asks: 401: Unauthorized",
        "set USHADOW_TOKEN to a token of it, or give --username and --password-stdin",
    ),
    "403": (http("403 Forbidden", b""), 3, "it does not allow that: 403",
            "who runs it can give you the right to"),
    "404": (ABSENT, 3, "it does not have that: 404: Not Found", BACKEND),
    "405": (http("405 Method Not Allowed", b""), 3, "it does not do that: 405", BACKEND),
    "409": (
        answer(b'{"detail": "in use"}', "409 Conflict"), 1, "something else is in the way: 409: in use",
        "see what is there under that name, or take another with --name",
    ),
    "418": (http("418 I'm a Teapot", b"short and stout"), 3, "it did not do what it was asked: 418", AGAIN),
    "422": (
        answer(json.dumps({"detail": [TOO_SHORT]}).encode(), "422 Unprocessable Entity"), 1,
        "it does not accept the request: 422\n  config.PORT: should be a number",
        "change what it complains about",
    ),
    "422 of another form": (answer(b'{"detail": {"a": 1}}', "422 Unprocessable Entity"), 1,
                            "it does not accept the request: 422", "change what it complains about"),
    "429": (http("429 Too Many Requests", b""), 3, "it was asked too often: 429", "try again later"),
    "500": (http("500 Internal Server Error", b"Internal Server Error"), 3, "it failed: 500",
            "its log says why; then run this again: it takes up what is there"),
    "502": (http("502 Bad Gateway", b"<html>nginx</html>", "Content-Type: text/html"), 3, "it failed: 502",
            "its log says why; then run this again: it takes up what is there"),
    "words that a terminal obeys": (
        answer(b'{"detail": "a\\u001b[2Jb\\nc"}', "400 Bad Request"), 1,
        "it refuses the request: 400: a [2Jb c", "change what it complains about",
    ),
}  # fmt: skip
CUT = {
    "cut": http("200 OK", b'{"a"', length=100),
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "silent": SILENT,
}


def asking(deploy: Deploy, answers: Answers, *arguments: str) -> tuple[int, str]:
    with faulty(answers) as server:
        ran = deploy(server.url, *HERE, *arguments, AUTH_SECRET_KEY=KEY)
        assert KEY not in ran.err + ran.out
        return ran.code, ran.err.replace(server.url, "URL").replace(f"127.0.0.1:{server.port}", "HOST")


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_to_the_request_that_creates(name: str, deploy: Deploy) -> None:
    told, code, what, hint = ANSWERS[name]
    assert asking(deploy, {**GOOD, "POST /api/instances": told}) == (code, f"Error: URL: {what}\n{hint}\n")


@pytest.mark.parametrize("name", ["html", "half of it", "endless", "redirect", "401", "500"])
@pytest.mark.parametrize("asked", ["GET /health", "GET /api/svc-configs", "GET /api/kubernetes/clusters"])
def test_an_answer_to_other_questions_is_the_same_sentence(name: str, asked: str, deploy: Deploy) -> None:
    told, code, what, hint = ANSWERS[name]
    assert asking(deploy, {**GOOD, asked: told}) == (code, f"Error: URL: {what}\n{hint}\n")


@pytest.mark.parametrize("name", CUT)
def test_an_answer_that_breaks_off_says_whether_anything_may_have_happened(name: str, deploy: Deploy) -> None:
    reasons = {"cut": "the connection was cut", "silent": "no answer in time"}
    for asked, hint in (
        ("GET /health", "does ushadow run there? `curl URL/health` shows it; --server names another"),
        ("POST /api/instances", "it may have heard all the same: run this again, it takes up what is there"),
    ):
        code, err = asking(deploy, {**GOOD, asked: CUT[name]})
        assert code == 3
        first, second = err.splitlines()
        assert first.startswith(f"Error: HOST: no answer: {reasons.get(name, '')}")
        assert second == hint


def test_nobody_at_the_port(deploy: Deploy) -> None:
    (port,) = free_ports(1)
    ran = deploy(f"http://127.0.0.1:{port}", *HERE)
    assert ran.code == 3
    assert ran.err == (
        f"Error: 127.0.0.1:{port}: no answer: Connection refused\n"
        f"does ushadow run there? `curl http://127.0.0.1:{port}/health` shows it; --server names another\n"
    )


def test_no_tls_there(deploy: Deploy) -> None:
    with faulty(GOOD) as server:
        ran = deploy(server.url.replace("http:", "https:"), *HERE)
    said = f"127.0.0.1:{server.port} does not speak TLS"
    assert (ran.code, ran.err) == (3, f"Error: {said}\nits address begins with http:// then\n")


NEWER = "is this the backend of an ushadow? One that is newer than this chartgen may tell it otherwise"
SHAPES: dict[str, tuple[str, Any, str]] = {
    "no object of health": ("GET /health", ["ok"], "URL: /health is not what an ushadow says"),
    "no list of clusters": ("GET /api/kubernetes/clusters", {"a": 1},
                            "its list of clusters: a list was expected, and an object came"),
    "a cluster that is a text": ("GET /api/kubernetes/clusters", ["c1"],
                                 "its list of clusters, 1: an object was expected, and an empty text came"),
    "a cluster without an id": ("GET /api/kubernetes/clusters", [{"name": "one"}],
                                "its list of clusters, 1: cluster_id: a text was expected, and nothing came"),
    "an id that is a number": ("GET /api/kubernetes/clusters", [{"cluster_id": 1}],
                               "its list of clusters, 1: cluster_id: a text was expected, and a number came"),
    "no list of instances": ("GET /api/instances", None,
                             "its list of instances: a list was expected, and nothing came"),
    "what was created has a state of its own kind": ("POST /api/instances", {"id": "x", "status": True},
                             "what it created: status: a text was expected, and true or false came"),
    "a configuration that is a list": ("POST /api/instances", {"id": "x", "config": []},
                             "what it created: config: an object was expected, and a list came"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_data_of_another_form_is_told(name: str, deploy: Deploy) -> None:
    asked, data, what = SHAPES[name]
    code, err = asking(deploy, {**GOOD, asked: answer(json.dumps(data).encode())})
    assert code == 3
    assert err.splitlines()[0] == f"Error: {what}"


def test_what_is_no_ushadow_is_told(deploy: Deploy) -> None:
    code, err = asking(deploy, {"GET /health": answer(b"{}"), "": ABSENT})
    said = "URL: it answers neither at /api/svc-configs nor at /api/instances"
    assert (code, err) == (3, f"Error: {said}\n{BACKEND}\n")


def test_trouble_that_passes_does_not_end_the_following(start: Callable[[str], Fake], deploy: Deploy) -> None:
    """The server fails, is silent, then says that it runs; and what does not pass ends it at once."""
    path = f"GET /api/instances/{NAME}"
    states = iter([ABSENT, http("503 Busy", b""), http("200 OK", b"", length=5), MADE])

    class Later(dict[str, bytes]):
        def __getitem__(self, key: str) -> bytes:
            return next(states) if key == path else super().__getitem__(key)

    waiting = answer(json.dumps({"id": NAME, "status": "deploying"}).encode())
    answers = Later({**GOOD, "GET /api/instances": answer(b"[]"), "POST /api/instances": waiting})
    assert asking(deploy, answers, "--timeout", "20") == (0, "")


def test_one_that_is_deleted_while_it_is_followed_is_told(deploy: Deploy) -> None:
    waiting = answer(json.dumps({"id": NAME, "status": "deploying"}).encode())
    gone = answer(b'{"detail": "Instance not found"}', "404 Not Found")
    code, err = asking(deploy, {**GOOD, "POST /api/instances": waiting, f"GET /api/instances/{NAME}": gone})
    assert (code, err.splitlines()[0]) == (1, f"Error: {NAME}: is gone: somebody deleted it")


def test_one_that_somebody_creates_at_the_same_moment_is_taken_up(deploy: Deploy) -> None:
    seen = iter([ABSENT, MADE, MADE])
    path = f"GET /api/instances/{NAME}"

    class Race(dict[str, bytes]):
        def __getitem__(self, key: str) -> bytes:
            return next(seen) if key == path else super().__getitem__(key)

    taken = answer(f'{{"detail": "Instance already exists: {NAME}"}}'.encode(), "400 Bad Request")
    assert asking(deploy, Race({**GOOD, "POST /api/instances": taken}))[0] == 0


LOGIN = "POST /api/auth/jwt/login"
LOGINS: dict[str, tuple[bytes, str]] = {
    "newer ones have no such login": (ABSENT, "URL: it has no login by name and password"),
    "no token": (answer(b"{}"), "URL: its answer to a login holds no token"),
    "a token of two lines": (
        answer(b'{"access_token": "a\\nb"}'),
        "URL: its answer to a login holds no token",
    ),
    "it fails": (http("500 Internal Server Error", b""), "URL: it failed: 500"),
}


@pytest.mark.parametrize("name", LOGINS)
def test_a_login_that_gives_no_token_is_told(
    name: str, deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, what = LOGINS[name]
    monkeypatch.setenv("CHARTGEN_DEPLOY_PASSWORD", "pass-w0rd")
    code, err = asking(deploy, {**GOOD, LOGIN: told}, "--username", "me")
    assert (code, err.splitlines()[0]) == (3, f"Error: {what}")
    assert "pass-w0rd" not in err


def test_a_deployment_that_is_answered_with_no_success_is_refused(deploy: Deploy) -> None:
    pending = answer(json.dumps({"id": NAME, "status": "pending"}).encode())
    no = answer(b'{"success": false, "message": "no such image"}')
    path = f"POST /api/instances/{NAME}/deploy"
    code, err = asking(deploy, {**GOOD, "POST /api/instances": pending, path: no})
    assert (code, err.splitlines()[0]) == (1, "Error: URL: it did not deploy: no such image")
