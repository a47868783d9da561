"""Build what is missing of the pinned tools, each once, each whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from ci.tools import pins
from ci.tools.compiler import SETTINGS, compiled
from ci.venv import alone, lacking, say
from ci.venv import ready as make_venv


def go_release() -> str:
    """The Go release in PATH, as `go1.26.8`; ends the run with advice if there is none."""
    go = shutil.which("go")
    if not go:
        lacking(
            "chartgen tools: Go 1.26 or newer is needed to build programs: install it, or put it in PATH.\n"
            "  Tools that you have can be named instead: HELM_3=/path/to/helm"
        )
    environment = {**os.environ, **SETTINGS}
    asked = subprocess.run(
        [go, "env", "GOVERSION"], capture_output=True, text=True, check=True, env=environment
    )
    return asked.stdout.strip().replace("/", "_").replace(" ", "_")


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
    compiled(tool.name, command, tool.folder, os.environ)


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
