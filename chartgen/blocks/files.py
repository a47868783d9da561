"""Files that the chart brings for one component, and keys of secrets, mounted read-only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from chartgen.blocks.shape import Part, PodParts, Pods, metadata
from chartgen.chart import ChartFile
from chartgen.errors import Problem
from chartgen.kubernetes.scalars import DNS_SUBDOMAIN, or_empty
from chartgen.model import App, Component, FileMount
from chartgen.model.field import camel
from chartgen.render import Fragment, chart_file, fragment
from chartgen.rules import Rule
from chartgen.settings import Setting

LIMIT = 1_000_000  # bytes in one ConfigMap; the server takes 1 MiB with all that is around them


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    for component in app.components.values():
        for name, mount in component.file_mounts.items():
            if mount.folder:
                yield from _files(app, component, name, mount)


def _files(app: App, component: Component, name: str, mount: FileMount) -> Iterator[ChartFile]:
    brought = _brought(app, mount)
    for path, data in brought.items():
        yield ChartFile(f"{_home(component, name)}/{path}", data)
    keys = _keys(brought)
    text = {keys[path]: path for path, data in brought.items() if _is_text(data)}
    yield chart_file(
        f"templates/{component.name}-{name}-configmap.yaml",
        "files_configmap.yaml.j2",
        value=f".Values.{component.key}.files.{camel(name)}.existingConfigMap",
        home=_home(component, name),
        text=text,
        binary={keys[path]: path for path in brought if keys[path] not in text},
        metadata=metadata(app, f"{component.name}-{name}", component.name),
    )


def _home(component: Component, name: str) -> str:
    return f"files/mounted/{component.name}/{name}"


def _brought(app: App, mount: FileMount) -> dict[str, bytes]:
    """The files of a mount by their path below it: all of its folder, or one."""
    prefix = f"{mount.folder}/"
    found = {path.removeprefix(prefix): data for path, data in app.files if path.startswith(prefix)}
    return {path: data for path, data in found.items() if mount.file in ("", path)}


def _keys(brought: dict[str, bytes]) -> dict[str, str]:
    """A key of the ConfigMap for each path."""
    found: dict[str, str] = {}
    for path in brought:
        key = plain = re.sub(r"[^-._a-zA-Z0-9]", "_", path)
        while key in found.values():
            key = f"{plain}_{len(found)}"
        found[path] = key
    return found


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", text)


def problems(app: App) -> Iterator[Problem]:
    """Files that cannot be in a ConfigMap."""
    for component in app.components.values():
        for name, mount in component.file_mounts.items():
            where = f"components.{component.name}.files.{name}"
            brought = _brought(app, mount) if mount.folder else {"": b""}
            size = sum(map(len, brought.values()))
            if not brought:
                yield Problem(where, f"{mount.folder} holds no file for it", "put one there")
            if size > LIMIT:
                hint = "put them into the image, or on a volume"
                yield Problem(where, f"{size:,} bytes, and a ConfigMap holds {LIMIT:,}", hint)


def pod(app: App, component: Component) -> PodParts:
    mounts = component.file_mounts.items()
    return PodParts(
        volumes=tuple(Part(_volume(app, component, name, mount)) for name, mount in mounts),
        mounts={
            container: tuple(Part(_mount(app, name, mount)) for name, mount in of.files.items())
            for container, of in component.containers.items()
        },
        checksums=tuple(
            Fragment(f'"checksum/files-{name}" "{_sum(_brought(app, mount))}"')
            for name, mount in mounts
            if mount.folder
        ),
    )


def _sum(brought: dict[str, bytes]) -> str:
    total = hashlib.sha256()
    for path, data in sorted(brought.items()):
        total.update(f"{len(path)} {path} {len(data)} ".encode() + data)
    return total.hexdigest()


def _volume(app: App, component: Component, name: str, mount: FileMount) -> Fragment:
    secret = app.secrets[mount.secret] if mount.secret else None
    return fragment(
        "files_volume.yaml.j2",
        app=app,
        component=component,
        name=name,
        mode=int(mount.mode, 8),
        secret=secret,
        key=_key(app, mount),
        value=f".Values.{component.key}.files.{camel(name)}.existingConfigMap",
        items={key: path for path, key in _keys(_brought(app, mount)).items()},
    )


def _key(app: App, mount: FileMount) -> str:
    return mount.key or (next(iter(app.secrets[mount.secret].keys)) if mount.secret else "")


def _mount(app: App, name: str, mount: FileMount) -> Fragment:
    one = mount.file or _key(app, mount)
    return fragment("files_mount.yaml.j2", name=name, path=mount.path, sub_path=one)


def settings(app: App) -> Iterator[Setting]:
    for component in app.components.values():
        for name, mount in component.file_mounts.items():
            if mount.folder:
                yield Setting(
                    (component.key, "files", camel(name), "existingConfigMap"),
                    "",
                    or_empty(DNS_SUBDOMAIN),
                    f"A ConfigMap of yours whose keys appear at {mount.path} instead. Nothing is made then.",
                )


def rules(app: App) -> Iterator[Rule]:
    return iter(())
