"""What Helm would install, rendered for the very cluster that it is going to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from chartgen.chart import Chart, ChartFile
from chartgen.cli.failures import progress
from chartgen.cli.stage import accepted, epoch, given_values
from chartgen.disk import read_chart
from chartgen.engine import Refusal
from chartgen.engine.choose import choose
from chartgen.manifest import Case, Release
from chartgen.package import archive

if TYPE_CHECKING:
    from chartgen.cluster.kubectl import Kubectl
    from chartgen.diagnoses import Examined
    from chartgen.doctor.site import Plan
    from chartgen.doctor.snapshot import At
    from chartgen.engine import Engine


class Coming(NamedTuple):
    """What a person wants to install: a folder or `.tgz`, files of values, settings, and by which Helm."""

    chart: str
    files: tuple[str, ...]
    sets: tuple[str, ...]
    helm: str | None


def foreseen(kubectl: Kubectl, release: str, at: At, coming: Coming) -> Examined:
    """What is in the way of an install. Raises ChartgenError for what is wrong with the chart or the values,
    ToolError when there is no kubectl, no Helm or no cluster."""
    from chartgen.cluster.survey import survey
    from chartgen.doctor import foresee

    chart = read_chart(Path(coming.chart))
    values = given_values(coming.files, coming.sets)
    engine = choose(coming.helm or "", progress)
    progress("asking the cluster")
    kubectl.reach()
    version = kubectl.version()
    case = Case(values, Release(name=release, namespace=at.namespace), coming.chart, version)
    plan = planned(engine, chart, case, coming)
    return foresee(survey(kubectl, release, at, plan, version))


def planned(engine: Engine, chart: Chart, case: Case, coming: Coming) -> Plan:
    """The objects of a case; where Helm refuses the version of the cluster, those that it would make."""
    from chartgen.doctor.site import Plan

    (answer,) = engine.open(archive(chart, epoch())).render([case])
    refused = isinstance(answer, Refusal) and answer.kind == "chart" and "kubeVersion" in chart.metadata
    words = [("--values", file) for file in coming.files] + [("--set", one) for one in coming.sets]
    again = engine.open(archive(anywhere(chart), epoch())).render([case]) if refused else [answer]
    (rendering,) = accepted(again)
    return Plan(
        coming.chart,
        rendering.manifests,
        tuple(word for pair in words for word in pair),
        answer.message if isinstance(answer, Refusal) else "",
        str(chart.metadata.get("kubeVersion") or ""),
        dict(_externals(chart.default_values)),
        tuple(_generated(chart.default_values)),
    )


def anywhere(chart: Chart) -> Chart:
    """A chart that says nothing about the Kubernetes that it is for."""
    head = {key: value for key, value in chart.metadata.items() if key != "kubeVersion"}
    files = [file for file in chart.files if file.path != "Chart.yaml"]
    return Chart.of([*files, ChartFile("Chart.yaml", json.dumps(head).encode())])


def _externals(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The variable that holds a service's URL, and its name in the values of a chart of ours."""
    found = values.get("external")
    for name, entry in found.items() if isinstance(found, Mapping) else ():
        if isinstance(entry, Mapping) and isinstance(entry.get("existingSecretKey"), str):
            yield entry["existingSecretKey"], str(name)


def _generated(values: Mapping[str, Any]) -> Iterator[str]:
    """The secrets of a chart of ours that a Job can make."""
    found = values.get("secrets")
    for name, entry in found.items() if isinstance(found, Mapping) else ():
        if isinstance(entry, Mapping) and "job" in entry:
            yield str(name)
