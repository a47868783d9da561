"""Where compose files come from: a folder that is looked into, never left and never written to."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Protocol

from chartgen.errors import Problem


class Source(Protocol):
    """Files below one folder, by their path in it."""

    def file(self, path: str) -> bytes | None:
        """The content of a file, None when there is none. Raises ChartgenError for what cannot be read."""

    def folder(self, path: str) -> Mapping[str, bytes] | None:
        """The files below a folder by their path in it, None when it is none or holds too much."""

    def executable(self, path: str) -> bool:
        """Whether a file may be executed."""


class Rooted(str):
    """A path in the source, no longer relative to the file that names it."""


def below(base: str, path: str) -> Rooted:
    """`path` as a file in the folder `base` means it; one that leads out begins with `..` or `/`."""
    if isinstance(path, Rooted) or _is_remote(path):
        return Rooted(path)
    return Rooted(posixpath.normpath(posixpath.join(base, path)))


def _is_remote(path: str) -> bool:
    return "://" in path or path.startswith(("git@", "oci:"))


def leads_out(path: str) -> bool:
    return path.startswith(("/", "../", "~")) or path == ".." or ":" in path


def fetched(source: Source, path: str, where: str, problems: list[Problem]) -> bytes | None:
    """A file that another one names at `where`; when it is not to be had, `problems` says so."""
    if _is_remote(path):
        problems.append(
            Problem(where, f"{path} lies elsewhere", "fetch it, and name the file: nothing is downloaded")
        )
        return None
    if leads_out(path):
        hint = "call chartgen in a folder that holds all the files"
        problems.append(Problem(where, f"{path} lies outside of the folder that is looked into", hint))
        return None
    data = source.file(path)
    if data is None:
        problems.append(
            Problem(where, f"there is no file {path}", "check the name, and where it is relative to")
        )
    return data
