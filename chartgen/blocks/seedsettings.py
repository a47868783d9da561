"""The settings of a seed: where files come from, what is never touched, and how the pods that seed run."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import CONFIG_KEY, DNS_SUBDOMAIN, or_empty
from chartgen.model import Seed
from chartgen.model.field import MODE, VOLUME_PATH, camel
from chartgen.settings import Setting

SEED_PATH = {"type": "string", "minLength": 1, "maxLength": 1024, "pattern": f"^{VOLUME_PATH}$"}
SEED_PATH_OR_FOLDER = {**SEED_PATH, "pattern": f"^{VOLUME_PATH}/?$"}


def seed_settings(seed: Seed) -> Iterator[Setting]:
    """All settings of a seed."""
    yield from _sources(seed)
    yield from _safety(seed)
    yield from _running(seed)


def _sources(seed: Seed) -> Iterator[Setting]:
    path = ("seed", seed.key)
    contents = {"type": "object", "propertyNames": SEED_PATH, "additionalProperties": {"type": "string"}}
    yield Setting(
        (*path, "files"),
        {},
        contents,
        "Files to seed: path in the volume to content. They win over the files that the chart brings.",
        ({"providers/local.yaml": "enabled: true\n"},),
    )
    yield Setting(
        (*path, "existingConfigMap"),
        "",
        or_empty(DNS_SUBDOMAIN),
        "A ConfigMap of yours whose files win over all others. "
        "`kubectl create configmap --from-file` keeps no folders: see existingConfigMapItems.",
    )
    yield Setting(
        (*path, "existingConfigMapItems"),
        {},
        {"type": "object", "propertyNames": SEED_PATH, "additionalProperties": dict(CONFIG_KEY)},
        "Where its keys go: path in the volume to key. Empty seeds every key as a file of that name.",
        ({"providers/local.yaml": "local.yaml"},),
    )
    if seed.imagePath:
        yield Setting(
            (*path, "fromImage"),
            True,
            {"type": "boolean"},
            f"Seed the files that the image has in {seed.imagePath} too; every other source wins over them.",
        )


def _safety(seed: Seed) -> Iterator[Setting]:
    path = ("seed", seed.key)
    yield Setting(
        (*path, "policy"),
        "ifNotPresent",
        {"type": "string", "enum": ["ifNotPresent", "updateUnmodified"]},
        "What a new version of a seeded file does: nothing, or replace the file if nobody changed it "
        "(otherwise it is put beside it as `.chart-new`).",
    )
    directories = {
        "type": "object",
        "propertyNames": SEED_PATH,
        "additionalProperties": {"type": "string", "pattern": f"^{MODE}$"},
    }
    yield Setting(
        (*path, "directories"),
        dict(seed.directories),
        directories,
        "Directories to make when they are absent, with their mode. One that is there is left as it is.",
    )
    yield Setting(
        (*path, "protectedPaths"),
        list(seed.protected),
        {"type": "array", "items": SEED_PATH_OR_FOLDER, "uniqueItems": True},
        "Paths that are never seeded or touched; a trailing `/` means everything below.",
    )
    if seed.keySecret:
        yield Setting(
            (*path, "acceptNewKey"),
            False,
            {"type": "boolean"},
            f"Accept that the key of secrets.{camel(seed.keySecret)} is not the one that this volume was "
            "written with. What the old key encrypted stays unreadable.",
        )


def _running(seed: Seed) -> Iterator[Setting]:
    path = ("seed", seed.key)
    small = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}}
    count = {"type": "integer", "minimum": 0, "maximum": 100}
    yield Setting((*path, "resources"), small, ref("resourceRequirements"), "Requests and limits of seeding.")
    yield Setting(
        (*path, "initContainer", "enabled"),
        True,
        {"type": "boolean"},
        f"Seed before {seed.component} starts.",
    )
    yield Setting(
        (*path, "job", "enabled"),
        True,
        {"type": "boolean"},
        "Seed again after an install or upgrade, which fails when the volume is not complete. "
        "Off by itself without replicas and for a ReadWriteOncePod volume.",
    )
    yield Setting((*path, "job", "backoffLimit"), 2, count, "Retries of the Job.")
    deadline = {"type": "integer", "minimum": 1, "maximum": 86400}
    yield Setting(
        (*path, "job", "activeDeadlineSeconds"), 240, deadline, "Seconds until the Job is given up."
    )
    yield Setting((*path, "job", "annotations"), {}, ref("annotations"), "Annotations of the Job.")
    yield Setting((*path, "job", "podAnnotations"), {}, ref("annotations"), "Annotations of its pod.")
    yield Setting((*path, "job", "podLabels"), {}, ref("labels"), "Labels of its pod.")
