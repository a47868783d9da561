"""What a plan asks a namespace for, in the words of its quota, and where in the values that stands.

Sources: Kubernetes documentation, "Resource Quotas" and "Limit Ranges"; kubernetes/kubernetes
pkg/quota/v1/evaluator/core/pods.go for what a quota demands of every container. A server keeps a LimitRange
with its defaults written out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

from chartgen.doctor.objects import at, component, entries, inside
from chartgen.doctor.scripts import makes_secrets, seeding
from chartgen.doctor.site import Plan, Site, kind_of
from chartgen.kubernetes.amounts import amount
from chartgen.manifest import Container, Manifest
from chartgen.model.field import camel

Amounts = Mapping[str, Fraction]
DEMANDED = ("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory")


class Asked(NamedTuple):
    """What a container asks for once a LimitRange has put in what it lacks: words such as `limits.cpu`."""

    item: Manifest
    container: Container
    amounts: Amounts

    @property
    def title(self) -> str:
        return f"{self.item.label} ({self.container.name})"


def asked(site: Site) -> Iterator[Asked]:
    """Every container of the plan. Raises ToolError when the LimitRanges could not be read."""
    limits = [one for item in site.all("LimitRange") for one in entries(item, "spec.limits")]
    given = [one for one in limits if one.get("type") == "Container"]
    for item, template in site.plan.pods:
        for container in template.containers:
            yield Asked(item, container, _effective(container, given))


def demand(site: Site) -> Amounts:
    """All that is new, when most of it is there: Jobs that run before the rest are done by then.

    Raises ToolError when the LimitRanges could not be read.
    """
    new = [item for item in site.plan.regular if not isinstance(site.objects.get(site.key(item)), Manifest)]
    here = [item for item in new if (item.namespace or site.at.namespace) == site.at.namespace]
    pods = _pods(site, here)
    before = [need for item, need in pods if item.kind == "Job" and "pre-install" in item.hooks]
    after = [need for item, need in pods if item.kind == "Job" and "pre-install" not in item.hooks]
    stay = _sum(need for item, need in pods if item.kind != "Job")
    running = _sum([stay, _most(after)])
    return {**_most([*before, running]), **_counts(site, here)}


def where(plan: Plan, one: Asked) -> str:
    """Where in the values of a chart of ours the resources of a container stand, or "COMPONENT.resources"."""
    if makes_secrets(one.item):
        name = plan.secrets[0] if len(plan.secrets) == 1 else "NAME"
        return f"secrets.{name}.job.resources"
    for found in seeding(one.item):
        if found.container.name == one.container.name and found.volume:
            return f"seed.{found.volume}.resources"
    own = camel(component(one.item)) if one.item.kind != "Job" else ""
    return f"{own or 'COMPONENT'}.resources"


def written(resource: str, number: Fraction) -> str:
    """An amount as a quota says it: CPUs in thousandths where they are no whole ones, bytes in Gi or Mi."""
    if resource.endswith("cpu"):
        return str(number) if number.denominator == 1 else f"{ceil(number * 1000)}m"
    mebi = ceil(number / (1 << 20))
    if not resource.endswith(("memory", "storage")) or number < 1 << 20:
        return str(ceil(number))
    return f"{mebi // 1024}Gi" if mebi % 1024 == 0 else f"{mebi}Mi"


def _effective(container: Container, limits: list[Mapping[str, Any]]) -> dict[str, Fraction]:
    resources = inside(container.data, "resources")
    most, least = (_amounts(inside(resources, part)) for part in ("limits", "requests"))
    least = {**most, **least}  # the server requests what is limited, where nothing else is said
    for one in limits:
        most = {**_amounts(inside(one, "default")), **most}
        least = {**_amounts(inside(one, "defaultRequest")), **least}
    words = {f"limits.{name}": value for name, value in most.items()}
    return {**words, **{f"requests.{name}": value for name, value in least.items()}}


def _amounts(given: Mapping[str, Any]) -> dict[str, Fraction]:
    return {str(name): found for name, value in given.items() if (found := amount(value)) is not None}


def _pods(site: Site, items: list[Manifest]) -> list[tuple[Manifest, Amounts]]:
    """What makes pods, each with what all of its pods ask for."""
    labels = {item.label for item in items}
    found: dict[str, list[Asked]] = {}
    for one in asked(site):
        found.setdefault(one.item.label, []).append(one)
    pods = [item for item, _ in site.plan.pods if item.label in labels]
    return [(i, _times(_pod(found.get(i.label, [])), _replicas(site.plan, i))) for i in pods]


def _pod(parts: list[Asked]) -> Amounts:
    """The regular containers together, or the largest of those that run before them."""
    running = _sum(one.amounts for one in parts if one.container.kind != "init")
    largest = _most([running, *(one.amounts for one in parts if one.container.kind == "init")])
    return {**largest, "pods": Fraction(1)}


def _replicas(plan: Plan, item: Manifest) -> int:
    """How many pods it starts with; a scaler keeps a number of its own."""
    scalers = [one for one in plan.regular if one.kind == "HorizontalPodAutoscaler"]
    own = [one for one in scalers if at(one, "spec.scaleTargetRef.name") == item.name]
    found = at(own[0], "spec.minReplicas", 1) if own else at(item, "spec.replicas", 1)
    return found if isinstance(found, int) and found >= 0 else 1


def _counts(site: Site, items: list[Manifest]) -> dict[str, Fraction]:
    """Objects by the names that quotas have for them; Helm and the Job that makes a key add a Secret each."""
    found: Counter[str] = Counter({"secrets": 1, "count/secrets": 1})
    storage: dict[str, Fraction] = {}
    for item in items:
        kind, group = kind_of(site.served, item), item.api_version.rpartition("/")[0]
        if kind is not None and item.kind != "Pod":
            found[f"count/{kind.plural}" + (f".{group}" if group else "")] += 1
            found[kind.plural] += 0 if group else 1
        if makes_secrets(item):
            found.update(("secrets", "count/secrets"))
        if item.kind == "Service" and at(item, "spec.type") in ("LoadBalancer", "NodePort"):
            found["services.nodeports"] += len(entries(item, "spec.ports"))
            found["services.loadbalancers"] += at(item, "spec.type") == "LoadBalancer"
        if item.kind == "PersistentVolumeClaim":
            storage = dict(_sum([storage, _storage(item)]))
    return {**{name: Fraction(number) for name, number in found.items()}, **storage}


def _storage(item: Manifest) -> Amounts:
    size = amount(at(item, "spec.resources.requests.storage")) or Fraction(0)
    named = at(item, "spec.storageClassName")
    of = f"{named}.storageclass.storage.k8s.io/" if named else ""
    own = {f"{of}requests.storage": size, f"{of}persistentvolumeclaims": Fraction(1)} if of else {}
    return {"requests.storage": size, **own}


def _times(amounts: Amounts, number: int) -> Amounts:
    return {name: value * number for name, value in amounts.items()}


def _sum(all_of: Iterable[Amounts]) -> Amounts:
    found: dict[str, Fraction] = {}
    for amounts in all_of:
        for name, value in amounts.items():
            found[name] = found.get(name, Fraction(0)) + value
    return found


def _most(all_of: Iterable[Amounts]) -> Amounts:
    found: dict[str, Fraction] = {}
    for amounts in all_of:
        for name, value in amounts.items():
            found[name] = max(found.get(name, Fraction(0)), value)
    return found
