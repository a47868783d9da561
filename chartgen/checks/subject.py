"""What checks look at: one object, a whole rendering, or a chart, each with what is known about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from chartgen.checks.data import entries, mapping, strings, texts
from chartgen.findings import Finding, Place, Severity
from chartgen.frozen import Frozen
from chartgen.manifest import Case, pod, references
from chartgen.template import Read, Template, TemplateError, parse, reads

if TYPE_CHECKING:
    from chartgen.chart import Chart
    from chartgen.engine import Session
    from chartgen.manifest import Container, Manifest, Pod, Reference
    from chartgen.settings import Path, Setting

__all__ = [
    "CONTROLLERS",
    "EXTRA",
    "VERSIONED",
    "Item",
    "Made",
    "Scene",
    "entries",
    "finding",
    "mapping",
    "once",
    "texts",
]
EXTRA = "templates/extra-objects.yaml"  # where the objects come from that a person adds to the chart
# Kinds that keep pods running; those of Jobs, CronJobs and tests come and go.
CONTROLLERS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController")
Seen = TypeVar("Seen")

# Labels that change with every release of the chart or the application.
VERSIONED = ("helm.sh/chart", "app.kubernetes.io/version", "chart", "version")


@dataclass(frozen=True, eq=False)
class Item:
    """One object of a rendering."""

    manifest: Manifest
    kube_versions: tuple[str, ...] = ()

    @property
    def data(self) -> Mapping[str, Any]:
        return self.manifest.data

    @cached_property
    def kind(self) -> str:
        return self.manifest.kind

    @cached_property
    def name(self) -> str:
        return self.manifest.name

    @property
    def hooks(self) -> tuple[str, ...]:
        """What `helm.sh/hook` says, in small letters, as Helm reads it."""
        return tuple(hook.lower() for hook in self.manifest.hooks)

    @property
    def spec(self) -> Mapping[str, Any]:
        return mapping(self.data.get("spec"))

    @property
    def annotations(self) -> Mapping[str, Any]:
        return mapping(self.manifest.metadata.get("annotations"))

    @property
    def extra(self) -> bool:
        """Whether a person added this object through the values."""
        return self.manifest.source.endswith(EXTRA)

    @property
    def blame(self) -> Severity:
        """An error in what the chart makes, a warning in what a person added to it."""
        return Severity.WARNING if self.extra else Severity.ERROR

    @cached_property
    def pod(self) -> Pod | None:
        return pod(self.manifest)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        return references(self.manifest)

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Every string value of the object, with its path."""
        return tuple(texts(self.data))

    @cached_property
    def text(self) -> str:
        """All of them in one, to be looked through at once."""
        return "\0".join(strings(self.data))

    @cached_property
    def seen(self) -> dict[Any, tuple[Any, ...]]:
        """What was found by those that look at this object alone: see `once`."""
        return {}

    @property
    def pod_labels(self) -> Mapping[str, Any]:
        return self.pod.labels if self.pod else {}

    @property
    def containers(self) -> tuple[Container, ...]:
        """All containers of the pod, the init containers first."""
        return self.pod.containers if self.pod else ()

    @property
    def volumes(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The volumes of the pod with their paths."""
        return entries(self.pod.spec, "volumes", self.pod.path) if self.pod else iter(())

    def template(self, path: str) -> str:
        """The path to something in the metadata of the pod template."""
        return f"{self.pod.path.removesuffix('spec') if self.pod else ''}metadata.{path}"

    def at(self, path: str = "") -> Place:
        return Place(self.manifest.source, 0, f"{self.manifest.label} {path}".strip())


def once(look: Callable[[Item], Iterable[Seen]]) -> Callable[[Item], tuple[Seen, ...]]:
    """Makes a look at one object alone remember what it found: an item stands in many scenes."""

    @wraps(look)
    def remembered(item: Item) -> tuple[Seen, ...]:
        if look not in item.seen:
            item.seen[look] = tuple(look(item))
        return item.seen[look]

    return remembered


@dataclass(frozen=True, eq=False)
class Scene:
    """One rendering of a chart: its objects, and what it was rendered with.

    `secrets` are the paths of settings that must not be shown, `renamed` the settings that had another name.
    """

    items: tuple[Item, ...]
    case: Case
    notes: str = ""
    chart: Chart | None = None
    secrets: tuple[Path, ...] = ()
    renamed: tuple[Setting, ...] = ()

    def of(self, *kinds: str) -> Iterator[Item]:
        return (item for item in self.items if item.kind in kinds)

    def namespace(self, item: Item) -> str:
        return item.manifest.namespace or self.case.release.namespace

    @cached_property
    def _named(self) -> dict[tuple[str, str, str], Item]:
        return {(item.kind, self.namespace(item), item.name): item for item in self.items}

    def find(self, kind: str, name: str, namespace: str) -> Item | None:
        return self._named.get((kind, namespace, name))

    @cached_property
    def given(self) -> frozenset[str]:
        """Every string in the values: a name among them is the person's to know about."""
        values = frozenset(text for _, text in texts(self.case.values))
        return values | self.chart.default_texts if self.chart else values

    @cached_property
    def scalers(self) -> dict[tuple[str, str, str], list[Item]]:
        """Autoscalers by namespace, kind and name of what they scale."""
        found: dict[tuple[str, str, str], list[Item]] = {}
        for item in self.of("HorizontalPodAutoscaler"):
            target = mapping(item.spec.get("scaleTargetRef"))
            key = (self.namespace(item), str(target.get("kind")), str(target.get("name")))
            found.setdefault(key, []).append(item)
        return found

    @cached_property
    def pods(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.pod)

    @cached_property
    def _labelled(self) -> dict[tuple[str, str, str], list[Item]]:
        found: dict[tuple[str, str, str], list[Item]] = {}
        for item in self.pods:
            for key, value in item.pod_labels.items():
                found.setdefault((self.namespace(item), str(key), str(value)), []).append(item)
        return found

    def selected(self, selector: Mapping[str, Any], namespace: str) -> list[Item]:
        """The objects whose pods carry every label of `selector`, which is not empty.

        Only pods with its rarest label are looked at: a thousand Services must not mean a million looks.
        """
        lists = [self._labelled.get((namespace, str(k), str(v)), []) for k, v in selector.items()]
        wanted = selector.items()
        return [item for item in min(lists, key=len, default=[]) if wanted <= item.pod_labels.items()]


class Made(Frozen):
    """A chart, what its contract declares, the chart that its model generates now, and the engine that
    has it open, with the cases it is linted under. `own` are the templates that are the application's,
    copied as they are."""

    chart: Chart
    settings: tuple[Setting, ...] = ()
    expected: Chart | None = None
    session: Session | None = None
    cases: tuple[Case, ...] = (Case(),)
    own: frozenset[str] = field(default=frozenset())

    @cached_property
    def _parsed(self) -> tuple[tuple[Template, ...], tuple[TemplateError, ...]]:
        good, bad = [], []
        for file in self.chart.templates:
            try:
                good.append(parse(file.text, file.path))
            except TemplateError as error:
                bad.append(error)
        return tuple(good), tuple(bad)

    @property
    def templates(self) -> tuple[Template, ...]:
        """The templates, parsed, but for those that are no templates."""
        return self._parsed[0]

    @property
    def broken(self) -> tuple[TemplateError, ...]:
        return self._parsed[1]

    @cached_property
    def reads(self) -> tuple[Read, ...]:
        """What the templates read of the chart's data."""
        return reads(self.templates)


def finding(
    check: str, item: Item, path: str, what: str, hint: str = "", severity: Severity = Severity.ERROR
) -> Finding:
    """A finding at a path of an object."""
    return Finding(check, item.at(path), what, hint, severity)
