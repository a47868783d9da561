"""Images that containers run."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.changes import Change, Level
from chartgen.diff.levels import change
from chartgen.diff.subject import Pair
from chartgen.manifest import Manifest, pod

NAME = "images"
HELP = "Containers that run another image."


def compare(pair: Pair) -> Iterator[Change]:
    """Containers by their names; another repository weighs more than another tag."""
    for view, altered in pair.altered():
        before = _images(altered.old)
        for name, image in _images(altered.new).items():
            old = before.get(name, image)
            if old != image:
                level = Level.PATCH if _repository(old) == _repository(image) else Level.MINOR
                place, what = f"{altered.new.label} {name}", f"runs {image} and ran {old}"
                under = (view.case.name,)
                yield change("image changed", place, what, old=old, new=image, level=level, overlays=under)


def _images(manifest: Manifest) -> dict[str, str]:
    found = pod(manifest)
    return {c.name: str(c.data.get("image") or "") for c in found.containers} if found else {}


def _repository(image: str) -> str:
    """The image without tag and digest; a port of a registry is no tag."""
    head, slash, last = image.partition("@")[0].rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
