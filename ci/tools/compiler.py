"""Run the Go compiler, and tell apart what cannot be had here from what does not compile."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from ci.venv import lacking

SETTINGS = {"CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local", "GOWORK": "off"}
# What go says when a module proxy, or the checksum database, does not answer or does not have a module.
UNAVAILABLE = re.compile(
    r"dial tcp|no such host|connection refused|i/o timeout|proxyconnect|TLS handshake|unexpected EOF"
    r"|GOPROXY=off|GOPROXY list is|certificate|\b(403|404|407|410|429|50\d) [A-Z]\w+"
)
ADVICE = (
    "`go env GOPROXY` says where modules are asked for: that must answer; or set GOPROXY to one that does.\n"
    "  The same command then goes on, with what was built. For tests, KUBECONFIG may name another cluster."
)
OF_CODE = re.compile(r"\.go:\d+:\d+: ")


def without_password(text: str) -> str:
    """A URL may hold one, and go shows URLs."""
    return re.sub(r"//[^/@\s]*@", "//", text)


def compiled(name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Run `command` in `folder`, its words shown as they come; a failure ends the run, with 3 or with 1."""
    last: deque[str] = deque(maxlen=50)
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**environment, **SETTINGS},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        assert process.stderr
        for line in process.stderr:
            last.append(line.rstrip())
            print(without_password(line), end="", file=sys.stderr, flush=True)
    if not process.returncode:
        return
    for line in last:
        if UNAVAILABLE.search(line) and not OF_CODE.search(line):
            lacking(f"chartgen: a module of {name} cannot be had: {without_password(line)}\n  {ADVICE}")
    sys.exit(f"chartgen: {name} did not build (see above)")
