"""Make ready what the test cluster is started from.

python3 -m ci.cluster stage FOLDER   programs into FOLDER/bin, images into FOLDER/images, built where missing
python3 -m ci.cluster build external the External Secrets Operator, into the cache: 5 minutes, once
python3 -m ci.cluster list           what is built, and where
"""

from __future__ import annotations

import sys
from pathlib import Path

from ci.cluster import build, images
from ci.cluster.debian import UnavailableError
from ci.cluster.parts import PARTS
from ci.tools import pins
from ci.venv import alone, say

MISSING = 3


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def stage(folder: Path) -> None:
    """Links, because the cache may lie on another disk and a state folder is thrown away."""
    root = pins.cache()
    programs = build.programs(root)
    archives = root / "cluster" / f"images-{images.recipe(programs)}"
    with alone(root / "cluster" / ".images.lock"):
        if not archives.exists():
            say("making the images")
            images.make(programs, archives)
    (folder / "bin").mkdir(parents=True, exist_ok=True)
    for name, path in programs.items():
        _link(folder / "bin" / name, path)
    _link(folder / "images", archives)


def main(arguments: list[str]) -> None:
    match arguments:
        case ["stage", folder]:
            try:
                stage(Path(folder))
            except UnavailableError as error:
                print(f"chartgen cluster: Debian's packages cannot be had: {error}", file=sys.stderr)
                sys.exit(MISSING)
        case ["build", "external"]:
            build.programs(pins.cache(), "external")
        case ["list"]:
            for part in PARTS:
                found = part.built(pins.cache())
                print(f"{part.name:<16} {part.version():<12} {found or 'not built'}")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
