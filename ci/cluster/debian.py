"""Debian packages as the file system of an image: downloaded and unpacked, never installed.

apt works against an empty record of what is installed, so it gives all that is needed for what is asked,
and checks what it downloads against the archive's signature. No script of a package is run, and nothing on
this machine changes but apt's own list of packages.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from ci.cluster.archive import pack_folder

# From Debian 12 on /bin and its like are links into /usr, made by a package script that does not run here.
MERGED = ("bin", "sbin", "lib", "lib64")
# Documentation, translations and caches: two thirds of the files, and no program reads them.
LEFT_OUT = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "usr/share/info",
    "usr/share/perl",
    "var/lib/dpkg",
)


class UnavailableError(Exception):
    """The packages could not be had; the text is apt's."""


def _run(*command: str | Path, **more: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", **more},
    )
    if done.returncode:
        raise UnavailableError(f"{command[0]}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def download(packages: tuple[str, ...], folder: Path) -> list[Path]:
    """The packages and all they depend on (nothing merely recommended), as files in `folder`."""
    archives = folder / "archives"
    (archives / "partial").mkdir(parents=True)
    (folder / "status").touch()
    _run(
        "apt-get",
        *("-o", f"Dir::State::status={folder / 'status'}", "-o", f"Dir::Cache::archives={archives}"),
        *("-o", "APT::Install-Recommends=false", "-o", "APT::Sandbox::User=root", "-o", "Debug::NoLocking=1"),
        *("-qq", "--download-only", "--yes", "install", *packages),
    )
    return sorted(archives.glob("*.deb"))


def unpack(files: list[Path], root: Path) -> None:
    """What the packages would put on a disk, into the folder `root`."""
    for name in MERGED:
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(f"usr/{name}")
    for file in files:
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", file], stdout=subprocess.PIPE) as source:
            command = ["tar", "-x", "-f", "-", "-C", str(root), "--keep-directory-symlink", "--no-same-owner"]
            done = subprocess.run(command, stdin=source.stdout, check=False)
        if done.returncode or source.returncode:
            raise UnavailableError(f"{file.name} cannot be unpacked")


def tree(packages: tuple[str, ...], root: Path) -> None:
    """The packages with all they need in a new folder `root`; gets apt's lists if need be."""
    root.mkdir()
    with tempfile.TemporaryDirectory(dir=root.parent) as scratch:
        folder = Path(scratch)
        try:
            files = download(packages, folder)
        except UnavailableError:
            _run("apt-get", "-qq", "update")
            _run("rm", "-rf", folder / "archives")
            files = download(packages, folder)
        unpack(files, root)


def layer(packages: tuple[str, ...], out: Path) -> None:
    """A layer that holds the packages with all they need."""
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
        root = Path(scratch) / "root"
        tree(packages, root)
        pack_folder(out, root, lambda path: path.startswith(LEFT_OUT))
