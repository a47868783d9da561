"""`chartgen init`: start a new application from a few words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from chartgen import documents
from chartgen.disk import write_file
from chartgen.errors import ChartgenError
from chartgen.model.app import API_VERSION
from chartgen.model.load import load

PROJECT = "chartgen.yaml"


@click.command("init")
@click.argument("name", required=False)
@click.option("--image", metavar="REPOSITORY[:TAG]", help="Image of its first component.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port it listens on; without one there is no Service.")
@click.option("--volume", metavar="PATH", help="Path in the container that is kept on a volume.")
@click.option("--health", metavar="PATH", help="HTTP path that answers when it is well.")
@click.option("--description", help="One sentence about it.")
@click.option("-d", "--directory", default=".", metavar="DIR", help="Where the project begins (default: here).")
def command(name: str | None, directory: str, **answers: Any) -> None:
    """Start an application called NAME: its app.yaml, and a chartgen.yaml that knows it.

    On a terminal, what is not given is asked. Nothing that is there is written over.

    \b
    Examples:
      chartgen init
      chartgen init shop --image acme/shop:1.4.0 --port 8080 --health /healthz
      chartgen init wiki --image acme/wiki --port 3000 --volume /data
    """
    root = Path(directory)
    asked = _ask(name, answers)
    text = documents.dump(_app(asked)).replace(f"apiVersion: {API_VERSION}", _HEAD + f"apiVersion: {API_VERSION}", 1)
    app = load(text, "app.yaml")  # what is written is right, or nothing is written
    files = {
        root / "apps" / app.name / "app.yaml": text,
        root / PROJECT: documents.dump(_project(app.name)),
    }
    there = [str(path) for path in files if path.exists()]
    if there:
        raise ChartgenError(f"already there: {', '.join(there)}", "choose another name or directory; nothing was written")
    for path, content in files.items():
        write_file(path, content.encode())
        click.echo(path)
    click.echo("Next: chartgen generate, then chartgen lint.")


_HEAD = "# What this application is. `chartgen schema --reference` explains every key.\n"


def _ask(name: str | None, answers: dict[str, Any]) -> dict[str, Any]:
    asks = sys.stdin.isatty() and not (name and answers["image"])
    if not asks:
        missing = [what for what, value in (("NAME", name), ("--image", answers["image"])) if not value]
        if missing:
            raise click.UsageError(f"missing {' and '.join(missing)}")
        return {"name": name, **answers}
    found = {"name": name or click.prompt("Name"), **answers}
    found["image"] = found["image"] or click.prompt("Image of its first component")
    if found["port"] is None:
        found["port"] = click.prompt("Port it listens on (0 for none)", default=8080, type=click.IntRange(0, 65535))
    if found["volume"] is None:
        found["volume"] = click.prompt("Path to keep on a volume (empty for none)", default="", show_default=False)
    return found


def _app(asked: dict[str, Any]) -> dict[str, Any]:
    image, tag = _image(asked["image"])
    component: dict[str, Any] = {"image": image}
    if asked["port"]:
        component["ports"] = {"http": {"port": asked["port"]}}
        probe = {"path": asked["health"]} if asked["health"] else {}
        component["probes"] = {"liveness": probe, "readiness": probe}
    app: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "name": asked["name"],
        "version": "0.1.0",
        "appVersion": tag,
        "description": asked["description"] or f"The application {asked['name']}",
        "components": {"app": component},
    }
    if asked["volume"]:
        component["volumes"] = {"data": {"path": asked["volume"]}}
        app["volumes"] = {"data": {"size": "1Gi", "accessModes": ["ReadWriteOnce"], "retain": True}}
    if asked["port"]:
        app["routes"] = [{"path": "/", "component": "app"}]
    return app


def _image(reference: str) -> tuple[dict[str, str], str]:
    """Registry, repository and tag, as Docker tells them apart: a first part with a dot or colon is a host."""
    head, _, rest = reference.partition("/")
    registry = head if rest and ("." in head or ":" in head or head == "localhost") else ""
    repository, _, tag = (rest if registry else reference).partition(":")
    image = {"registry": registry, "repository": repository}
    return {key: value for key, value in image.items() if value}, tag or "latest"


def _project(name: str) -> dict[str, Any]:
    return {"apiVersion": API_VERSION, "charts": {name: {"app": f"apps/{name}", "chart": f"charts/{name}"}}}
