"""`chartgen push`: publish packed charts in an OCI registry, once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from chartgen.cli.failures import each, progress
from chartgen.cli.options import Place, charts_argument, config_option, open_project
from chartgen.cli.package import destination_option, folder_of
from chartgen.cli.registry import Access, registry_options
from chartgen.cli.stage import chart_of
from chartgen.disk import chart_in, read_text
from chartgen.errors import ChartgenError
from chartgen.package import TOTAL_LIMIT, file_name

if TYPE_CHECKING:
    from chartgen.oci import Artifact, Reference
    from chartgen.project import ChartEntry

_AGAIN = "`chartgen package` packs it"


class Parcel(NamedTuple):
    """Where a chart goes, and what the registry will hold."""

    target: Reference
    artifact: Artifact


@click.command("push")
@click.argument("target", metavar="oci://HOST/PATH")
@charts_argument
@click.option("--dry-run", is_flag=True, help="Ask the registry what is there, and change nothing.")
@click.option(
    "--artifacthub-repo", "hub", metavar="FILE", help="Publish artifacthub-repo.yml beside each chart."
)
@destination_option
@registry_options
@config_option
def command(
    target: str,
    charts: tuple[str, ...],
    dry_run: bool,
    hub: str | None,
    destination: str | None,
    config: str | None,
    **registry: Any,
) -> None:
    """Publish the packages of CHARTS (all without names) below a path of an OCI registry.

    A chart NAME goes to oci://HOST/PATH/NAME, its version for a tag. CHARTS may be files (.tgz) too, whoever
    packed them. A version that is there already is fine with the same content, and refused with another
    (exit 1); when the registry does not tell, nothing is published (exit 3). A .prov beside a package goes
    along. The manifest has the bytes that `helm push` gives it.

    \b
    Examples:
      chartgen push oci://ghcr.io/acme/charts --dry-run
      chartgen push oci://ghcr.io/acme/charts ushadow
      chartgen push oci://ghcr.io/acme/charts dist/ushadow-0.1.0.tgz
      chartgen push oci://ghcr.io/acme/charts --username ci --password-stdin < token
      chartgen push oci://ghcr.io/acme/charts --artifacthub-repo artifacthub-repo.yml
      chartgen push oci://127.0.0.1:5000/charts --plain-http
    """
    from chartgen.oci import folder

    below, access = folder(target), Access(registry)
    owners = _owners(hub)
    # All of them are looked for before the first is published.
    parcels = each(_files(charts, destination, config), lambda file: _parcel(file, below))
    free = each(parcels, lambda parcel: _there(access, parcel))
    for parcel, there in zip(parcels, free, strict=True):
        _say(parcel, there or published(access, parcel, dry_run))
        if owners:
            _tell(access, parcel.target, owners, dry_run)


def _files(charts: tuple[str, ...], destination: str | None, config: str | None) -> list[Path]:
    """The packages that are meant: those of the project hold what the project holds. Raises ChartgenError."""
    files = [Path(name) for name in charts if name.endswith(".tgz")]
    names = tuple(name for name in charts if not name.endswith(".tgz"))
    if files and not names:
        return files
    place = open_project(config)
    folder = folder_of(place, destination)
    return [*files, *each(place.project.chosen(names), lambda entry: _package(place, entry, folder))]


def _package(place: Place, entry: ChartEntry, folder: Path) -> Path:
    chart = chart_of(place, entry)
    file = folder / file_name(chart)
    if not file.is_file():
        raise ChartgenError(f"{file}: there is no such package yet", _AGAIN)
    if chart_in(read_text(file, TOTAL_LIMIT), file).files != chart.files:
        raise ChartgenError(f"{file}: it does not hold what {place.path(entry.chart)} holds", _AGAIN)
    return file


def _parcel(file: Path, below: Reference) -> Parcel:
    from chartgen.oci import artifact

    archive, proof = read_text(file, TOTAL_LIMIT), file.with_name(f"{file.name}.prov")
    chart = chart_in(archive, file)
    made = artifact(chart, archive, read_text(proof) if proof.is_file() else None)
    return Parcel(below.chart(chart.name, chart.version), made)


def found_there(access: Access, parcel: Parcel) -> str:
    """The digest that a chart is published under already; "" when it is not. Raises ChartgenError."""
    from chartgen.oci import is_there

    progress(f"{parcel.target}: looking")
    with access.open(parcel.target, writes=True) as repository:
        return is_there(repository, parcel.target.tag, parcel.artifact)


def _there(access: Access, parcel: Parcel) -> str:
    """What is to be said of a chart that is published already."""
    found = found_there(access, parcel)
    if found in ("", parcel.artifact.digest):
        return found and "is there already"
    return f"is there already, in the manifest {found}"


def published(access: Access, parcel: Parcel, dry_run: bool) -> str:
    """Publishes what is not there yet, and says so. Raises ChartgenError."""
    from chartgen.oci import push

    if dry_run:
        return f"would be published: {len(parcel.artifact.blobs)} blobs and a manifest"
    progress(f"{parcel.target}: publishing")
    with access.open(parcel.target, writes=True) as repository:
        push(repository, parcel.target.tag, parcel.artifact)
    return "published"


def _owners(file: str | None) -> Artifact | None:
    """What is published for Artifact Hub. Raises ChartgenError."""
    from chartgen.oci.hub import metadata

    return metadata(read_text(Path(file)), file) if file else None


def _tell(access: Access, chart: Reference, owners: Artifact, dry_run: bool) -> None:
    from chartgen.oci import Reference
    from chartgen.oci.hub import TAG, push

    target = Reference(chart.host, chart.path, TAG)
    with access.open(target, writes=True) as repository:
        if dry_run:
            there = repository.manifest(TAG) == owners.manifest
            said = "is there already" if there else "would be published"
        else:
            said = "published" if push(repository, owners) else "is there already"
    click.echo(f"{target}@{owners.digest} {said}")


def _say(parcel: Parcel, what: str) -> None:
    progress("")
    click.echo(f"{parcel.target}@{parcel.artifact.digest} {what}")
