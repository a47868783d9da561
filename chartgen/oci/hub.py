"""`artifacthub-repo.yml` in a registry: who a repository belongs to, for Artifact Hub.

It lies under a tag of its own beside the versions of a chart, and unlike them may change.
Source: Artifact Hub, documentation, "Helm charts repositories", "OCI support".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from chartgen import documents
from chartgen.errors import ModelError, Problem, near_miss
from chartgen.oci.manifest import Artifact, Blob, assembled
from chartgen.oci.registry import Repository
from chartgen.oci.session import PassingError

TAG = "artifacthub.io"
_CONFIG = "application/vnd.cncf.artifacthub.config.v1+yaml"
_LAYER = "application/vnd.cncf.artifacthub.repository-metadata.layer.v1.yaml"
_KEYS = ("repositoryID", "owners", "ignore")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def metadata(data: bytes, where: str) -> Artifact:
    """What lies in the registry for the file. Raises ModelError with all that Artifact Hub would not take."""
    found = documents.load(data, where).data
    problems = [Problem(where, what, hint) for what, hint in _wrong(found)]
    if problems:
        raise ModelError(f"{where} cannot be published: {len(problems)} wrong", problems=problems)
    return assembled(Blob(_CONFIG, b""), [Blob(_LAYER, data)], {})


def push(repository: Repository, ours: Artifact) -> bool:
    """Makes the tag lead to the metadata; False when it did already. Raises RegistryError."""
    if repository.manifest(TAG) == ours.manifest:
        return False
    repository.send(ours.blobs)

    def attempt() -> None:
        try:
            repository.tag(TAG, ours.manifest)
        except PassingError:
            if repository.manifest(TAG) != ours.manifest:
                raise

    repository.session.patiently(f"writing the tag {TAG}", attempt)
    return True


def _wrong(found: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(found, dict):
        yield "it is no mapping", f"it holds {', '.join(_KEYS)}"
        return
    for key in found.keys() - set(_KEYS):
        yield f"nobody reads {key!r}", near_miss(key, _KEYS)
    name = found.get("repositoryID")
    if name is not None and not (isinstance(name, str) and _ID.fullmatch(name)):
        yield f"repositoryID is {name!r}", "the control panel of Artifact Hub shows it, a UUID"
    owners = found.get("owners")
    if owners is not None and not (isinstance(owners, list) and all(map(_owner, owners))):
        yield "owners is no list of people", "each has a name and an email"
    if name is None and not owners:
        yield "it says neither repositoryID nor owners", "it is of no use without one of them"


def _owner(one: Any) -> bool:
    return isinstance(one, dict) and "@" in str(one.get("email")) and isinstance(one.get("name"), str)
