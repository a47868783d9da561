"""secrets and configs that a service is granted: files in its container."""

from __future__ import annotations

from chartgen.compose import plain
from chartgen.compose.carry.storage import mounted
from chartgen.compose.files import files_of
from chartgen.compose.interpolate import HELD
from chartgen.compose.merge import texts
from chartgen.compose.naming import slug
from chartgen.compose.parts import Carried, Parts
from chartgen.compose.sensitive import can_be_made, is_handed_out
from chartgen.compose.tree import Map
from chartgen.compose.vault import Entry
from chartgen.errors import Problem

KEYS = ("secrets", "configs")


def carry(of: Carried) -> Parts:
    parts = Parts()
    for item, where in texts(of.service.get("secrets")).items():
        parts += _secret(of, item if isinstance(item, Map) else Map(where, [("source", item, where)]))
    for item, where in texts(of.service.get("configs")).items():
        parts += _config(of, item if isinstance(item, Map) else Map(where, [("source", item, where)]))
    return parts


def _mode(item: Map) -> str:
    mode = item.get("mode")
    number = int(mode, 8) if isinstance(mode, str) and mode.isdigit() else plain.number(mode)
    return f"0{number & 0o777:03o}" if number is not None else ""


def _secret(of: Carried, item: Map) -> Parts:
    source = str(item.get("source", ""))
    target = plain.text_of(item.get("target")) or source
    path = target if target.startswith("/") else f"/run/secrets/{target}"
    entry = _entry(of, source)
    mode = {"mode": _mode(item)} if _mode(item) else {}
    mount = {"path": path, "secret": entry.name, **mode}
    notices = []
    if not entry.made:
        what, advice = (
            f"nothing is made up for the secret {source}",
            f"set secrets.{entry.name} when you install",
        )
        notices.append(of.lost("secrets", what, advice, "note"))
    if item.get("uid") or item.get("gid"):
        what, advice = f"uid and gid of the secret {source}", "it belongs to root; fsGroup gives it a group"
        notices.append(of.lost("secrets", what, advice))
    files = {slug(f"secret-{source}"): mount}
    return Parts({"files": files}, {"secrets": {entry.name: entry.block()}}, notices=tuple(notices))


def _entry(of: Carried, source: str) -> Entry:
    """The secret of app.yaml: the one of its variable, or one of its own, whose content is left behind."""
    declared = of.plan.entry("secrets", source)
    held = of.plan.vault.of_variable(str(declared.get("environment", "")))
    if held:
        return held
    key = slug(source).upper().replace("-", "_")
    origin = str(declared.get("file") or declared.get("environment") or source)
    outside = plain.truth(declared.get("external", False))
    made = not outside and can_be_made(origin) and not is_handed_out(key)
    return Entry(slug(source), key, made, f"a file of {', '.join(_granted(of, source))}")


def _granted(of: Carried, source: str) -> list[str]:
    """The services that a secret is granted to."""
    return [
        name
        for name, service in of.plan.services.items()
        for item in texts(service.get("secrets"))
        if source == str(item.get("source") if isinstance(item, Map) else item)
    ]


def _config(of: Carried, item: Map) -> Parts:
    source = str(item.get("source", ""))
    target = plain.text_of(item.get("target")) or f"/{source}"
    entry = of.plan.entry("configs", source)
    single = target.rpartition("/")[2]
    data, problem = _content(of, source, entry)
    if problem:
        return problem
    found = mounted(of, f"config-{source}", target, {single: data}, single, _mode(item), "configs")
    if item.get("uid") or item.get("gid"):
        what, advice = f"uid and gid of the config {source}", "it belongs to root, and everybody may read it"
        found += Parts(notices=(of.lost("configs", what, advice),))
    return found


def _content(of: Carried, source: str, entry: Map) -> tuple[bytes, Parts | None]:
    if "content" in entry:
        text = plain.text_of(entry["content"])
        if HELD.search(text):
            advice = "put it into a secret, or let the program read the value from a variable"
            return b"", Parts(notices=(of.lost("configs", f"the config {source} holds a password", advice),))
        return text.encode(), None
    if "environment" in entry:
        name = str(entry["environment"])
        return of.plan.project.scope.text(f"${{{name}}}").encode(), None
    if "file" in entry:
        found = files_of(of.plan.source, str(entry["file"]))
        if found.files:
            return next(iter(found.files.values())), None
        what = f"the file {entry['file']} of the config {source} is not there, or too large"
        return b"", Parts(problems=(Problem(entry.mark("file"), what, "a ConfigMap holds 1 MiB"),))
    advice = f"set {of.name}.files.config-{slug(source, 13)}.existingConfigMap, or write its content"
    return b"", Parts(
        notices=(of.lost("configs", f"the config {source} is there already, outside of compose", advice),)
    )
