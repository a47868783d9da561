"""A small chart with settings of several kinds, whose template a test can spoil."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from chartgen import contract, first
from chartgen.chart import Chart, ChartFile
from chartgen.contract import schema as schema_of
from chartgen.emit import dump
from chartgen.engine import Session
from chartgen.engine.choose import choose
from chartgen.package import archive
from chartgen.rules import Clause, Rule
from chartgen.settings import Setting, defaults, tree
from chartgen.verify.run import Verified
from chartgen.verify.search import Wish, search

NAME = {"type": "string", "maxLength": 63, "pattern": "^$|^[a-z]([-a-z0-9]*[a-z0-9])?$"}
LABELS = {"type": "object", "propertyNames": {**NAME, "minLength": 1}, "additionalProperties": NAME}
SETTINGS = (
    Setting(("text",), "plain", {"type": "string", "maxLength": 500}, "Any text."),
    Setting(("extra", "enabled"), False, {"type": "boolean"}, "One more object."),
    Setting(("extra", "name"), "", NAME, "Its name."),
    Setting(("extra", "size"), 1, {"type": "integer", "minimum": 1, "maximum": 9}, "Its size."),
    Setting(
        ("labels",),
        {},
        {"type": "object", "propertyNames": {**NAME, "minLength": 1}, "additionalProperties": NAME},
        "Labels.",
    ),
    Setting(("password",), "", {"type": "string", "maxLength": 200}, "A password.", secret=True),
)
RULES = (
    Rule(
        "extra.name: an extra object has a name.",
        (Clause(("extra", "enabled"), "is", True), Clause(("extra", "name"), "empty")),
    ),
)
TEMPLATES = {
    "templates/rules.yaml": "{{- if and .Values.extra.enabled (not .Values.extra.name) }}"
    '{{ fail "extra.name: an extra object has a name." }}{{ end }}\n',
    "templates/config.yaml": """apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name | replace "." "-" | quote }}
  {{- with .Values.labels }}
  labels:
    {{- toYaml . | nindent 4 }}
  {{- end }}
data:
  text: {{ .Values.text | toJson }}
""",
    "templates/extra.yaml": """{{- if .Values.extra.enabled }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Values.extra.name | quote }}
data:
  size: {{ .Values.extra.size | quote }}
{{- end }}
""",
    "templates/secret.yaml": """apiVersion: v1
kind: Secret
metadata:
  name: {{ printf "%s-password" .Release.Name | quote }}
data:
  password: {{ .Values.password | default "" | b64enc | quote }}
""",
    "templates/NOTES.txt": "Installed {{ .Release.Name }}.\n",
}


def chart(
    spoiled: Mapping[str, tuple[str, str]] = MappingProxyType({}), settings: tuple[Setting, ...] = SETTINGS
) -> Chart:
    """The chart; `{"config": (old, new)}` replaces a piece of templates/config.yaml."""
    files = dict(TEMPLATES)
    before = first.file("small", tree(settings), [ChartFile(path, b"") for path in files])
    files[before.path] = before.text
    for name, (old, new) in spoiled.items():
        path = f"templates/{name}.yaml"
        assert old in files[path]
        files[path] = files[path].replace(old, new)
    files["Chart.yaml"] = "apiVersion: v2\nname: small\nversion: 1.0.0\n"
    files["values.yaml"] = dump(defaults(tree(settings)))
    files["values.schema.json"] = contract.text(schema_of("small", tree(settings), RULES)).decode()
    return Chart.of(ChartFile(path, text.encode()) for path, text in files.items())


@cache
def engine() -> Any:
    return choose("embedded")


def session(of: Chart) -> Session:
    found: Session = engine().open(archive(of))
    return found


def verified(of: Chart, wish: Wish = Wish(count=60), **more: Any) -> Verified:  # noqa: B008  # a Wish is frozen
    """What the search finds in a chart."""
    given = {"overlays": {}, "kept": {}, "stop": lambda: False, "watch": lambda _tally, _trial: None, **more}
    return search(of, engine(), session(of), wish=wish, **given)


def told(found: Verified) -> list[tuple[str, str, str]]:
    """Check, path and values of each failure."""
    return [(f.finding.check, f.finding.place.path, str(f.values)) for f in found.failures]
