"""Which Helm to ask: the one that was named, the embedded one, or one that is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chartgen.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chartgen.engine import Engine
    from chartgen.engine.binary import Binary

EMBEDDED = "embedded"
OLDEST = (3, 18, 0)
# 4.2.1 hangs in pending-install when a before-hook-creation hook has nothing to delete (helm issue 32224,
# mended in 4.2.2); and values.schema.json is judged by another library before 3.18.5.
REFUSED = {"4.2.1": "it hangs in hooks that have nothing to delete (helm issue 32224): take 4.2.2 or newer"}
HOW = "pip install 'chartgen[embedded]', or install Helm 3.18 or newer, or 4.x, and name it with --helm"


def choose(helm: str = "", notify: Callable[[str], None] = lambda _: None) -> Engine:
    """The engine called `helm` (a path, a name on the PATH, or `embedded`); without it the embedded one
    when it loads, else a `helm` on the PATH, and `notify` is told why.

    Raises ToolError when there is none, or when the one that was found cannot be used.
    """
    if helm and helm != EMBEDDED:
        return _binary(helm)
    from chartgen.engine.embedded import Embedded

    try:
        return Embedded()
    except ToolError as error:
        if helm == EMBEDDED:
            raise
        reason = error.message
    from chartgen.engine.binary import find

    found = find()
    if not found:
        raise ToolError(f"there is no Helm: {reason}, and no helm is on the PATH", HOW)
    notify(f"{reason}: using {found}")
    return _binary(found)


def _binary(name: str) -> Binary:
    from chartgen.engine.binary import Binary, find

    path = find(name)
    if not path:
        raise ToolError(f"{name} is not an executable", HOW)
    engine = Binary(path)
    if tuple(map(int, engine.version.split("."))) < OLDEST:
        raise ToolError(f"{path} is Helm {engine.version}, older than 3.18", HOW)
    if engine.version in REFUSED:
        raise ToolError(f"{path} is Helm {engine.version}: {REFUSED[engine.version]}", HOW)
    return engine
