"""`chartgen init --from-compose`: an application from the compose files that it has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from chartgen.compose.convert import Conversion, convert
from chartgen.compose.project import Asked
from chartgen.disk.beside import Beside
from chartgen.errors import ChartgenError, Problem


def conversion(
    files: tuple[str, ...],
    name: str,
    profiles: tuple[str, ...],
    env_files: tuple[str, ...],
    env: tuple[str, ...],
) -> Conversion:
    """What the compose files come to. Raises ChartgenError with everything that is wrong with them."""
    root = _root(files)
    paths = tuple(_below(root, file) for file in files)
    chosen = tuple(word for profile in profiles for word in profile.split(",") if word)
    variables, folder = dict(map(_variable, env)), root.resolve().name or "app"
    asked = Asked(paths, chosen, tuple(_below(root, file) for file in env_files), variables, folder)
    return convert(asked, Beside(root), name)


def _root(files: tuple[str, ...]) -> Path:
    """This folder when the first file is in it, or the folder of that file."""
    here, first = Path.cwd(), Path(files[0])
    return Path() if here in first.resolve().parents or first.resolve().parent == here else first.parent


def _below(root: Path, file: str) -> str:
    return Path(os.path.relpath(file, root)).as_posix()


def _variable(given: str) -> tuple[str, str]:
    """`NAME=VALUE`, or NAME for the value that the shell has. Raises click.UsageError."""
    name, sign, value = given.partition("=")
    if not sign and name not in os.environ:
        raise click.UsageError(f"--env {name}: the environment has no such variable: write {name}=VALUE")
    return name, value if sign else os.environ[name]


def tell(found: Conversion, strict: bool) -> None:
    """Says what is not carried over. Raises ChartgenError, before anything is written, when it may not be."""
    for line in _lines(found):
        click.echo(line, err=True)
    if found.lost and strict:
        count = len(found.lost)
        what = "1 thing is" if count == 1 else f"{count} things are"
        raise ChartgenError(
            f"{what} not carried over; nothing was written", "without --error-on-warning it is"
        )


def _lines(found: Conversion) -> Iterator[str]:
    words = {"lost": "not carried over", "note": "note"}
    for notice in found.notices:
        yield f"{words[notice.level]}: {Problem(notice.where, notice.what, notice.advice)}"
