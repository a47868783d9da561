"""What is wrong with files that are mounted, and with names that a component answers to."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.model.app import App
from chartgen.model.component import Component
from chartgen.model.data import FileMount
from chartgen.model.reference import BOOLEANS, Found, Path, keys_clash, known

LONGEST_NAME = 63  # characters of a DNS label


def file_problems(app: App, component: Component) -> Iterator[Found]:
    """Every problem of a component's file mounts."""
    path: Path = ("components", component.name)
    yield from keys_clash((*path, "files"), component.file_mounts)
    seen: dict[str, FileMount] = {}
    for container, of in component.containers.items():
        at = path if container == component.name else (*path, "sidecars", container)
        for name, mount in of.files.items():
            yield from _mount(app, (*at, "files", name), mount)
            other = seen.setdefault(name, mount)
            if (other.folder, other.secret, other.key, other.mode) != (
                mount.folder,
                mount.secret,
                mount.key,
                mount.mode,
            ):
                yield (
                    (*at, "files", name),
                    "another container mounts something else by this name",
                    "rename it",
                )


def _mount(app: App, path: Path, mount: FileMount) -> Iterator[Found]:
    if bool(mount.folder) == bool(mount.secret):
        yield path, "exactly one of folder and secret is needed", "give one of them"
    elif mount.folder and mount.key:
        yield (*path, "key"), "only a secret has keys", "remove it"
    elif mount.secret and mount.file:
        yield (*path, "file"), "a secret has keys, not files", "name it as key"
    elif mount.secret:
        yield from known((*path, "secret"), "secret", mount.secret, app.secrets)
        keys = app.secrets[mount.secret].keys if mount.secret in app.secrets else {}
        if keys and (mount.key or len(keys) > 1):
            yield from known((*path, "key"), "key", mount.key, keys)


def alias_problems(app: App) -> Iterator[Found]:
    """A plain name is the whole name of a Service: nothing else may be called so."""
    taken: dict[str, str] = {}
    for component in app.components.values():
        path: Path = ("components", component.name, "aliases")
        if component.aliases and not component.serves:
            yield path, f"component {component.name!r} has no port to answer at", "give it one under ports"
        for alias in dict.fromkeys(component.aliases):
            other = taken.setdefault(alias, component.name)
            others = [n for n in app.components if n != component.name and alias.endswith(f"-{n}")]
            if component.aliases.count(alias) > 1 or other != component.name:
                yield path, f"{alias!r} is given twice", "each name leads to one component"
            elif others or alias.endswith("-headless"):
                yield path, f"{alias!r} may be the name of another Service of the chart", "choose another"
            elif len(alias) > LONGEST_NAME or alias in BOOLEANS:
                yield path, f"{alias!r} is no name of a Service", f"at most {LONGEST_NAME} characters"
