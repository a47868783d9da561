"""A cautious contract for a chart that has no schema for a setting, or none at all.

A value is tried with others of the type of its default, texts with plain names. Lists and maps are tried
where their name is one that charts agree on for a type of Kubernetes; all else stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from chartgen.contract import OWN, Contract
from chartgen.kubernetes.definitions import definitions, ref
from chartgen.settings import Schema, Setting

_PLAIN = "^$|^[a-z]([-a-z0-9]{0,14}[a-z0-9])?$"
_OF_DEFAULT: tuple[tuple[type, dict[str, Any]], ...] = (
    (bool, {"type": "boolean"}),
    (int, {"type": "integer", "minimum": 0, "maximum": 32767}),
    (str, {"type": "string", "maxLength": 16, "pattern": _PLAIN}),
)
# What charts call settings that go into an object as they are, and the type that is meant. Source: the stock
# chart of `helm create`, and the conventions that public charts share.
_NAMED = {
    "affinity": "affinity",
    "annotations": "annotations",
    "deploymentAnnotations": "annotations",
    "labels": "labels",
    "livenessProbe": "livenessProbe",
    "nodeSelector": "labels",
    "podAnnotations": "annotations",
    "podLabels": "labels",
    "podSecurityContext": "podSecurityContext",
    "readinessProbe": "readinessProbe",
    "resources": "resourceRequirements",
    "securityContext": "securityContext",
}
_LISTED = {
    "env": "envVar",
    "extraVolumeMounts": "volumeMount",
    "extraVolumes": "volume",
    "imagePullSecrets": "localObjectReference",
    "tolerations": "toleration",
    "topologySpreadConstraints": "topologySpreadConstraint",
    "volumeMounts": "volumeMount",
    "volumes": "volume",
}


def inferred(declared: Contract) -> Contract:
    """The contract with a schema for each setting that has none; one of ours has them all."""
    if OWN in declared.schema:
        return declared
    wanted = definitions({*_NAMED.values(), *_LISTED.values()})
    known = {**wanted, **declared.schema.get("definitions", {})}
    schema = {**declared.schema, "definitions": known}
    return replace(declared, schema=schema, settings=tuple(map(_inferred, declared.settings)))


def _inferred(setting: Setting) -> Setting:
    return setting if setting.schema else replace(setting, schema=_schema(setting))


def _schema(setting: Setting) -> Schema:
    name, default = setting.path[-1], setting.default
    if name in _NAMED and isinstance(default, dict):
        return {"anyOf": [{"const": default}, dict(ref(_NAMED[name]))]}
    if name in _LISTED and isinstance(default, list):
        return {"type": "array", "items": dict(ref(_LISTED[name]))}
    kind = next((schema for type_, schema in _OF_DEFAULT if isinstance(default, type_)), None)
    is_plain = not isinstance(default, str) or re.search(_PLAIN, default)
    return kind if kind and is_plain else {"const": default}
