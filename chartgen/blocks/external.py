"""External services: a URL that has a default, can be given, or lies in a Secret."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.shape import PodParts, Pods, env_sources
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import DNS_SUBDOMAIN, or_empty
from chartgen.model import App, Component
from chartgen.render import Fragment, fragment
from chartgen.rules import Clause, Rule
from chartgen.settings import Setting


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    return iter(())


def pod(app: App, component: Component) -> PodParts:
    named = {at: value.external for at, value in env_sources(component).items() if value.external}
    return PodParts(env={at: _source(app, external) for at, external in named.items()})


def _source(app: App, external: str) -> Fragment:
    return fragment("env_external.yaml.j2", app=app, external=external)


def settings(app: App) -> Iterator[Setting]:
    for external in app.external.values():
        path = ("external", external.key)
        shown = external.url("<clusterDomain>")
        about = external.description or f"{external.name}."
        yield Setting(
            (*path, "url"),
            "",
            # A password in a URL would stand in the Deployment for everybody to read.
            {"type": "string", "maxLength": 2048, "pattern": "^$|^[a-z][a-z0-9+.-]*://([^:@/ ]+@)?[^@ ]+$"},
            f"URL. {about} Empty means `{shown}`. "
            "One with a password belongs in a Secret: see existingSecret.",
        )
        yield Setting((*path, "existingSecret"), "", or_empty(DNS_SUBDOMAIN), "Secret that holds the URL.")
        yield Setting((*path, "existingSecretKey"), external.secretKey, ref("configKey"), "Its key.")


def rules(app: App) -> Iterator[Rule]:
    for external in app.external.values():
        path = ("external", external.key)
        yield Rule(
            f"external.{external.key}: url and existingSecret both say where {external.name} is, give one.",
            (Clause((*path, "url"), "set"), Clause((*path, "existingSecret"), "set")),
        )
