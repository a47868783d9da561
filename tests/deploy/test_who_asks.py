"""Who asks, which cluster is meant, and what may be said on the command line."""

from __future__ import annotations

import fcntl
import struct
import termios
from collections.abc import Callable

import pytest

from tests.cli.terminal import Terminal
from tests.deploy.conftest import CLUSTERS, NAME, ROOT, Deploy, Fake
from tests.deploy.faulty import faulty, http
from tests.deploy.test_answers import GOOD

TOKEN, WORD = "token-0123456789", "pass-w0rd!"
HERE = ("--cluster", "production")
UP, DOWN, END = "\x1b[A", "\x1b[B", "\x1b[F"


@pytest.fixture
def guarded(start: Callable[[str], Fake]) -> Fake:
    """One that wants to know who asks."""
    ushadow = start("newer")
    ushadow.put(token=TOKEN, password=WORD)
    return ushadow


def test_a_token_from_the_environment_proves_who_asks(guarded: Fake) -> None:
    assert guarded.deploy(*HERE).code == 3
    assert guarded.deploy(*HERE, USHADOW_TOKEN=TOKEN).code == 0


def test_a_token_that_is_not_accepted_is_told_and_not_shown(guarded: Fake) -> None:
    ran = guarded.deploy(*HERE, USHADOW_TOKEN="an-old-token")
    assert ran.code == 3
    assert ran.err == (
        f"Error: {guarded.url}: it does not accept who asks: 401: Unauthorized\n"
        "the token may have run out: get a new one\n"
    )


def test_a_name_and_a_password_get_a_token(guarded: Fake) -> None:
    ran = guarded.deploy(*HERE, "--username", "me", "--password-stdin", stdin=f"{WORD}\n")
    assert (ran.code, ran.err) == (0, "")
    ran = guarded.deploy(*HERE, "--username", "me", CHARTGEN_DEPLOY_PASSWORD="wrong-word")
    said = f"{guarded.url}: it does not know that name with that password"
    assert (ran.code, ran.err) == (3, f"Error: {said}\ntry again\n")


def test_half_of_a_login_is_refused(deploy: Deploy) -> None:
    for arguments, said in (
        (("--username", "me"), "there is a name, and no password"),
        (("--password-stdin",), "there is a password, and no name"),
    ):
        ran = deploy("http://localhost:1", *HERE, *arguments, stdin="x\n")
        assert (ran.code, ran.err.splitlines()[0]) == (2, f"Error: {said}")


def test_a_token_does_not_follow_a_redirect(deploy: Deploy) -> None:
    with faulty({"": http("200 OK", b"{}")}) as other:
        away = http("307 Temporary Redirect", b"", f"Location: {other.url}/health")
        with faulty({**GOOD, "GET /health": away}) as server:
            ran = deploy(server.url, *HERE, USHADOW_TOKEN=TOKEN)
        assert ran.code == 3
        assert other.heard == []
    assert TOKEN.encode() in server.heard[0]


def test_a_server_that_repeats_the_token_does_not_make_us_show_it(deploy: Deploy) -> None:
    words = f'{{"detail": "bad token {TOKEN}"}}'.encode()
    with faulty({"": http("401 Unauthorized", words)}) as server:
        ran = deploy(server.url, *HERE, USHADOW_TOKEN=TOKEN)
    assert "bad token ***" in ran.err
    assert TOKEN not in ran.err


@pytest.mark.parametrize(
    "address",
    ["localhost:8000", "ftp://h", "http://", "http://h:99999", "http://h/?a=1", "http://h h/", "http://\n"],
)
def test_what_is_no_address_is_refused(address: str, deploy: Deploy) -> None:
    ran = deploy(address, *HERE)
    assert (ran.code, ran.err.splitlines()[0]) == (2, "Error: --server: that is no address of a server")


def test_a_password_in_an_argument_is_refused_and_not_repeated(deploy: Deploy) -> None:
    ran = deploy(f"http://me:{WORD}@localhost:8000", *HERE)
    assert (ran.code, WORD in ran.err) == (2, False)
    for pair in (f"AUTH_SECRET_KEY={WORD}", f"OTHER=https://me:{WORD}@host/"):
        ran = deploy("http://localhost:1", *HERE, "--env", pair)
        assert (ran.code, WORD in ran.err) == (2, False)
        assert "everybody on this machine could read it" in ran.err


def test_secrets_that_the_chart_does_not_make_have_to_be_given(start: Callable[[str], Fake]) -> None:
    ushadow = start("older")
    overlay = ("-f", "values/production.yaml")
    ran = ushadow.deploy(*HERE, *overlay)
    assert ran.code == 1
    assert ran.err == (
        "Error: secrets have no value here\n"
        "  MONGODB_URI: the chart takes it from Secret ushadow-databases, key MONGODB_URI\n"
        "  REDIS_URL: the chart takes it from Secret ushadow-databases, key REDIS_URL\n"
        "  AUTH_SECRET_KEY: the chart takes it from Secret ushadow-auth, key AUTH_SECRET_KEY\n"
        "set variables of these names: what is secret is read from the environment alone\n"
    )
    given = {"AUTH_SECRET_KEY": "k" * 32, "MONGODB_URI": "mongodb://a:b@c/d", "REDIS_URL": "redis://e"}
    assert ushadow.deploy(*HERE, *overlay, **given).code == 0
    assert given.items() <= ushadow.instance["config"]["values"].items()


def test_a_further_secret_has_its_value_in_the_environment(
    start: Callable[[str], Fake],
) -> None:
    ushadow = start("older")
    ran = ushadow.deploy(*HERE, "--secret", "ADMIN_PASSWORD")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "Error: --secret: no value for ADMIN_PASSWORD")
    assert ushadow.deploy(*HERE, "--secret", "ADMIN_PASSWORD", ADMIN_PASSWORD=WORD).code == 0
    assert ushadow.instance["config"]["values"]["ADMIN_PASSWORD"] == WORD


# ---- Which cluster


@pytest.mark.parametrize("name", ["production", "c-production"])
def test_a_cluster_goes_by_its_name_or_its_id(name: str, ushadow: Fake) -> None:
    assert "cluster production" in ushadow.deploy("--cluster", name).out


def test_a_cluster_that_is_not_there_is_told_with_its_near_miss(ushadow: Fake) -> None:
    ran = ushadow.deploy("--cluster", "prodution")
    said = "Error: prodution: that ushadow knows no such cluster\ndid you mean 'production'?\n"
    assert (ran.code, ran.err) == (1, said)


def test_without_a_terminal_a_cluster_has_to_be_named(ushadow: Fake) -> None:
    ran = ushadow.deploy()
    assert ran.code == 2
    assert ran.err == (
        "Error: which cluster? There is no terminal to ask on\n--cluster names one of: "
        "staging (c-staging, https://staging.example.com:6443); "
        "production (c-production, https://production.example.com:6443)\n"
    )
    assert ushadow.asked("POST") == []


def test_two_clusters_of_one_name_are_told_apart_by_their_ids(start: Callable[[str], Fake]) -> None:
    ushadow = start("older")
    ushadow.put(clusters=[{**one, "name": "same"} for one in CLUSTERS])
    ran = ushadow.deploy("--cluster", "same")
    assert (ran.code, ran.err.splitlines()[1]) == (
        1,
        "--cluster takes an id as well: c-staging, c-production",
    )


def test_an_ushadow_without_clusters_says_what_to_do(ushadow: Fake) -> None:
    ushadow.put(clusters=[])
    ran = ushadow.deploy()
    assert (ran.code, ran.err.splitlines()[1]) == (
        1,
        "add one to it first: Settings, Kubernetes, Add Cluster",
    )


def menu(ushadow: Fake, *keys: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    with Terminal("deploy", "--server", ushadow.url, "--dry-run", cwd=ROOT, env=env) as it:
        it.wait_for("> staging")
        for key in keys:
            it.type(key)
        return it.end(), it.shown


@pytest.mark.parametrize(
    "keys,cluster",
    [
        ((DOWN, "\r"), "c-production"),
        (("\x1bOB", "\r"), "c-production"),
        (("j", "k", "\r"), "c-staging"),
        ((UP, "\r"), "c-staging"),
        ((DOWN, DOWN, DOWN, "\r"), "c-production"),
        ((END, "\n"), "c-production"),
        (("x", "\x1b[200~", "\x1b[3;5~", "\r"), "c-staging"),
    ],
)
def test_arrow_keys_choose_on_a_terminal(
    keys: tuple[str, ...], cluster: str, start: Callable[[str], Fake]
) -> None:
    code, shown = menu(start("newer"), *keys)
    assert code == 0, shown
    assert f"k8s://{cluster}/ushadow" in shown


@pytest.mark.parametrize("key", ["q", "\x1b", "\x04"])
def test_leaving_the_menu_does_nothing(key: str, start: Callable[[str], Fake]) -> None:
    ushadow = start("newer")
    with Terminal("deploy", "--server", ushadow.url, cwd=ROOT) as it:
        it.wait_for("> staging")
        it.type(key)
        assert it.end() == 130
    assert "Traceback" not in it.shown
    assert ushadow.world["instances"] == {}


def test_control_c_in_the_menu_leaves_the_terminal_as_it_was(start: Callable[[str], Fake]) -> None:
    ushadow = start("newer")
    with Terminal("deploy", "--server", ushadow.url, cwd=ROOT) as it:
        before = termios.tcgetattr(it.screen)
        it.wait_for("> staging")
        assert termios.tcgetattr(it.screen) != before
        assert it.interrupt() == 130
        assert termios.tcgetattr(it.screen) == before
    assert ushadow.world["instances"] == {}


def test_more_clusters_than_a_screen_has_lines_scroll(start: Callable[[str], Fake]) -> None:
    ushadow = start("newer")
    many = [{**CLUSTERS[0], "cluster_id": f"c{n}", "name": f"name-{n}" + "x" * 200} for n in range(60)]
    ushadow.put(clusters=many)
    with Terminal("deploy", "--server", ushadow.url, "--dry-run", cwd=ROOT) as it:
        fcntl.ioctl(it.screen, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 80, 0, 0))
        it.wait_for("> name-0x")
        it.type(DOWN * 40)
        it.wait_for("> name-40x")
        it.type("\r")
        assert it.end() == 0
    assert "k8s://c40/ushadow" in it.shown
    assert max(len(line) for line in it.shown.splitlines() if "name-40x" in line and "[7m" in line) < 100


def test_a_name_from_the_server_cannot_write_on_the_terminal(start: Callable[[str], Fake]) -> None:
    ushadow = start("newer")
    ushadow.put(clusters=[{**CLUSTERS[0], "name": "staging\x1b]0;owned\x07"}])
    code, shown = menu(ushadow, "\r")
    assert code == 0
    assert "\x1b]0;" not in shown
    assert "staging\\x1b]0;owned" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ("--namespace", "Not_One"), ("--name", "Not One"), ("--component", "backnd"), ("--env", "=x"),
        ("--env", "A B=x"), ("nothing",), ("--timeout", "-1"), ("--name", "x" * 101),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_usage(arguments: tuple[str, ...], deploy: Deploy) -> None:
    assert deploy("http://localhost:1", *HERE, *arguments).code == 2


def test_a_terminal_that_cannot_be_drawn_on_is_none(start: Callable[[str], Fake]) -> None:
    with Terminal("deploy", "--server", start("newer").url, cwd=ROOT, env={"TERM": "dumb"}) as it:
        assert it.end() == 2
    assert "which cluster? There is no terminal to ask on" in it.shown


def test_the_name_of_the_instance_can_be_chosen(start: Callable[[str], Fake]) -> None:
    ushadow = start("newer")
    assert ushadow.deploy(*HERE, "--name", "mine", "--component", "frontend").out.startswith("mine: created")
    assert ushadow.world["instances"]["mine"]["template_id"] == "ushadow-compose:ushadow-frontend"
    assert NAME not in ushadow.world["instances"]
