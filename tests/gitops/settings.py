"""Values of the chart other than its own, for what does not need its pods to run."""

from __future__ import annotations

from typing import Any

import yaml

from chartgen.values import merge
from tests.cluster.test_server_judges import EVERYTHING, OVERLAY_FILES

NO_GATE: dict[str, Any] = {"seed": {"config": {"job": {"enabled": False}}}}
GIVEN_KEY: dict[str, Any] = {"secrets": {"auth": {"values": {"AUTH_SECRET_KEY": "k" * 64}}}}
NOT_RETAINED: dict[str, Any] = {"persistence": {name: {"retain": False} for name in ("config", "data")}}
# What the chart refuses, and its sentence.
REFUSED: dict[str, Any] = merge([GIVEN_KEY, {"secrets": {"auth": {"existingSecret": "mine"}}}])
SENTENCE = (
    "secrets.auth: existingSecret is used as it is, so values.AUTH_SECRET_KEY would be ignored. Remove one."
)


def without_hooks(values: dict[str, Any]) -> dict[str, Any]:
    """No gate, and no Job that makes the key: it is given, or in a Secret that the values name."""
    named = values.get("secrets", {}).get("auth", {}).get("existingSecret")
    whole: dict[str, Any] = merge([values, NO_GATE, {} if named else GIVEN_KEY])
    return whole


SETTINGS = {
    path.stem if path else "everything on": without_hooks(
        yaml.safe_load(path.read_text("utf-8")) if path else EVERYTHING
    )
    for path in OVERLAY_FILES
}
