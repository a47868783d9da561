"""The options of a command that asks an ushadow, and the server that they name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from chartgen.cli.failures import progress
from chartgen.cli.options import Command, option
from chartgen.cli.registry import Wall, password_of, proxies
from chartgen.errors import UsageError

if TYPE_CHECKING:
    from chartgen.deploy import Ushadow

# The application's own client reads the first as well.
_TOKENS = ("USHADOW_TOKEN", "CHARTGEN_DEPLOY_TOKEN")
_PASSWORD = "CHARTGEN_DEPLOY_PASSWORD"
_OPTIONS = (
    option(
        "--server", env="SERVER", metavar="URL", default="http://localhost:8000", show_default=True,
        help="Backend of the ushadow that deploys.",
    ),
    option("--username", env="DEPLOY_USERNAME", metavar="NAME", help=f"Who asks; or set {_TOKENS[0]}."),
    click.option(
        "--password-stdin", is_flag=True, help=f"Read the password from standard input (or set {_PASSWORD})."
    ),
    option("--ca-file", env="CA_FILE", metavar="FILE", help="The CA that signed the server's certificate."),
    option(
        "--insecure-skip-tls-verify", env="INSECURE_SKIP_TLS_VERIFY", is_flag=True,
        help="Take any certificate of the server: whoever is in between reads and changes what is sent.",
    ),
    option(
        "--answer-timeout", env="ANSWER_TIMEOUT", type=click.FloatRange(0.1, 3600), default=60,
        show_default=True, help="Seconds to wait for one answer.",
    ),
)  # fmt: skip


def server_options(command: Command) -> Command:
    """Adds the options; the command gets them in `**more`, for `connected`."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command


@contextmanager
def connected(options: Mapping[str, Any]) -> Iterator[Ushadow]:
    """The ushadow that the options name, with who asks told. Raises UsageError and ServerError."""
    from chartgen.connection import Network
    from chartgen.deploy import Server, Ushadow, address

    network = Network(
        without_tls="its address begins with http:// then",
        ca_file=options["ca_file"] or "",
        insecure_skip_tls_verify=options["insecure_skip_tls_verify"],
        proxies=proxies(os.environ),
        timeout=options["answer_timeout"],
    )
    username = options["username"] or ""
    password = password_of(username, options["password_stdin"], _PASSWORD)
    token = next((os.environ[name] for name in _TOKENS if os.environ.get(name)), "")
    if not token.isprintable() or not token.isascii():
        raise UsageError(f"{_TOKENS[0]}: that is no token", "it holds one line of letters and signs")
    server = Server(address(options["server"]), network, Wall(), "" if username else token)
    if username:
        progress("logging in")
        server.login(username, password)
    yield Ushadow(server)
