"""Charts in OCI registries: what is published, what comes back. What is asked goes through `connection`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chartgen.connection import Clock, Network
from chartgen.oci.credentials import Config, Credential, kept
from chartgen.oci.fetch import Fetched, fetch, last, newest, versions
from chartgen.oci.manifest import Artifact, artifact
from chartgen.oci.publish import TakenError, is_there, push
from chartgen.oci.reference import Reference, folder, is_reference, parse, tag_of, version_of
from chartgen.oci.registry import Repository
from chartgen.oci.session import Session

__all__ = [
    "Artifact",
    "Clock",
    "Config",
    "Credential",
    "Fetched",
    "Network",
    "Reference",
    "Repository",
    "TakenError",
    "artifact",
    "fetch",
    "folder",
    "is_reference",
    "is_there",
    "kept",
    "last",
    "newest",
    "opened",
    "parse",
    "push",
    "tag_of",
    "version_of",
    "versions",
]


@contextmanager
def opened(
    reference: Reference,
    network: Network,
    clock: Clock,
    who: Callable[[str], Credential],
    writes: bool = False,
) -> Iterator[Repository]:
    """A repository until the block ends; `who` gives the credential for a host that wants one."""
    session = Session(reference.host, network, clock, lambda: who(reference.host))
    try:
        yield Repository(session, reference, writes)
    finally:
        session.close()
