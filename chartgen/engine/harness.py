"""Many cases in one call of the embedded Helm, and of each only the templates that are asked for.

Helm parses all templates of a chart again for every rendering, which is half of its work. Here they become
partials of a harness chart that includes each of them with the values of each case, so that one call parses
them once; a text that came before in a call is not handed over again.

A case that Helm refuses ends its call: then the cases of that call are to be rendered plainly. So are a chart
with subcharts, and a sample of all cases to hold this against: see `chartgen.verify.quick`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chartgen.chart import Chart, ChartFile
from chartgen.engine import Refusal
from chartgen.frozen import Frozen
from chartgen.manifest import Case, Release
from chartgen.package import archive

if TYPE_CHECKING:
    from chartgen.engine.embedded import Embedded

_MAIN = "templates/harness.yaml"
_LEFT_OUT = ("values.yaml", "values.schema.json")
# Values are JSON in a string, because Helm copies tables more than once on their way, and texts it does not.
# Texts are JSON strings, and after those that are new comes the list of the numbers of a case.
_HARNESS = """\
{{- $seen := dict -}}
{{- range $case := .Values.cases -}}
{{- $top := dict "Values" (fromJson $case.values) "Release" $case.release "Chart" $.Chart "Files" $.Files }}
{{- $_ := set $top "Capabilities" $.Capabilities }}
{{- $_ := set $top "Subcharts" $.Subcharts }}
{{- $numbers := list -}}
{{- range $name := $case.templates -}}
{{- $_ := set $top "Template" (dict "Name" $name "BasePath" $.Values.base) -}}
{{- $text := include (get $.Values.names $name) $top -}}
{{- if not (hasKey $seen $text) }}
{{- $_ := set $seen $text (len $seen) }}
{{ toJson $text }}
{{- end -}}
{{- $numbers = append $numbers (get $seen $text) -}}
{{- end }}
{{ toJson $numbers }}
{{- end -}}
"""


class Question(Frozen):
    """The values of a case as templates see them, with the templates to be rendered (`templates/a.yaml`)."""

    values: Mapping[str, Any]
    release: Release
    templates: tuple[str, ...]


class Harness:
    """A chart without subcharts as named templates of another one."""

    def __init__(self, engine: Embedded, chart: Chart) -> None:
        self.templates = tuple(sorted(map(_path, filter(_executed, chart.templates)), key=_order))
        files = [f for f in chart.files if f.path not in _LEFT_OUT and not _executed(f)]
        files += [ChartFile(_partial(f.path), f.data) for f in chart.files if _executed(f)]
        self._base = f"{chart.name}/templates"
        names = {f"{chart.name}/{path}": f"{chart.name}/{_partial(path)}" for path in self.templates}
        # Templates that include one another by their path find it under that name.
        aliases = "".join(
            f'{{{{ define "{name}" }}}}{{{{ include "{partial}" . }}}}{{{{ end }}}}\n'
            for name, partial in names.items()
        )
        given = json.dumps({"base": self._base, "names": names}).encode()
        files += [
            ChartFile("values.yaml", given),
            ChartFile("templates/_harness-names.tpl", aliases.encode()),
            ChartFile(_MAIN, _HARNESS.encode()),
        ]
        self._name, self._session = chart.name, engine.open(archive(Chart.of(files)))

    def texts(self, questions: Sequence[Question], kube_version: str = "") -> list[dict[str, str]] | None:
        """What each question's templates render to, by path; None when Helm refuses one of them."""
        if not questions:
            return []
        cases = [
            {
                "values": json.dumps(question.values),
                "release": _release(question.release),
                "templates": [f"{self._name}/{path}" for path in question.templates],
            }
            for question in questions
        ]
        answer = self._session.texts(Case({"cases": cases}, kube_version=kube_version))
        if isinstance(answer, Refusal):
            return None
        return list(_read(answer[_MAIN], questions))


def _read(text: str, questions: Iterable[Question]) -> Iterator[dict[str, str]]:
    seen: list[str] = []
    asked = iter(questions)
    for line in text.split("\n"):
        if line.startswith('"'):
            seen.append(json.loads(line))
        elif line:
            yield dict(zip(next(asked).templates, (seen[n] for n in json.loads(line)), strict=True))


def _executed(file: ChartFile) -> bool:
    """Whether Helm executes a template by itself: partials are only included."""
    return file.path.startswith("templates/") and not file.path.rsplit("/", 1)[1].startswith("_")


def _path(file: ChartFile) -> str:
    return file.path


def _partial(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder}/_harness-{name}"


def _order(path: str) -> tuple[int, str]:
    """Helm executes the deepest first. Source: pkg/engine/engine.go, sortTemplates."""
    return -path.count("/"), path


def _release(release: Release) -> dict[str, Any]:
    return {
        "Name": release.name,
        "Namespace": release.namespace,
        "Revision": release.revision,
        "IsInstall": not release.is_upgrade,
        "IsUpgrade": release.is_upgrade,
        "Service": "Helm",
    }
