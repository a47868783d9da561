"""Environment and hidden values; `env_file` has been read into it."""

from __future__ import annotations

from chartgen.compose.parts import Carried, Parts

KEYS = ("environment", "env_file")


def carry(of: Carried) -> Parts:
    """Last of all: commands and probes may have added variables."""
    used = {v["secret"] for v in of.texts.env.values() if isinstance(v, dict) and "secret" in v}
    entries = of.plan.vault.entries
    secrets = {name: entry.block() for name, entry in entries.items() if name in used}
    env = dict(of.texts.env)
    app = {"secrets": secrets} if secrets else {}
    app |= {"external": of.texts.external} if of.texts.external else {}
    return Parts({"env": env} if env else {}, app, notices=tuple(of.texts.notices))
