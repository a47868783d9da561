"""Publishing a chart: absent, it is put there; there, it is said; something else there, it is refused.

Blobs come first and the tag last, so that no half of a chart is ever visible. A registry has no way to say
"only if the tag is free": it is asked right before, and what the tag then leads to is fetched, byte by byte.
"""

from __future__ import annotations

from chartgen.errors import ChartgenError, RegistryError, ServerError
from chartgen.oci.manifest import CHART, Artifact, Contents, contents
from chartgen.oci.registry import RefusedError, Repository
from chartgen.oci.session import PassingError
from chartgen.package import digest

_RAISE = "a version that was published never changes: raise `version` in app.yaml"
# Another publisher that saw the tag free writes it within about the time that we needed for it.
_AS_LONG_AGAIN, _LONGEST = 3, 2.0  # times; seconds


class TakenError(ChartgenError):
    """The version is published already, with something else in it."""


def is_there(repository: Repository, tag: str, ours: Artifact) -> str:
    """The digest of the manifest under a tag when it holds this chart; "" when the tag is free.

    Raises TakenError when it holds something else, RegistryError when that cannot be known.
    """
    found = repository.manifest(tag)
    if found is None:
        return ""
    theirs = digest(found)
    if found == ours.manifest:
        return theirs
    where = f"{repository.reference.repository}:{tag}"
    try:
        there = contents(found, where)
    except ChartgenError:
        raise TakenError(f"{where} is taken by what is no chart, {theirs}", _RAISE) from None
    if difference := _difference(ours, there):
        raise TakenError(f"{where} is taken by another content, {theirs}: {difference}", _RAISE)
    return theirs


def _difference(ours: Artifact, theirs: Contents) -> str:
    """What makes it another content: the date of a manifest and what else is noted in it does not."""
    if {blob.descriptor for blob in ours.layers} == set(theirs.layers):
        return (
            ""
            if ours.config.descriptor == theirs.config
            else "the metadata beside the package is another one"
        )
    package, own = theirs.layer(CHART), next(blob for blob in ours.layers if blob.media_type == CHART)
    if package == own.descriptor:
        return "the package is the same, what signs it is not"
    there = f"the package there is {package.digest}" if package else "there is no package in it"
    return f"{there}, this one is {own.descriptor.digest}"


def push(repository: Repository, tag: str, ours: Artifact) -> None:
    """Publishes under a tag that `is_there` found free, and fetches back what was published.

    Raises TakenError when somebody else was quicker, RegistryError when the registry fails.
    """
    repository.send(ours.blobs)
    looked = repository.session.now()
    if not is_there(repository, tag, ours):
        _tagged(repository, tag, ours)
    try:
        verify(repository, tag, ours)
        needed = repository.session.now() - looked
        repository.session.pause(min(_LONGEST, _AS_LONG_AGAIN * needed))
        _still(repository, tag, ours)
    except ServerError as error:
        what = f"{tag} was written, and could not be fetched back: {error.message}"
        raise RegistryError(what, "push once more: it looks first") from None


def _tagged(repository: Repository, tag: str, ours: Artifact) -> None:
    """Writes the tag. Before it is tried once more, it is looked at: the answer alone may have been lost."""

    def attempt() -> None:
        try:
            repository.tag(tag, ours.manifest)
        except (PassingError, RefusedError) as error:
            # A registry whose tags are immutable refuses: then somebody else was quicker, or we were.
            if is_there(repository, tag, ours):
                return
            if isinstance(error, RefusedError) and error.lacks_blob:
                repository.send(ours.blobs)
                raise PassingError(error.message) from None
            raise

    try:
        repository.session.patiently(f"writing the tag {tag}", attempt)
    except RefusedError:
        raise
    except ServerError as error:
        late = "it may be written all the same: push once more, it looks first"
        raise RegistryError(error.message, late) from None


def _still(repository: Repository, tag: str, ours: Artifact) -> None:
    try:
        there = is_there(repository, tag, ours)
    except TakenError as error:
        raise TakenError(f"somebody else published at the same moment: {error.message}", error.hint) from None
    if not there:
        where = f"{repository.reference.repository}:{tag}"
        raise RegistryError(f"{where} was written, and is not there", "the registry loses what it is given")


def verify(repository: Repository, tag: str, ours: Artifact) -> None:
    """Fetches what a tag leads to: bytes with other digests do not come. Raises like `push`."""
    _still(repository, tag, ours)
    for blob in ours.blobs:
        repository.blob(blob.descriptor)
