"""The blocks of a chart's values, in the order in which a reader of values.yaml meets them."""

from __future__ import annotations

from chartgen.blocks import (
    access,
    external,
    extra,
    files,
    git_sync,
    ingress,
    network,
    own,
    release,
    scaling,
    secret,
    seed,
    service,
    storage,
    tests,
    workload,
)
from chartgen.blocks.shape import Block

BLOCKS: tuple[Block, ...] = (
    release,
    workload,
    service,
    scaling,
    storage,
    files,
    seed,
    git_sync,
    secret,
    external,
    ingress,
    network,
    access,
    own,
    tests,
    extra,
)
