"""What the commands that speak with a registry share: Helm's options, and where credentials come from."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import semver

from chartgen.cli.failures import progress
from chartgen.cli.options import Command, option
from chartgen.disk import chart_in, read_text
from chartgen.errors import ChartgenError, UsageError

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.oci import Config, Credential, Fetched, Reference, Repository
    from chartgen.signing import Cosign

_PASSWORD = "CHARTGEN_REGISTRY_PASSWORD"
# All that a command is told about a registry goes by these names.
_OPTIONS = (
    option("--username", env="REGISTRY_USERNAME", metavar="NAME", help="Who asks, if the registry minds."),
    click.option(
        "--password-stdin", is_flag=True, help=f"Read the password from standard input (or set {_PASSWORD})."
    ),
    option("--plain-http", env="PLAIN_HTTP", is_flag=True, help="Speak HTTP with the registry, without TLS."),
    option("--ca-file", env="CA_FILE", metavar="FILE", help="The CA that signed the registry's certificate."),
    option("--cert-file", env="CERT_FILE", metavar="FILE", help="Certificate to show to the registry."),
    option("--key-file", env="KEY_FILE", metavar="FILE", help="Key of that certificate."),
    option(
        "--insecure-skip-tls-verify", env="INSECURE_SKIP_TLS_VERIFY", is_flag=True,
        help="Take any certificate of the registry: whoever is in between reads and changes what is sent.",
    ),
    option(
        "--retries", env="RETRIES", type=click.IntRange(0, 20), default=4, show_default=True,
        help="How often to try again what a registry does not do at once.",
    ),
)  # fmt: skip


class Wall:
    """Time, as it passes."""

    def now(self) -> float:
        return time.monotonic()

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)


# What cosign can be told as well.
_CONNECTION = _OPTIONS[2:7]
cosign_option = option(
    "--cosign", env="COSIGN", default="cosign", metavar="PATH", help="Use this cosign, version 3."
)


def connection_options(command: Command) -> Command:
    """Adds those of the options that are about the connection; the command gets them as `**registry`."""
    for add in reversed(_CONNECTION):
        command = add(command)
    return command


def registry_options(command: Command) -> Command:
    """Adds the options; the command gets them as `**registry`, for `Access`."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command


class Access:
    """Opens repositories as the options say."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        from chartgen.oci import Network

        if options["key_file"] and not options["cert_file"]:
            raise UsageError("--key-file is the key of a certificate", "give --cert-file too")
        names = Network.__match_args__
        told = {name: value for name, value in options.items() if name in names and value is not None}
        self._network = Network(**told, proxies=proxies(os.environ))
        self._given = _given(options["username"] or "", options["password_stdin"])

    def open(self, reference: Reference, writes: bool = False) -> AbstractContextManager[Repository]:
        from chartgen.oci import opened

        return opened(reference, self._network, Wall(), self._credential, writes)

    def _credential(self, host: str) -> Credential:
        from chartgen.oci import kept

        return self._given or kept(host, _configs(os.environ))


def cosign_of(program: str, options: Mapping[str, Any]) -> Cosign:
    """A cosign that reaches a registry as the options say; credentials it reads itself, in Docker's file: the
    password for one registry could only be given to it in an argument."""
    from chartgen.signing import Cosign

    told = {name: value for name, value in options.items() if name in Cosign.__match_args__}
    return Cosign(program, **told)


def fetched(access: Access, text: str) -> tuple[Fetched, Chart]:
    """The chart that a reference names, without a tag or a digest the last version. Raises ChartgenError."""
    from chartgen.oci import fetch, parse, version_of

    reference = parse(text)
    progress(f"{reference}: fetching")
    with access.open(reference) as repository:
        found = fetch(repository)
    progress("")
    chart = chart_in(found.archive, Path(str(found.reference)))
    tag, name = found.reference.tag, found.reference.path.rpartition("/")[2]
    if chart.name != name or (semver.Version.is_valid(version_of(tag)) and version_of(tag) != chart.version):
        what = f"{found.reference} holds the chart {chart.name} {chart.version}"
        raise ChartgenError(what, "who published it should see to that")
    return found, chart


def _given(username: str, from_stdin: bool) -> Credential:
    """What was given for this command alone. Raises UsageError for a half of it."""
    from chartgen.oci import Credential

    password = password_of(username, from_stdin, _PASSWORD)
    if ":" in username:
        raise UsageError("a name for a registry holds no colon")
    return Credential(username, password) if username else Credential()


def password_of(username: str, from_stdin: bool, variable: str) -> str:
    """The password of a name, from standard input or a variable. Raises UsageError for half of it."""
    password = sys.stdin.readline().rstrip("\r\n") if from_stdin else os.environ.get(variable, "")
    if username and not password:
        raise UsageError("there is a name, and no password", f"--password-stdin reads one, or set {variable}")
    if from_stdin and not username:
        raise UsageError("there is a password, and no name", "--username gives one")
    return password


def _configs(environment: Mapping[str, str]) -> tuple[Config, ...]:
    """Helm's file and Docker's, if they are there. Source: helm, pkg/cli/environment.go, pkg/helmpath."""
    from chartgen.oci import Config

    home = Path(environment.get("HOME") or "/")
    settings = Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "helm"
    if sys.platform == "darwin" and not environment.get("XDG_CONFIG_HOME"):
        settings = home / "Library/Preferences/helm"
    settings = Path(environment.get("HELM_CONFIG_HOME") or settings)
    helm = Path(environment.get("HELM_REGISTRY_CONFIG") or settings / "registry/config.json")
    docker = Path(environment.get("DOCKER_CONFIG") or home / ".docker") / "config.json"
    return tuple(Config(str(path), read_text(path)) for path in (helm, docker) if path.is_file())


def proxies(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The proxies that the environment names, by scheme, and the hosts that have `no` proxy.

    Lower case goes before; HTTP_PROXY is not heard, as whoever asks a CGI program can set it.
    """
    names: dict[str, Callable[[str], str]] = {
        "https": lambda name: environment.get(name) or environment.get(name.upper(), ""),
        "http": lambda name: environment.get(name, ""),
        "no": lambda name: environment.get(name) or environment.get(name.upper(), ""),
    }
    found = {scheme: get(f"{scheme}_proxy") for scheme, get in names.items()}
    return tuple((scheme, value) for scheme, value in found.items() if value)
