"""app.yaml as a person would have written it, with a comment where compose said more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chartgen import documents
from chartgen.compose.notice import Notice
from chartgen.model.field import camel

_HEAD = (
    "# What this application is, made from compose files. `chartgen schema --reference` explains every key.\n"
)
_WIDTH = 100


def text(app: Mapping[str, Any], components: Mapping[str, str], notices: Sequence[Notice]) -> str:
    """The text of app.yaml; `components` has the component's name of each service."""
    names = {name: service for service, name in components.items()}
    return _HEAD + "".join(_part(key, value, names, notices) for key, value in app.items())


def _part(key: str, value: Any, names: Mapping[str, str], notices: Sequence[Notice]) -> str:
    if key != "components":
        gap = "\n" if isinstance(value, dict | list) else ""
        return gap + documents.dump({key: value})
    return "\ncomponents:\n" + "\n".join(_component(n, c, names, notices) for n, c in value.items())


def _component(
    name: str, component: Mapping[str, Any], names: Mapping[str, str], notices: Sequence[Notice]
) -> str:
    said = [n for n in notices if n.of == names[name] and n.level == "lost"]
    comments = "".join(f"  {line}\n" for notice in said for line in _comment(notice, names[name]))
    block = documents.dump({name: component})
    return comments + "".join(f"  {line}\n" if line else "\n" for line in block.splitlines())


def _comment(notice: Notice, service: str) -> Iterator[str]:
    what = notice.what.removeprefix(f"{service}: ")
    for number, line in enumerate(
        documents.wrapped(f"not carried over: {what}. {notice.advice}.", _WIDTH, 2)
    ):
        yield f"# {'  ' if number else ''}{line}"


def brought(app: Mapping[str, Any]) -> str:
    """An overlay that names the Secrets which a person has to make; empty when there are none."""
    secrets = {name: block for name, block in app.get("secrets", {}).items() if block["generate"] == "none"}
    if not secrets:
        return ""
    lines = ["# Secrets that nobody can make up. Make each of them in the namespace before you install:"]
    values = {}
    for name, block in secrets.items():
        keys = " ".join(f"--from-literal={key}=..." for key in block["keys"])
        lines.append(f"#   kubectl create secret generic {app['name']}-{name} {keys}")
        values[camel(name)] = {"existingSecret": f"{app['name']}-{name}"}
    return "\n".join([*lines, documents.dump({"secrets": values})])
