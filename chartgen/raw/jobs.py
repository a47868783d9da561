"""Jobs that are applied again and again. The template of a Job cannot change, and Helm, which deletes the one
before, is not there: so what does something else has another name, and what has ended goes by itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from chartgen.manifest import Manifest, references

# Seconds that a Job is kept when it has ended, for its log to be read. Under Helm it has none: a hook that is
# gone before Helm has looked at it fails the release.
KEPT = 3600
# A Job's name is a label of its pods. Source: Kubernetes documentation, "Jobs"; "Labels and Selectors".
_LONGEST = 63
_DIGITS = 8


def one_off(job: Manifest, others: Iterable[Manifest]) -> Manifest:
    """The Job under a name that says what it does: the same again is the same Job, which is not run again
    while it is there; another image, or other content of a ConfigMap that it reads, is another Job."""
    spec = {"ttlSecondsAfterFinished": KEPT, **job.data["spec"]}
    read = {each.name for each in references(job) if each.kind == "ConfigMap"}
    maps = [
        [each.data.get(key) for key in ("data", "binaryData")]
        for each in others
        if each.kind == "ConfigMap" and each.name in read and each.namespace == job.namespace
    ]
    base = job.name or str(job.metadata.get("generateName", ""))
    text = json.dumps([base, spec, maps], sort_keys=True, separators=(",", ":"))
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    name = f"{base[: _LONGEST - _DIGITS - 1].rstrip('-.')}-{digest}"
    rest = {key: value for key, value in job.metadata.items() if key not in ("name", "generateName")}
    return replace(job, data={**job.data, "metadata": {"name": name, **rest}, "spec": spec})
