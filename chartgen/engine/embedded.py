"""Helm inside this process: the library `helm_python`, Helm 4.2.3 with a C interface.

What its `render` leaves out is done here: the chart's kubeVersion, dependencies that are missing, and
the schema, which it would compile again for every case. It cannot be used in a process that was forked
after its first use: Go's threads do not survive a fork, and the call would hang (measured: 3 of 3).
"""

from __future__ import annotations

import json
from functools import cached_property, lru_cache
from os import getpid
from typing import TYPE_CHECKING, Any

from chartgen.engine import Answer, LintMessage, Refusal
from chartgen.engine.answers import NOTES, answer, kube_version
from chartgen.engine.archive import SCHEMA, Archive, read
from chartgen.engine.refusals import place, refusal
from chartgen.errors import RenderError, ToolError
from chartgen.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from helm_python import Chart

    from chartgen.manifest import Case

_SEVERITIES = {0: Severity.INFO, 1: Severity.INFO, 2: Severity.WARNING, 3: Severity.ERROR}
# Helm's own comparison of versions, asked for through a template: pkg/chartutil/compatible.go does the
# same with the same library.
_ASK = b"{{ semverCompare .Values.range (.Values.version | default .Capabilities.KubeVersion.Version) }}"
_NEWEST = b"{{ .Capabilities.KubeVersion.Version }}"
_users: set[int] = set()  # the process that loaded the library


class Embedded:
    """The embedded Helm as an engine. Raises ToolError when the library is absent or does not load."""

    name = "embedded"

    def __init__(self) -> None:
        self.version = _library().helm_sdk_version().removeprefix("v")

    def open(self, archive: bytes) -> EmbeddedSession:
        """Open a packed chart. Raises RenderError when Helm does not take it for one."""
        chart = read(archive)
        # The schema of a subchart is Helm's to judge: which values reach it depends on conditions.
        without = () if chart.has_subcharts else (SCHEMA,)
        lighter = chart.packed(without)
        return EmbeddedSession(chart, archive, lighter, _loaded(lighter))


class EmbeddedSession:
    """A chart that the library has open; `lighter` is the archive as it was opened, without the schema."""

    def __init__(self, archive: Archive, packed: bytes, lighter: bytes, chart: Chart) -> None:
        self._archive, self._packed, self._lighter, self._chart = archive, packed, lighter, chart

    def render(self, cases: Iterable[Case]) -> Iterator[Answer]:
        """An answer to each case, made when it is asked for."""
        for case in cases:
            yield self._one(case)

    def validate(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """What the schema has against `values` on top of the defaults."""
        return self._archive.validate(values)

    def lint(self, case: Case, strict: bool = True) -> tuple[LintMessage, ...]:
        """What `helm lint` says. The library reads a file, so the archive goes to a temporary one."""
        from chartgen.engine.temporary import on_disk

        options: dict[str, Any] = {"strict": strict, "namespace": case.release.namespace}
        if case.kube_version:
            options["kube_version"] = kube_version(case)
        packed = self._lighter if self._fits_schema(case) else self._packed
        with on_disk(packed, self._archive.root) as path:
            report = _library().lint(path, dict(case.values), **options)
        found = (_message(m["severity"], m["path"], m["error"], strict) for m in report["messages"])
        return tuple(dict.fromkeys(found))

    def _fits_schema(self, case: Case) -> bool:
        """Whether Helm's own validator takes the values. `helm lint` compiles the schema for each of its
        rules that wants it, and has nothing to say where this has not."""
        if self._archive.has_subcharts or SCHEMA not in self._archive.files:
            return False  # then there is one archive alone
        wanted = {path: self._archive.files.get(path, b"") for path in ("Chart.yaml", "values.yaml", SCHEMA)}
        with _loaded(Archive(self._archive.root, wanted).packed()) as chart:
            try:
                chart.validate_schema(dict(case.values))
            except _library().HelmError:
                return False
        return True

    def _one(self, case: Case) -> Answer:
        version = kube_version(case)
        against = (
            _misnamed(case.release.name) or self._missing or self._schema(case) or self._too_old(version)
        )
        if against:
            kind: Any = "schema" if against.startswith("values don't meet") else "chart"
            text = against.partition("\n")[2] if kind == "schema" else against
            return Refusal(case, kind, text, against)
        by_place = self.texts(case)
        if isinstance(by_place, Refusal):
            return by_place
        notes = by_place.get(f"templates/{NOTES}", "")
        rendered = {path: text for path, text in by_place.items() if not path.endswith(f"/{NOTES}")}
        return answer(case, rendered, notes)

    def texts(self, case: Case) -> dict[str, str] | Refusal:
        """What every template renders to, by its path, whatever that is; or why one does not."""
        library = _library()
        try:
            texts = self._texts(case, kube_version(case))
        except (library.HelmRenderError, library.HelmValuesError) as error:
            return refusal(case, str(error))
        except library.HelmError as error:
            raise ToolError(f"the embedded Helm did not render: {error}") from None
        return {place(path): text for path, text in texts.items()}

    def _texts(self, case: Case, version: str) -> dict[str, str]:
        """The C call behind `Chart.render`, which has no way to say the Kubernetes version."""
        from helm_python import _native

        release = case.release
        options = {
            "name": release.name,
            "namespace": release.namespace,
            "revision": release.revision,
            "is_upgrade": release.is_upgrade,
            "is_install": not release.is_upgrade,
        } | ({"kube_version": f"v{version}"} if version else {})
        values = json.dumps(case.values)
        texts: dict[str, str] = json.loads(
            _native.call_string("helm_render", self._chart._raw(), values, json.dumps(options))
        )
        return texts

    def _schema(self, case: Case) -> str:
        errors = () if self._archive.has_subcharts else self._archive.validate(case.values)
        heading = "values don't meet the specifications of the schema"
        return "\n".join((heading, *errors)) if errors else ""

    @cached_property
    def _missing(self) -> str:
        """Dependencies that Chart.yaml declares and `charts/` does not have, as Helm words it."""
        declared = [str(d.get("name")) for d in self._archive.metadata.get("dependencies") or ()]
        there = {d["name"] for d in self._chart.dependencies} if declared else set()
        missing = [name for name in declared if name not in there]
        return (
            f"found in Chart.yaml, but missing in charts/ directory: {', '.join(missing)}" if missing else ""
        )

    def _too_old(self, version: str) -> str:
        wanted = str(self._archive.metadata.get("kubeVersion") or "")
        if not wanted or _fits(wanted, version.partition("-")[0].partition("+")[0]):
            return ""
        has = f"v{version}" if version else _newest()
        return f"chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {has}"


def _message(severity: int, path: str, text: str, strict: bool) -> LintMessage:
    level = _SEVERITIES[severity]
    if strict and level is Severity.WARNING:
        level = Severity.ERROR
    return LintMessage(level, path, text.strip())


def _library() -> Any:
    try:
        import helm_python
    except (ImportError, OSError) as error:
        raise ToolError(
            f"the embedded Helm does not load: {error}", "pip install 'chartgen[embedded]'"
        ) from None
    _users.add(getpid())
    if len(_users) > 1:
        hint = "use threads, or start processes by spawn: it would hang after a fork"
        raise ToolError("the embedded Helm was loaded by another process", hint)
    return helm_python


def _loaded(packed: bytes) -> Chart:
    library = _library()
    try:
        chart: Chart = library.Chart.load_archive(packed)
    except library.HelmError as error:
        raise RenderError(f"Helm cannot load this chart: {error}") from None
    return chart


def _probe(template: bytes, values: dict[str, str]) -> str:
    files = {"Chart.yaml": b"apiVersion: v2\nname: probe\nversion: 1.0.0\n", "templates/probe.yaml": template}
    with _loaded(Archive("probe", files).packed()) as chart:
        rendered: dict[str, str] = chart.render(values)
    return rendered["probe/templates/probe.yaml"]


@lru_cache(maxsize=64)
def _misnamed(release: str) -> str:
    """What Helm has against the name of a release; `render` does not look at it."""
    library = _library()
    try:
        library.validate_release_name(release)
    except library.HelmError as error:
        return str(error)
    return ""


@lru_cache(maxsize=256)
def _fits(wanted: str, version: str) -> bool:
    """Whether Kubernetes `version`, "" for the library's own default, is in the range `wanted`."""
    return _probe(_ASK, {"range": wanted, "version": version}) == "true"


def _newest() -> str:
    return _probe(_NEWEST, {})
