"""Seeding: files that a volume starts with, put there once, never over what somebody wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from chartgen import shipped
from chartgen.blocks.answers import for_seeding
from chartgen.blocks.shape import (
    Part,
    PodParts,
    Pods,
    either,
    hook,
    literal,
    metadata,
    placement,
    pod_context,
)
from chartgen.blocks.storage import outlives
from chartgen.chart import ChartFile
from chartgen.errors import Problem
from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import CONFIG_KEY, DNS_SUBDOMAIN, or_empty
from chartgen.model import App, Component, Seed, Volume
from chartgen.model.field import MODE, SAYS, VOLUME_PATH, camel
from chartgen.render import Fragment, chart_file, fragment
from chartgen.rules import Clause, Rule
from chartgen.settings import Setting

SEED_PATH = {"type": "string", "minLength": 1, "maxLength": 1024, "pattern": f"^{VOLUME_PATH}$"}
SEED_PATH_OR_FOLDER = {**SEED_PATH, "pattern": f"^{VOLUME_PATH}/?$"}


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    if not app.seeds:
        return
    yield ChartFile("files/seed.sh", shipped.read("scripts/seed.sh"))
    seeds = {seed.name: _context(app, seed) for seed in app.seeds.values()}
    yield chart_file("templates/_seed.tpl", "seed_helpers.tpl.j2", app=app, contexts=seeds)
    yield chart_file(
        "templates/seed-script-configmap.yaml",
        "seed_script.yaml.j2",
        app=app,
        metadata=metadata(app, "seed-script"),
    )
    for seed in app.seeds.values():
        yield from _files(app, seed)


def _files(app: App, seed: Seed) -> Iterator[ChartFile]:
    prefix = f"{seed.folder}/"
    if seed.folder:
        for path, data in app.files:
            if path.startswith(prefix):
                yield ChartFile(f"files/{seed.name}/{path.removeprefix(prefix)}", data)
    name = Fragment(f'{{{{ include "{app.name}.seed.{seed.name}.configMap" . }}}}')
    yield chart_file(
        f"templates/{seed.config_map}-configmap.yaml",
        "seed_configmap.yaml.j2",
        app=app,
        seed=seed,
        metadata=metadata(app, seed.config_map, name=name),
    )
    component, volume = app.components[seed.component], app.volumes[seed.volume]
    yield chart_file(
        f"templates/{seed.job_name}-job.yaml",
        "seed_job.yaml.j2",
        app=app,
        seed=seed,
        component=component,
        volume=volume,
        answers=for_seeding(component),
        metadata=metadata(
            app, seed.job_name, annotations=f".Values.seed.{seed.key}.job.annotations", own=_hook(volume)
        ),
        context=pod_context(app, component),
        placement=placement(component),
        volumes=_volumes(app, seed),
        claim=fragment("volume_claim.yaml.j2", app=app, volume=volume),
    )


def _hook(volume: Volume) -> str:
    """The Job stays for its log. But Kubernetes deletes no claim that a pod mounts, ended or not: a claim
    that is to go with the release would stay `Terminating`, and the next install would wait for it in vain.
    """
    stays, goes = (
        literal(
            {
                **hook("post-install,post-upgrade", 0, policy),
                "helm.sh/hook-output-log-policy": "hook-failed",
            }
        )
        for policy in ("before-hook-creation", "before-hook-creation,hook-succeeded,hook-failed")
    )
    return f"(ternary {stays} {goes} {outlives(volume)})"


def problems(app: App) -> Iterator[Problem]:
    """Files whose names cannot go through a ConfigMap onto a volume."""
    for seed in app.seeds.values():
        prefix = f"{seed.folder}/"
        for path, _ in app.files:
            inside = path.removeprefix(prefix)
            if seed.folder and path.startswith(prefix) and not re.fullmatch(VOLUME_PATH, inside):
                yield Problem(repr(path), "cannot be seeded under this name", f"wanted: {SAYS[VOLUME_PATH]}")


def _context(app: App, seed: Seed) -> dict[str, Any]:
    secret = app.secrets.get(seed.keySecret)
    component = app.components[seed.component]
    return {
        "component": component,
        "volume": app.volumes[seed.volume],
        "secret": secret,
        "key": next(iter(secret.keys)) if secret else "",
        "sub_path": component.volumes[seed.volume].subPath,
    }


def pod(app: App, component: Component) -> PodParts:
    seeds = app.seeds_of(component)
    when = {seed.name: f".Values.seed.{seed.key}.initContainer.enabled" for seed in seeds}
    volumes = [Part(_volumes(app, seed), when[seed.name]) for seed in seeds]
    if seeds:
        name = f'{{{{ include "{app.name}.fullname" . }}}}-seed-script'
        script = f"- name: seed-script\n  configMap:\n    name: {name}"
        volumes.append(Part(Fragment(script), either(when.values())))
    return PodParts(
        init_containers=tuple(Part(_init(app, seed), when[seed.name]) for seed in seeds),
        volumes=tuple(volumes),
    )


def _init(app: App, seed: Seed) -> Fragment:
    arguments = f'(dict "root" . "name" "seed-{seed.name}" "mode" "init")'
    return Fragment(f'{{{{- include "{app.name}.seed.{seed.name}.container" {arguments} | nindent 0 }}}}')


def _volumes(app: App, seed: Seed) -> Fragment:
    """What a seed is read from; there may be nothing where the chart brings no files."""
    include = f'include "{app.name}.seed.{seed.name}.volumes" .'
    if seed.folder:
        return Fragment(f"{{{{- {include} | nindent 0 }}}}")
    return Fragment(f"{{{{- with {include} }}}}\n{{{{- . | nindent 0 }}}}\n{{{{- end }}}}")


def settings(app: App) -> Iterator[Setting]:
    for seed in app.seeds.values():
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


def rules(app: App) -> Iterator[Rule]:
    for seed in app.seeds.values():
        path = ("seed", seed.key)
        yield Rule(
            f"seed.{seed.key}.existingConfigMapItems: says where the keys of existingConfigMap go, "
            "which is empty.",
            (Clause((*path, "existingConfigMapItems"), "set"), Clause((*path, "existingConfigMap"), "empty")),
        )
