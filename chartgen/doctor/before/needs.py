"""What the values name and the chart does not make is there: Secrets and ConfigMaps with their keys, claims,
accounts, classes of priority and runtime."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor.before import wanted
from chartgen.doctor.objects import at, inside, is_leaving
from chartgen.doctor.scripts import makes_secrets
from chartgen.doctor.site import Key, Site, needs
from chartgen.doctor.snapshot import Unread
from chartgen.manifest import Manifest

NAME = "needs"
HELP = "What the values name is there, with the keys that are read."
ISSUER = "cert-manager.io/"
DEFAULT_ACCOUNT = "default"


def examine(site: Site) -> Iterator[Diagnosis]:
    lines = [line for kind in wanted.REFERRED for line in _kind(site, kind)]
    yield from lines
    if not lines:
        yield Diagnosis(NAME, State.FINE, "", "the chart makes all that it needs")


def _kind(site: Site, kind: str) -> Iterator[Diagnosis]:
    made = {makes_secrets(item) for item in site.plan.regular} if kind == "Secret" else set()
    keys: dict[str, dict[str, None]] = {}
    askers: dict[str, Manifest] = {}
    for item, found in needs(site.plan, kind):
        if (
            found.name not in made
            and "imagePullSecrets" not in found.path
            and not _is_default(kind, found.name)
        ):
            keys.setdefault(found.name, {}).update({found.key: None} if found.key else {})
            askers.setdefault(found.name, item)
    for name, asked in keys.items():
        yield _one(site, kind, name, list(asked), askers[name])


def _is_default(kind: str, name: str) -> bool:
    """Every namespace has this account as soon as it is there."""
    return kind == "ServiceAccount" and name == DEFAULT_ACCOUNT


def _one(site: Site, kind: str, name: str, keys: list[str], asker: Manifest) -> Diagnosis:
    space = "" if kind in ("PriorityClass", "RuntimeClass") else asker.namespace or site.at.namespace
    key = Key(wanted.REFERRED[kind], kind, space, name)
    label, found = f"{kind}/{name}", site.objects.get(key, Unread("it was not asked for"))
    if isinstance(found, Unread):
        return Diagnosis(NAME, State.UNKNOWN, label, found.reason, site.at.kubectl("get", kind.lower(), name))
    if found is None and kind == "Secret" and asker.kind == "Ingress":
        return _certificate(site, label, asker)
    if found is None:
        what = f"is not there, and {asker.label} needs it"
        return Diagnosis(NAME, State.WRONG, label, what, _make(site, kind, name, keys))
    if is_leaving(found):
        wait = site.at.kubectl("wait", "--for=delete", f"{kind.lower()}/{name}", "--timeout=5m")
        return Diagnosis(NAME, State.WRONG, label, "is being deleted", wait)
    if kind == "PersistentVolumeClaim":
        return _claim(site, label, found)
    return _held(site, label, found, keys)


def _certificate(site: Site, label: str, asker: Manifest) -> Diagnosis:
    """An annotation lets cert-manager make the certificate of an Ingress."""
    asked = [key for key in inside(asker.metadata, "annotations") if str(key).startswith(ISSUER)]
    served = site.served.get(wanted.CERT_MANAGER)
    make = site.at.kubectl("create", "secret", "tls", label.partition("/")[2], "--cert=FILE", "--key=FILE")
    if asked and isinstance(served, Unread):
        return Diagnosis(NAME, State.UNKNOWN, label, f"cert-manager is to make it: {served.reason}")
    if asked and served:
        return Diagnosis(NAME, State.FINE, label, f"is not there yet: cert-manager makes it ({asked[0]})")
    who = f": {asked[0]} asks cert-manager for it, which is not in this cluster" if asked else ""
    what = f"is not there, so {asker.label} has no certificate{who}"
    return Diagnosis(NAME, State.WRONG, label, what, f"make it, or install cert-manager:\n{make}")


def _claim(site: Site, label: str, found: Manifest) -> Diagnosis:
    phase = at(found, "status.phase", "Pending")
    if phase == "Bound":
        size = at(found, "status.capacity.storage", "?")
        return Diagnosis(NAME, State.FINE, label, f"is there and bound: {size}")
    if phase == "Lost":
        cure = "restore the volume from a backup; kubectl get pv"
        return Diagnosis(
            NAME, State.WRONG, label, f"has lost its volume {at(found, 'spec.volumeName', '')}", cure
        )
    what = "is there and not bound yet: it may wait for the first pod"
    return Diagnosis(NAME, State.UNKNOWN, label, what, site.at.kubectl("describe", "pvc", found.name))


def _held(site: Site, label: str, found: Manifest, keys: list[str]) -> Diagnosis:
    held = inside(found.data, "data")
    lacking = [key for key in keys if not held.get(key)]
    if lacking:
        empty = [key for key in lacking if key in held]
        what = f"has key {empty[0]}, which is empty" if empty else f"has no key {', '.join(lacking)}"
        warning = " (if data was written with an older value, put that one back)" if "Secret" in label else ""
        edit = site.at.kubectl("edit", found.kind.lower(), found.name)
        cure = f"add {', '.join(lacking)}{warning}, or mend the key's name in the values:\n{edit}"
        return Diagnosis(NAME, State.WRONG, label, what, cure)
    return Diagnosis(NAME, State.FINE, label, f"is there with {', '.join(keys)}" if keys else "is there")


def _make(site: Site, kind: str, name: str, keys: list[str]) -> str:
    given = [f"--from-file={key}=FILE" for key in keys] or ["--from-file=FOLDER"]
    commands = {
        "Secret": site.at.kubectl("create", "secret", "generic", name, *given),
        "ConfigMap": site.at.kubectl("create", "configmap", name, *given),
        "ServiceAccount": site.at.kubectl("create", "serviceaccount", name),
        "PriorityClass": site.kubectl("create", "priorityclass", name, "--value=NUMBER"),
        "PersistentVolumeClaim": site.at.kubectl("get", "pvc"),
    }
    look = site.kubectl("get", kind.lower())
    return f"make it, or mend its name in the values:\n{commands.get(kind, look)}"
