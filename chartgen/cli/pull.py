"""`chartgen pull`: fetch a chart from an OCI registry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from chartgen.cli.registry import Access, fetched, registry_options
from chartgen.disk import write_file
from chartgen.package import date, digest, file_name


@click.command("pull")
@click.argument("reference", metavar="oci://HOST/PATH/NAME[:VERSION][@DIGEST]")
@click.option(
    "-d", "--destination", default=".", metavar="DIR", help="Where to put it (default: this folder)."
)
@registry_options
def command(reference: str, destination: str, **registry: Any) -> None:
    """Fetch a chart as the file that somebody packed, and its .prov where there is one.

    Without a version it is the last one. Bytes that do not have the digest they are published under are not
    written, and neither is a half.

    \b
    Examples:
      chartgen pull oci://ghcr.io/acme/charts/ushadow:0.1.0
      chartgen pull oci://ghcr.io/acme/charts/ushadow -d build
      chartgen pull oci://ghcr.io/acme/charts/ushadow@sha256:9eb7...
    """
    found, chart = fetched(Access(registry), reference)
    file = Path(destination) / file_name(chart)
    if found.provenance is not None:
        write_file(file.with_name(f"{file.name}.prov"), found.provenance, durable=True)
    write_file(file, found.archive, durable=True, dated=date(found.archive))
    click.echo(f"{file} {digest(found.archive)} from {found.where}")
