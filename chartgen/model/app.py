"""The application as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from chartgen.frozen import Frozen
from chartgen.model.component import Component
from chartgen.model.data import External, GitSync, Secret, Seed, Volume
from chartgen.model.field import ABSOLUTE, NAME, RELATIVE, SETTING, VERSION, field

API_VERSION = "chartgen/v1"

# Categories that Artifact Hub knows. Source: Artifact Hub, "Helm annotations".
CATEGORIES = (
    "",
    "ai-machine-learning",
    "database",
    "integration-delivery",
    "monitoring-logging",
    "networking",
    "security",
    "storage",
    "streaming-messaging",
    "skip-prediction",
)


class Maintainer(Frozen):
    name: str = field("Name.")
    email: str = field("Address.", "")
    url: str = field("Page.", "")


class Route(Frozen):
    """A path of the application's address, and the component that answers there."""

    path: str = field("Prefix of the path.", form=ABSOLUTE)
    component: str = field("Who answers.")
    port: str = field("Which port; empty for the first.", "")


class Rbac(Frozen):
    """What the components with kubernetesAccess may do; nothing is granted unless the user says so."""

    rules: tuple[Mapping[str, Any], ...] = field("Policy rules, as Kubernetes spells them.", ())


class TestPod(Frozen):
    """One `helm test`: a GET that must answer with success."""

    component: str = field("Who is asked.")
    path: str = field("Path to GET.", "/", form=ABSOLUTE)
    port: str = field("Which port; empty for the first.", "")
    description: str = field("What it shows.", "")


class OwnSetting(Frozen):
    """A setting that the application's own templates read."""

    default: Any = field("Default.")
    schema: Mapping[str, Any] = field("JSON Schema, draft-07.")
    help: str = field("One or more sentences.")
    examples: tuple[Any, ...] = field("Values that make sense.", ())
    since: str = field("Chart version that brought it.", "", form=VERSION)
    renamed_from: str = field("Its path before; keeps working until `until`.", "", pattern=f"({SETTING})?")
    until: str = field("Chart version in which the old path goes.", "", form=VERSION)
    tpl: bool = field("May hold template expressions.", False)
    secret: bool = field("Must never be shown.", False)


class OwnRule(Frozen):
    """A relation between settings that is refused when all of `refuses` hold."""

    sentence: str = field("What is asked, and why.")
    refuses: tuple[tuple[Any, ...], ...] = field("Clauses: [path, op] or [path, op, value].")


class Own(Frozen):
    """What is the application's own: plain Helm templates, copied byte for byte, with their settings."""

    folder: str = field("Folder beside app.yaml.", "", form=RELATIVE)
    settings: Mapping[str, OwnSetting] = field("Settings by dotted path.", {}, keys=SETTING)
    rules: tuple[OwnRule, ...] = field("Rules.", ())


class App(Frozen):
    """An application, as `app.yaml` describes it."""

    apiVersion: str = field("Version of this format.", enum=(API_VERSION,))
    name: str = field("Name of the chart.", pattern=NAME, max_length=40)
    version: str = field("Version of the chart.", form=VERSION)
    appVersion: str = field(
        "Version of the application; the default tag of its images.",
        pattern=r"[A-Za-z0-9]([A-Za-z0-9_.+-]{0,126}[A-Za-z0-9])?",
        examples=("1.4.2",),
    )
    description: str = field("One sentence.")
    components: Mapping[str, Component] = field("Programs by name.", keys=NAME)
    home: str = field("Page of the project.", "")
    icon: str = field("URL of an image.", "")
    license: str = field("SPDX identifier.", "")
    category: str = field("Category on Artifact Hub.", "", enum=CATEGORIES)
    keywords: tuple[str, ...] = field("Words to find it by.", ())
    sources: tuple[str, ...] = field("URLs of the source code.", ())
    maintainers: tuple[Maintainer, ...] = field("Who to ask.", ())
    kubeVersion: str = field("Kubernetes versions it runs on.", ">=1.29.0-0")
    volumes: Mapping[str, Volume] = field("Storage by name.", {}, keys=NAME)
    secrets: Mapping[str, Secret] = field("Secrets by name.", {}, keys=NAME)
    seeds: Mapping[str, Seed] = field("Seeds by name.", {}, keys=NAME)
    gitSync: Mapping[str, GitSync] = field("Files out of git by name.", {}, keys=NAME)
    external: Mapping[str, External] = field("External services by name.", {}, keys=NAME)
    routes: tuple[Route, ...] = field("Paths, as an Ingress serves them.", ())
    rbac: Rbac = field("Access to the Kubernetes API.", Rbac)
    tests: Mapping[str, TestPod] = field("Tests by name.", {}, keys=NAME)
    own: Own = field("The application's own templates.", Own)
    # Not of app.yaml: the files beside it that the model names, path to content.
    files: tuple[tuple[str, bytes], ...] = ()

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders beside app.yaml whose files belong to the application."""
        mounts = (m for component in self.components.values() for m in component.file_mounts.values())
        found = [*(s.folder for s in self.seeds.values()), self.own.folder, *(m.folder for m in mounts)]
        return tuple(dict.fromkeys(filter(None, found)))

    @cached_property
    def main(self) -> Component | None:
        """The component that `/` is routed to, or the first with a Service: what NOTES speak of."""
        routed = [self.components[r.component] for r in self.routes if r.path == "/"]
        serving = [c for c in self.components.values() if c.serves]
        return next(iter([*routed, *serving]), None)

    def seeds_of(self, component: Component) -> tuple[Seed, ...]:
        """The seeds that a component's pods start with."""
        return tuple(self._seeds.get(component.name, ()))

    def synced_by(self, component: Component) -> tuple[GitSync, ...]:
        """The files out of git that a component reads."""
        return tuple(each for each in self.gitSync.values() if each.component == component.name)

    @cached_property
    def _seeds(self) -> Mapping[str, list[Seed]]:
        found: dict[str, list[Seed]] = {}
        for seed in self.seeds.values():
            found.setdefault(seed.component, []).append(seed)
        return found

    @cached_property
    def secret_users(self) -> Mapping[str, Component]:
        """The first component that reads each secret."""
        found: dict[str, Component] = {}
        for component in self.components.values():
            for secret in component.secrets:
                found.setdefault(secret, component)
        return found
