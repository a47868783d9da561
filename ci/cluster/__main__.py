"""Make ready what the test cluster is started from.

python3 -m ci.cluster stage FOLDER [RELEASE]   programs, images, definitions of custom resources into FOLDER
python3 -m ci.cluster images                   the stand-in images, for a cluster of your own; prints them
python3 -m ci.cluster build external           the External Secrets Operator, into the cache: 5 minutes, once
python3 -m ci.cluster build gitops             what `make test-gitops` runs beside a cluster, into the cache
python3 -m ci.cluster fits gitops SECONDS      exit 0 if that is, or can be within SECONDS; else 1, and why
python3 -m ci.cluster list                     what is built, and where

What is missing is built first. RELEASE: of Kubernetes, by minor version, as modules/kube-* has them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from ci.cluster import build, definitions, gitops, images
from ci.cluster.debian import UnavailableError
from ci.cluster.parts import PARTS, RELEASES
from ci.tools import pins
from ci.venv import MISSING, alone, say


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def archives(programs: Mapping[str, Path]) -> Path:
    """The folder of the images in the cache; without programs, of the stand-ins alone."""
    root = pins.cache()
    folder = root / "cluster" / f"images-{images.recipe(programs)}"
    with alone(root / "cluster" / ".images.lock"):
        if not folder.exists():
            say("making the images")
            images.make(programs, folder)
    return folder


def custom_resources() -> Path:
    """The folder of their definitions in the cache."""
    root = pins.cache()
    folder = root / "cluster" / f"crds-{definitions.recipe()}"
    with alone(root / "cluster" / ".crds.lock"):
        if not folder.exists():
            definitions.make(folder)
    return folder


def stage(folder: Path, release: str = RELEASES[0]) -> None:
    """Links, because the cache may lie on another disk and a state folder is thrown away."""
    programs = build.programs(pins.cache(), release=release)
    parts = {"images": archives(programs), "crds": custom_resources()}
    (folder / "bin").mkdir(parents=True, exist_ok=True)
    for name, path in programs.items():
        _link(folder / "bin" / name, path)
    for name, path in parts.items():
        _link(folder / name, path)


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
        case ["stage", folder, *release] if len(release) < 2 and {*release} <= {*RELEASES}:
            stage(Path(folder), *release)
        case ["images"]:
            print(*sorted(archives({}).iterdir()), sep="\n")
        case ["build", "external"]:
            build.programs(pins.cache(), "external")
        case ["build", "gitops"]:
            gitops.make(pins.cache())
        case ["fits", "gitops", seconds]:
            sys.exit(0 if fits(float(seconds)) else 1)
        case ["list"]:
            for part in PARTS:
                found = part.built(pins.cache())
                print(f"{part.name:<16} {part.version():<12} {found or 'not built'}")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
