"""`chartgen init`: start a new application from a few words."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from chartgen import documents
from chartgen.cli.enlist import added, entry
from chartgen.cli.options import NAMES, find_project
from chartgen.disk import create_file, read_text, write_file
from chartgen.disk.lock import alone
from chartgen.errors import ChartgenError, ModelError, Problem, UsageError
from chartgen.model.app import API_VERSION
from chartgen.model.load import load

_HEAD = "# What this application is. `chartgen schema --reference` explains every key.\n"
# Registry, repository, tag and digest. Source: the distribution project, "reference" grammar.
_IMAGE = re.compile(
    r"((?P<registry>[^/]*[.:][^/]*|localhost)/)?(?P<repository>[^:@]+)"
    r"(:(?P<tag>[^@]+))?(@(?P<digest>sha256:[0-9a-f]{64}))?"
)
# Where in app.yaml each answer lands: what is wrong there is told as the answer's fault.
_ANSWERS = {
    "name": "NAME",
    "description": "--description",
    "appVersion": "--image",
    "components.app.image": "--image",
    "components.app.ports": "--port",
    "components.app.probes": "--health",
    "components.app.volumes": "--volume",
}


@click.command("init")
@click.argument("name", required=False)
@click.option("--image", metavar="REPOSITORY:TAG", help="Image of its first component, with the tag to run.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port it listens on; without one there is no Service."
)
@click.option("--volume", metavar="PATH", help="Path in the container that is kept on a volume.")
@click.option("--health", metavar="PATH", help="HTTP path that answers when it is well.")
@click.option("--description", help="One sentence about it.")
@click.option(
    "-d",
    "--directory",
    metavar="DIR",
    help="Where the project is (default: the one here or above, else here).",
)
@click.option(
    "--from-compose",
    "files",
    multiple=True,
    metavar="FILE",
    help="Make it of this compose file; repeatable, each merged over those before it.",
)
@click.option(
    "--profile", "profiles", multiple=True, help="Take in the services of this profile; repeatable."
)
@click.option(
    "--env-file", "env_files", multiple=True, metavar="FILE", help="Variables, instead of .env; repeatable."
)
@click.option(
    "--env", multiple=True, metavar="NAME[=VALUE]", help="A variable; NAME alone takes the shell's."
)
@click.option("--error-on-warning", is_flag=True, help="Write nothing when something is not carried over.")
def command(name: str | None, directory: str | None, files: tuple[str, ...], **answers: Any) -> None:
    """Start an application called NAME: its app.yaml, and its place in chartgen.yaml.

    On a terminal, what is not given is asked. Nothing that is there is written over: a chartgen.yaml gets
    a line for the new chart and keeps all others.

    \b
    Examples:
      chartgen init
      chartgen init shop --image acme/shop:1.4.0 --port 8080 --health /healthz
      chartgen init wiki --image registry.example.com/acme/wiki:2.1 --port 3000 --volume /data
      chartgen init --from-compose compose.yaml
      chartgen init shop --from-compose compose.yaml --from-compose compose.prod.yaml --profile web
    """
    of_compose = {key: answers.pop(key) for key in ("profiles", "env_files", "env", "error_on_warning")}
    if files:
        if any(value is not None for value in answers.values()):
            raise click.UsageError("--from-compose says it all: leave --image, --port and the like away")
        _begin_from(files, name or "", directory, of_compose)
        return
    if any(of_compose.values()):
        raise click.UsageError("--profile, --env-file, --env and --error-on-warning go with --from-compose")
    asked = _ask(name, answers)
    name = asked["name"]
    _begin(name, {f"apps/{name}/app.yaml": _text(asked).encode()}, directory)


def _begin_from(files: tuple[str, ...], name: str, directory: str | None, asked: dict[str, Any]) -> None:
    """An application from compose files. What is not carried over is told before anything is written."""
    from chartgen.cli.from_compose import conversion, tell

    found = conversion(files, name, asked["profiles"], asked["env_files"], asked["env"])
    tell(found, asked["error_on_warning"])
    files_ = {f"apps/{found.name}/{path}": data for path, data in found.files.items()}
    files_[f"apps/{found.name}/app.yaml"] = found.text.encode()
    overlays = (f"values/{found.name}.yaml",) if found.values else ()
    _begin(found.name, {**files_, **{path: found.values.encode() for path in overlays}}, directory, overlays)


def _begin(name: str, files: dict[str, bytes], directory: str | None, overlays: tuple[str, ...] = ()) -> None:
    """Writes a new application, all of its files or none, and its place in chartgen.yaml."""
    file = _project_file(directory)
    root = file.parent
    there = next((root / path for path in files if (root / path).exists()), None)
    if there:
        raise ChartgenError(f"{there}: already there", "choose another name; nothing was written")
    if file.exists():
        with alone(file):
            before = read_text(file)
            after = added(before, str(file), name, overlays)  # before anything is written
            for path, data in files.items():
                create_file(root / path, data)
            write_file(file, after.encode())
    else:
        for path, data in files.items():
            create_file(root / path, data)
        create_file(
            file, documents.dump({"apiVersion": API_VERSION, "charts": entry(name, overlays)}).encode()
        )
    click.echo(f"{root / 'apps' / name / 'app.yaml'}\n{file}\nNext: chartgen generate, then chartgen lint.")


def _project_file(directory: str | None) -> Path:
    found = None if directory else find_project()
    root = Path(directory or ".")
    return found or next((root / n for n in NAMES if (root / n).exists()), root / NAMES[0])


def _ask(name: str | None, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers, with those that are missing asked for on a terminal. Raises click.UsageError."""
    if not sys.stdin.isatty() or (name and answers["image"]):
        missing = [what for what, value in (("NAME", name), ("--image", answers["image"])) if not value]
        if missing:
            raise click.UsageError(f"missing {' and '.join(missing)}")
        return _sound({"name": name, **answers})
    found = {"name": name or click.prompt("Name"), **answers}
    found["image"] = found["image"] or click.prompt("Image of its first component, with its tag")
    if found["port"] is None:
        found["port"] = click.prompt(
            "Port it listens on (0 for none)", default=8080, type=click.IntRange(0, 65535)
        )
    if found["port"] and found["health"] is None:
        found["health"] = _optional("HTTP path that answers when it is well")
    if found["volume"] is None:
        found["volume"] = _optional("Path to keep on a volume")
    return _sound(found)


def _optional(question: str) -> str:
    return str(click.prompt(f"{question} (empty for none)", default="", show_default=False))


def _sound(asked: dict[str, Any]) -> dict[str, Any]:
    """The answers, when they go together. Raises click.UsageError."""
    match = _IMAGE.fullmatch(asked["image"])
    if not match or not match["tag"]:
        what = "has no tag, which says what to run" if match else "is no image"
        raise click.UsageError(f"--image: {asked['image']!r} {what}: write it as acme/shop:1.4.0")
    if asked["health"] and not asked["port"]:
        raise click.UsageError("--health needs the --port that answers")
    return {**asked, "image": {key: value for key, value in match.groupdict().items() if value}}


def _text(asked: dict[str, Any]) -> str:
    """The app.yaml. Raises UsageError with every answer that cannot stand in it."""
    text = _HEAD + documents.dump(_app(asked))
    try:
        load(text, "app.yaml")  # what is written is right, or nothing is written
    except ModelError as error:
        raise UsageError(
            "no application can be made of this", problems=map(_answer, error.problems)
        ) from None
    return text


def _answer(problem: Problem) -> Problem:
    path = problem.where.partition(" ")[2]
    names = (answer for start, answer in _ANSWERS.items() if path == start or path.startswith(f"{start}."))
    return Problem(next(names, problem.where), problem.what, problem.hint)


def _app(asked: dict[str, Any]) -> dict[str, Any]:
    image = dict(asked["image"])
    component: dict[str, Any] = {"image": {**image}}
    tag = component["image"].pop("tag")
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
