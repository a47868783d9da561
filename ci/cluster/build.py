"""Build what is missing of the cluster's programs, each part once, each whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from ci.cluster.parts import RELEASES, Part, members
from ci.tools.build import go_release
from ci.tools.compiler import SETTINGS, compiled
from ci.venv import alone, say

# The checksum database is asked for whatever go.sum does not have; nothing here may switch it off.
UNCHECKED = ("GONOSUMDB", "GONOSUMCHECK", "GOINSECURE", "GOPRIVATE", "GOFLAGS", "GOSUMDB")
# The folder of a built part where its manifests lie.
MANIFESTS = "manifests"


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in UNCHECKED}
    return {**kept, **SETTINGS}


def _compile(part: Part, target: Path) -> None:
    flags = " ".join(["-s", "-w", *(f"-X {at}={value}" for at, value in part.stamps().items())])
    for name, package in part.programs.items():
        command = [
            "go",
            "build",
            "-trimpath",
            "-mod=readonly",
            "-ldflags",
            flags,
            "-o",
            str(target / name),
            package,
        ]
        started = time.monotonic()
        compiled(name, command, part.folder, environment())
        say(f"{name} {part.version()}: {time.monotonic() - started:.0f} s")


def _take(part: Part, target: Path) -> None:
    """Manifests of the very modules that the programs were compiled from; their sums were checked."""
    for module, folders in part.manifests.items():
        command = ["go", "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module]
        asked = subprocess.run(
            command, cwd=part.folder, env=environment(), capture_output=True, text=True, check=True
        )
        (target / MANIFESTS).mkdir(exist_ok=True)
        for source in (file for name in folders for file in Path(asked.stdout.strip(), name).glob("*.yaml")):
            if source.name != "kustomization.yaml":
                shutil.copyfile(source, target / MANIFESTS / source.name)


def build(part: Part, go: str, root: Path) -> Path:
    """The folder of the part's programs; it appears under its name only when complete."""
    target = part.place(go, root)
    if target.exists():
        return target
    with alone(root / "cluster" / f".{part.name}.lock"):
        if target.exists():
            return target
        say(f"building {part.name} {part.version()}")
        scratch = Path(tempfile.mkdtemp(prefix=f".{part.name}-", dir=root / "cluster"))
        try:
            _compile(part, scratch)
            _take(part, scratch)
            scratch.chmod(0o755)
            scratch.rename(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return target


def programs(root: Path, group: str = "cluster", release: str = RELEASES[0]) -> dict[str, Path]:
    """Every program of the group by name, for that Kubernetes, built first where it is missing."""
    go = go_release()
    parts = members(group, release)
    return {name: build(part, go, root) / name for part in parts for name in part.programs}
