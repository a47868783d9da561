"""Packing and publishing, ours beside Helm's, to a registry on the loopback."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Command, Work
from benchmarks.subjects import Subject
from benchmarks.tools import Tools
from benchmarks.works import Pair, chartgen
from tests.registry.servers import registry

WHAT = "publish: package, push"


@contextmanager
def served(tools: Tools, folder: Path) -> Iterator[str]:
    """A registry's host, until the block ends; "" when none was built."""
    if "registry" not in tools.paths:
        yield ""
        return
    with registry("distribution 3", folder) as server:
        yield server.host


def publishing(subject: Subject, tools: Tools, host: str) -> Iterator[Pair]:
    """The lines of a subject, each time to where nothing is yet."""
    ours = (chartgen("package"), anew(*chartgen("push").words, f"oci://{host}/p$$", "--plain-http"))
    for helm in ("helm-4", "helm-3"):
        if host and helm in tools.paths:
            path = tools.paths[helm]
            push = anew(path, "push", f"{helm}/*.tgz", f"oci://{host}/p$$", "--plain-http")
            theirs = (Command((path, "package", subject.chart, "-d", helm)), push)
            mine = Work(f"{subject.name}: {WHAT}", ours, subject.folder)
            yield Pair(subject.name, WHAT, mine, helm, Work(f"{mine.name}: {helm}", theirs, subject.folder))


def anew(*words: str) -> Command:
    """A command, with the number of its process for $$ and the names of files for a star."""
    line = " ".join(word if word.endswith(("$$", "*.tgz")) else shlex.quote(word) for word in words)
    return Command(("/bin/sh", "-c", f"exec {line}"))
