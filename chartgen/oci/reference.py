"""Where a chart lies in a registry: `oci://HOST[:PORT]/PATH/NAME[:TAG][@DIGEST]`."""

from __future__ import annotations

import re

from chartgen.errors import UsageError
from chartgen.frozen import Frozen

SCHEME = "oci://"
# Source: OCI Distribution Specification 1.1, "Pulling manifests".
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?")
_HINT = "write it as oci://HOST/PATH, for example oci://ghcr.io/acme/charts"


class Reference(Frozen):
    """A repository of a registry and, where they are given, a tag and a digest in it."""

    host: str
    path: str
    tag: str = ""
    digest: str = ""

    @property
    def repository(self) -> str:
        return f"{SCHEME}{self.host}/{self.path}"

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.repository}{tag}{f'@{self.digest}' if self.digest else ''}"

    def chart(self, name: str, version: str) -> Reference:
        """Where Helm puts a chart below this path."""
        return Reference(self.host, f"{self.path}/{name}".lstrip("/"), tag_of(version))


def tag_of(version: str) -> str:
    """The tag of a version: a registry knows no `+`. Source: helm, pkg/registry/reference.go."""
    return version.replace("+", "_")


def version_of(tag: str) -> str:
    """The version that a tag stands for."""
    return tag.replace("_", "+")


def is_reference(text: str) -> bool:
    return text.startswith(SCHEME)


def folder(text: str) -> Reference:
    """What charts are pushed below: a host and a path, which may be empty. Raises UsageError."""
    found = _parsed(text, text.removeprefix(SCHEME).rstrip("/"))
    if found.tag or found.digest:
        raise UsageError(
            f"{text}: the tag is the version of the chart, and its name comes after the path", _HINT
        )
    return found


def parse(text: str) -> Reference:
    """A chart in a registry; `+` of a version is taken for `_`. Raises UsageError."""
    found = _parsed(text, text.removeprefix(SCHEME))
    if not found.path:
        raise UsageError(f"{text}: no chart is named in it", "write it as oci://HOST/PATH/NAME:VERSION")
    return found


def _parsed(text: str, rest: str) -> Reference:
    host, _, path = rest.partition("/")
    if "@" in host:  # what stands before it may be a password
        raise UsageError(
            "the address of a registry holds no user and no password",
            "give them with --username and --password-stdin, or log in with `helm registry login`",
        )
    path, _, digest = path.partition("@")
    path, colon, tag = path.partition(":")
    tag = tag_of(tag)
    wrong = (
        (not is_reference(text), f"it does not start with {SCHEME}"),
        (not _HOST.fullmatch(host), f"{host!r} is no host of a registry"),
        (path and not _PATH.fullmatch(path), f"{path!r} is no path of a registry: lower case, no empty part"),
        (colon and not _TAG.fullmatch(tag), f"{tag!r} is no tag"),
        ("@" in rest and not _DIGEST.fullmatch(digest), f"{digest!r} is no sha256 digest"),
    )
    for is_wrong, why in wrong:
        if is_wrong:
            raise UsageError(f"{text}: {why}", _HINT)
    return Reference(host, path, tag, digest)
