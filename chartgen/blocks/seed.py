"""Seeding: files that a volume starts with, put there once, never over what somebody wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from chartgen import shipped
from chartgen.blocks.answers import for_seeding
from chartgen.blocks.seedsettings import seed_settings
from chartgen.blocks.shape import (
    Part,
    PodParts,
    Pods,
    either,
    hook,
    literal,
    metadata,
    outlives,
    placement,
    pod_context,
)
from chartgen.chart import ChartFile
from chartgen.errors import Problem
from chartgen.model import App, Component, Seed, Volume
from chartgen.model.field import SAYS, VOLUME_PATH
from chartgen.render import Fragment, chart_file, fragment
from chartgen.rules import Clause, Rule
from chartgen.settings import Setting


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


def _brought(app: App, seed: Seed) -> Iterator[tuple[str, bytes]]:
    """The files that the chart brings, by their path on the volume."""
    prefix = f"{seed.folder}/"
    for path, data in app.files if seed.folder else ():
        if path.startswith(prefix):
            yield path.removeprefix(prefix), data


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _contents(app: App, seed: Seed) -> dict[str, bool]:
    """What templates have to reckon with: whether files are brought, and whether all of them are text."""
    texts = [_is_text(data) for _, data in _brought(app, seed)]
    return {"brings": bool(texts), "binary": not all(texts), "text": any(texts)}


def _files(app: App, seed: Seed) -> Iterator[ChartFile]:
    for path, data in _brought(app, seed):
        yield ChartFile(f"files/{seed.name}/{path}", data)
    name = Fragment(f'{{{{ include "{app.name}.seed.{seed.name}.configMap" . }}}}')
    yield chart_file(
        f"templates/{seed.config_map}-configmap.yaml",
        "seed_configmap.yaml.j2",
        app=app,
        seed=seed,
        metadata=metadata(app, seed.config_map, name=name),
        **_contents(app, seed),
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
        claim=fragment("volume_claim.yaml.j2", app=app, volume=volume, certain=True),
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
        **_contents(app, seed),
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
    if _contents(app, seed)["brings"]:
        return Fragment(f"{{{{- {include} | nindent 0 }}}}")
    return Fragment(f"{{{{- with {include} }}}}\n{{{{- . | nindent 0 }}}}\n{{{{- end }}}}")


def settings(app: App) -> Iterator[Setting]:
    for seed in app.seeds.values():
        yield from seed_settings(seed)


def rules(app: App) -> Iterator[Rule]:
    for seed in app.seeds.values():
        path = ("seed", seed.key)
        yield Rule(
            f"seed.{seed.key}.existingConfigMapItems: says where the keys of existingConfigMap go, "
            "which is empty.",
            (Clause((*path, "existingConfigMapItems"), "set"), Clause((*path, "existingConfigMap"), "empty")),
        )
