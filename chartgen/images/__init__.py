"""Images from source: what is built, the command lines of each builder, and how a cluster is given an image.

A builder is a program. One file for each says what it is called with; nothing here runs anything but `run`.
"""

from __future__ import annotations

from chartgen.images.builder import Builder
from chartgen.images.choose import BUILDERS, chosen
from chartgen.images.load import Cluster, cluster
from chartgen.images.plan import Order, Source, labels, orders, tag_of
from chartgen.images.run import Built, Ways, build

__all__ = [
    "BUILDERS",
    "Builder",
    "Built",
    "Cluster",
    "Order",
    "Source",
    "Ways",
    "build",
    "chosen",
    "cluster",
    "labels",
    "orders",
    "tag_of",
]
