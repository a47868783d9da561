"""Deploying through a running ushadow: its API in both generations, and what to do about what is there.

Sources: the application's published openapi.json (`/api/instances`), its later routers (`/api/svc-configs`,
`/api/kubernetes/{cluster}/deploy` and `/pods`), and its script of old (`/api/kubernetes/clusters`).
"""

from __future__ import annotations

from chartgen.deploy.configuration import Configuration, configuration
from chartgen.deploy.follow import follow
from chartgen.deploy.plan import Step, Wanted, body, decide, differing, shown
from chartgen.deploy.server import Server, address
from chartgen.deploy.shapes import Cluster, Instance, Sight
from chartgen.deploy.ushadow import Ushadow

__all__ = [
    "Cluster",
    "Configuration",
    "Instance",
    "Server",
    "Sight",
    "Step",
    "Ushadow",
    "Wanted",
    "address",
    "body",
    "configuration",
    "decide",
    "differing",
    "follow",
    "shown",
]
