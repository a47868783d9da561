"""Which builder: the one that was asked for, or the first that works here."""

from __future__ import annotations

from chartgen.errors import ToolError
from chartgen.images.buildah import Buildah, Podman
from chartgen.images.builder import Builder
from chartgen.images.buildx import Buildx
from chartgen.process import find, run

BUILDERS: dict[str, Builder] = {each.name: each for each in (Buildx(), Podman(), Buildah())}
_SECONDS = 60


def chosen(name: str, path: str = "") -> tuple[Builder, str]:
    """The builder of a name, or with `auto` the first that works; and its program. Raises ToolError."""
    tried = []
    for builder in BUILDERS.values() if name == "auto" else (BUILDERS[name],):
        program = find(path or builder.name)
        if not program:
            tried.append(f"{path or builder.name}: not found")
            continue
        try:
            answer = run(builder.works(program), _SECONDS)
        except ToolError as error:
            tried.append(error.message)
            continue
        if answer.code == 0:
            return builder, program
        words = (answer.err or answer.out).strip().splitlines()
        tried.append(f"{' '.join(builder.works(program))}: {words[-1] if words else answer.code}")
    raise ToolError(
        f"no builder works here: {'; '.join(tried)}",
        "install docker with buildx, podman or buildah; --builder chooses, --builder-path names the program",
    )
