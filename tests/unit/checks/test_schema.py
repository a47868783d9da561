from __future__ import annotations

from chartgen.checks.schema import check
from chartgen.checks.subject import EXTRA
from chartgen.kubernetes.validation import VERSIONS
from tests.unit.checks.stage import items

CONFIG = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n"


def test_a_valid_object() -> None:
    assert list(check(items(CONFIG)[0])) == []
    assert list(check(items(CONFIG, versions=("1.30",))[0])) == []


def test_a_field_that_no_version_knows() -> None:
    (finding,) = check(items(CONFIG + "dada: {}", versions=VERSIONS)[0])
    assert (finding.severity.value, finding.kube_versions) == ("error", ())
    assert "dada" in f"{finding.place.path} {finding.what}"


def test_what_only_some_versions_know_names_the_others() -> None:
    field = "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b}], %s}"
    (finding,) = check(items(field % "resources: {limits: {cpu: 1}}", versions=("1.29", "1.37"))[0])
    assert finding.kube_versions == ("1.29",)


def test_a_custom_resource_is_said_to_be_unknown() -> None:
    (finding,) = check(items("kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}")[0])
    assert finding.severity.value == "info"


def test_what_a_person_adds_is_theirs_so_it_is_a_warning() -> None:
    (finding,) = check(items(CONFIG + "dada: {}", EXTRA)[0])
    assert finding.severity.value == "warning"
