"""A folder as it was at a revision: what was committed, whatever lies in the working tree now.

Objects are read as they are; attributes and settings that change a checkout (line ends, filters) do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from chartgen.errors import ChartgenError, ToolError
from chartgen.process import output, run

_SECONDS = 60
_PLAIN = ("100644", "100755")  # modes of files; a link has 120000, a submodule 160000
_TAG = r"(?:{name}[-/@])?v?(?P<version>\d+\.\d+\.\d+(?:[-+].*)?)"
_HINT = "is it a repository with that revision? `git fetch --tags` fetches tags"


def folder_at(root: Path, revision: str, path: str) -> dict[str, bytes]:
    """The files below `path`, which is relative to the folder `root`, at a tag, branch or commit.

    Raises ToolError when git or the revision cannot be had, ChartgenError for a link or a submodule.
    """
    git = ("git", "-C", str(root))
    # What starts with a hyphen would be an option.
    name = ("rev-parse", "--verify", "--quiet", "--end-of-options")
    commit = output((*git, *name, f"{revision}^{{commit}}"), _SECONDS, hint=_HINT).decode().strip()
    where = (*git, *name, f"{commit}:./{path}")
    folder = output(where, _SECONDS, hint=f"{revision} has no {path}").decode().strip()
    listed = output((*git, "ls-tree", "-r", "-z", folder), _SECONDS)
    objects = dict(_objects(listed, f"{revision}:{path}"))
    asked = "".join(f"{one}\n" for one in objects.values()).encode()
    found = output((*git, "cat-file", "--batch"), _SECONDS, stdin=asked) if objects else b""
    return dict(zip(objects, _contents(found), strict=True))


def tags(root: Path, name: str) -> dict[str, str]:
    """The versions of the chart `name` that have a tag (`1.2.3`, `v1.2.3`, `shop-1.2.3`, `shop-v1.2.3`), each
    with its tag. Raises ToolError."""
    listed = output(("git", "-C", str(root), "tag", "--list"), _SECONDS, hint=_HINT).decode()
    form = re.compile(_TAG.format(name=re.escape(name)))
    # Of two for one version, that of the chart's own name counts.
    named = sorted(listed.split(), key=lambda tag: (tag.startswith(name), tag))
    matches = ((form.fullmatch(tag), tag) for tag in named)
    return {match["version"]: tag for match, tag in matches if match}


def commits_since(root: Path, revision: str) -> int:
    """How many commits lead from a revision to the one that is checked out. Raises ToolError."""
    counted = ("rev-list", "--count", "--end-of-options", f"{revision}..HEAD")
    return int(output(("git", "-C", str(root), *counted), _SECONDS, hint=_HINT))


class Checkout(NamedTuple):
    """What is checked out: the commit, its date in seconds since 1970, its tags, whether files differ."""

    commit: str
    date: int
    tags: tuple[str, ...]
    changed: bool


def checkout(folder: Path) -> Checkout | None:
    """What a folder has checked out, whose files count alone; None when git knows nothing of it. Raises
    ToolError without a git."""
    git = ("git", "-C", str(folder))
    asked = run((*git, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"), _SECONDS)
    if asked.code:
        return None
    date = output((*git, "show", "--no-patch", "--format=%ct", "HEAD"), _SECONDS).decode()
    named = output((*git, "tag", "--points-at", "HEAD"), _SECONDS).decode().split()
    changes = output((*git, "status", "--porcelain", "--", "."), _SECONDS)
    return Checkout(asked.out.strip(), int(date), tuple(named), bool(changes.strip()))


def tag_of_release(root: Path, name: str, version: str) -> str:
    """The tag that a version of a chart was released at. Raises ToolError."""
    found = tags(root, name)
    if version not in found:
        advice = "`git fetch --tags` fetches tags; --revision names another"
        raise ToolError(f"{root}: git has no tag v{version} or {name}-{version}", advice)
    return found[version]


def head(root: Path) -> str:
    """The commit that is checked out. Raises ToolError."""
    words = ("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return output(("git", "-C", str(root), *words), _SECONDS, hint=_HINT).decode().strip()


def uncommitted(root: Path, besides: str = "") -> list[str]:
    """What is not committed in the repository of `root`: paths behind the two letters of git-status(1).

    `besides` is a folder below `root` that does not count. Raises ToolError.
    """
    aside = (f":(exclude,literal){besides}",) if besides else ()
    words = ("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", ":/", *aside)
    listed = output(("git", "-C", str(root), *words), _SECONDS, hint=_HINT)
    return listed.decode("utf-8", "surrogateescape").split("\0")[:-1]


def set_tag(root: Path, name: str, commit: str) -> None:
    """Gives a commit a tag, which must not be there yet. Raises ToolError."""
    # Who wants it signed sets it first: here nobody may be there to be asked for a passphrase.
    words = ("-c", "tag.gpgSign=false", "tag", "--", name, commit)
    output(("git", "-C", str(root), *words), _SECONDS)


def _objects(listed: bytes, where: str) -> Iterator[tuple[str, str]]:
    """Path and object of each file. Source: git-ls-tree(1), "Output Format"."""
    for line in listed.decode("utf-8", "surrogateescape").rstrip("\0").split("\0"):
        if not line:
            continue
        kind, _, path = line.partition("\t")
        mode, _, name = kind.split(" ")
        if mode not in _PLAIN:
            raise ChartgenError(f"{where}/{path} is no plain file", "a chart holds files and folders")
        yield path, name


def _contents(found: bytes) -> Iterator[bytes]:
    """Each object of an answer. Source: git-cat-file(1), "Batch Output"."""
    place = 0
    while place < len(found):
        end = found.index(b"\n", place)
        size = int(found[place:end].rsplit(b" ", 1)[1])
        yield found[end + 1 : end + 1 + size]
        place = end + 1 + size + 1


def differing(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """The paths of the files that two folders do not have in common, sorted."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))
