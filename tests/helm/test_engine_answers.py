"""What all engines answer: the same objects, and refusals in words for people."""

from __future__ import annotations

import dataclasses
import io
import json
import tarfile
from collections.abc import Iterator

import pytest

from chartgen.engine import Engine, LintMessage, Refusal
from chartgen.engine.answers import answer, kube_version
from chartgen.engine.archive import Archive, read
from chartgen.engine.refusals import refusal
from chartgen.errors import ModelError, RenderError, UsageError
from chartgen.findings import Severity
from chartgen.manifest import Case, Release, Rendering
from tests.helm.corpus import chart


def one(engine: Engine, archive: bytes, case: Case) -> Rendering | Refusal:
    (found,) = engine.open(archive).render([case])
    return found


def rendered(engine: Engine, archive: bytes, case: Case) -> Rendering:
    found = one(engine, archive, case)
    assert isinstance(found, Rendering), found
    return found


def refused(engine: Engine, archive: bytes, case: Case) -> tuple[str, str]:
    found = one(engine, archive, case)
    assert isinstance(found, Refusal), found
    assert found.case is case
    return found.kind, found.message


METADATA = "apiVersion: v2\nname: traps\nversion: 1.0.0\n"


def test_a_rendering_has_all_objects_in_the_order_of_templates_and_the_notes(engine: Engine) -> None:
    case = Case(overlay="plain", kube_version="1.31")
    found = rendered(engine, chart("traps"), case)
    assert found.case is case
    assert [(m.source, m.label) for m in found.manifests] == [
        ("templates/echo.yaml", "ConfigMap/echo"),
        ("templates/many.yaml", "ConfigMap/block"),
        ("templates/many.yaml", "Job/hook"),
        ("templates/many.yaml", "Namespace/a"),
        ("templates/many.yaml", "Secret/listed"),
        ("templates/many.yaml", "Service/a"),
        ("templates/many.yaml", "Service/b"),
    ]
    assert found.manifests[2].hooks == ("post-install", "post-upgrade")
    assert found.notes == 'release-name: traps\n\n  indented "quotes" and a tab\there\n'
    assert {"templates/echo.yaml", "templates/many.yaml"} <= found.texts.keys()
    assert not any("NOTES" in path or "chartgen" in path for path in found.texts)
    assert found.manifests[0].data["data"]["kubernetes"] == "v1.31.0"


def test_a_chart_without_notes_has_none(engine: Engine) -> None:
    assert rendered(engine, chart("traps", templates__NOTES_txt=None), Case()).notes == ""


def test_tests_and_other_hooks_are_among_the_objects(engine: Engine) -> None:
    found = rendered(engine, chart("stock"), Case(release=Release("web", "shop")))
    pod = next(m for m in found.manifests if m.kind == "Pod")
    assert (pod.source, pod.name, pod.hooks) == (
        "templates/tests/reachable.yaml",
        "web-stock-reachable",
        ("test",),
    )


def test_templates_see_the_release(engine: Engine) -> None:
    release = Release("web", "shop", is_upgrade=True)
    seen = json.loads(
        rendered(engine, chart("traps"), Case(release=release)).manifests[0].data["data"]["release"]
    )
    expected = {"Name": "web", "Namespace": "shop", "IsUpgrade": True, "IsInstall": False, "Revision": 1}
    assert seen == expected | {"Service": "Helm"}


def test_cases_are_taken_and_answered_one_by_one(engine: Engine) -> None:
    taken = []

    def cases() -> Iterator[Case]:
        for number in range(50):
            taken.append(number)
            yield Case({"name": f"n{number}"})

    answers = engine.open(chart("traps")).render(cases())
    first = next(answers)
    assert len(taken) < 10
    assert isinstance(first, Rendering)
    assert first.notes.startswith("release-name: n0\n")
    second = next(answers)
    assert second.case.values == {"name": "n1"}


def test_values_are_neither_changed_nor_shared(engine: Engine) -> None:
    values = {"table": {"inner": None, "text": "y"}, "list": [1]}
    session = engine.open(chart("traps"))
    first, second = session.render([Case(values), Case(values)])
    assert values == {"table": {"inner": None, "text": "y"}, "list": [1]}
    assert first == second


REFUSALS = {
    "fail": ("rule", "this is refused: and\nsays so in two lines"),
    "required": ("rule", "missing is needed: give it"),
    "nil": (
        "template",
        (
            "templates/echo.yaml:3:41: <.Values.missing.inner.value>: "
            "nil pointer evaluating interface {}.inner"
        ),
    ),
    "unknown": (
        "template",
        (
            'templates/echo.yaml:4:38: <include "traps.unknown" .>: error calling include: template: '
            'no template "traps.unknown" associated with template "gotpl"'
        ),
    ),
    "deep": (
        "template",
        (
            'templates/_broken.tpl:2:31: <index .Values.name 5 "x">: '
            "error calling index: reflect: string index out of range"
        ),
    ),
}


@pytest.mark.parametrize("mode", REFUSALS)
def test_a_refusal_says_what_and_where(engine: Engine, mode: str) -> None:
    assert refused(engine, chart("traps"), Case({"mode": mode})) == REFUSALS[mode]


def test_an_endless_include_is_told_briefly(engine: Engine) -> None:
    kind, message = refused(engine, chart("traps"), Case({"mode": "endless"}))
    assert kind == "template"
    assert message.startswith("templates/_broken.tpl:3:")
    assert "nested reference" in message
    assert len(message) < 400


def test_a_template_that_does_not_parse_is_told_with_its_line(engine: Engine) -> None:
    archive = chart("traps", templates__echo_yaml="a: 1\n{{ if }}\n")
    assert refused(engine, archive, Case()) == ("template", "templates/echo.yaml:2: missing value for if")


def test_output_that_is_no_object_is_a_broken_template(engine: Engine) -> None:
    for mode, what in (("twice", "the key 'kind' stands twice"), ("kindless", "without apiVersion and kind")):
        kind, message = refused(engine, chart("traps"), Case({"mode": mode}))
        assert kind == "template"
        assert "templates/echo.yaml" in message
        assert what in message


def test_values_that_do_not_fit_are_all_told(engine: Engine) -> None:
    kind, message = refused(
        engine, chart("stock"), Case({"replicaCount": "x", "service": {"port": 0}, "new": 1})
    )
    assert kind == "schema"
    assert len(message.splitlines()) == 3
    assert "replicaCount: " in message
    assert "service.port: " in message
    assert "new" in message


def test_the_schema_comes_before_the_rules(engine: Engine) -> None:
    wrong = Case({"autoscaling": {"enabled": True, "minReplicas": 9}, "replicaCount": -1})
    assert refused(engine, chart("stock"), wrong)[0] == "schema"


def test_a_kubernetes_that_is_too_old_is_refused(engine: Engine) -> None:
    case = Case(kube_version="v1.28.15")
    expected = "chart requires kubeVersion: >=1.29.0-0 which is incompatible with Kubernetes v1.28.15"
    assert refused(engine, chart("stock"), case) == ("chart", expected)
    assert isinstance(one(engine, chart("stock"), Case(kube_version="1.29")), Rendering)


def test_the_default_kubernetes_is_compared_too(engine: Engine) -> None:
    kind, message = refused(engine, chart("traps", Chart_yaml=METADATA + 'kubeVersion: ">=1.99"\n'), Case())
    assert kind == "chart"
    assert message.startswith("chart requires kubeVersion: >=1.99 which is incompatible with Kubernetes v1.3")


def test_a_dependency_that_is_not_there_is_refused(engine: Engine) -> None:
    archive = chart(
        "traps", Chart_yaml=METADATA + "dependencies: [{name: other, version: 1.x, repository: ''}]\n"
    )
    expected = "found in Chart.yaml, but missing in charts/ directory: other"
    assert refused(engine, archive, Case()) == ("chart", expected)


def test_a_release_name_that_helm_refuses_is_refused(engine: Engine) -> None:
    kind, message = refused(engine, chart("traps"), Case(release=Release("Bad_Name")))
    assert kind == "chart"
    assert "invalid release name" in message


def test_a_kubernetes_version_that_is_none_is_a_usage_error(engine: Engine) -> None:
    with pytest.raises(UsageError, match="'newest' is not a Kubernetes version"):
        one(engine, chart("traps"), Case(kube_version="newest"))


def with_subchart() -> bytes:
    parent = read(chart("traps"))
    files = {
        "charts/sub/Chart.yaml": b"apiVersion: v2\nname: sub\nversion: 1.0.0\n",
        "charts/sub/values.yaml": b"size: 1\n",
        "charts/sub/values.schema.json": b'{"properties": {"size": {"type": "integer"}}}',
        "charts/sub/templates/x.yaml": b"apiVersion: v1\nkind: Secret\nmetadata: {name: s-{{.Values.size}}}",
        "charts/sub/templates/NOTES.txt": b"of the subchart",
    }
    declared = METADATA.encode() + b"dependencies: [{name: sub, version: 1.0.0, repository: ''}]\n"
    return Archive(parent.root, {**parent.files, **files, "Chart.yaml": declared}).packed()


def test_a_subchart_is_rendered_and_its_schema_counts(engine: Engine) -> None:
    found = rendered(engine, with_subchart(), Case({"sub": {"size": 2}}))
    assert ("charts/sub/templates/x.yaml", "Secret/s-2") in [(m.source, m.label) for m in found.manifests]
    assert found.notes.startswith("release-name: traps")
    kind, message = refused(engine, with_subchart(), Case({"sub": {"size": "x"}}))
    assert (kind, message) == ("schema", "size: got string, want integer")


def test_lint_says_what_helm_lint_says(engine: Engine) -> None:
    session = engine.open(chart("stock", Chart_yaml=METADATA.replace("traps", "stock")))
    assert session.lint(Case()) == (LintMessage(Severity.INFO, "Chart.yaml", "icon is recommended"),)
    first, *others = session.lint(Case({"replicaCount": "x"}))
    assert first.severity is Severity.INFO
    assert {m.path for m in others} == {"values.yaml", "templates/"}
    assert all(m.severity is Severity.ERROR and "'/replicaCount': got string" in m.text for m in others)


def test_strict_lint_makes_a_warning_an_error(engine: Engine) -> None:
    archive = chart(
        "traps", templates__echo_yaml="apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: x}\n"
    )
    session = engine.open(archive)
    lax, strict = (
        [m for m in session.lint(Case(kube_version="1.30"), strict) if "echo" in m.path]
        for strict in (False, True)
    )
    assert [m.severity for m in lax] == [Severity.WARNING]
    assert [m.severity for m in strict] == [Severity.ERROR]
    assert [dataclasses.replace(m, severity=Severity.WARNING) for m in strict] == lax
    assert "deprecated" in lax[0].text


def test_validate_judges_values_on_top_of_the_defaults(engine: Engine) -> None:
    session = engine.open(chart("stock"))
    assert session.validate({}) == session.validate({"image": {"tag": 1}}) == ()
    (message,) = session.validate({"service": {"port": "80"}})
    assert message.startswith("service.port: ")
    assert engine.open(chart("traps")).validate({"anything": 1}) == ()


def test_what_is_no_chart_is_refused(engine: Engine) -> None:
    empty = io.BytesIO()
    with tarfile.open(fileobj=empty, mode="w:gz"):
        pass
    for data in (b"", b"text", empty.getvalue(), chart("stock")[:200]):
        with pytest.raises(RenderError, match="this is no packed chart"):
            engine.open(data)


def packed(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in entries:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("x/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    return out.getvalue()


def test_an_archive_is_read_below_its_folder_and_packs_again() -> None:
    found = read(packed(("./x/Chart.yaml", b"name: x\n"), ("x/a/b.txt", b"b"), ("other/c", b"c")))
    assert found.root == "x"
    assert found.files == {"Chart.yaml": b"name: x\n", "a/b.txt": b"b"}
    again = read(found.packed(without=("a/b.txt",), extra={"d": b"d"}))
    assert again.files == {"Chart.yaml": b"name: x\n", "d": b"d"}
    assert (found.metadata, found.defaults, found.schema, found.validate({})) == ({"name": "x"}, {}, None, ())


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chartgen.engine.archive.LIMIT", 10)
    with pytest.raises(RenderError, match="unpacks to more than 10 bytes"):
        read(packed(("x/Chart.yaml", b"name: a long one\n")))


def test_values_of_a_foreign_chart_are_read_as_helm_reads_them() -> None:
    files = {"Chart.yaml": b"name: x\n", "values.yaml": b"y: yes\n1: one\n"}
    assert Archive("x", files).defaults == {"true": True, "1": "one"}
    with pytest.raises(RenderError, match=r"values\.yaml of the chart is no mapping"):
        _ = Archive("x", {"values.yaml": b"[1]"}).defaults
    with pytest.raises(RenderError, match="is not JSON"):
        _ = Archive("x", {"values.schema.json": b"{"}).schema
    with pytest.raises(ModelError):
        _ = Archive("x", {"values.yaml": b"a: 1\na: 2\n"}).defaults


def test_a_kubernetes_version_gets_all_its_numbers() -> None:
    versions = ["", "1.30", "v1.30", "1.30.2", "v1.30.2-gke.1"]
    assert [kube_version(Case(kube_version=v)) for v in versions] == [
        "",
        "1.30.0",
        "1.30.0",
        "1.30.2",
        "1.30.2-gke.1",
    ]


def test_a_long_message_is_cut_and_the_raw_one_kept() -> None:
    found = refusal(Case(), "Error: " + "x" * 5000)
    assert (len(found.message), len(found.raw)) == (2004, 5000)
    assert found.kind == "chart"


def test_a_broken_text_is_the_refusal_of_its_case() -> None:
    case = Case({"a": 1})
    found = answer(case, {"templates/b.yaml": "kind: x"}, "")
    assert isinstance(found, Refusal)
    assert (found.case, found.kind) == (case, "template")
