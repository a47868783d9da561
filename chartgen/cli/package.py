"""`chartgen package`: pack the charts of a project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import click

from chartgen.cli.failures import each, progress
from chartgen.cli.keys import Signer, signing_options
from chartgen.cli.options import Place, charts_argument, config_option, helm_option, open_project, option
from chartgen.cli.stage import Stage, answered, engine_for, epoch, sound_cases, stage
from chartgen.disk import holds, sweep, write_files
from chartgen.engine import Answer, Engine
from chartgen.manifest import Rendering
from chartgen.package import date, digest, file_name
from chartgen.project import ChartEntry
from chartgen.record import PROVENANCE, RECORD, SBOM, images, name_beside, record

destination_option = option(
    "-d", "--destination", env="DESTINATION", metavar="DIR", help="Where to put them (default: dist)."
)
sbom_option = option("--sbom", env="SBOM", is_flag=True, help="Write a bill of materials, in CycloneDX, too.")


class Verified(NamedTuple):
    """A chart that was found sound, and what it answered to its own values and to each overlay."""

    staged: Stage
    answers: tuple[Answer, ...]


@click.command("package")
@charts_argument
@destination_option
@sbom_option
@signing_options
@helm_option
@config_option
def command(
    charts: tuple[str, ...],
    destination: str | None,
    sbom: bool,
    signer: Signer | None,
    helm: str | None,
    config: str | None,
) -> None:
    """Pack CHARTS (all without names) into .tgz files with the same bytes on every machine.

    What is packed is the chart that lies in the project, which `chartgen lint` checked. An engine opens
    the packed bytes and renders them with the chart's own values and each overlay before they are written.
    The files in it are dated 1970-01-01, or as SOURCE_DATE_EPOCH says, which then is a part of the digest.

    Beside NAME-VERSION.tgz stands NAME-VERSION.json: its digest, files, versions and images. With --sbom
    there is NAME-VERSION.cdx.json as well, a bill of materials, and with --sign NAME-VERSION.tgz.prov, which
    `helm verify` accepts: made by gpg, with a key of the person's own or, with --keyring, of a file.

    \b
    Examples:
      chartgen package
      chartgen package ushadow -d build --sbom
      chartgen package --sign --key releases@example.com
      chartgen package --sign --keyring secring.gpg --passphrase-file - < passphrase
      chartgen package --helm /usr/local/bin/helm
    """
    place = open_project(config)
    engine = engine_for(place, helm)
    # All of them are sound before the first is written.
    verified = each(place.project.chosen(charts), lambda entry: _verified(place, entry, engine))
    progress("")
    keep(place, destination, verified, sbom, signer)


def keep(
    place: Place,
    destination: str | None,
    verified: Iterable[Verified],
    sbom: bool = False,
    signer: Signer | None = None,
) -> None:
    """Writes the packages of charts that were found sound, and says where.

    A file has the date that is in it: `helm push` publishes the file's.
    """
    folder = folder_of(place, destination)
    made = [(one.staged, beside(one, folder, sbom, signer)) for one in verified]
    with place.alone():
        sweep(folder)
        for staged, others in made:
            click.echo(f"{put(folder, staged, others)} {digest(staged.packed)}")


def folder_of(place: Place, destination: str | None) -> Path:
    """Where the packages of a project are."""
    return Path(destination) if destination else place.path(place.project.destination)


def put(folder: Path, staged: Stage, others: Mapping[str, bytes | None]) -> Path:
    """Writes a package and what stands beside it, which is removed where it is None. Raises ChartgenError."""
    package = folder / file_name(staged.chart)
    write_files(folder, {**others, package.name: staged.packed}, True, date(staged.packed))
    return package


def beside(one: Verified, folder: Path, sbom: bool, signer: Signer | None) -> dict[str, bytes | None]:
    """What stands beside a package, by name; None for what an earlier run may have left."""
    return {**_about(one, sbom), **_signed(one, folder, signer)}


def _signed(one: Verified, folder: Path, signer: Signer | None) -> dict[str, bytes | None]:
    """The provenance file of a package; without a signer, that of other bytes is to go: `helm push` would
    publish it with these."""
    package = folder / file_name(one.staged.chart)
    name = name_beside(one.staged.chart, PROVENANCE)
    if signer is None:
        return {} if holds(package, one.staged.packed) else {name: None}
    return {name: signer.provenance(one.staged.chart, one.staged.packed, folder / name)}


def _about(one: Verified, sbom: bool) -> dict[str, bytes | None]:
    chart, packed = one.staged.chart, one.staged.packed
    used = images(answer for answer in one.answers if isinstance(answer, Rendering))
    bill = None
    if sbom:
        from chartgen.sbom import bill_of

        bill = bill_of(chart, packed, used)
    return {
        name_beside(chart, RECORD): record(chart, packed, epoch(), used),
        name_beside(chart, SBOM): bill,
    }


def _verified(place: Place, entry: ChartEntry, engine: Engine) -> Verified:
    """A chart whose packed bytes an engine has opened and rendered. Raises ChartgenError."""
    staged = stage(place, entry, engine)
    return Verified(staged, tuple(answered(staged.renderings(sound_cases(place, entry)))))
