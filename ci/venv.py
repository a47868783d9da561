"""Make a virtual environment that holds exactly what a lock says, and nothing half done.

    python3 -m ci.venv .venv requirements/dev.txt --project . --stamp .venv/.ready

The standard library is all it needs. Two runs at once wait for each other; a run that was killed
is finished by the next; an environment whose Python has gone is made again.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

# How a run ends where the machine lacks something that who asked can mend: nothing of ours is wrong.
MISSING = 3
OLDEST = (3, 11)
# The embedded Helm has wheels for glibc on these machines, and for macOS on arm64 (the lock says that one).
# pip has no marker for the C library, and would try to compile the source instead.
WHEELS_WANT_GLIBC = ("helm-python-sdk",)
GLIBC_MACHINES = ("x86_64", "aarch64")


def say(text: str) -> None:
    print(f"chartgen setup: {text}", file=sys.stderr, flush=True)


def lacking(text: str) -> NoReturn:
    """End the run with what is missing and what to do."""
    print(text, file=sys.stderr, flush=True)
    sys.exit(MISSING)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold an advisory lock on the file `lock`; wait, and say so, while another run holds it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another run is busy there, waiting for it ({lock})")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def works(python: Path) -> bool:
    """Whether the environment's Python starts, is of this version, and has pip."""
    ask = "import sys, pip; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.stdout.split() == [str(part) for part in sys.version_info[:2]]


def create(venv: Path) -> None:
    say(f"making {venv} with Python {platform.python_version()}")
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=False)
    if done.returncode:
        sys.exit(
            f"chartgen setup: Python could not make a virtual environment in {venv} (see above).\n"
            "  On Debian and Ubuntu: apt-get install python3-venv.\n"
            "  Or choose another Python: make PYTHON=/path/to/python3"
        )


def without_wheel(system: str, machine: str, libc: str) -> tuple[str, ...]:
    """The locked packages that have no wheel for this machine, and are left out with a word."""
    if system == "Linux" and (libc != "glibc" or machine not in GLIBC_MACHINES):
        return WHEELS_WANT_GLIBC
    return ()


def leave_out(lock: str, names: tuple[str, ...]) -> str:
    """The lock's text without the entries called `names`; an entry is a line and its indented ones."""
    kept, skipping = [], False
    for line in lock.splitlines(keepends=True):
        if line[:1] not in (" ", "\t"):
            skipping = line.startswith(tuple(f"{name}==" for name in names))
        if not skipping:
            kept.append(line)
    return "".join(kept)


def pip(venv: Path, *arguments: str) -> None:
    """Run the environment's pip; its progress shows on a terminal only."""
    quiet = () if sys.stderr.isatty() else ("-q",)
    command = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*command, "install", *quiet, *arguments], stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        lacking(f"chartgen setup: pip failed (see above). {venv} is not ready; the same command tries again.")


def install(venv: Path, lock: Path, project: Path | None) -> None:
    missing = without_wheel(platform.system(), platform.machine(), platform.libc_ver()[0])
    text = leave_out(lock.read_text(encoding="utf-8"), missing)
    wanted = venv / f".{lock.name}"
    wanted.write_text(text, encoding="utf-8")
    for name in missing:
        say(
            f"{name} has no wheel for this machine: left out; chartgen will look for a `helm` program instead"
        )
    say(f"installing {text.count('==')} locked packages from {lock}")
    pip(venv, "--require-hashes", "--only-binary", ":all:", "-r", str(wanted))
    if project:
        pip(venv, "--no-deps", "--no-build-isolation", "--no-index", "-e", str(project))


def finish(stamp: Path) -> None:
    """Write `stamp`, last of all, and forget the stamps of earlier locks beside it."""
    kind = stamp.name.rpartition("-")[0]
    for old in stamp.parent.glob(f"{kind}-*"):
        old.unlink(missing_ok=True)
    stamp.touch()


def ready(venv: Path, lock: Path, stamp: Path, project: Path | None) -> None:
    """Bring `venv` to what `lock` says, with `project` in it to edit, unless `stamp` says that it is."""
    with alone(venv.with_name(f"{venv.name}.lock")):
        if stamp.exists() and works(venv / "bin" / "python"):
            return
        if not works(venv / "bin" / "python"):
            create(venv)
        install(venv, lock, project)
        finish(stamp)


def main(arguments: list[str]) -> None:
    if sys.version_info < OLDEST:
        sys.exit(
            f"chartgen setup: Python {platform.python_version()} is too old, 3.11 or newer is needed.\n"
            "  Choose another one: make PYTHON=/path/to/python3"
        )
    parser = argparse.ArgumentParser(prog="python3 -m ci.venv", description=__doc__)
    parser.add_argument("venv", type=Path)
    parser.add_argument("lock", type=Path)
    parser.add_argument("--stamp", type=Path, required=True)
    parser.add_argument("--project", type=Path)
    asked = parser.parse_args(arguments)
    os.environ.pop("PYTHONPATH", None)
    ready(asked.venv, asked.lock, asked.stamp, asked.project)


if __name__ == "__main__":
    main(sys.argv[1:])
