"""One rendered Kubernetes object: what it is called, and whether two are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from chartgen import documents
from chartgen.errors import ModelError, Problem, RenderError
from chartgen.frozen import Frozen

HOOK = "helm.sh/hook"


class Identity(NamedTuple):
    """What makes two objects one in a cluster: the API group without its version, kind, and names.

    `namespace` is "" when the object does not say: the release's, or none at all.
    """

    group: str
    kind: str
    namespace: str
    name: str


class Manifest(Frozen):
    """An object as rendered, and the template that it came from (`templates/backend-service.yaml`)."""

    data: Mapping[str, Any] = field(hash=False)
    source: str

    @cached_property
    def kind(self) -> str:
        return str(self.data["kind"])

    @property
    def api_version(self) -> str:
        return str(self.data["apiVersion"])

    @cached_property
    def metadata(self) -> Mapping[str, Any]:
        """`metadata`, or an empty mapping when it is none."""
        found = self.data.get("metadata")
        return found if isinstance(found, Mapping) else {}

    @cached_property
    def name(self) -> str:
        """The name; "" when there is none, or the server makes it up (`generateName`)."""
        return str(self.metadata.get("name") or "")

    @cached_property
    def namespace(self) -> str:
        return str(self.metadata.get("namespace") or "")

    @property
    def label(self) -> str:
        """How a person calls it: `Deployment/ushadow-backend`."""
        return f"{self.kind}/{self.name}"

    @cached_property
    def identity(self) -> Identity:
        return Identity(self.api_version.rpartition("/")[0], self.kind, self.namespace, self.name)

    @cached_property
    def hooks(self) -> tuple[str, ...]:
        """The values of `helm.sh/hook` as written; empty for a regular object."""
        annotations = self.metadata.get("annotations")
        value = annotations.get(HOOK) if isinstance(annotations, Mapping) else None
        return tuple(part.strip() for part in str(value).split(",")) if value else ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the data as canonical JSON, in hex: equal for equal objects, wherever they stand."""
        return self._canonical[0]

    @property
    def size(self) -> int:
        """Bytes of the data as JSON without a space too much."""
        return self._canonical[1]

    @cached_property
    def _canonical(self) -> tuple[str, int]:
        from hashlib import sha256

        text = json.dumps(self.data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        data = text.encode("utf-8", "surrogatepass")
        return sha256(data).hexdigest(), len(data)


@lru_cache(maxsize=2048)
def parse(text: str, source: str) -> tuple[Manifest, ...]:
    """The objects in `text`, which the template `source` rendered; Lists unpacked, empty documents dropped.

    Overlays share most of their objects: a text that is met again is not parsed again. Raises RenderError
    for what is not YAML, keys that stand twice, and what has no kind or apiVersion.
    """
    if not text or text.isspace():
        return ()
    try:
        found = documents.load_all(text, source)
    except ModelError as error:
        raise RenderError(
            f"{source} does not render to YAML that can be used", problems=error.problems
        ) from None
    unpacked = [item for data in found for item in _unpacked(data)]
    problems = [Problem(source, what) for item in unpacked if (what := _fault(item))]
    if problems:
        raise RenderError(f"{source} renders what is no Kubernetes object", problems=problems)
    return tuple(Manifest(item, source) for item in unpacked)


def _unpacked(data: Any) -> Iterator[Any]:
    items = data.get("items") if isinstance(data, Mapping) and data.get("kind") == "List" else None
    if isinstance(items, list):
        for item in items:
            yield from _unpacked(item)
    else:
        yield data


def _fault(data: Any) -> str:
    if not isinstance(data, Mapping):
        return f"a {type(data).__name__} stands where an object should: {data!r:.60}"
    lacking = [key for key in ("apiVersion", "kind") if not data.get(key) or not isinstance(data[key], str)]
    return f"an object without {' and '.join(lacking)}: {json.dumps(data):.80}" if lacking else ""
