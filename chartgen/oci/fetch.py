"""Fetching a chart from a registry: what comes has the digest that was asked for, or does not come."""

from __future__ import annotations

from collections.abc import Sequence

import semver

from chartgen.errors import ChartgenError, ServerError, near_miss
from chartgen.frozen import Frozen
from chartgen.oci.manifest import CHART, OLD_CHART, PROVENANCE, contents
from chartgen.oci.reference import Reference, version_of
from chartgen.oci.registry import Repository
from chartgen.package import digest


class Fetched(Frozen):
    """A chart as a registry gave it: the manifest, the package, what lies beside it."""

    reference: Reference
    manifest: bytes
    archive: bytes
    provenance: bytes | None

    @property
    def digest(self) -> str:
        return digest(self.manifest)

    @property
    def where(self) -> str:
        """Where it lies, with its digest."""
        return str(Reference(self.reference.host, self.reference.path, self.reference.tag, self.digest))


def fetch(repository: Repository) -> Fetched:
    """The chart that the repository's reference names: by digest, else by tag, else the last version.

    Raises ChartgenError when there is none, or it is no chart; RegistryError when that cannot be known.
    """
    reference = repository.reference
    if not reference.tag and not reference.digest:
        reference = Reference(reference.host, reference.path, last(repository))
    found = repository.manifest(reference.digest or reference.tag)
    if found is None:
        raise _absent(repository, reference)
    there = contents(found, str(reference))
    package, provenance = there.layer(CHART, OLD_CHART), there.layer(PROVENANCE)
    if package is None:
        raise ChartgenError(
            f"{reference}: there is no chart in it", "an image, or a signature, has another kind of content"
        )
    archive = repository.blob(package)
    return Fetched(reference, found, archive, repository.blob(provenance) if provenance else None)


def last(repository: Repository) -> str:
    """The tag of the last version, a pre-release only if there is no other. Raises ChartgenError."""
    found = versions(repository)
    if not found:
        raise ChartgenError(f"{repository.reference}: no version was published there yet")
    return newest(found)


def newest(found: Sequence[str]) -> str:
    """The last of tags that are sorted, a pre-release only if there is no other."""
    return next((tag for tag in reversed(found) if "-" not in tag.partition("_")[0]), found[-1])


def versions(repository: Repository) -> tuple[str, ...]:
    """The tags that are versions, the lowest first. Raises RegistryError."""
    tags = [tag for tag in repository.tags() if semver.Version.is_valid(version_of(tag))]
    return tuple(sorted(tags, key=lambda tag: (semver.Version.parse(version_of(tag)), tag)))


def _absent(repository: Repository, reference: Reference) -> ChartgenError:
    try:
        known = repository.tags()
    except ServerError:  # a list may be forbidden where one chart may be read
        known = ()
    hint = near_miss(reference.tag, known) if known and reference.tag else ""
    return ChartgenError(
        f"{reference}: there is no such version", hint or "see what was published, and where"
    )
