"""The keys that blocks own at the top of the values are names that no component can take."""

from __future__ import annotations

import pytest

from chartgen.blocks import BLOCKS
from chartgen.errors import ModelError
from chartgen.model.check import RESERVED
from chartgen.model.load import load
from tests.unit.blocks.stage import SHOP

EVERYTHING = (
    SHOP
    + """
volumes: {data: {size: 1Gi}}
secrets: {auth: {keys: {KEY: {}}}}
seeds: {data: {volume: data, component: web, imagePath: /data}}
external: {db: {scheme: mongodb, host: db, port: 27017, secretKey: URL}}
routes: [{path: /, component: web}]
tests: {health: {component: web, path: /healthz}}
"""
)


def test_every_block_of_the_values_is_a_name_that_no_component_takes() -> None:
    text = EVERYTHING.replace(
        "    image:", "    volumes: {data: {path: /data}}\n    kubernetesAccess: true\n    image:"
    )
    app = load(text, "app.yaml")
    keys = {setting.path[0] for block in BLOCKS for setting in block.settings(app)}
    assert keys - RESERVED == {"web"}


def test_a_component_with_such_a_name_is_refused() -> None:
    with pytest.raises(ModelError, match="'ingress' is a block of every chart's values"):
        load(SHOP.replace("  web:", "  ingress:"), "app.yaml")
