"""What chartgen diff foretells without a cluster, tried on one, by Helm 3 and Helm 4."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.conftest import MakeNamespace
from tests.need import need
from tests.upgrades.observed import Upgrades, outcome
from tests.upgrades.pairs import HELMS, Pair, pairs


@pytest.mark.parametrize("helm", HELMS)
@pytest.mark.parametrize("pair", [pytest.param(pair, id=pair.name) for pair in pairs()])
def test_the_upgrade_does_what_the_table_says(
    pair: Pair, helm: str, make_namespace: MakeNamespace, tmp_path: Path
) -> None:
    actual, said = outcome(Upgrades(need(helm), make_namespace(), tmp_path), pair.steps)
    assert pair.honest(actual), f"predicted {pair.predicted}, and it was {actual}: {said}"
    assert actual == pair.actual[helm], said
