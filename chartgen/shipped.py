"""The files that come with chartgen: templates, scripts, schemas."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def read(path: str) -> bytes:
    """The content of a file by its path below the package: `scripts/seed.sh`."""
    # Not importlib.resources: it would cost a tenth of a short command, for packages in a zip file.
    return (FOLDER / path).read_bytes()
