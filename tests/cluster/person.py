"""Somebody who follows a guide."""

from __future__ import annotations

import shlex
from pathlib import Path

from tests.cluster.kubernetes import Done, run
from tests.cluster.release import CHART, Release
from tests.docs.documents import blocks, section


class Person:
    """Somebody with the chart, Helm and kubectl, who does in the test's namespace what a guide says."""

    def __init__(self, release: Release, home: Path, guide: str) -> None:
        self.release, self.home, self.guide = release, home, guide
        (home / "charts").symlink_to(CHART.parent)
        for name, program in {"helm": release.helm, "kubectl": release.namespace.kubectl}.items():
            (home / name).symlink_to(Path(program).resolve())

    def follow(self, title: str, change: tuple[str, str] = ("", "")) -> list[Done]:
        """The commands of a section, one by one; `change` is what this person does otherwise."""
        found = [
            line
            for block in blocks(section(self.guide, title))
            if block.language == "sh"
            for line in block.commands
        ]
        assert any(change[0] in line for line in found)
        return [self.run(line.replace(*change)) for line in found if "create namespace" not in line]

    def run(self, line: str) -> Done:
        here = self.release.namespace
        words = f"export PATH={shlex.quote(str(self.home))}:$PATH KUBECONFIG={shlex.quote(here.kubeconfig)}"
        line = line.replace("--namespace ushadow", f"--namespace {here.name}")
        cd = f"cd {shlex.quote(str(self.home))}"
        return run("bash", "-o", "pipefail", "-ec", f"{words}; {cd}; {line}").checked()
