"""One repository of a registry: what lies in it, and putting something there.

Source: OCI Distribution Specification 1.1. Whether a tag is free is asked with GET: some registries and
proxies answer 404 to HEAD for what they have, and the body of a 404 says who it was that did not find it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TypeVar
from urllib.parse import quote, urljoin

from chartgen.connection import MIB, Answer
from chartgen.errors import RegistryError
from chartgen.oci.manifest import MANIFEST, Blob, Descriptor
from chartgen.oci.reference import Reference
from chartgen.oci.session import PassingError, Session, errors
from chartgen.package import digest

Made = TypeVar("Made")
MANIFEST_LIMIT = 4 * MIB  # bytes, as the specification has it
BLOB_LIMIT = 128 * MIB  # more than any chart that Helm takes
# An index stands for several manifests; it is no chart, but it is there.
_ACCEPTED = ", ".join(
    (
        MANIFEST,
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    )
)
# What "there is no such thing" is called. NOT_FOUND is Harbor's.
_ABSENT = frozenset({"MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"})
_PAGES = 1000


# What a manifest names is not there, or not yet: distribution 2.8 says so while another sends the same blob.
_MISSING = frozenset({"MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN"})


class RefusedError(RegistryError):
    """The registry does not want what was put there: it may have something there already, or lack a blob."""

    lacks_blob = False


class Repository:
    """A repository, to read from, or to write to as well when `writes`."""

    def __init__(self, session: Session, reference: Reference, writes: bool = False) -> None:
        self.session, self.reference = session, reference
        self._scope = f"repository:{reference.path}:pull{',push' if writes else ''}"
        self._root = f"/v2/{reference.path}"

    def manifest(self, tag_or_digest: str) -> bytes | None:
        """The bytes behind a tag or a digest; None when the registry says that there is nothing.

        Raises RegistryError when that cannot be known.
        """
        what = f"looking for {self.reference.path}:{tag_or_digest}"
        return self._patiently(what, lambda: self._manifest(what, tag_or_digest))

    def _manifest(self, what: str, tag_or_digest: str) -> bytes | None:
        url = f"{self._root}/manifests/{tag_or_digest}"
        answer = self._ask("GET", url, {"Accept": _ACCEPTED}, limit=MANIFEST_LIMIT + 1)
        if answer.status == 404 and any(code in _ABSENT for code, _ in errors(answer)):
            return None
        if answer.status == 404:
            raise RegistryError(
                f"{self.session.host}: {what}: it answered 404, but not as a registry does",
                "is the host right, and is there something between that answers for it?",
            )
        if answer.status != 200:
            raise self.session.refused(what, answer)
        if len(answer.body) > MANIFEST_LIMIT:
            raise RegistryError(
                f"{self.session.host}: {what}: over {MANIFEST_LIMIT // MIB} MiB is no manifest"
            )
        wanted = tag_or_digest if ":" in tag_or_digest else answer.header("docker-content-digest")
        if wanted and wanted != digest(answer.body):
            raise PassingError(f"it names the digest {wanted[:80]}, and the bytes have {digest(answer.body)}")
        return answer.body

    def has(self, blob: Descriptor) -> bool:
        """Whether a blob is there. Not knowing is no: it is sent again, which does no harm."""
        answer = self._patiently(
            f"looking for {blob.digest}", lambda: self._ask("HEAD", f"{self._root}/blobs/{blob.digest}")
        )
        return answer.status == 200 and answer.header("content-length") in ("", str(blob.size))

    def blob(self, wanted: Descriptor) -> bytes:
        """The bytes of a blob, with the digest and the size that were asked for. Raises RegistryError."""
        what = f"fetching {wanted.digest}"
        if wanted.size > BLOB_LIMIT:
            raise RegistryError(
                f"{self.session.host}: {what}: {wanted.size:,} bytes are more than any chart has"
            )
        return self._patiently(what, lambda: self._blob(what, wanted))

    def _blob(self, what: str, wanted: Descriptor) -> bytes:
        answer = self._ask("GET", f"{self._root}/blobs/{wanted.digest}", limit=wanted.size + 1)
        if answer.status != 200:
            raise self.session.refused(what, answer)
        if len(answer.body) != wanted.size or digest(answer.body) != wanted.digest:
            raise PassingError("the bytes that came are others")
        return answer.body

    def send(self, blobs: Iterable[Blob]) -> None:
        """Puts those blobs there that are not there yet. Raises RegistryError."""
        for blob in blobs:
            if not self.has(blob.descriptor):
                self.upload(blob)

    def upload(self, blob: Blob) -> None:
        """Puts a blob there; one that breaks off is started anew. Raises RegistryError."""
        what = f"sending {blob.descriptor.digest} ({len(blob.data):,} bytes)"
        self._patiently(what, lambda: self._upload(what, blob))

    def _upload(self, what: str, blob: Blob) -> None:
        begun = self._ask("POST", f"{self._root}/blobs/uploads/")
        if begun.status == 201:  # the registry had it
            return
        if begun.status != 202:
            raise self.session.refused(what, begun)
        target = self.session.location(begun)
        url = f"{target}{'&' if '?' in target else '?'}digest={quote(blob.descriptor.digest, safe='')}"
        done = self._ask("PUT", url, {"Content-Type": "application/octet-stream"}, blob.data)
        if done.status == 404:  # the upload is not known any more: another one may be
            raise PassingError(f"it answered {self.session.said(done)}")
        if done.status != 201:
            raise self.session.refused(what, done)

    def tag(self, tag: str, manifest: bytes) -> None:
        """Makes a manifest visible under a tag. Raises RefusedError, PassingError, RegistryError.

        A connection that ends before the answer does is not tried again here: who asked looks first.
        """
        what = f"writing the tag {tag}"
        url = f"{self._root}/manifests/{tag}"
        answer = self._ask("PUT", url, {"Content-Type": MANIFEST}, manifest)
        if answer.status not in (201, 202, 200):
            error = self.session.refused(what, answer)
            refused = RefusedError(error.message, error.hint)
            refused.lacks_blob = any(code in _MISSING for code, _ in errors(answer))
            raise refused
        told = answer.header("docker-content-digest")
        if told and told != digest(manifest):
            raise RegistryError(
                f"{self.session.host}: {what}: it took {digest(manifest)} for {told[:80]}",
                "do not trust that tag",
            )

    def tags(self) -> tuple[str, ...]:
        """All tags, sorted; none when there is no such repository. Raises RegistryError."""
        found: set[str] = set()
        url = f"{self._root}/tags/list"
        for _ in range(_PAGES):
            answer = self._patiently("listing tags", lambda url=url: self._ask("GET", url))  # type: ignore[misc]
            if answer.status == 404 and any(code in _ABSENT for code, _ in errors(answer)):
                return ()
            if answer.status != 200:
                raise self.session.refused("listing tags", answer)
            found |= set(self._names(answer))
            if not (link := _next(answer)):
                return tuple(sorted(found))
            url = urljoin(answer.url, link)
        raise RegistryError(f"{self.session.host}: the list of tags has no end")

    def _names(self, answer: Answer) -> list[str]:
        try:
            return [str(name) for name in json.loads(answer.body)["tags"] or ()]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise RegistryError(f"{self.session.host}: listing tags: what came is no list of tags") from None

    def _ask(
        self,
        method: str,
        url: str,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        limit: int = MANIFEST_LIMIT,
    ) -> Answer:
        return self.session.ask(method, url, self._scope, headers, body, limit)

    def _patiently(self, what: str, attempt: Callable[[], Made]) -> Made:
        return self.session.patiently(what, attempt)


def _next(answer: Answer) -> str:
    """The next page. Source: RFC 8288."""
    first = answer.header("link").partition(";")
    return first[0].strip()[1:-1] if 'rel="next"' in first[2] or "rel=next" in first[2] else ""
