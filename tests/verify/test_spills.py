"""A setting of one component changes nothing of another, and nothing is made up anew."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from chartgen.chart import Chart, ChartFile
from chartgen.manifest import Case, Rendering
from chartgen.settings import Setting
from chartgen.verify import Trial, again
from chartgen.verify.spills import Spills
from tests.verify.stage import session

pytestmark = pytest.mark.usefixtures("embedded")
OBJECT = """apiVersion: v1
kind: Pod
metadata:
  name: {name}
  labels: {{app.kubernetes.io/component: {name}}}
spec:
  containers: [{{name: {name}, image: a, args: [{text}]}}]
"""
GROUP = """apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}, labels: {{app.kubernetes.io/component: {name}}}}}
data: {{text: {text}}}
"""
LEVEL = Setting(("api", "level"), "info", {"type": "string"}, "How much is logged.")
PORT = Setting(("api", "service", "port"), 80, {"type": "integer"}, "The port.")


def chart(api: str, web: str, first: str = OBJECT) -> Chart:
    files = {
        "Chart.yaml": "apiVersion: v2\nname: two\nversion: 1.0.0\n",
        "values.yaml": "api: {level: info, service: {port: 80}}\nweb: {level: info}\n",
        "templates/api.yaml": first.format(name="api", text=api),
        "templates/web.yaml": OBJECT.format(name="web", text=web),
    }
    return Chart.of(ChartFile(path, text.encode()) for path, text in files.items())


def spilt(of: Chart, setting: Setting, *documents: Mapping[str, object]) -> list[tuple[str, str]]:
    spills = Spills(setting, frozenset({"api", "web"}))
    for answer in session(of).render(map(Trial, documents)):
        assert isinstance(answer, Rendering)
        assert isinstance(answer.case, Trial)
        spills.add(answer.case, answer)
    return [(finding.place.file, finding.what) for finding, _ in spills.findings()]


READS = "{{ .Values.api.level | quote }}"
OWN = "{{ .Values.web.level | quote }}"


def test_a_setting_of_a_component_leaves_the_objects_of_another() -> None:
    levels = [{"api": {"level": text}} for text in ("info", "debug")]
    assert spilt(chart(READS, OWN), LEVEL, *levels) == []
    told = [("templates/web.yaml", "Pod/web of the component web changes with api.level")]
    assert spilt(chart(READS, READS), LEVEL, *levels) == told


def test_a_group_of_settings_that_no_pod_runs_for_may_be_read_by_all() -> None:
    levels = [{"api": {"level": text}} for text in ("info", "debug")]
    assert spilt(chart(READS, READS, first=GROUP), LEVEL, *levels) == []


def test_what_another_setting_changes_is_not_held_against_this_one() -> None:
    both = [{"api": {"level": text}, "web": {"level": text}} for text in ("info", "debug")]
    assert spilt(chart(READS, OWN), LEVEL, *both) == []


def test_how_a_component_is_reached_is_known_to_the_others() -> None:
    reached = chart(READS, "{{ .Values.api.service.port | quote }}")
    ports = [{"api": {"service": {"port": port}}} for port in (80, 81)]
    assert spilt(reached, PORT, *ports) == []


def twice(of: Chart, is_own: bool = True) -> list[tuple[str, str]]:
    found = again.findings(session(of), [Trial({}), Trial({"web": {"level": "b"}})], is_own)
    return [(str(finding.severity), finding.place.file) for finding, _ in found]


def test_what_is_made_up_anew_is_found_once() -> None:
    assert twice(chart(READS, OWN)) == []
    made_up = chart(READS, "{{ randAlphaNum 9 | quote }}")
    assert [file for _, file in twice(made_up)] == ["templates/web.yaml"]
    assert twice(made_up) != twice(made_up, is_own=False)


def test_an_order_of_keys_that_is_none_is_no_difference() -> None:
    odd = chart(READS, "{{ toJson (toYaml (dict `1e3` 1 `010` 2 `6/T6` 3 `a` 4) | fromYaml) }}")
    assert twice(odd) == []
    assert isinstance(next(session(odd).render([Case()])), Rendering)
