"""What the steps of a release work on: what was asked for, and what becomes of each chart."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from chartgen.cli.options import Place
from chartgen.cli.package import Verified
from chartgen.project import ChartEntry

if TYPE_CHECKING:
    from chartgen.changes import Comparison
    from chartgen.chart import Chart
    from chartgen.cli.generate import Generated
    from chartgen.cli.keys import Signer
    from chartgen.cli.push import Parcel
    from chartgen.cli.registry import Access
    from chartgen.engine import Engine
    from chartgen.oci import Fetched, Reference
    from chartgen.signing import Cosign


@dataclass(frozen=True)
class Work:
    """What a person wants released, where to, and with what; `done` is what was published, signed, tagged."""

    place: Place
    engine: Engine
    below: Reference
    access: Access
    folder: Path
    budget: float
    sbom: bool
    signer: Signer | None
    cosign: Cosign
    cosign_key: str | None
    config: str | None
    dry_run: bool
    done: list[str] = field(default_factory=list)


@dataclass
class Job:
    """One chart on its way: each step adds what the later ones need."""

    entry: ChartEntry
    commit: str = ""
    revision: str = ""  # its tag, or the commit that will get one
    generated: Generated | None = None
    verified: Verified | None = None
    before: Fetched | None = None  # what is published, under this version or the last one before it
    base: Chart | None = None
    found: Comparison | None = None
    parcel: Parcel | None = None
    digest: str = ""  # of the manifest, once it is published

    @property
    def sound(self) -> Verified:
        assert self.verified, "lint comes first"
        return self.verified

    @property
    def chart(self) -> Chart:
        return self.sound.staged.chart

    @property
    def packed(self) -> Parcel:
        assert self.parcel, "package comes first"
        return self.parcel
