"""The typed model of an application.

Frozen dataclasses whose field metadata is the only source: the loader, the JSON Schema of `app.yaml`
and its reference document are all emitted from it.
"""

from chartgen.model.app import API_VERSION, App, Maintainer, Own, OwnRule, OwnSetting, Rbac, Route, TestPod
from chartgen.model.component import (
    Component,
    Dns,
    EnvFrom,
    Image,
    Mount,
    Port,
    Probe,
    Probes,
    Restricted,
    Scaling,
    Security,
    Sidecar,
)
from chartgen.model.data import Build, External, FileMount, GitSync, Secret, SecretKey, Seed, Volume

__all__ = [
    "API_VERSION",
    "App",
    "Build",
    "Component",
    "Dns",
    "EnvFrom",
    "External",
    "FileMount",
    "GitSync",
    "Image",
    "Maintainer",
    "Mount",
    "Own",
    "OwnRule",
    "OwnSetting",
    "Port",
    "Probe",
    "Probes",
    "Rbac",
    "Restricted",
    "Route",
    "Scaling",
    "Secret",
    "SecretKey",
    "Security",
    "Seed",
    "Sidecar",
    "TestPod",
    "Volume",
]
