"""What Helm says when it refuses, in words for people.

The forms are those of Helm 3.18 to 4.3: pkg/engine/engine.go for templates (Helm 4 spreads an error
over lines), pkg/chart/common/util/jsonschema.go for schemas, pkg/action/install.go for the chart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chartgen.engine import Kind, Refusal

if TYPE_CHECKING:
    from chartgen.manifest import Case

_LONGEST = 2000  # characters of a message: an endless include gives megabytes
_SCHEMA = re.compile(r"values don't meet the specifications of the schema\(s\)")
_SCHEMA_LINE = re.compile(r"^- (?:at '(?P<pointer>[^']*)': )?(?P<text>.+)$", re.MULTILINE)
_RULE = re.compile(r"execution error at \((?P<place>[^()\s]+)\): (?P<text>.*)", re.DOTALL)
_PARSE = re.compile(r"parse error (?:at|in) \((?P<place>[^()\s]+)\): (?P<text>.*)", re.DOTALL)
_YAML = re.compile(r"YAML parse error on (?P<place>\S+): (?P<text>.*)", re.DOTALL)
_STEP = re.compile(
    r'(?:^|template: )(?P<place>\S+:\d+:\d+):?\s+executing "[^"\n]*" at <(?P<code>.*?)>:\s+', re.MULTILINE
)
# What the command line puts before the words of the library.
_PREFIX = re.compile(
    r"^(an error occurred while checking for chart dependencies\. .*?: (?=found in )"
    r"|release name check failed: )",
    re.IGNORECASE,
)
_CLI = re.compile(r"^Error: |\n\nUse --debug flag to render out invalid YAML\s*\Z")


def refusal(case: Case, raw: str) -> Refusal:
    """The refusal that Helm's error text `raw` is."""
    raw = _CLI.sub("", raw.strip()).strip()
    kind, message = _read(raw)
    return Refusal(case, kind, message if len(message) <= _LONGEST else f"{message[:_LONGEST]} ...", raw)


def _read(raw: str) -> tuple[Kind, str]:
    if _SCHEMA.search(raw):
        lines = (_schema_line(m["pointer"], m["text"]) for m in _SCHEMA_LINE.finditer(raw))
        return "schema", "\n".join(lines)
    if rule := _RULE.search(raw):
        return "rule", rule["text"].strip()
    for pattern, what in ((_PARSE, ""), (_YAML, "this is not YAML: ")):
        if found := pattern.search(raw):
            return "template", f"{place(found['place'])}: {what}{_flat(found['text'])}"
    if steps := list(_STEP.finditer(raw)):
        last = steps[-1]
        return "template", f"{place(last['place'])}: <{last['code']}>: {_flat(raw[last.end() :])}"
    return "chart", _PREFIX.sub("", _flat(raw))


def _schema_line(pointer: str | None, text: str) -> str:
    where = ".".join((pointer or "").strip("/").split("/"))
    return f"{where}: {text}" if where else text


def place(path: str) -> str:
    """A path as Helm prints it, without the name of the chart: `templates/service.yaml:3:4`."""
    _, _, rest = path.partition("/")
    return rest if rest.startswith(("templates/", "charts/")) else path


def _flat(text: str) -> str:
    return " ".join(text.split())
