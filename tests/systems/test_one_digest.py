"""One chart has one digest on machines that differ in all that could get into it.

Two Debians with their own Python and zlib, in file systems of their own; the project is copied into each in
another order, with other modes and times, and made there under another umask, time zone, locale and hash
seed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from ci import systems
from ci.tools import pins
from tests.cli.command import environment
from tests.need import need

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "dist/ushadow-0.1.0.tgz"
WORK = "work"  # the folder at the root of a system
# As root sees it who has mounts of its own: a system that nothing is written to, and a folder to work in.
ENTER = """
umask "$MASK"
mount --bind "$TREE" "$TREE"
mount -o remount,ro,bind "$TREE"
mount --rbind /dev "$TREE/dev"
mount -t tmpfs none "$TREE/tmp"
mount --bind "$WORK" "$TREE/work"
exec chroot "$TREE" /usr/bin/python3 "$@"
"""
SAYS = """
import json, locale, os, platform, time, zlib
locale.setlocale(locale.LC_ALL, "")
mask = os.umask(0)
print(json.dumps([platform.python_version(), zlib.ZLIB_RUNTIME_VERSION, oct(mask), time.tzname[0],
                  locale.setlocale(locale.LC_ALL)]))
"""


@dataclass(frozen=True)
class Machine:
    """A system, and how its person has set it up."""

    system: systems.System
    mask: str
    settings: dict[str, str]
    files: Callable[[list[Path]], list[Path]]  # in which order the project is written there
    mode: int
    time: int


BOOKWORM, TRIXIE = systems.SYSTEMS
MACHINES = (
    Machine(
        BOOKWORM,
        "077",
        {"TZ": "Pacific/Kiritimati", "LC_ALL": systems.LOCALE, "PYTHONHASHSEED": "1"},
        lambda files: files,
        0o600,
        1,
    ),
    Machine(
        TRIXIE,
        "000",
        {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "77"},
        lambda files: files[::-1],
        0o777,
        2_000_000_000,
    ),
)


def project(machine: Machine, work: Path) -> None:
    """The project without its charts, and chartgen itself, as another person would have checked them out."""
    names = ["chartgen.yaml", *git("apps", "values", "chartgen")]
    for path in machine.files([work / name for name in sorted(names)]):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path.relative_to(work), path)
        path.chmod(machine.mode)
        os.utime(path, (machine.time, machine.time))


def git(*folders: str) -> list[str]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return [path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts]


def inside(machine: Machine, work: Path, *arguments: str) -> str:
    """What Python says in a system; it works in /work."""
    settings = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONPATH": f"/work:/{systems.SITE}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "XDG_CACHE_HOME": "/tmp/cache",
        "HOME": "/tmp",
        "MASK": machine.mask,
        "TREE": str(machine.system.place(pins.cache())),
        "WORK": str(work),
        **machine.settings,
    }
    done = subprocess.run(
        [need("unshare-root"), "--mount", "sh", "-eu", "-c", ENTER, "sh", *arguments],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_chart_has_one_digest_on_every_machine(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    need("systems")
    found, differences = {}, []
    for machine in MACHINES:
        work = tmp_path / machine.system.name
        project(machine, work)
        python, zlib, *more = json.loads(inside(machine, work, "-c", SAYS))
        differences.append((python, zlib, *more))
        inside(
            machine,
            work,
            "-m",
            "chartgen",
            "make",
            "--config",
            f"/{WORK}/chartgen.yaml",
            "--kube-version=1.34",
        )
        found[f"{machine.system.name}: Python {python}, zlib {zlib}"] = (work / PACKAGE).read_bytes()
    for one, other in zip(*differences, strict=True):
        assert one != other, "what should tell the machines apart does not"
    found["here"] = here(tmp_path / "here")
    digests = {name: sha256(data).hexdigest() for name, data in found.items()}
    for name, digest in digests.items():
        record_property("counted: packages of one chart", f"{digest}  {name}")
    assert len(set(digests.values())) == 1, digests


def here(folder: Path) -> bytes:
    """The committed chart, packed by this Python on this machine."""
    command = [sys.executable, "-m", "chartgen", "package", "-d", str(folder / "dist")]
    subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True)
    return (folder / PACKAGE).read_bytes()


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.system.name)
def test_nothing_is_written_into_a_system(machine: Machine, tmp_path: Path) -> None:
    need("systems")
    said = inside(
        machine,
        tmp_path,
        "-c",
        "try: open('/opt/mine', 'w')\nexcept OSError as error: print(error.strerror)",
    )
    assert said == "Read-only file system\n"
