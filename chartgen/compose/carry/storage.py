"""Volumes, bind mounts, tmpfs, /dev/shm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chartgen.compose import plain
from chartgen.compose.files import files_of
from chartgen.compose.merge import texts
from chartgen.compose.naming import slug
from chartgen.compose.notation import FormError, MountUse, quantity, size
from chartgen.compose.parts import Carried, Parts, united
from chartgen.compose.plan import is_kept_by, wants_empty
from chartgen.compose.source import leads_out
from chartgen.errors import Problem

KEYS = ("volumes", "volumes_from", "tmpfs", "shm_size")
_HOST = {
    "/var/run/docker.sock": "a cluster has no Docker; what needs it needs the Kubernetes API instead",
    "/etc/localtime": "set the variable TZ",
    "/etc/timezone": "set the variable TZ",
}


def carry(of: Carried) -> Parts:
    parts = _memory(of)
    for use, _ in (*of.service.mounts, *_borrowed(of)):
        parts += _mount(of, use)
    store = is_kept_by(of.service) and bool(parts.component.get("volumes")) and not of.service.job
    if store and not of.first:
        parts += Parts({"kind": "StatefulSet", "scaling": {"singleton": True}})
    return parts


def _borrowed(of: Carried) -> list[tuple[MountUse, str]]:
    """The mounts of the services that `volumes_from` names."""
    found = []
    for entry in map(str, texts(of.service.get("volumes_from"))):
        name, _, mode = entry.partition(":")
        other = of.plan.services.get(name)
        for use, _ in other.mounts if other else ():
            shared = use.source or use.kind != "volume"
            if shared:
                only = use.read_only or mode == "ro"
                found.append(
                    (
                        MountUse(use.kind, use.source, use.target, only, use.subpath),
                        of.service.where("volumes_from"),
                    )
                )
    return found


def _memory(of: Carried) -> Parts:
    written = of.service.get("shm_size")
    if written is None:
        return Parts()
    if of.first:
        return Parts(
            notices=(of.lost("shm_size", "shm_size of what runs first", "it has what the node gives"),)
        )
    try:
        return Parts({"sharedMemory": quantity(size(written))})
    except FormError as error:
        return Parts(problems=(Problem(of.service.where("shm_size"), error.what, error.hint),))


def _mount(of: Carried, use: MountUse) -> Parts:
    return _options(of, use) + _kind(of, use)


def _options(of: Carried, use: MountUse) -> Parts:
    """What Docker does with a mount, and a cluster does not."""
    if not use.options:
        return Parts()
    what = f"{', '.join(use.options)} of the mount at {use.target}"
    return Parts(
        notices=(of.lost("volumes", what, "a pod mounts it plainly, and a new volume is empty", "note"),)
    )


def _kind(of: Carried, use: MountUse) -> Parts:
    if use.kind == "volume":
        return _volume(of, use)
    if use.kind == "bind":
        return _bind(of, use)
    if use.kind == "tmpfs":
        return _tmpfs(of, use)
    return Parts(
        notices=(of.lost("volumes", f"a mount of type {use.kind} at {use.target}", "copy it into the image"),)
    )


def _volume(of: Carried, use: MountUse) -> Parts:
    """A named volume is a claim that stays; one without a name belongs to its service."""
    if use.source:
        name, users = of.plan.volumes[use.source], of.plan.users[use.source]
    else:
        name, users = slug(f"{of.name}-{use.target}"), (of.service.name,)
    alone = len(users) == 1 and is_kept_by(of.service) and not of.first and not of.service.job
    block = {"description": f"{use.target} of {', '.join(users)}", **({"perReplica": True} if alone else {})}
    mount = _mounted_at(of, use)
    return Parts({"volumes": {name: mount}}, {"volumes": {name: block}}, notices=_of_volume(of, use))


def _mounted_at(of: Carried, use: MountUse) -> dict[str, Any]:
    folder = use.subpath or ("data" if wants_empty(of.service) else "")
    mount: dict[str, Any] = {"path": use.target, **({"readOnly": True} if use.read_only else {})}
    return {**mount, **({"subPath": folder} if folder else {})}


def _of_volume(of: Carried, use: MountUse) -> tuple[Any, ...]:
    entry = of.plan.entry("volumes", use.source)
    found = []
    if plain.truth(entry.get("external", False)):
        advice = f"persistence.{of.plan.volumes[use.source]}.existingClaim names the claim to use"
        found.append(
            of.lost(
                "volumes", f"the volume {use.source} is there already, outside of compose", advice, "note"
            )
        )
    for key in ("driver", "driver_opts"):
        if entry.get(key) not in (None, "local") and not (key == "driver_opts" and not entry[key]):
            advice = "choose a storageClass for it, or bind it to a PersistentVolume"
            found.append(of.lost("volumes", f"{key} of the volume {use.source}", advice))
    return tuple(found)


def _tmpfs(of: Carried, use: MountUse) -> Parts:
    name = slug(f"tmp-{use.target}", 30)
    if of.first:
        return Parts(notices=(of.lost("tmpfs", f"tmpfs {use.target} of what runs first", "use a volume"),))
    sized = use.size or ":" in "".join(
        t for t in map(str, texts(of.service.get("tmpfs"))) if t.startswith(f"{use.target}:")
    )
    notice = of.lost(
        "tmpfs",
        f"size and mode of the tmpfs {use.target}",
        "it is an emptyDir, as large as the node allows",
        "note",
    )
    return Parts({"scratch": {name: use.target}}, notices=(notice,) if sized else ())


def _bind(of: Carried, use: MountUse) -> Parts:
    source = use.source
    if source in _HOST or leads_out(source):
        advice = _HOST.get(
            source, "a pod has no folder of the machine: use a volume, or copy it into the image"
        )
        return Parts(notices=(of.lost("volumes", f"{source} of the machine, at {use.target}", advice),))
    found = files_of(of.plan.source, source)
    if found.too_much:
        advice = "copy it into the image, or put it on a volume"
        return Parts(
            notices=(
                of.lost("volumes", f"{source} holds {found.too_much}, too much for a ConfigMap", advice),
            )
        )
    if found.files:
        return mounted(of, source, use.target, found.files, found.single, found.mode, "volumes") + _writable(
            of, use
        )
    name = slug(f"{of.name}-{source.rpartition('/')[2] or 'data'}")
    alone = is_kept_by(of.service) and not of.first
    block = {"description": f"{use.target} of {of.service.name}", **({"perReplica": True} if alone else {})}
    notice = of.lost(
        "volumes", f"{source} is empty here, so {use.target} is a volume", "it begins empty", "note"
    )
    return Parts({"volumes": {name: _mounted_at(of, use)}}, {"volumes": {name: block}}, notices=(notice,))


def _writable(of: Carried, use: MountUse) -> Parts:
    if use.read_only:
        return Parts()
    what = f"{use.source} is mounted at {use.target} from a ConfigMap, which nobody can write to"
    return Parts(
        notices=(of.lost("volumes", what, "if the program writes there, seed a volume with it", "note"),)
    )


def mounted(
    of: Carried, source: str, target: str, files: Mapping[str, bytes], single: str, mode: str, key: str
) -> Parts:
    """Files beside app.yaml that a component mounts: all of a folder, or the single one."""
    name = slug(source.rpartition("/")[2] or "files", 20)
    number = 2
    while _taken(of, name, source):
        name = f"{name[:17]}-{number}"
        number += 1
    of.texts.folders[name] = source
    folder = f"files/{of.name}/{name}" if not of.first else f"files/{slug(of.service.name)}/{name}"
    mount: dict[str, Any] = {"path": target, "folder": folder, **({"file": single} if single else {})}
    brought = {f"{folder}/{path}": data for path, data in files.items()}
    return Parts({"files": {name: united(mount, {"mode": mode} if mode else {})}}, files=brought)


def _taken(of: Carried, name: str, source: str) -> bool:
    return of.texts.folders.get(name, source) != source or name in of.plan.volumes.values()
