"""Make ready what the test cluster is started from.

python3 -m ci.cluster stage FOLDER         programs into FOLDER/bin, images into FOLDER/images; builds them
python3 -m ci.cluster build gitops         what `make test-gitops` runs beside a cluster, into the cache
python3 -m ci.cluster fits gitops SECONDS  exit 0 if that is built or can be within SECONDS; else 1, and why
python3 -m ci.cluster list                 what is built, and where
"""

from __future__ import annotations

import sys
from pathlib import Path

from ci.cluster import build, gitops, images
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


def fits(seconds: float) -> bool:
    """Whether the parts are there or can be within this time; if not, says why and what is then not shown."""
    root = pins.cache()
    lacking, needed = gitops.missing(root), gitops.seconds(root)
    if not lacking or needed <= seconds:
        return True
    print(
        f"SKIPPED: make test-gitops. Not in the cache: {', '.join(lacking)}; that takes {needed} s, and "
        f"{seconds:.0f} s are left. Nothing in this run shows that the real Flux and Argo CD install the "
        "chart, leave it alone when nothing changed, and keep its volume and key."
    )
    return False


def main(arguments: list[str]) -> None:
    try:
        answer(arguments)
    except UnavailableError as error:
        print(f"chartgen cluster: Debian's packages cannot be had: {error}", file=sys.stderr)
        sys.exit(MISSING)


def answer(arguments: list[str]) -> None:
    match arguments:
        case ["stage", folder]:
            stage(Path(folder))
        case ["build", "gitops"]:
            gitops.make(pins.cache())
        case ["fits", "gitops", seconds]:
            sys.exit(0 if fits(float(seconds)) else 1)
        case ["list"]:
            for part in PARTS:
                found = part.built(pins.cache())
                print(f"{part.name:<12} {part.version():<12} {found or 'not built'}")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
