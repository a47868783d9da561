"""What the GitOps suite runs beside a cluster: Flux's and Argo CD's controllers, a registry, and redis.

The controllers are built like the cluster's programs (the group `gitops` of its parts). The registry
and redis are Debian's, unpacked into the cache and never installed: an installed one would start by itself at
every boot. They run with the C library of their own packages.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ci.cluster import build, debian
from ci.cluster.build import MANIFESTS
from ci.cluster.parts import members
from ci.venv import alone, say

PACKAGES = ("redis-server", "docker-registry")
DAEMONS = {"redis": "usr/bin/redis-server", "registry": "usr/bin/docker-registry"}


@dataclass(frozen=True)
class Parts:
    """Program to the words that start it; what `flux` and `argocd` need in a cluster, files of YAML."""

    programs: dict[str, tuple[str, ...]]
    manifests: dict[str, tuple[Path, ...]]


def _unpacked(root: Path) -> Path:
    digest = hashlib.sha256(repr(PACKAGES).encode() + Path(debian.__file__).read_bytes())
    return root / "cluster" / f"gitops-debian-{digest.hexdigest()[:10]}"


def started(tree: Path, program: str) -> tuple[str, ...]:
    """A program of the unpacked packages, by their own loader with their own libraries."""
    (loader,) = (tree / "usr/lib").glob("*-linux-gnu*/ld-linux-*.so.*")
    libraries = f"{loader.parent}:{tree}/usr/lib"
    return (str(loader), "--library-path", libraries, str(tree / program))


def missing(root: Path) -> list[str]:
    """What is not in the cache, by name."""
    found = [part.name for part in members("gitops") if not part.built(root)]
    return [*found, *(() if _unpacked(root).exists() else ("debian",))]


def seconds(root: Path) -> int:
    """About what making the missing ones takes, on two free cores that have compiled nothing of it before."""
    lacking = missing(root)
    return sum(part.seconds for part in members("gitops") if part.name in lacking)


def parts(root: Path) -> Parts:
    """All of it, as found in the cache; `missing` must have been empty."""
    folders = [(part, folder) for part in members("gitops") if (folder := part.built(root))]
    built = {name: (str(folder / name),) for part, folder in folders for name in part.programs}
    daemons = {name: started(_unpacked(root), program) for name, program in DAEMONS.items()}
    manifests = {part.name: tuple(sorted((folder / MANIFESTS).iterdir())) for part, folder in folders}
    return Parts({**built, **daemons}, manifests)


def make(root: Path) -> None:
    """Build and unpack what is missing. UnavailableError: Debian's packages cannot be had."""
    build.programs(root, "gitops")
    target = _unpacked(root)
    with alone(root / "cluster" / ".gitops-debian.lock"):
        if target.exists():
            return
        say(f"unpacking {', '.join(PACKAGES)}")
        scratch = Path(tempfile.mkdtemp(prefix=".gitops-debian-", dir=target.parent))
        try:
            debian.tree(PACKAGES, scratch / "tree")
            (scratch / "tree").rename(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
