"""The tools that chartgen is measured beside: pinned and built by `ci.tools`, or not here and said so."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chartgen.kubernetes import VERSIONS
from ci.tools import pins

# What a user may know and expect here, and why it is missing.
NOT_TO_BE_HAD = {
    "helm-schema (dadav)": "the Go module proxy does not serve it; helm-values-schema (losisin) does the same"
}
KUBERNETES = VERSIONS[-1]


@dataclass(frozen=True)
class Tools:
    """Name to path and to version of what is here; name to reason of what is not."""

    paths: dict[str, str]
    versions: dict[str, str]
    missing: dict[str, str]


def found() -> Tools:
    """What the cache has, or the PATH for what it has not."""
    root = pins.cache()
    paths, versions, missing = {}, {}, dict(NOT_TO_BE_HAD)
    for tool in pins.TOOLS:
        built = pins.built(tool, root)
        path = str(built) if built else shutil.which(tool.binary) if tool.name == tool.binary else None
        if path:
            paths[tool.name] = path
            versions[tool.name] = pins.version(tool) if built else "from the PATH"
        else:
            missing[tool.name] = f"not built: python3 -m ci.tools build {tool.name}"
    return Tools(paths, versions, missing)


def schemas(folder: Path) -> str:
    """Where kubeconform finds the schemas of one Kubernetes version; empty when they cannot be made."""
    try:
        from ci import kubeconform_schemas
    except ImportError:
        return ""
    kubeconform_schemas.write(folder, KUBERNETES)
    return kubeconform_schemas.location(folder)


def machine() -> Iterator[tuple[str, str]]:
    """What the numbers depend on, as a person would ask for it."""
    import os

    from chartgen import __version__

    yield "chartgen", __version__
    yield "Python", platform.python_version()
    yield "processors", str(os.cpu_count())
    yield "machine", f"{platform.system()} {platform.machine()}"
    yield "load", f"{os.getloadavg()[0]:.1f} when it began"
