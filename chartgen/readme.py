"""The README of a chart: how to install it, what it keeps, and every setting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chartgen import documents
from chartgen.model import App
from chartgen.rules import Rule
from chartgen.settings import Group, Setting, walk


def text(app: App, settings: Group, rules: tuple[Rule, ...]) -> str:
    """The text of the chart's `README.md`."""
    parts = [*_head(app), *_keeps(app), *_values(settings), *_examples(settings), *_rules(rules)]
    return "\n".join(parts) + "\n"


def _head(app: App) -> Iterator[str]:
    yield f"# {app.name}"
    yield ""
    yield f"{_line(app.description)}. Chart {app.version}, application {_line(app.appVersion)}."
    yield ""
    yield "## Install"
    yield ""
    yield "```sh"
    yield f"helm install {app.name} ./{app.name} --namespace {app.name} --create-namespace"
    yield "```"
    yield ""
    yield f"Kubernetes `{app.kubeVersion}`, Helm 3.18 or newer, Helm 4, Argo CD or Flux. Values go into a file of your own:"
    yield "`helm install ... -f mine.yaml`. A value that the chart does not know is refused by name."
    yield ""
    yield "After a new chart version use `helm upgrade --reset-then-reuse-values`: `--reuse-values` keeps the old"
    yield "chart's defaults and misses new settings."


def _keeps(app: App) -> Iterator[str]:
    kept = [v for v in app.volumes.values() if v.retain and not v.perReplica]
    if not kept and not app.secrets:
        return
    yield ""
    yield "## What stays"
    yield ""
    for volume in kept:
        yield f"- The claim of volume `{volume.name}` stays when the release is uninstalled, and the same release"
        yield f"  name finds it again. `persistence.{volume.key}.retain: false` lets it go."
    for secret in app.secrets.values():
        yield f"- The Secret `{secret.suffix}` is made once and kept: uninstall, reinstall, upgrade and rollback leave"
        yield "  its keys as they are."
    for seed in app.seeds.values():
        yield f"- Seeding volume `{seed.volume}` never changes, restores or truncates a file that is or was there. To take"
        yield "  the new version of a seeded file, remove both the file and its line in `.seed/manifest`, then restart."


def _values(settings: Group) -> Iterator[str]:
    yield ""
    yield "## Values"
    yield ""
    yield "| Key | Type | Default | Description |"
    yield "|---|---|---|---|"
    for setting in walk(settings):
        yield f"| `{setting.dotted}` | {_type(setting.schema)} | {_default(setting)} | {_description(setting)} |"


def _examples(settings: Group) -> Iterator[str]:
    given = [s for s in walk(settings) if s.examples]
    if given:
        yield ""
        yield "## Examples"
    for setting in given:
        yield ""
        yield f"`{setting.dotted}`:"
        for example in setting.examples:
            yield ""
            yield "```yaml"
            yield documents.dump(_nested(setting.path, example)).rstrip("\n")
            yield "```"


def _nested(path: tuple[str, ...], value: Any) -> Any:
    return {path[0]: _nested(path[1:], value)} if path else value


def _rules(rules: tuple[Rule, ...]) -> Iterator[str]:
    if rules:
        yield ""
        yield "## Refused together"
        yield ""
        yield "These combinations cannot work, so an install with them fails with the same sentence."
        yield ""
    for rule in rules:
        yield f"- {_cell(rule.sentence)}"


def _type(schema: Any) -> str:
    if "enum" in schema:
        return " or ".join(f"`{e}`" for e in schema["enum"] if e != "")
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(s) for s in schema["anyOf"] if "const" not in s))
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return " or ".join(kind) if isinstance(kind, list) else kind


def _default(setting: Setting) -> str:
    if setting.secret and setting.default:
        return "(hidden)"
    return f"`{_cell(json.dumps(setting.default, ensure_ascii=False))}`"


def _description(setting: Setting) -> str:
    renamed = (
        f" Was `{'.'.join(setting.renamed_from)}`, which works until {setting.until}."
        if setting.renamed_from
        else ""
    )
    since = f" Since {setting.since}." if setting.since else ""
    return _cell(setting.help + renamed + since)


def _line(words: str) -> str:
    return " ".join(words.split()).rstrip(".")


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|").replace("<", "&lt;")
