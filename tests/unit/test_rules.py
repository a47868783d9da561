"""Every rule of every chart: its Python predicate and its template say the same, and the sentence arrives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chartgen import contract, first, renames, values
from chartgen.chart import Chart, ChartFile
from chartgen.engine import Refusal
from chartgen.engine.choose import choose
from chartgen.manifest import Case, Rendering
from chartgen.package import archive
from chartgen.rules import WITH_SETTING, Clause, Op, Rule
from chartgen.settings import Path
from tests.apps import made

# Something for a setting that is empty, by the last word of its path; secrets take 64 letters.
FULL: Mapping[str, Any] = {
    "url": "redis://elsewhere:6379",
    "dataSource": {"kind": "PersistentVolumeClaim", "name": "before"},
    "dataSourceRef": {"kind": "PersistentVolumeClaim", "name": "before"},
    "hosts": [{"host": "a.example.com"}],
    "parentRefs": [{"name": "gateway"}],
    "existingConfigMapItems": {"a": "b"},
    "labels": {"a": "b"},
    "nameservers": ["10.0.0.10"],
    "targetCPUUtilizationPercentage": 80,
    "targetMemoryUtilizationPercentage": 80,
}
OTHER: Mapping[Any, Any] = {
    "RollingUpdate": "Recreate",
    "none": "lookup",
    "job": "lookup",
    "None": "",
    "ClusterIP": "NodePort",
    "red": "blue",
    "restricted": "baseline",
}


def full(path: Path) -> Any:
    if path[0] == "secrets" and path[2] == "values":
        return "x" * 64
    return FULL.get(path[-1], "a-name")


def empty(path: Path, defaults: Mapping[str, Any]) -> Any:
    """Nothing: for a map with defaults, each of them deleted."""
    found = values.get(defaults, path)
    return dict.fromkeys(found) if isinstance(found, dict) else type(full(path))()


def value_for(clause: Clause, truth: bool, defaults: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """A value of the clause's setting that makes it true, or false."""
    if clause.op in ("is", "is not"):
        other = not clause.value if isinstance(clause.value, bool) else OTHER.get(clause.value, "a-key")
        return clause.value if (clause.op == "is") == truth else other
    if clause.op in ("set", "empty"):
        return full(clause.path) if (clause.op == "set") == truth else empty(clause.path, defaults)
    if clause.op in ("has", "has not"):
        others = ["ReadOnlyMany"] if clause.value == "ReadWriteOncePod" else ["ReadWriteOncePod"]
        return [clause.value] if (clause.op == "has") == truth else others
    if clause.op in ("is setting", "is not setting"):
        other = values.get(values.coalesce(defaults, given), clause.value)
        return other if (clause.op == "is setting") == truth else "another"
    limit = clause.value
    if clause.op == "above setting":
        limit = values.get(values.coalesce(defaults, given), clause.value)
    return limit + 1 if truth else limit


def put(given: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """The values with another one at a path, whatever is there."""
    below = put(given.get(path[0], {}), path[1:], value) if len(path) > 1 else value
    return {**given, path[0]: below}


def documents(name: str, rule: Rule) -> Iterator[dict[str, Any]]:
    """Values that the rule refuses, and, for each of its clauses, values that differ in that one."""
    refused = dict(made.BROUGHT.get(name, {}))
    defaults = made.chart(name).default_values
    for clause in rule.refuses:
        refused = put(refused, clause.path, value_for(clause, True, defaults, refused))
        beside = (*clause.path[:-1], "allowPrivilegeEscalation")
        if clause.path[-1] == "privileged" and values.get(defaults, beside) is not None:
            refused = put(refused, beside, None)  # the schema refuses both
    yield refused
    for clause in rule.refuses:
        yield put(refused, clause.path, value_for(clause, False, defaults, refused))


def violated(name: str, given: Mapping[str, Any]) -> list[str]:
    """The sentences of the rules that Python finds violated, in the order of the chart."""
    read = made.declared(name)
    seen = first.filled(values.coalesce(made.chart(name).default_values, given), read.settings)
    seen, clashes = renames.forward(seen, read.settings)
    return [*clashes, *(rule.sentence for rule in read.rules if not rule.accepts(seen))]


@pytest.mark.parametrize("name", made.APPS)
def test_python_and_the_template_refuse_the_same_values_with_the_same_sentence(name: str) -> None:
    told: set[str] = set()
    rules = made.declared(name).rules
    cases = [Case(d) for rule in (rules[:4] if name == "many" else rules) for d in documents(name, rule)]
    for answer in made.session(name).render(cases):
        wanted = violated(name, answer.case.values)
        if isinstance(answer, Rendering):
            assert wanted == [], answer.case.values
            continue
        assert (answer.kind, answer.message) == ("rule", wanted[0] if wanted else ""), answer.case.values
        told |= set(wanted)
    assert told >= {rule.sentence for rule in (rules[:4] if name == "many" else rules)}


@pytest.mark.parametrize("name", made.APPS)
def test_a_rule_reads_settings_that_there_are_and_survives_json(name: str) -> None:
    read = made.declared(name)
    paths = {s.path for s in read.settings}
    for rule in read.rules:
        inside = {clause.path for clause in rule.refuses if clause.inside}
        assert {path[:-1] if path in inside else path for path in rule.reads} <= paths
        assert Rule.of(rule.data()) == rule
        assert rule.sentence.endswith((".", '."'))


def test_what_the_application_says_is_a_rule_arrives_as_it_was_written() -> None:
    answer = made.ask("own", {"metrics": {"enabled": True, "timeout": 31}})
    assert isinstance(answer, Refusal)
    assert answer.message == (
        'metrics.timeout: a look that takes longer than {{ metrics.interval }} would never end. "Shorten" it.'
    )


VALUES: tuple[Any, ...] = (
    *(True, False, 0, 1, 2, -1, 5, 2.5, 10**6, 12345678, "", "a", "1", "true", "red", "0", "<nil>", "a b"),
    *([], ["a"], ["a", "b"], [1], {}, {"a": 1}),
)
SETTINGS: tuple[Op, ...] = WITH_SETTING
CLAUSES = [
    *(Clause(("x",), "is", value) for value in (True, False, 1, 0, 10**6, "a", "1", "true", "")),
    *(Clause(("x",), "is not", value) for value in (True, False, 1, "a", "true")),
    *(Clause(("x",), "above", value) for value in (0, 1, 4)),
    *(Clause(("x",), op, (other,)) for op in SETTINGS for other in ("y", "z", "absent")),
    *(Clause(("x",), "longer than", value) for value in (0, 1)),
    Clause(("x",), "empty"),
    Clause(("x",), "set"),
    *(Clause(("x",), op, value) for op in ("has", "has not") for value in ("a", "b")),
]
# Asked of what they cannot be asked of, a template stops: the schema of the setting has to see to that.
LISTS = ("longer than", "has", "has not")


def sense(clause: Clause, value: Any) -> bool:
    return clause.op not in LISTS or value is None or isinstance(value, list)


def test_a_comparison_is_the_same_in_python_and_in_a_template_for_values_of_every_kind() -> None:
    kept = [*enumerate(CLAUSES)]
    wrong = []
    for value in (*VALUES, None):
        beside = {"y": 3, "z": "red"}
        given = beside if value is None else {"x": value, **beside}
        asked = {f"c{i}": clause for i, clause in kept if sense(clause, value)}
        lines = [
            f"{key}: {{{{ if {clause.condition()} }}}}yes{{{{ else }}}}no{{{{ end }}}}"
            for key, clause in asked.items()
        ]
        template = "\n".join(["apiVersion: v1", "kind: Rules", *lines])
        head = ChartFile("Chart.yaml", b"apiVersion: v2\nname: rules\nversion: 1.0.0\n")
        chart = Chart.of([head, ChartFile("templates/rules.yaml", template.encode())])
        answer = next(iter(choose().open(archive(chart)).render([Case(given)])))
        assert isinstance(answer, Rendering), (value, answer)
        said = answer.manifests[0].data
        wrong += [(c.op, c.value, value) for key, c in asked.items() if said[key] != c.holds(given)]
    assert wrong == []


def test_a_path_through_what_is_no_map_counts_as_absent() -> None:
    assert Clause(("a", "b"), "empty").holds({"a": "text"})
    assert not Clause(("a", "b"), "set").holds({})
    assert Clause(("a", "b"), "above", -1).holds({"a": {"b": True}})


def test_contract_read_gives_rules_that_can_be_asked() -> None:
    rule = contract.read(made.chart("own")).rules[-1]
    assert not rule.accepts({"metrics": {"enabled": True, "labels": {}}})
    assert rule.accepts({"metrics": {"enabled": True, "labels": {"a": "b"}}})
