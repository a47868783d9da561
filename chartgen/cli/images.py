"""`chartgen images build`: the images of an application, from a checkout of its source."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chartgen.cli.failures import progress
from chartgen.cli.options import config_option, open_project, option
from chartgen.cli.rewrite import placed
from chartgen.disk import read_app, read_text, read_values, write_file
from chartgen.errors import UsageError
from chartgen.values import get

if TYPE_CHECKING:
    from chartgen.images import Built, Order, Source, Ways
    from chartgen.model import App

_BUILDERS = ("auto", "docker", "podman", "buildah")
_PLATFORM = "linux/"


@click.group("images")
def command() -> None:
    """The images of an application.

    \b
    Examples:
      chartgen images build --source ../ushadow --tag dev --load kind
    """


@command.command("build")
@click.argument("components", nargs=-1)
@click.option("--chart", metavar="NAME", help="Of which chart (needless where there is one).")
@click.option("--source", metavar="DIR", default=".", show_default=True, help="Checkout to build from.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Tag; repeatable (default: what git says).")
@click.option("--registry", metavar="HOST/PATH", help="Instead of the registry that app.yaml or FILE says.")
@click.option("--overlay", metavar="FILE", help="Values whose registry and repository name the images.")
@click.option(
    "--platform", "platforms", multiple=True, metavar="OS/ARCH", help="Such as linux/arm64; repeatable."
)
@option(
    "--builder",
    env="BUILDER",
    type=click.Choice(_BUILDERS),
    default="auto",
    help="Which one (auto: what works).",
)
@option("--builder-path", env="BUILDER_PATH", metavar="PATH", help="Its program, where that is elsewhere.")
@click.option(
    "--push", is_flag=True, help="Push to the registry. The builder logs in, as `docker login` does."
)
@click.option("--plain-http", is_flag=True, help="The registry speaks HTTP, without TLS.")
@click.option(
    "--load", "loads", multiple=True, metavar="CLUSTER[:NAME]", help="kind, minikube, k3d or containerd."
)
@click.option(
    "--write", "digests", metavar="FILE", help="Write the digests that were pushed into this overlay."
)
@click.option("--dry-run", is_flag=True, help="Say what would be built, and build nothing.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print.")
@config_option
def build_command(
    components: tuple[str, ...], chart: str | None, source: str, dry_run: bool, form: str, config: str | None,
    digests: str | None, **more: Any,
) -> None:  # fmt: skip
    """Build the images of COMPONENTS (all that have a `build` in app.yaml) from a checkout.

    The tag is the release that git has at this commit (v1.2.3), else the commit; with `-dirty` when files
    were changed. The date of an image and of its files is that of the commit, or SOURCE_DATE_EPOCH. A digest
    is what a registry has an image under: only what is pushed has one, and `--write` keeps it in an overlay.

    \b
    Examples:
      chartgen images build --source ../ushadow --dry-run
      chartgen images build --source ../ushadow --overlay values/dev.yaml --tag dev --load kind
      chartgen images build backend --source ../ushadow --platform linux/amd64,linux/arm64 --push
      chartgen images build --source ../ushadow --push --write values/production.yaml
      chartgen images build --source ../ushadow --registry localhost:5000 --plain-http --push
    """
    from chartgen.images import build, chosen

    _refuse(more, digests)
    place = open_project(config)
    (entry,) = _one(place.project.chosen((chart,) if chart else ()))
    found = _orders(read_app(place.path(entry.app)), components, source, more)
    ways = _ways(more)
    if digests:
        read_values(Path(digests))  # before hours of building
    if dry_run:
        _foretell(found, form)
        return
    builder, program = chosen(more["builder"], more["builder_path"] or "")
    if builder.name == "docker":
        _refuse_docker(more)
    built = [build(builder, program, order, ways, os.environ, progress) for order in found]
    progress("")
    if digests:
        _keep(digests, built)
    _tell(built, builder.name, form)


def _one(entries: Sequence[Any]) -> Sequence[Any]:
    if len(entries) != 1:
        raise UsageError("which chart?", f"--chart names one: {', '.join(entry.name for entry in entries)}")
    return entries


def _refuse(options: Mapping[str, Any], digests: str | None) -> None:
    """What cannot be meant together. Raises UsageError."""
    several = len(_platforms(options["platforms"])) > 1
    if digests and not options["push"]:
        raise UsageError("--write: only what is pushed has a digest", "give --push too")
    if several and options["loads"]:
        raise UsageError("--load takes an image of one platform", "build once for each cluster")
    if options["builder_path"] and options["builder"] == "auto":
        raise UsageError("--builder-path: of which builder?", "--builder says it")


def _refuse_docker(options: Mapping[str, Any]) -> None:
    """What docker cannot do, where the others can. Raises UsageError."""
    if len(_platforms(options["platforms"])) > 1 and not options["push"]:
        raise UsageError("docker keeps no image of several platforms", "give --push too, or one --platform")
    if options["plain_http"]:
        hint = "name the registry as `insecure` in its configuration; it speaks HTTP with localhost by itself"
        raise UsageError("--plain-http: buildx cannot be told for one build", hint)


def _platforms(told: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(one for text in told for one in text.replace(",", " ").split()))
    wrong = [one for one in found if not one.startswith(_PLATFORM) or one.startswith("-")]
    if wrong:
        raise UsageError(f"--platform {wrong[0]}: pods run on Linux", "such as linux/amd64 or linux/arm64")
    return found


def _orders(
    app: App, components: tuple[str, ...], folder: str, options: Mapping[str, Any]
) -> tuple[Order, ...]:
    from chartgen.images import orders, tag_of

    source, date = _source(folder)
    app = _renamed(app, options["overlay"])
    tags = tuple(dict.fromkeys(options["tags"])) or (tag_of(source),)
    epoch = _epoch(date)
    created = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    platforms = _platforms(options["platforms"])
    return orders(app, components, source, tags, options["registry"], platforms, epoch, created)


def _source(folder: str) -> tuple[Source, int]:
    """The checkout, and its date. Raises UsageError for no folder; ToolError without a git."""
    from chartgen.git import checkout
    from chartgen.images import Source

    if not Path(folder).is_dir():
        raise UsageError(
            f"--source {folder}: there is no such folder", "it names a checkout of the application"
        )
    found = checkout(Path(folder))
    if found is None:
        return Source(folder), 0
    return Source(folder, found.commit, found.tags, found.changed), found.date


def _epoch(date: int) -> int:
    from chartgen.cli.stage import epoch

    return epoch() if os.environ.get("SOURCE_DATE_EPOCH") else date


def _renamed(app: App, overlay: str | None) -> App:
    """With the images that an overlay names. Raises ChartgenError."""
    if not overlay:
        return app
    values = read_values(Path(overlay))
    components = {}
    for name, component in app.components.items():
        said = get(values, (component.key, "image"), {}) or {}
        names = {key: str(said[key]) for key in ("registry", "repository") if said.get(key) is not None}
        components[name] = replace(component, image=replace(component.image, **names))
    return replace(app, components=components)


def _ways(options: Mapping[str, Any]) -> Ways:
    from chartgen.images import Ways, cluster

    return Ways(options["push"], options["plain_http"], tuple(cluster(text) for text in options["loads"]))


def _foretell(found: Sequence[Order], form: str) -> None:
    if form == "json":
        told = [
            {"component": o.component, "names": o.names, "context": o.context, "dockerfile": o.dockerfile,
             "platforms": o.platforms, "labels": dict(o.labels), "epoch": o.epoch}
            for o in found
        ]  # fmt: skip
        click.echo(json.dumps(told, indent=2))
        return
    for order in found:
        click.echo(f"{order.component}: {', '.join(order.names)} would be built from {order.dockerfile}")


def _keep(file: str, built: Sequence[Built]) -> None:
    """Writes the digests. Raises ChartgenError where a file has a shape for its author alone."""
    text = read_text(Path(file))
    for one in built:
        text = placed(text, file, (one.order.key, "image", "digest"), one.digest)
    write_file(Path(file), text, durable=True)
    click.echo(f"{file}: {len(built)} digests", err=True)


def _tell(built: Sequence[Built], builder: str, form: str) -> None:
    if form == "json":
        told = [
            {"component": one.order.component, "names": one.order.names, "id": one.identity,
             "digest": one.digest, "platforms": one.order.platforms, "builder": builder}
            for one in built
        ]  # fmt: skip
        click.echo(json.dumps(told, indent=2))
        return
    for one in built:
        name = one.order.names[0]
        click.echo(f"{one.order.component}: {f'{name}@{one.digest}' if one.digest else name}")
