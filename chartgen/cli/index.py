"""`chartgen index`: the index of a classic chart repository."""

from __future__ import annotations

from pathlib import Path

import click

from chartgen.cli.failures import each
from chartgen.disk import alone, chart_in, read_text, write_file
from chartgen.errors import ChartgenError
from chartgen.package import TOTAL_LIMIT, digest
from chartgen.repository import INDEX, Packed, merged, read, text

_LIMIT = 64 << 20  # bytes of an index


@click.command("index")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--url", default="", metavar="URL", help="Where the packages will be (default: beside the index)."
)
def command(folder: Path, url: str) -> None:
    """Write DIR/index.yaml, the index of a chart repository, with every package in DIR and below.

    What the index has already stays, packages that lie elsewhere too. A version that is listed with another
    content is refused (exit 1). The same packages give the same bytes.

    \b
    Examples:
      chartgen index dist
      chartgen index public --url https://acme.github.io/charts
    """
    if not folder.is_dir():
        raise ChartgenError(f"{folder}: there is no such folder", "give the folder of the packages")
    file = folder / INDEX
    packages = each(sorted(folder.rglob("*.tgz")), lambda path: _packed(folder, path))
    with alone(folder):
        before = read(read_text(file, _LIMIT) if file.exists() else b"", str(file))
        try:
            after = text(merged(before, packages, url)).encode()
        except ChartgenError as error:
            raise ChartgenError(f"{file}: {error.message}", error.hint, error.problems) from None
        write_file(file, after, durable=True)
    click.echo(f"{file} {digest(after)}")


def _packed(folder: Path, path: Path) -> Packed:
    archive = read_text(path, TOTAL_LIMIT)
    return Packed(path.relative_to(folder).as_posix(), chart_in(archive, path), archive)
