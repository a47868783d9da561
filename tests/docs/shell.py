"""The command lines that documents show: parsed, and run where that costs little and reaches no cluster."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from chartgen.cli import COMMANDS, cli
from tests.docs.documents import ROOT
from tests.need import need

# A cluster that is not there: whoever would talk to one is refused at once.
NO_CLUSTER = """
apiVersion: v1
kind: Config
clusters: [{name: none, cluster: {server: "http://127.0.0.1:1"}}]
contexts: [{name: none, context: {cluster: none, user: ""}}]
current-context: none
"""
# kubectl is not among the tools that are built for the tests, so its lines are held against this table of its
# commands and their options. Where there is a kubectl, the table itself is held against it.
KUBECTL: Mapping[str, frozenset[str]] = {
    "annotate": frozenset({"--overwrite"}),
    "apply": frozenset({"--filename", "--server-side"}),
    "create configmap": frozenset({"--from-file"}),
    "create namespace": frozenset(),
    "create secret generic": frozenset({"--from-file", "--from-literal"}),
    "delete": frozenset({"--cascade", "--filename", "--selector"}),
    "describe": frozenset(),
    "exec": frozenset({"--container"}),
    "get": frozenset({"--output"}),
    "patch": frozenset({"--patch", "--type"}),
    "logs": frozenset({"--container", "--previous"}),
    "rollout restart": frozenset(),
    "rollout status": frozenset(),
    "scale": frozenset({"--replicas"}),
    "wait": frozenset({"--for", "--timeout"}),
}
SHORT = {"-n": "--namespace", "-o": "--output", "-c": "--container", "-f": "--filename"}


def shim(folder: Path, package: Path = ROOT) -> Path:
    """A folder with a `chartgen` in it that runs the package in `package`, for the PATH."""
    program = folder / "chartgen"
    code = "from chartgen.cli import main; main()"
    program.write_text(f"#!/bin/sh\nPYTHONPATH='{package}' exec '{sys.executable}' -c '{code}' \"$@\"\n")
    program.chmod(0o755)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """The environment of a new user who has chartgen and no cluster; `folder` is for files of ours."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "kubeconfig"
    config.write_text(NO_CLUSTER, encoding="utf-8")
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("KUBE", "HELM", "CHARTGEN"))
    }
    return {
        **kept,
        "PATH": f"{shim(folder)}:{kept.get('PATH', '')}",
        "KUBECONFIG": str(config),
        "NO_COLOR": "1",
    }


def run(line: str, cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """A line as a shell runs it."""
    return subprocess.run(
        ["sh", "-ec", line], cwd=cwd, env=dict(env), capture_output=True, text=True, check=False, timeout=300
    )


def chartgen_parses(line: str) -> None:
    """Fails when the command or an option of a `chartgen` line does not exist."""
    _, *words = shlex.split(re.sub(r"\s([<>]+\s*\S+|\|\| ).*$", "", line))
    parent = click.Context(cli, info_name="chartgen")
    if words[:1] in (["--version"], ["--help"], ["-h"]):
        return
    assert words, "chartgen alone only shows its help"
    assert words[0] in COMMANDS, f"{line}: there is no command {words[0]!r}"
    if words[1:] in (["--help"], ["-h"]):
        return
    command = cli.get_command(parent, words[0])
    assert command is not None
    command.make_context(words[0], words[1:], parent=parent).close()


def helm_accepts(line: str, cwd: Path, env: Mapping[str, str]) -> None:
    """Fails when Helm does not accept a line. An install is rendered; what needs a cluster must get as far as
    looking for it, which is further than any mistake in the line."""
    helm = shlex.quote(need("helm4"))
    _, verb, *rest = shlex.split(line)
    arguments = shlex.join(rest)
    if verb in ("template", "lint", "show"):
        done = run(f"{helm} {verb} {arguments}", cwd, env)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        return
    if verb == "install" or (verb == "upgrade" and "--install" in rest):
        kept = [word for word in rest if word not in ("--install", "--reset-then-reuse-values")]
        done = run(f"{helm} install {shlex.join(kept)} --dry-run=client", cwd, env)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    if verb != "install":
        done = run(f"{helm} {verb} {arguments}", cwd, env)
        assert "cluster unreachable" in done.stderr, f"{line}\n{done.stderr}"


def kubectl_knows(line: str) -> None:
    """Fails when a `kubectl` line has a command or an option that the table does not have."""
    words = shlex.split(line.split(" | ")[0])[1:]
    before = words[: words.index("--")] if "--" in words else words
    options, plain, takes = [], [], False
    for word in before:
        if takes:
            takes = False
        elif word.startswith("-"):
            name, given, _ = word.partition("=")
            options.append(SHORT.get(name, name))
            takes = not given
        else:
            plain.append(word)
    command = next((c for n in (3, 2, 1) if (c := " ".join(plain[:n])) in KUBECTL), None)
    assert command, f"{line}: no command of the table"
    unknown = set(options) - KUBECTL[command] - {"--namespace"}
    assert not unknown, f"{line}: {command} is not known to have {', '.join(sorted(unknown))}"


def kubectl() -> str | None:
    """A kubectl, where there is one."""
    return shutil.which("kubectl")
