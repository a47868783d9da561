"""`chartgen verify-release`: is what was published what was released?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from chartgen.cli.failures import CombinedError
from chartgen.cli.keys import keyring_option, keys_of
from chartgen.cli.options import config_option, find_project, open_project
from chartgen.cli.registry import Access, cosign_of, cosign_option, fetched, registry_options
from chartgen.disk import chart_of_files
from chartgen.errors import ChartgenError, UsageError
from chartgen.package import archive, date, digest, file_name

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.cli.options import Place
    from chartgen.oci import Fetched
    from chartgen.project import ChartEntry
    from chartgen.signing import Cosign, Keys

_LISTED = 5  # files that differ


class Release(NamedTuple):
    """What was published, and what it is to be compared with."""

    found: Fetched
    chart: Chart
    wanted: str
    revision: str
    config: str | None
    keys: Keys | None
    cosign: Cosign
    cosign_key: str | None


@click.command("verify-release")
@click.argument("reference", metavar="oci://HOST/PATH/NAME[:VERSION][@DIGEST]")
@click.option("--digest", "wanted", default="", metavar="sha256:...", help="The digest that was announced.")
@click.option(
    "--revision",
    default="",
    metavar="TAG",
    help="Git tag or commit of the release (default: vVERSION, NAME-VERSION).",
)
@keyring_option
@click.option("--cosign-key", metavar="FILE", help="cosign's public key, which must have signed it.")
@cosign_option
@config_option
@registry_options
def command(
    reference: str,
    wanted: str,
    revision: str,
    keyring: str | None,
    cosign_key: str | None,
    cosign: str,
    config: str | None,
    **registry: Any,
) -> None:
    """Fetch a published chart, and compare it with what its project holds at the tag of the release.

    digest: every byte that came has the digest it was published under, and that is the one announced.
    manifest: what the registry says of the package is what the package itself says.
    signature: the provenance is by one of the keys and for this package; without --keyring a chart need not
    be signed.
    cosign: with --cosign-key, that key has signed what lies in the registry.
    source: the package holds the chart of the project at the tag, file by file. Git is asked, not the
    working tree; without a project in this folder, and without --revision, there is nothing to compare with.

    \b
    Examples:
      chartgen verify-release oci://ghcr.io/acme/charts/ushadow:0.1.0
      chartgen verify-release oci://ghcr.io/acme/charts/ushadow:0.1.0 --revision 4f2a1c9
      chartgen verify-release oci://ghcr.io/acme/charts/ushadow:0.1.0 --digest sha256:9eb7...
    """
    if wanted and not wanted.startswith("sha256:"):
        raise UsageError(
            f"--digest is {wanted!r}", "it takes the manifest's, as `chartgen push` prints it: sha256:..."
        )
    found, chart = fetched(Access(registry), reference)
    click.echo(found.where)
    signed = (keys_of(keyring) if keyring else None, cosign_of(cosign, registry), cosign_key)
    errors = []
    for name, said, error in checked(Release(found, chart, wanted, revision, config, *signed)):
        click.echo(f"  {name:<9} {said}")
        errors += [error] if error else []
    if errors:
        raise CombinedError(errors)


def checked(release: Release) -> Iterator[tuple[str, str, ChartgenError | None]]:
    """Each check with what it found in words, and what is wrong."""
    for name, check in (*CHECKS, *((("cosign", _cosign),) if release.cosign_key else ())):
        try:
            yield name, check(release), None
        except ChartgenError as error:
            yield name, "wrong" if error.exit_code == 1 else "not known", error


def _digest(release: Release) -> str:
    found = release.found
    if release.wanted and found.digest != release.wanted:
        raise ChartgenError(
            f"{found.reference} has the digest {found.digest}, announced was {release.wanted}",
            "do not use it: find out which is right",
        )
    return f"{'as announced' if release.wanted else 'right'}; package {digest(found.archive)}"


def _manifest(release: Release) -> str:
    from chartgen.oci import artifact
    from chartgen.oci.manifest import CREATED, contents

    found = release.found
    ours = artifact(release.chart, found.archive, found.provenance)
    if ours.manifest == found.manifest:
        return "what the package says"
    theirs, own = contents(found.manifest, found.where), contents(ours.manifest, found.where)
    notes = [name for name, _ in sorted(set(theirs.annotations) ^ set(own.annotations)) if name != CREATED]
    if theirs.config != own.config or set(theirs.layers) != set(own.layers) or notes:
        named = f": {', '.join(dict.fromkeys(notes))}" if notes else ""
        raise ChartgenError(
            f"{found.reference}: the registry says of the package what is not in it{named}",
            "`chartgen push` and `helm push` publish what the package says",
        )
    return "what the package says, under another date"


def _signature(release: Release) -> str:
    from chartgen.signing import SignatureError, verify

    if release.found.provenance is None:
        if release.keys:
            raise SignatureError(
                f"{release.found.reference} is not signed", "`chartgen package --sign` signs it"
            )
        return "none"
    name = file_name(release.chart)
    good = verify(release.found.provenance, name, release.found.archive, release.keys or keys_of(None))
    return f"by {good.signer}, {good.fingerprint}"


def _source(release: Release) -> str:
    from chartgen.git import tag_of_release

    if not (release.revision or release.config or find_project()):
        return "not compared: no project here"
    place = open_project(release.config)
    entries = [entry for entry in place.project.charts.values() if entry.name == release.chart.name]
    if not entries:
        raise UsageError(
            f"{place.file}: there is no chart {release.chart.name}", "--config names another project"
        )
    revision = release.revision or tag_of_release(place.root, release.chart.name, release.chart.version)
    hint = "it was not made from that revision; --revision names another"
    rebuilt = rebuilt_at(place, entries[0], revision, release.chart, str(release.found.reference), hint)
    same = archive(rebuilt, date(release.found.archive)) == release.found.archive
    how = "byte by byte" if same else "file by file, packed by another program"
    return f"{revision}:{entries[0].chart}, {how}"


def rebuilt_at(place: Place, entry: ChartEntry, revision: str, chart: Chart, called: str, hint: str) -> Chart:
    """The chart of a project as git has it at a revision. Raises ChartgenError when `chart` is another."""
    from chartgen.git import differing, folder_at

    at = f"{revision}:{entry.chart}"
    rebuilt = chart_of_files(folder_at(place.root, revision, entry.chart), Path(at))
    if names := differing(_content(chart), _content(rebuilt)):
        more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        raise ChartgenError(f"{called} does not hold {at}: {', '.join(names[:_LISTED])}{more}", hint)
    return rebuilt


def _content(chart: Chart) -> dict[str, bytes]:
    """The files of a chart. `helm package` writes Chart.yaml anew: of it counts what Helm reads."""
    from chartgen.helm_metadata import go_json, metadata

    return {file.path: file.data for file in chart.files} | {"Chart.yaml": go_json(metadata(chart))}


def _cosign(release: Release) -> str:
    found = release.found
    where = f"{found.reference.host}/{found.reference.path}@{found.digest}"
    release.cosign.verify(where, release.cosign_key or "")
    return f"signed with the private key of {release.cosign_key}"


CHECKS: tuple[tuple[str, Callable[[Release], str]], ...] = (
    ("digest", _digest),
    ("manifest", _manifest),
    ("signature", _signature),
    ("source", _source),
)
