"""A volume to seed, and the real script run on it by a real shell that finds only the tools it names."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.need import need

SCRIPT = Path(__file__).parents[2] / "chartgen" / "scripts" / "seed.sh"
TOOLS = ("chmod", "cp", "ln", "ls", "mkdir", "mv", "rm", "sha256sum", "sync")
DONE = (
    "seeded", "updated", "kept", "kept, edited", "deleted by you, left deleted", "not ours", "protected",
    "differs from seed", "new version beside it", "could not write",
)  # fmt: skip
OURS = (".seed-tmp.", "tmp.")
Content = Mapping[str, str]


@dataclass(frozen=True)
class Shell:
    """How to start a shell, and the folder that is its whole PATH."""

    name: str
    command: tuple[str, ...]
    tools: Path


@dataclass(frozen=True)
class Outcome:
    """What a run of the script said; `rows` maps a path to what was done with it."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> dict[str, str]:
        rows = re.findall(rf"^  ({'|'.join(DONE)}) {{2,}}(.+?)(?:  \(.*\))?$", self.out, re.MULTILINE)
        return {path: done for done, path in rows}

    @property
    def text(self) -> str:
        return self.out + self.err

    def why(self, path: str) -> str:
        """The reason in brackets behind the row of a path."""
        found = re.search(rf"^  .{{28}}  {re.escape(path)}  \((.*)\)$", self.out, re.MULTILINE)
        return found[1] if found else ""


@dataclass
class Volume:
    """A volume below `root`, its sources (strongest first), and the settings that every run gets."""

    shell: Shell
    root: Path
    sources: list[Path] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.root / "volume"

    @property
    def state(self) -> Path:
        return self.path / ".seed"

    def source(self, name: str, files: Content) -> Path:
        """A weaker source than those before it; called again, its files change."""
        folder = self.root / name
        folder.mkdir(exist_ok=True)
        if folder not in self.sources:
            self.sources.append(folder)
        write(folder, files)
        return folder

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        standard = {"SEED_TARGET": str(self.path), "SEED_SOURCES": "\n".join(map(str, self.sources))}
        return {"PATH": str(self.shell.tools), **standard, **self.settings, **settings}

    def command(self) -> list[str]:
        return [*self.shell.command, str(SCRIPT)]

    def seed(self, **settings: str) -> Outcome:
        return run(self.command(), self.environment(settings))

    def tools(self) -> list[str]:
        return [tool.name for tool in self.shell.tools.iterdir()]

    def shim(self, tool: str, before: str) -> Volume:
        """The same volume, where a tool first runs some lines of shell with every tool of the system."""
        folder = self._copy_of_tools()
        real = (folder / tool).resolve()
        (folder / tool).unlink()
        own = f'PATH={folder}\nexec {applet(real, tool)} "$@"\n'
        (folder / tool).write_text(f"#!/bin/sh\nPATH={os.environ['PATH']}\n{before}\n{own}")
        (folder / tool).chmod(0o755)
        return replace(self, shell=replace(self.shell, tools=folder))

    def without(self, tool: str) -> Volume:
        """The same volume, in an image that lacks a tool."""
        folder = self._copy_of_tools()
        (folder / tool).unlink()
        return replace(self, shell=replace(self.shell, tools=folder))

    def _copy_of_tools(self) -> Path:
        folder = Path(tempfile.mkdtemp(dir=self.root, prefix="tools-"))
        shutil.copytree(self.shell.tools, folder, symlinks=True, dirs_exist_ok=True)
        return folder

    def files(self) -> dict[str, str]:
        """Every file on the volume but the script's own, with its content; a link shows as -> TARGET."""
        return {path: text for path, text in tree(self.path).items() if not path.startswith(".seed/")}

    def records(self) -> dict[str, str]:
        """Every remembered path and its state."""
        lines = [line for file in self.manifests() for line in file.read_text().splitlines()]
        return {line.split(" ", 2)[2]: line.split(" ")[0] for line in lines if line.count(" ") >= 2}

    def manifests(self) -> list[Path]:
        return sorted(self.state.glob("manifest.*"))

    def leftovers(self) -> list[str]:
        """What a run that was cut short left behind."""
        paths = [Path(top) / name for top, folders, files in os.walk(self.path) for name in folders + files]
        return [str(path) for path in paths if path.name.startswith(OURS)]


def applet(program: Path, tool: str) -> str:
    """How to run a tool that is a link to BusyBox, or itself."""
    return f"{program} {tool}" if program.name == "busybox" else str(program)


def run(command: list[str], environment: Mapping[str, str]) -> Outcome:
    done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=120, cwd="/")
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def permission_bound() -> list[str]:
    """The beginning of a command under which root, too, is bound by a file's mode."""
    need("unshare-root")
    return [shutil.which("setpriv") or "setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def write(folder: Path, files: Content) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


def tree(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for top, _, names in os.walk(folder):
        for path in (Path(top) / name for name in names):
            text = f"-> {path.readlink()}" if path.is_symlink() else path.read_bytes().decode()
            found[str(path.relative_to(folder))] = text
    return found


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777
