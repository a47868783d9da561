"""Two Debians, each with the Python and the zlib of its release, to pack charts on.

    python3 -m ci.systems            makes those that are not in the cache

The packages are unpacked, never installed; apt checks them against the archive's signatures. Into each goes
what `pip install chartgen` would bring to that Python, from requirements/chart.txt. They stay in the cache of
ci/tools/pins.py.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ci.cluster.debian import UnavailableError, unpack
from ci.tools.pins import REQUIREMENTS, cache
from ci.venv import alone, create, lacking, pip, say

PACKAGES = ("python3", "tzdata", "locales", "libc-bin", "gzip", "dash")
LOCALE = "tr_TR.UTF-8"  # where the capital of i is not I
SITE = "opt/site"  # what pip brings, in a system
PLACES = ("dev", "work", "tmp")  # where something is mounted while a system is used
LOCK = REQUIREMENTS / "chart.txt"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


@dataclass(frozen=True)
class System:
    """A Debian release, and the Python that it brings."""

    name: str
    suite: str
    python: str

    def place(self, root: Path) -> Path:
        """Its folder under the cache `root`."""
        recipe = repr((self, PACKAGES, LOCALE, PLACES)).encode() + LOCK.read_bytes()
        return root / "systems" / f"{self.name}-{hashlib.sha256(recipe).hexdigest()[:10]}"


SYSTEMS = (System("debian-12", "bookworm", "3.11"), System("debian-13", "trixie", "3.13"))


def missing(root: Path) -> list[str]:
    """The systems that are not in the cache, by name."""
    return [system.name for system in SYSTEMS if not system.place(root).exists()]


def _run(*command: str | Path) -> str:
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise UnavailableError(f"{command[0]}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def _archive() -> str:
    """Where this machine gets Debian from; another release of it lies in the same place."""
    asked = ("apt-get", "indextargets", "--format", "$(REPO_URI) $(LABEL)", "Identifier: Packages")
    if not (found := _of_debian(_run(*asked))):
        _run("apt-get", "-qq", "update")  # apt knows who made a repository once it has its lists
        found = _of_debian(_run(*asked))
    if not found:
        raise UnavailableError("apt knows no archive of Debian")
    return found


def _of_debian(said: str) -> str:
    rows = (line.split(" ", 1) for line in said.splitlines())
    return next((row[0] for row in rows if row[1:] == ["Debian"]), "")


def _options(suite: str, archive: str, folder: Path) -> Iterator[str]:
    """What has apt work on this release alone, with lists, records and downloads of its own in `folder`."""
    for name in ("lists/partial", "archives/partial"):
        (folder / name).mkdir(parents=True)
    (folder / "status").touch()
    line = f"deb [signed-by={KEYRING}] {archive} {suite} main\n"
    (folder / "sources.list").write_text(line, encoding="utf-8")
    for option in (
        f"Dir::Etc::sourcelist={folder}/sources.list",
        "Dir::Etc::sourceparts=-",
        f"Dir::State::lists={folder}/lists",
        f"Dir::State::status={folder}/status",
        f"Dir::Cache={folder}",
        f"Dir::Cache::archives={folder}/archives",
        "APT::Install-Recommends=false",
        "APT::Sandbox::User=root",
        "Acquire::Languages=none",
        "Debug::NoLocking=1",
    ):
        yield from ("-o", option)


def _packages(suite: str, folder: Path) -> list[Path]:
    """The packages of a release with all they depend on, as files below `folder`."""
    options = (*_options(suite, _archive(), folder), "-qq")
    _run("apt-get", *options, "update")
    _run("apt-get", *options, "--download-only", "--yes", "install", *PACKAGES)
    return sorted((folder / "archives").glob("*.deb"))


def _libraries(system: System, tree: Path, scratch: Path) -> None:
    """What chartgen needs, as pip would install it there."""
    create(scratch / "venv")
    asked = ("--python-version", system.python, "--only-binary", ":all:", "--no-deps", "--require-hashes")
    pip(scratch / "venv", "--target", str(tree / SITE), *asked, "-r", str(LOCK))


def make(system: System, root: Path) -> Path:
    """A system, made unless it is in the cache; its folder has its name only when it is complete."""
    target = system.place(root)
    with alone(root / "systems" / f".{system.name}.lock"):
        if target.exists():
            return target
        say(f"unpacking {system.name}, for packages to be made on")
        scratch = Path(tempfile.mkdtemp(prefix=f".{system.name}-", dir=target.parent))
        try:
            tree = scratch / "tree"
            tree.mkdir(mode=0o755)
            unpack(_packages(system.suite, scratch), tree)
            language, _, charset = LOCALE.partition(".")
            _run("chroot", tree, "localedef", "-i", language, "-f", charset, LOCALE)
            _libraries(system, tree, scratch)
            for name in PLACES:
                (tree / name).mkdir(exist_ok=True)
            tree.rename(target)
        except (UnavailableError, OSError) as error:
            lacking(
                f"chartgen: {system.name} cannot be had: {error}\n  It takes root, apt and a Debian archive."
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return target


def main(arguments: list[str]) -> None:
    if arguments:
        sys.exit(__doc__)
    for system in SYSTEMS:
        make(system, cache())


if __name__ == "__main__":
    main(sys.argv[1:])
