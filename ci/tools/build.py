"""Build what is missing of the pinned tools, each once, each whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ci.tools import pins
from ci.venv import alone, say
from ci.venv import ready as make_venv

GO = {"CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local", "GOWORK": "off"}


def go_release() -> str:
    """The Go release in PATH, as `go1.26.8`; ends the run with advice if there is none."""
    go = shutil.which("go")
    if not go:
        sys.exit(
            "chartgen tools: Go 1.26 or newer is needed to build them; or name your own: HELM_3=/path/to/helm"
        )
    asked = subprocess.run(
        [go, "env", "GOVERSION"], capture_output=True, text=True, check=True, env=_environment()
    )
    return asked.stdout.strip().replace("/", "_").replace(" ", "_")


def _environment() -> dict[str, str]:
    return {**os.environ, **GO}


def compile_tool(tool: pins.Tool, target: Path) -> None:
    """Run the compiler; the modules come from the Go module proxy and must match the tool's go.sum."""
    flags = " ".join(["-s", "-w", *(f"-X {at}={value}" for at, value in pins.stamps(tool).items())])
    command = [
        "go",
        "build",
        "-trimpath",
        "-mod=readonly",
        "-ldflags",
        flags,
        "-o",
        str(target),
        tool.package,
    ]
    done = subprocess.run(
        command, cwd=pins.HERE / tool.name, env=_environment(), check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        sys.exit(f"chartgen tools: {tool.name} did not build (see above)")


def build(tool: pins.Tool, go: str, root: Path) -> Path:
    """Build `tool` unless it is in the cache; the folder appears under its name only when complete."""
    target = pins.place(tool, go, root)
    if target.exists():
        return target
    with alone(root / "tools" / f".{tool.name}.lock"):
        if target.exists():
            return target
        say(f"building {tool.name} {pins.version(tool)}")
        started = time.monotonic()
        scratch = Path(tempfile.mkdtemp(prefix=f".{tool.name}-", dir=root / "tools"))
        try:
            compile_tool(tool, scratch / tool.binary)
            scratch.chmod(0o755)
            scratch.rename(target.parent)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        say(f"{tool.name} {pins.version(tool)}: {time.monotonic() - started:.0f} s")
    return target


def build_checkov(root: Path) -> None:
    """Install checkov, from its own lock, into an environment of its own in the cache."""
    stamp = pins.checkov_stamp(root)
    if stamp.exists():
        return
    started = time.monotonic()
    make_venv(stamp.parent, pins.REQUIREMENTS / "checkov.txt", stamp, None)
    say(f"checkov: {time.monotonic() - started:.0f} s")
