"""The README of a chart: how to live with it (a template of ours), every setting, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chartgen import documents
from chartgen.model import App, Component
from chartgen.render import Fragment, fragment
from chartgen.rules import Rule
from chartgen.settings import Group, Path, Setting, defaults, walk

GENERAL = "General"
_JSON = json.JSONEncoder(ensure_ascii=False)


def text(app: App, settings: Group, rules: tuple[Rule, ...], about: Mapping[str, str]) -> str:
    """The text of the chart's `README.md`; `about` has a line for some top-level keys of the values."""
    guide = fragment("readme.md.j2", app=app, line=_words, **_basics(app), **_storage(app), **_pods(app))
    parts = [guide, *_values(settings, about), *_examples(settings, rules), *_rules(rules)]
    return "\n".join(parts) + "\n"


def _words(words: str) -> Fragment:
    return Fragment(_line(words))


def _list(items: Iterable[str], last: str = "and") -> Fragment:
    """`a`, `b` and `c`."""
    *others, end = [f"`{item}`" for item in items] or [""]
    return Fragment(f"{', '.join(others)} {last} {end}" if others else end)


def _basics(app: App) -> dict[str, Any]:
    description = _line(app.description).rstrip(".")
    tags = [f"{c.key}.image.tag" for c in app.components.values() if not (c.image.tag or c.image.digest)]
    tests = [test.description or f"{test.component} answers at {test.path}" for test in app.tests.values()]
    tests += [f"volume {seed.volume} can be written, and was seeded" for seed in app.seeds.values()]
    asked = [f"{app.name}-{s.suffix}" for s in app.secrets.values() if s.generate == "none"]
    ways = {"job": "made by the Job", "lookup": "looked for by Helm", "none": "refused: choose one of them"}
    return {
        "about": Fragment(f"{description}. Chart {app.version}, application {app.appVersion}."),
        "package": Fragment(f"{app.name}-{app.version}.tgz"),
        "kubernetes": Fragment(app.kubeVersion),
        "version": Fragment(app.appVersion),
        "tagged": _list(tags, "or") if tags else "",
        "tests": [_words(test) for test in tests],
        "urls": {e.name: _words(e.url("cluster.local")) for e in app.external.values()},
        "asked": _list(asked, "or") if asked else "",
        "ways": {way: Fragment(told) for way, told in ways.items()},
    }


def _storage(app: App) -> dict[str, Any]:
    shared = [volume for volume in app.volumes.values() if not volume.perReplica]
    at = {
        v.name: [(c, c.mounts[v.name].path) for c in app.components.values() if v.name in c.mounts]
        for v in app.volumes.values()
    }
    claims = [f"{app.name}-{v.name}" for v in shared if v.retain]
    secrets = [f"{app.name}-{s.suffix}" for s in app.secrets.values()]
    kept = [Fragment(f"the claim `{name}`") for name in claims]
    kept += [Fragment(f"the Secret `{name}`, which the data may need") for name in secrets]
    removals = [("pvc", claims), ("secret", secrets)]
    writers = dict.fromkeys(_object(app, c) for v in shared for c, _ in at[v.name] if c.scales)
    replicated = dict.fromkeys(c.name for v in app.volumes.values() if v.perReplica for c, _ in at[v.name])
    return {
        "shared": shared,
        "mounted": {k: Fragment("; ".join(f"{c.name}: `{p}`" for c, p in v)) for k, v in at.items()},
        "writers": Fragment(" ".join(writers)),
        "replicated": _list(replicated) if replicated else "",
        "kept": kept,
        "removals": [Fragment(f"{kind} {' '.join(names)}") for kind, names in removals if names],
    }


def _object(app: App, component: Component) -> str:
    return f"{component.kind.lower()}/{app.name}-{component.name}"


def _pods(app: App) -> dict[str, Any]:
    """What the pods are bound to: a volume that one node mounts, a user."""
    deployments = [c for c in app.components.values() if c.kind == "Deployment"]
    once = [c for c in deployments if any(app.volumes[v].once for v in c.mounts)]
    free = next((c for c in once if not c.scaling.singleton), None)
    users = [(c.name, c.security.restricted.runAsUser) for c in app.components.values()]
    identities = [f"{name} as user {user}" for name, user in users if user is not None]
    return {
        "once": _list(c.name for c in once) if once else "",
        "shareable": Fragment(documents.dump(_shared(app, free)).rstrip("\n")) if free else "",
        "identities": Fragment(", ".join(identities)),
        "rootless": len(identities) < len(users),
        "reachable": [
            s.name for s in app.seeds.values() if _reachable(app.components[s.component], s.volume)
        ],
        "seeders": {s.name: Fragment(_object(app, app.components[s.component])) for s in app.seeds.values()},
    }


def _reachable(component: Component, volume: str) -> bool:
    """Whether a person can write to the volume by a command in a pod that runs."""
    return component.kind != "CronJob" and not component.mounts[volume].readOnly


def _shared(app: App, component: Component) -> dict[str, Any]:
    """Values under which two pods of a component run at once on different nodes."""
    keys = [app.volumes[name].key for name in component.mounts if app.volumes[name].once]
    volumes = {key: {"storageClass": "shared", "accessModes": ["ReadWriteMany"]} for key in keys}
    return {"persistence": volumes, component.key: {"strategy": {"type": "RollingUpdate"}}}


def _values(settings: Group, about: Mapping[str, str]) -> Iterator[str]:
    yield "\n## Values\n"
    yield "Where a value is required, `null` is refused; elsewhere it takes the default away, and for a whole"
    yield "section it means the section's defaults. Types that JSON does not have are defined in"
    yield "`values.schema.json`, most of them as Kubernetes does."
    for title, group in _groups(settings).items():
        yield f"\n### {title}\n"
        if title in about:
            yield f"{_line(about[title])}\n"
        yield "| Key | Type | Required | Default | Description |"
        yield "|---|---|---|---|---|"
        for setting in group:
            yield from _rows(setting)


def _groups(settings: Group) -> dict[str, list[Setting]]:
    """The settings by their top-level key; those that are one themselves come first, together."""
    found: dict[str, list[Setting]] = {GENERAL: []}
    for setting in walk(settings):
        found.setdefault(setting.path[0] if len(setting.path) > 1 else GENERAL, []).append(setting)
    return {title: group for title, group in found.items() if group}


def _rows(setting: Setting) -> Iterator[str]:
    needed = "yes" if setting.needed else ""
    since = f" Since {setting.since}." if setting.since else ""
    told = _cell(setting.help + since)
    kind = _type(setting.schema)
    yield f"| `{setting.dotted}` | {kind} | {needed} | {_default(setting)} | {told} |"
    if setting.renamed_from:
        told = f"Deprecated, works until {setting.until}: renamed to `{setting.dotted}`."
        yield f"| `{'.'.join(setting.renamed_from)}` | {kind} |  |  | {told} |"


def _examples(settings: Group, rules: tuple[Rule, ...]) -> Iterator[str]:
    """The examples of each setting, but for those that a rule refuses as long as nothing else is set."""
    values = defaults(settings)
    about: dict[Path, list[Rule]] = {}
    for rule in rules:
        for path in rule.reads:
            about.setdefault(path, []).append(rule)
    found = [
        (s, [e for e in s.examples if _accepted(s, e, values, about.get(s.path, ()))]) for s in walk(settings)
    ]
    given = [(setting, examples) for setting, examples in found if examples]
    if given:
        yield "\n## Examples"
    for setting, examples in given:
        yield f"\n`{setting.dotted}`:"
        for example in examples:
            yield "\n```yaml"
            yield documents.dump(_nested(setting.path, example)).rstrip("\n")
            yield "```"


def _accepted(setting: Setting, example: Any, values: Mapping[str, Any], about: Iterable[Rule]) -> bool:
    """Whether no rule about a setting refuses the default values with an example for it."""
    return all(rule.accepts(_with(values, setting.path, example)) for rule in about)


def _with(values: Mapping[str, Any], path: Path, value: Any) -> Mapping[str, Any]:
    """The values with another one at a path; what is beside the path is shared, not copied."""
    below = values[path[0]]
    if len(path) > 1:
        return {**values, path[0]: _with(below, path[1:], value)}
    both = isinstance(below, Mapping) and isinstance(value, Mapping)
    return {**values, path[0]: {**below, **value} if both else value}


def _nested(path: tuple[str, ...], value: Any) -> Any:
    return {path[0]: _nested(path[1:], value)} if path else value


def _rules(rules: tuple[Rule, ...]) -> Iterator[str]:
    yield "\n## Refused together\n"
    yield "These combinations cannot work, so an install with them fails with the same sentence."
    if rules:
        yield ""
    for rule in rules:
        yield f"- {_line(rule.sentence)}"


def _type(schema: Any) -> str:
    if "enum" in schema:
        return " or ".join(f"`{e}`" for e in schema["enum"] if e != "")
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(s) for s in schema["anyOf"] if "const" not in s))
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _default(setting: Setting) -> str:
    if setting.secret and setting.default:
        return "(hidden)"
    shown = _JSON.encode(setting.default)
    return _cell(f"`` {shown} ``" if "`" in shown else f"`{shown}`")


def _cell(words: str) -> str:
    """One line of text for a cell of a table."""
    return _line(words).replace("|", "\\|")


def _line(words: str) -> str:
    """One line of text that holds no HTML. Between backticks `<` is itself."""
    parts = " ".join(words.split()).split("`")
    code = len(parts) % 2  # with an odd number of backticks, nothing is certain to be code
    return "`".join(p if code and i % 2 else p.replace("<", "&lt;") for i, p in enumerate(parts))
