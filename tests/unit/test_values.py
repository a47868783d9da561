"""Values as Helm treats them, held against the embedded Helm."""

from __future__ import annotations

import io
import json
import shlex
import tarfile
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chartgen import values
from chartgen.errors import UsageError

helm_python = pytest.importorskip("helm_python", reason="the embedded Helm is needed to compare with")

NAMES = st.sampled_from(["a", "b", "global", "enabled", "x.y"])
LEAF = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "text", "1"]) | st.just([1, None])
)
TABLE = st.recursive(
    st.dictionaries(NAMES, LEAF, max_size=3),
    lambda inner: st.dictionaries(NAMES, LEAF | inner, max_size=4),
    max_leaves=8,
)
WITHOUT_NULLS = TABLE.map(lambda table: _without_nulls(table))


def _without_nulls(table: dict[str, Any]) -> dict[str, Any]:
    return {k: _without_nulls(v) if isinstance(v, dict) else v for k, v in table.items() if v is not None}


def archive(defaults: dict[str, Any]) -> bytes:
    """A chart that prints its values."""
    files = {
        "Chart.yaml": b"apiVersion: v2\nname: echo\nversion: 1.0.0\n",
        "values.yaml": json.dumps(defaults).encode(),
        "templates/echo.yaml": b"{{ toJson .Values }}",
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(f"echo/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def seen_by_helm(defaults: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    with helm_python.Chart.load_archive(archive(defaults)) as chart:
        seen: dict[str, Any] = json.loads(chart.render(user)["echo/templates/echo.yaml"])
    return seen


@given(TABLE, TABLE)
@settings(max_examples=400, deadline=None)
def test_templates_see_the_values_that_coalesce_gives(defaults: dict[str, Any], user: dict[str, Any]) -> None:
    assert values.coalesce(defaults, user) == seen_by_helm(defaults, user)
    assert values.Defaults(defaults).under(user) == values.coalesce(defaults, user)


@given(WITHOUT_NULLS, TABLE)
@settings(max_examples=100, deadline=None)
def test_coalescing_leaves_its_arguments_as_they_were(defaults: dict[str, Any], user: dict[str, Any]) -> None:
    before = json.dumps([defaults, user])
    result = values.coalesce(defaults, user)
    for path, value in values.leaves(result):
        if isinstance(value, list):
            values.get(result, path).append("changed")
    assert json.dumps([defaults, user]) == before


def test_a_null_deletes_a_default_and_a_table_is_merged() -> None:
    defaults = {"image": {"tag": "1", "pull": "Always"}, "ports": [1, 2], "extra": {"a": 1}, "unset": None}
    user = {"image": {"tag": None, "name": "x"}, "ports": [3], "extra": None, "new": None}
    assert values.coalesce(defaults, user) == {
        "image": {"pull": "Always", "name": "x"},
        "ports": [3],
        "new": None,
    }


def test_overlays_merge_and_keep_a_null_for_later() -> None:
    overlays: list[dict[str, Any]] = [
        {"a": {"b": 1, "c": [1]}, "d": 1},
        {"a": {"b": None, "c": [2]}, "d": {"e": 1}},
        {"d": {"f": 2}},
    ]
    before = json.dumps(overlays)
    assert values.merge(overlays) == {"a": {"b": None, "c": [2]}, "d": {"e": 1, "f": 2}}
    assert json.dumps(overlays) == before
    assert values.merge([]) == {}


@given(TABLE, TABLE, TABLE)
@settings(max_examples=100, deadline=None)
def test_merging_is_a_fold(a: dict[str, Any], b: dict[str, Any], c: dict[str, Any]) -> None:
    assert values.merge([a, b, c]) == values.merge([values.merge([a, b]), c])


def test_a_value_is_found_by_its_path() -> None:
    table = {"a": {"b": None, "c": {}}, "d": [1]}
    assert values.get(table, ("a", "b"), "default") is None
    assert values.get(table, ("a", "x"), "default") == "default"
    assert values.get(table, ("d", "x"), "default") == "default"
    assert values.get(table, ()) == table
    assert list(values.leaves(table)) == [(("a", "b"), None), (("a", "c"), {}), (("d",), [1])]


SET = {
    "a=1,b=x": {"a": 1, "b": "x"},
    "a.b[0].c=x": {"a": {"b": [{"c": "x"}]}},
    "a={1,b}": {"a": [1, "b"]},
    "a={1}b=2": {"a": [1], "b": 2},
    "a={}": {"a": [""]},
    "a=,b=": {"a": "", "b": ""},
    "a=true,b=FALSE,c=Null": {"a": True, "b": False, "c": None},
    "a=+5,b=-05,c=007,d=0,e=00": {"a": 5, "b": -5, "c": "007", "d": 0, "e": "00"},
    "a=1.10,b=9223372036854775808": {"a": "1.10", "b": "9223372036854775808"},
    r"a\.b=1\,2,c\=d=\\": {"a.b": "1,2", "c=d": "\\"},
    "a[1]=x": {"a": [None, "x"]},
    "a[0][1]=2,a[0][0]=1": {"a": [[1, 2]]},
    "a[0]=1,a[0].b=2": {"a": [{"b": 2}]},
    "a[0]={x,y}": {"a": [["x", "y"]]},
    "a[0].b=": {"a": []},
    "a[0]=": {"a": [""]},
    "a[0]": {"a": []},
    "a[0][0]": {"a": []},
    "a.b=1,a.c=2": {"a": {"b": 1, "c": 2}},
    "a.": {},
    ".a=1": {},
    "=1": {},
    "": {},
    "a==b": {"a": "=b"},
    "a=b\\": {"a": "b"},
}
WRONG_SET = {
    "a": "the key 'a' has no value",
    "a,b=1": "the key 'a' has no value before the comma",
    "a=1,a.b=2": "'a' is not a table",
    "a=1,a[0]=2": "'a' is not a list",
    "a[0]=1,a[0][0]=2": "a list index on what is not a list",
    "a[-1]=1": "'-1' is not a list index",
    "a[x]=1": "'x' is not a list index",
    "a[70000]=1": "the index 70000 is above 65536",
    "a={1": "a list must end with }",
    "a[0]x=1": "'x' after a list index",
    "a.=1": "the key 'a' has no value",
    ".".join("a" * 32) + "=1": "more than 30 levels",
}


@pytest.mark.parametrize("expression", SET)
def test_a_set_expression_is_read_as_helm_reads_it(expression: str) -> None:
    assert values.parse_set(expression) == SET[expression] == helm_python.parse_set_string(expression)


@pytest.mark.parametrize("expression", WRONG_SET)
def test_a_set_expression_that_helm_refuses_is_refused_with_its_reason(expression: str) -> None:
    with pytest.raises(helm_python.HelmError):
        helm_python.parse_set_string(expression)
    with pytest.raises(UsageError) as caught:
        values.parse_set(expression)
    assert caught.value.message == f"--set {expression}: {WRONG_SET[expression]}"


def test_an_index_without_its_bracket_is_refused_as_helm_3_does() -> None:
    assert helm_python.parse_set_string("a[0") == {}  # Helm 4 takes the missing bracket for the end
    with pytest.raises(UsageError):
        values.parse_set("a[0")


def test_a_set_string_stays_a_text() -> None:
    expression = "a=1,b={true,x},c[0]=null"
    expected = {"a": "1", "b": ["true", "x"], "c": ["null"]}
    assert values.parse_set(expression, strings=True) == expected
    assert helm_python.parse_set_string_values(expression) == expected


def test_later_expressions_change_earlier_values_and_not_the_argument() -> None:
    first = values.parse_set("a.b=1,a.c={1}")
    second = values.parse_set("a.b=2,a.c[1]=2", first)
    assert second == {"a": {"b": 2, "c": [1, 2]}}
    assert first == {"a": {"b": 1, "c": [1]}}


@given(st.text(alphabet="ab01=,.[]{}\\- tn", max_size=14))
@settings(max_examples=1500, deadline=None)
def test_any_expression_ends_as_it_does_in_helm(expression: str) -> None:
    try:
        ours: Any = values.parse_set(expression)
    except UsageError as error:
        assume("is not a list index" not in error.message)
        ours = "refused"
    try:
        theirs: Any = helm_python.parse_set_string(expression)
    except helm_python.HelmError:
        theirs = "refused"
    assert ours == theirs


def applied(flags: str) -> dict[str, Any]:
    """What Helm makes of a line of flags, in the order of its command line: json, set, string."""
    words = shlex.split(flags)
    pairs = list(zip(words[::2], words[1::2], strict=True))
    result: dict[str, Any] = {}
    for wanted, parse in (
        ("--set-json", helm_python.parse_set_json),
        ("--set", helm_python.parse_set_string),
        ("--set-string", helm_python.parse_set_string_values),
    ):
        for flag, expression in pairs:
            if flag == wanted:
                result = values.merge([result, parse(expression)])
    return result


SETTABLE = st.recursive(
    LEAF
    | st.text(max_size=8)
    | st.sampled_from(["true", "007", "{a}", "a,b", "a\\", "0", "-1", "null"])
    | st.just(0.5),
    lambda inner: (
        st.dictionaries(st.text(min_size=1, max_size=4), inner, max_size=3) | st.lists(inner, max_size=2)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.text(min_size=1, max_size=4), SETTABLE, max_size=3))
@settings(max_examples=400, deadline=None)
def test_the_flags_that_reproduce_values_do_so(table: dict[str, Any]) -> None:
    assume("\\u0000" not in json.dumps(table))
    flags = values.to_set(table)
    assert flags is not None
    assert applied(flags) == table


def test_the_flags_are_the_ones_a_person_would_write() -> None:
    table = {
        "a": {"b.c": "1,2", "on": True},
        "d": [1, "x"],
        "e": {},
        "f": 0.5,
        "g": "true",
        "h": None,
        "i": "x y",
    }
    assert values.to_set(table) == (
        r"""--set 'a.b\.c=1\,2' --set a.on=true --set-json 'd=[1, "x"]' --set-json 'e={}' --set-json f=0.5 """
        """--set-string g=true --set h=null --set 'i=x y'"""
    )


def test_values_that_no_flag_can_carry_ask_for_a_file() -> None:
    deep: dict[str, Any] = {"a": 1}
    for _ in range(31):
        deep = {"a": deep}
    assert values.to_set({"": 1}) is None
    assert values.to_set(deep) is None
    assert values.to_set({}) == ""
