"""Every branch of a generated chart is taken by documents of the search."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartgen.coverage import listing
from tests.need import need
from tests.verify.covering import covered

# The others take minutes: `chartgen verify --coverage` is run on them by hand.
QUICK = ("web", "worker", "own")


@pytest.mark.parametrize("name", QUICK)
def test_every_branch_of_every_template_is_taken(name: str, tmp_path: Path) -> None:
    need("helm_python")
    found = covered(name)
    (tmp_path / "branches.txt").write_text(listing.render([found], 100.0))
    said = [f"{b.file}:{b.line}: {b.kind}: {b.way}" for b in (*found.missing, *found.contradicted)]
    assert said == [], f"the listing of all branches is {tmp_path / 'branches.txt'}"
    assert found.percent == 100.0
