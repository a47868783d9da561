"""`chartgen version`: which chartgen this is, and which version a chart has to have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from chartgen import __version__
from chartgen.cli.options import Place, chart_names, config_option, helm_option
from chartgen.cli.registry import registry_options

if TYPE_CHECKING:
    from semver import Version

    from chartgen.changes import Comparison
    from chartgen.project import ChartEntry


@click.command("version")
@click.argument("chart", required=False, shell_complete=chart_names)
@click.option("--base", metavar="BASE", help="What it is compared with, as in `diff` (default: last).")
@click.option("--to", metavar="X.Y.Z", help="The version to take, at least as high as the changes ask for.")
@click.option("--dev", metavar="N", help="A pre-release, X.Y.Z-0.dev.N; `auto` counts commits.")
@click.option("--write", is_flag=True, help="Write it to app.yaml, with a section in CHANGELOG.md.")
@click.option("--check", is_flag=True, help="Exit 1 when app.yaml says a lower one.")
@click.option("--date", default="", metavar="YYYY-MM-DD", help="Date behind the version in the changelog.")
@click.option("--short", is_flag=True, help="Print the version alone.")
@helm_option
@config_option
@registry_options
def command(
    chart: str | None,
    base: str | None,
    to: str | None,
    dev: str | None,
    write: bool,
    check: bool,
    date: str,
    short: bool,
    helm: str | None,
    config: str | None,
    **registry: Any,
) -> None:
    """Say which version CHART has to have after what changed since the last release.

    The least version follows from the heaviest change (docs/guides/diff.md has the table); app.yaml may say a
    higher one, and a lower one is refused with the changes that forbid it. Without CHART: the versions of
    chartgen, of Python, and of the Helm that it would use.

    \b
    Examples:
      chartgen version
      chartgen version ushadow
      chartgen version ushadow --check --base oci://ghcr.io/acme/charts/ushadow
      chartgen version ushadow --write
      chartgen version ushadow --to 1.0.0 --write
      chartgen version ushadow --dev auto --short
    """
    if chart is None:
        if any((base, to, dev, write, check, date, short)):
            raise click.UsageError("name the chart: chartgen version CHART")
        _own()
        return
    decided = _decided(chart, (base or "last", to, dev), helm, config, registry)
    _told(decided, short)
    for version in (decided.chosen, *([decided.said] if check else [])):
        if decided.refuses(version):
            raise refusal(decided, version)
    if write:
        _write(decided, date)


class Decided(NamedTuple):
    """What the version of a chart was, is said to be, and has to be."""

    place: Place
    entry: ChartEntry
    found: Comparison
    base: Version
    least: Version
    said: Version
    chosen: Version

    def refuses(self, version: Version) -> bool:
        """Whether a version is too low: a pre-release counts as what it is for."""
        return version.finalize_version() < self.least.finalize_version() or version < self.base


def _decided(
    name: str,
    told: tuple[str, str | None, str | None],
    helm: str | None,
    config: str | None,
    registry: Mapping[str, Any],
) -> Decided:
    base, to, dev = told
    if to and dev:
        raise click.UsageError("--to and --dev both say the version: give one of them")
    from chartgen.cli.diff import compared, overlays, project_entry
    from chartgen.cli.reference import Asked, resolve
    from chartgen.cli.stage import engine_for
    from chartgen.disk import read_app
    from chartgen.generate import generate

    place, entry = project_entry(config, name)
    before = resolve(Asked(base, place, entry, registry))
    after = generate(read_app(place.path(entry.app)))
    engine = engine_for(place, helm)
    found = compared(before, after, engine, overlays(place, entry))
    decided = decide(place, entry, found, before.version, after.version)
    chosen = _version(to, "--to") if to else decided.chosen
    if dev:
        chosen = _development(place, entry, max(chosen, decided.least), decided.base, dev)
    return decided._replace(chosen=chosen)


def decide(place: Place, entry: ChartEntry, found: Comparison, before: str, after: str) -> Decided:
    """The version that a chart has to have, and the one it says: the higher of them is chosen."""
    from chartgen.versions import following

    was, said = _version(before, "the base"), _version(after, "app.yaml")
    least = following(was, found.level)
    return Decided(place, entry, found, was, least, said, max(said, least))


def _version(text: str, where: str) -> Version:
    from chartgen.errors import ChartgenError
    from chartgen.versions import parsed

    found = parsed(text)
    if found is None:
        raise ChartgenError(f"{where}: {text!r} is not a semantic version", "write three numbers, like 1.2.3")
    return found


def _development(place: Place, entry: ChartEntry, least: Version, was: Version, dev: str) -> Version:
    """The pre-release of a branch, which sorts after the base also when nothing changed."""
    from chartgen.cli.reference import last_tag
    from chartgen.errors import UsageError
    from chartgen.git import commits_since
    from chartgen.versions import development

    number = str(commits_since(place.root, last_tag(place, entry.name))) if dev == "auto" else dev
    if not number.isdecimal() or number != str(int(number)):
        raise UsageError(f"--dev {dev}: not a number", "give a number that grows, or `auto`")
    core = least.finalize_version()
    return development(core if core > was else was.finalize_version().bump_patch(), int(number))


def _told(decided: Decided, short: bool) -> None:
    if short:
        click.echo(str(decided.chosen))
        return
    level = decided.found.level
    why = f"a {level.value} change" if level else "nothing changed"
    click.echo(f"{decided.entry.name}: {decided.base} was released; {why} asks for {decided.least}")
    click.echo(f"app.yaml says {decided.said}; the version is {decided.chosen}")
    click.echo(f"helm upgrade: {decided.found.verdict}")


def refusal(decided: Decided, version: Version, base: str = "") -> Exception:
    """The error with the changes that forbid the version; `base` is what the next command is to be told."""
    from chartgen.errors import ChartgenError, Problem

    level = decided.found.level
    forbids = decided.found.of(level) if level else ()
    problems = [Problem(f"{c.level.value} {c.kind}: {c.place}", c.what, c.hint) for c in forbids]
    name, least = decided.entry.name, decided.least
    what = f"{name}: {version} is too low after {decided.base}: {least} is the least"
    command = f"chartgen version {name}{f' --base {base}' if base else ''} --write"
    return ChartgenError(what, f"`{command}` writes {least}", problems)


def _write(decided: Decided, date: str) -> None:
    from chartgen import changelog
    from chartgen.cli.rewrite import rewritten
    from chartgen.disk import read_text, write_file

    folder = decided.place.path(decided.entry.app)
    app = folder / "app.yaml" if folder.is_dir() else folder
    version = str(decided.chosen)
    with decided.place.alone():
        text = rewritten(read_text(app), str(app), "version", version)
        log = Path(app.parent, changelog.NAME)
        old = read_text(log).decode() if log.exists() else ""
        entries = changelog.entries(decided.found.changes)
        new = ""
        told = changelog.has(old, version)  # by a run before this one, and perhaps edited since
        if entries and not told and not decided.chosen.prerelease and version != str(decided.base):
            new = changelog.added(old, version, changelog.section(version, entries, date))
        if new:
            write_file(log, new.encode(), durable=True)
        wrote = write_file(app, text, durable=True)
    click.echo(f"{app}: version {version}" if wrote else f"{app}: it says {version} already")
    if new:
        click.echo(f"{log}: a section for {version}, to be edited")
    if wrote or new:
        click.echo("`chartgen generate` brings the chart in line")


def _own() -> None:
    import platform

    click.echo(f"chartgen {__version__}")
    click.echo(f"python {platform.python_version()}")
    click.echo(f"engine {_engine()}")


def _engine() -> str:
    from chartgen.engine.choose import choose
    from chartgen.errors import ChartgenError

    try:
        engine = choose()
    except ChartgenError as error:
        return f"none: {error.message}"
    return f"{engine.name} {engine.version}"
