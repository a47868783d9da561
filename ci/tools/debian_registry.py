"""Debian's docker-registry, which is distribution 2.8: unpacked into the cache, never installed.

An installed one would start by itself at every boot.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from ci.cluster import debian
from ci.cluster.gitops import started
from ci.venv import alone, say

NAME = "docker-registry"
_PROGRAM = "usr/bin/docker-registry"


def place(root: Path) -> Path:
    """The folder under the cache `root`; a change of how it is unpacked is another one."""
    recipe = hashlib.sha256(Path(debian.__file__).read_bytes()).hexdigest()[:10]
    return root / "tools" / f"{NAME}-{recipe}"


def command(root: Path) -> tuple[str, ...]:
    """The words that start it; none when it is not in the cache."""
    return started(place(root), _PROGRAM) if place(root).exists() else ()


def make(root: Path) -> None:
    """Unpack it unless it is there. UnavailableError: it cannot be had."""
    target = place(root)
    with alone(root / "tools" / f".{NAME}.lock"):
        if target.exists():
            return
        say(f"unpacking {NAME}")
        scratch = Path(tempfile.mkdtemp(prefix=f".{NAME}-", dir=target.parent))
        try:
            debian.tree((NAME,), scratch / "tree")
            (scratch / "tree").rename(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
