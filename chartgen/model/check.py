"""What the walker cannot see: names that clash, references that lead nowhere, parts that contradict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.model.app import App
from chartgen.model.check_component import component_problems
from chartgen.model.check_files import alias_problems, file_problems
from chartgen.model.check_own import own_problems
from chartgen.model.data import Seed
from chartgen.model.field import camel
from chartgen.model.reference import BOOLEANS, RESERVED, Found, Path, keys_clash, known, port_of

__all__ = ["RESERVED", "problems_of", "suffixes"]

LONGEST_NAME = 30  # characters of a name in app.yaml: names of objects begin with the release's
LONGEST_SUFFIX = 40


def problems_of(app: App) -> Iterator[Found]:
    """Every contradiction of the application, each with the path where it stands."""
    yield from _head(app)
    yield from _names(app)
    yield from _suffixes(app)
    for component in app.components.values():
        yield from component_problems(app, component)
        yield from file_problems(app, component)
    yield from alias_problems(app)
    for seed in app.seeds.values():
        yield from _seed(app, seed)
    for name, synced in app.gitSync.items():
        yield from known(("gitSync", name, "component"), "component", synced.component, app.components)
    yield from _same_volume(app)
    yield from _routes(app)
    for name, test in app.tests.items():
        yield from port_of(app, ("tests", name), test.component, test.port, "TCP")
    for name, secret in app.secrets.items():
        yield from _secret(app, ("secrets", name), secret.image, secret.keys)
    yield from own_problems(app)


def _head(app: App) -> Iterator[Found]:
    if app.name in BOOLEANS:
        yield (
            ("name",),
            f"{app.name!r} is a boolean in YAML",
            "a parent chart could not name it: choose another",
        )
    if not app.components:
        yield ("components",), "there is none", "a chart runs something: name a program and its image"
    containers = (c for component in app.components.values() for c in component.containers.values())
    untagged = [c for c in containers if not c.image.tag]
    if "+" in app.appVersion and any(not c.image.digest for c in untagged):
        what = f"{app.appVersion!r} is the tag of images that have none, and a tag holds no '+'"
        yield ("appVersion",), what, "give every image a tag"


def _names(app: App) -> Iterator[Found]:
    groups: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("components", app.components),
        ("volumes", app.volumes),
        ("secrets", app.secrets),
        ("seeds", app.seeds),
        ("gitSync", app.gitSync),
        ("external", app.external),
    )
    for group, named in groups:
        yield from keys_clash((group,), named)
        for name in named:
            if group == "components" and camel(name) in RESERVED:
                yield (group, name), f"{name!r} is a block of every chart's values", "choose another name"
            if len(name) > LONGEST_NAME:
                what = f"{name!r} is longer than {LONGEST_NAME} characters"
                yield (group, name), what, "names of objects end with it"


def suffixes(app: App) -> Iterator[tuple[str, str, Path]]:
    """Kind, suffix and origin of each object that has a name of its own."""
    for component in app.components.values():
        yield "component", component.name, ("components", component.name)
        if component.kind == "StatefulSet":
            yield "component", f"{component.name}-headless", ("components", component.name)
        folders = (name for name, mount in component.file_mounts.items() if mount.folder)
        yield from (
            ("ConfigMap", f"{component.name}-{n}", ("components", component.name, "files", n))
            for n in folders
        )
    for seed in app.seeds.values():
        yield "ConfigMap", seed.config_map, ("seeds", seed.name, "configMap")
        yield "component", seed.job_name, ("seeds", seed.name, "job")
        yield "Pod", f"test-{seed.name}-seeded", ("seeds", seed.name)
    if app.seeds:
        yield "ConfigMap", "seed-script", ("seeds",)
    if app.gitSync:
        yield "ConfigMap", "git-sync-script", ("gitSync",)
    for secret in app.secrets.values():
        yield "Secret", secret.suffix, ("secrets", secret.name, "objectName")
        yield "component", f"create-{secret.suffix}", ("secrets", secret.name, "objectName")
        yield "ConfigMap", f"create-{secret.suffix}", ("secrets", secret.name, "objectName")
    for volume in app.volumes.values():
        if not volume.perReplica:
            yield "PersistentVolumeClaim", volume.name, ("volumes", volume.name)
    for name in app.tests:
        yield "Pod", f"test-{name}", ("tests", name)


def _suffixes(app: App) -> Iterator[Found]:
    seen: dict[tuple[str, str], Path] = {}
    for kind, suffix, path in suffixes(app):
        first = seen.setdefault((kind, suffix), path)
        if first != path:
            yield path, f"two objects would be called {suffix!r}", f"the other is {'.'.join(map(str, first))}"
        elif len(suffix) > LONGEST_SUFFIX:
            what = f"an object's name would end with {suffix!r}, {len(suffix)} characters"
            yield path, what, f"{LONGEST_SUFFIX} at most: the name of the release has to fit too"


def _routes(app: App) -> Iterator[Found]:
    seen: dict[str, int] = {}
    for i, route in enumerate(app.routes):
        yield from port_of(app, ("routes", i), route.component, route.port, "TCP")
        if seen.setdefault(route.path, i) != i:
            yield (
                ("routes", i, "path"),
                f"{route.path!r} is routed twice",
                f"routes[{seen[route.path]}] has it",
            )


def _secret(app: App, path: Path, image: str, keys: Mapping[str, Any]) -> Iterator[Found]:
    if image:
        yield from known((*path, "image"), "component", image, app.components)
    if not keys:
        yield (*path, "keys"), "there is none", "a Secret holds at least one key"
    for key in keys:
        if key.lower() in BOOLEANS:
            yield (*path, "keys", key), f"{key!r} is a boolean in YAML", "choose another name"


def _seed(app: App, seed: Seed) -> Iterator[Found]:
    path: Path = ("seeds", seed.name)
    yield from known((*path, "volume"), "volume", seed.volume, app.volumes)
    yield from known((*path, "component"), "component", seed.component, app.components)
    if seed.keySecret:
        yield from known((*path, "keySecret"), "secret", seed.keySecret, app.secrets)
    volume, component = app.volumes.get(seed.volume), app.components.get(seed.component)
    if volume and component and seed.volume not in component.volumes:
        what = f"{seed.component!r} does not mount volume {seed.volume!r}"
        yield (*path, "component"), what, "mount it there"
    if component and component.kind == "CronJob":
        yield (
            (*path, "component"),
            "a CronJob cannot own a seeded volume",
            "choose a component that runs all the time",
        )
    if volume and volume.perReplica:
        yield (
            (*path, "volume"),
            f"volume {seed.volume!r} is one for each replica, and the Job that seeds it could mount none",
            "let the program fill it, or share one volume",
        )


def _same_volume(app: App) -> Iterator[Found]:
    """What a seed remembers lies on the volume: two would read each other's."""
    seen: dict[tuple[str, str], str] = {}
    for seed in app.seeds.values():
        component = app.components.get(seed.component)
        mount = component.volumes.get(seed.volume) if component else None
        where = (seed.volume, mount.subPath if mount else "")
        other = seen.setdefault(where, seed.name)
        if other != seed.name:
            what = f"seed {other!r} fills the same volume"
            yield ("seeds", seed.name, "volume"), what, "one seed for each volume: put the files together"
