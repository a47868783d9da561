"""YAML in and out: Helm's meaning of every scalar, all problems at once, and no surprises on the way back."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chartgen import documents, nodes, scalars
from chartgen.errors import ModelError

helm_python = pytest.importorskip("helm_python", reason="the embedded Helm is needed to compare with")

# What Helm makes of a plain scalar; every line was checked against its parser.
TRAPS: dict[str, Any] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **{text: text for text in ("oN", "yEs", "nULL", "tRUE", "nan", "inf", "Infinity", "+Inf", "None")},
    **{
        text: text
        for text in ("2001-01-01", "2001-01-01T00:00:00Z", "2001-1-1 1:2:3", "1:30", "190:20:30.15")
    },
    **{
        text: text
        for text in ("1.2.3", "1e", "1e400", "0x", "0b", "0b2", "0x1p3", "08a", "--1", "+-1", "1 2")
    },
    **{
        text: text
        for text in ("_1", ".", "..", ".e3", "._1", ".1_", ".0x1", "=", "<<", "é", "1Gi", "100m", "-x")
    },
    "0": 0,
    "-0": 0,
    "00": 0,
    "+12": 12,
    "-12": -12,
    "1_000": 1000,
    "1__0": 10,
    "1_": 1,
    "0_1": 1,
    "0777": 511,
    "0o777": 511,
    "0O7": 7,
    "08": 8,
    "09.5": 9.5,
    "0x1F": 31,
    "0X1f_f": 511,
    "+0x1": 1,
    "0b11": 3,
    "-0b11": -3,
    "0B1": 1,
    "0b+1": 1,
    "0b-1": -1,
    "98765432101": 98765432101,
    "1.0": 1,
    "5.": 5,
    ".5": 0.5,
    ".5e3": 500,
    ".1_0": 0.1,
    "1e3": 1000,
    "1E+3": 1000,
    "-1.5E-3": -0.0015,
    "1e20": 10**20,
    "1e21": 1e21,
    "1e3_0": 1e30,
    "1_0.5": 10.5,
    "0.1": 0.1,
    "-.5": -0.5,
    "-0.0": 0,
    "9223372036854775807": 2**63 - 1,
    "18446744073709551615": 2**64 - 1,
    "-9223372036854775808": -(2**63),
    "18446744073709551616": 18446744073709551616,
    "0x1ffffffffffffffff": "0x1ffffffffffffffff",
    "-0x8000000000000001": "-0x8000000000000001",
    "+18446744073709551615": 18446744073709551616,
}

KEYS = {
    "y": "true",
    "off": "false",
    "1": "1",
    "0x10": "16",
    "1.50": "1.5",
    "1e6": "1e+06",
    "2001-01-01": "2001-01-01",
}


def as_json(value: Any) -> Any:
    """Numbers as Go's JSON carries them: 64-bit floats."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def same_type(left: Any, right: Any) -> bool:
    return isinstance(left, bool) == isinstance(right, bool)


@pytest.fixture(params=["libyaml", "pure Python"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything here holds with both parsers."""
    fast = nodes.c_parser()
    if request.param == "pure Python":
        monkeypatch.setattr(nodes, "_FASTEST", nodes.PurePython)
    elif fast is None:
        pytest.skip("PyYAML was built without libyaml")


def refused(text: str | bytes, **kwargs: Any) -> list[tuple[str, str]]:
    with pytest.raises(ModelError) as caught:
        documents.load(text, "app.yaml", **kwargs)
    return [(problem.where, problem.what) for problem in caught.value.problems]


def hint(text: str) -> str:
    with pytest.raises(ModelError) as caught:
        documents.load(text, "app.yaml")
    return caught.value.problems[0].hint


@pytest.mark.parametrize("text", TRAPS)
def test_a_plain_scalar_is_what_helm_makes_of_it(text: str) -> None:
    ours = documents.load(f"key: {text}\n", "values.yaml").data["key"]
    theirs = helm_python.values_from_yaml(f"key: {text}\n")["key"]
    assert ours == TRAPS[text]
    assert same_type(ours, TRAPS[text])
    assert as_json(ours) == as_json(theirs)
    assert same_type(ours, theirs)


@pytest.mark.parametrize("text, expected", KEYS.items())
def test_a_key_of_a_manifest_becomes_the_text_that_helm_makes_of_it(text: str, expected: str) -> None:
    assert documents.load_all(f"{text}: x\n", "a.yaml") == [{expected: "x"}]
    assert helm_python.values_from_yaml(f"{text}: x\n") == {expected: "x"}


@given(st.text(alphabet="0123456789_+-.:eExXoObBaftnyNYul~ ", max_size=9).map(str.strip))
@settings(max_examples=600, deadline=None)
def test_number_like_text_is_what_helm_makes_of_it(text: str) -> None:
    try:
        theirs = helm_python.values_from_yaml(f"key: {text}\n")
    except helm_python.HelmError:
        return
    ours = documents.load_all(f"key: {text}\n", "values.yaml")[0]
    assert as_json(ours) == as_json(theirs)
    assert same_type(ours["key"], theirs.get("key"))


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from(
        [*TRAPS, *KEYS, "a: b", "a #b", "- a", "---", "a\n", "a\n\n", "\ta", "a\n b\n", " a\nb", "x: |"]
    )
    | st.text(alphabet="ab:#-?|>{}[]'\"\\ \n\t%&*!@`,.", max_size=12)
)
DATA = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=12) | st.sampled_from([*TRAPS]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(DATA)
@settings(max_examples=500, deadline=None)
def test_what_was_dumped_loads_as_it_was(data: Any) -> None:
    text = documents.dump(data)
    loaded = documents.load(text, "out.yaml").data
    assert loaded == data
    assert documents.dump(loaded) == documents.dump(documents.load(documents.dump(loaded), "out.yaml").data)


@given(DATA)
@settings(max_examples=500, deadline=None)
def test_what_was_dumped_is_the_same_for_helm(data: Any) -> None:
    text = documents.dump({"data": data})
    assert as_json(helm_python.values_from_yaml(text)) == as_json({"data": data})


SOUP = st.text(alphabet="ab1: -?[]{},#'\"|>&*\n<~y", max_size=24)


def read(text: str) -> Any:
    try:
        return documents.load_all(text, "x")
    except ModelError:
        return "refused"


@given(SOUP)
@settings(max_examples=500, deadline=None)
def test_a_text_that_both_parsers_read_is_the_same_for_both(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nodes, "_FASTEST", nodes.PurePython)
        slow = read(text)
    fast = read(text)
    assert "refused" in (fast, slow) or as_json(fast) == as_json(slow)


@given(SOUP)
@settings(max_examples=500, deadline=None)
def test_a_text_that_helm_and_we_read_is_the_same_for_both(text: str) -> None:
    ours = read(text)
    try:
        theirs = helm_python.values_from_yaml(text)
    except helm_python.HelmError:
        return
    assert ours == "refused" or as_json((ours or [{}])[0]) == as_json(theirs)


def test_the_style_is_the_one_people_write() -> None:
    data = {
        "name": "web",
        "command": ["sh", "-c", "echo 'hi'", "- x"],
        "ports": [{"name": "http", "port": 80}, {}],
        "nested": [[1, [2]], []],
        "script": "set -e\n\nexec run\n",
        "tail": "a\nb",
        "kept": "a\n\n",
        "quoted": [
            "yes",
            "1e3",
            "0x10",
            "null",
            "012",
            "y",
            "2001-01-01",
            "1:30",
            "",
            " x",
            "1.0",
            "~",
            "a: b",
            "-",
        ],
        "plain": ["1.2.3", "10.0.0.1", "100m", "1Gi", "--flag", "a:b", "/x?y=1&z", "größe", "$(HOME)", "a#b"],
        "json": '{"a": 1}',
        "mixed": 'it\'s "so"\t\x07\u2028',
        "on": 1e22,
    }
    assert documents.dump(data) == textwrap.dedent(
        """\
        name: web
        command:
          - sh
          - -c
          - echo 'hi'
          - "- x"
        ports:
          - name: http
            port: 80
          - {}
        nested:
          - - 1
            - - 2
          - []
        script: |
          set -e

          exec run
        tail: |-
          a
          b
        kept: |+
          a

        quoted:
          - "yes"
          - "1e3"
          - "0x10"
          - "null"
          - "012"
          - "y"
          - "2001-01-01"
          - "1:30"
          - ""
          - " x"
          - "1.0"
          - "~"
          - "a: b"
          - "-"
        plain:
          - 1.2.3
          - 10.0.0.1
          - 100m
          - 1Gi
          - --flag
          - a:b
          - /x?y=1&z
          - größe
          - $(HOME)
          - a#b
        json: '{"a": 1}'
        mixed: "it's \\"so\\"\\t\\x07\\u2028"
        "on": 1.0e+22
        """
    )


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**64 + 1, -(2**63) - 1, {1: 2}, "\ud800", {"k" * 1001: 1}, b"x"]
)
def test_what_helm_could_not_give_back_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError, match=r"a key is|not a number|no place|surrogate"):
        documents.dump({"key": value})


def test_a_single_value_is_written_on_one_line() -> None:
    values: list[Any] = [None, True, 3, 0.5, "y", [], {}, "a\nb"]
    assert [documents.scalar(v) for v in values] == ["null", "true", "3", "0.5", '"y"', "[]", "{}", '"a\\nb"']


def test_lines_are_known_for_every_path() -> None:
    text = "# top\nname: x\nbase: &b\n  image: z\nlist:\n  - a\n  - k: v\nother:\n  <<: *b\n  two: 2\n"
    document = documents.load(text, "app.yaml")
    assert document.data["other"] == {"image": "z", "two": 2}
    assert dict(document.lines) == {
        (): 2,
        ("name",): 2,
        ("base",): 3,
        ("base", "image"): 4,
        ("list",): 5,
        ("list", 0): 6,
        ("list", 1): 7,
        ("list", 1, "k"): 7,
        ("other",): 8,
        ("other", "image"): 4,
        ("other", "two"): 10,
    }
    assert len(document.lines) == 11
    assert document.where(("list", 1, "k", "deeper")) == "app.yaml:7"
    assert document.where(("unknown",)) == "app.yaml:2"


def test_an_empty_file_holds_nothing() -> None:
    for text in ("", "# only a comment\n", "---\n"):
        document = documents.load(text, "values.yaml")
        assert document.data is None
        assert document.where(("a",)).startswith("values.yaml:")


def test_a_byte_order_mark_is_no_part_of_the_data() -> None:
    assert documents.load(b"\xef\xbb\xbfa: 1\n", "app.yaml").data == {"a": 1}


def test_all_problems_come_at_once_with_their_lines() -> None:
    text = "a: 1\na: 2\nb: !!python/object:os.system x\nc: !foo {d: 1}\n"
    text += "yes: 1\n8080: web\n~: 1\n? [x]\n: y\ne: .inf\n"
    assert refused(text) == [
        ("app.yaml:2:1", "the key 'a' stands twice"),
        ("app.yaml:3:4", "the tag !!python/object:os.system is not read here"),
        ("app.yaml:4:4", "the tag !foo is not read here"),
        ("app.yaml:5:1", "yes is no text for Helm"),
        ("app.yaml:6:1", "8080 is no text for Helm"),
        ("app.yaml:7:1", "~ is no text for Helm"),
        ("app.yaml:8:3", "a key that is a list or a mapping"),
        ("app.yaml:10:4", ".inf is no number that Helm can carry"),
    ]


def test_a_tab_is_named_with_its_place() -> None:
    text = "a:\n\tb: 1\n"
    assert refused(text)[0][0] == "app.yaml:2:1"
    assert hint(text) == "indent with spaces: YAML allows no tab there"


def test_a_text_that_needs_quotes_is_said_to() -> None:
    assert hint("a: @x\n") == "put a text that starts with @ in quotes"
    assert hint("a: b: c\n") == "a colon followed by a space inside a text needs quotes around it"
    assert hint("a: 'b\n") == ""


def test_aliases_that_multiply_are_refused_and_small_ones_work() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    problems = refused("\n".join(levels) + "\n")
    assert [what for _, what in problems] == ["aliases that add more than 10,000 values"]
    assert documents.load("a: &x [1, 2]\nb: *x\nc: &y z\nd: *y\n", "v.yaml").data == {
        "a": [1, 2],
        "b": [1, 2],
        "c": "z",
        "d": "z",
    }


def test_an_anchor_inside_itself_is_refused() -> None:
    assert refused("a: &a\n  b: *a\n") == [("app.yaml:1:4", "an anchor that contains itself")]


def test_data_behind_two_aliases_is_not_shared() -> None:
    data = documents.load("a: &x {k: 1}\nb: *x\n", "v.yaml").data
    data["a"]["k"] = 2
    assert data["b"] == {"k": 1}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_that_would_exhaust_the_stack_is_refused(opening: str) -> None:
    problems = refused(opening * 50_000)
    assert [what for _, what in problems] == ["nested too deep"]


def test_a_hundred_levels_are_read_and_one_more_is_not() -> None:
    assert (
        documents.load("[" * 100 + "]" * 100, "app.yaml").data
        == documents.load("[" * 100 + "]" * 100, "b").data
    )
    assert [what for _, what in refused("[" * 101 + "]" * 101)] == ["nested too deep"]
    assert documents.load("a: " + "[1], " * 0 + "[" + "[], " * 400 + "]", "wide.yaml").data["a"] == [[]] * 400


def test_too_many_bytes_are_not_read() -> None:
    assert refused("a: 1234\n", limit=7) == [("app.yaml", "8 bytes, more than the 7 that are read")]
    assert documents.load("a: 1234\n", "app.yaml", limit=8).data == {"a": 1234}


def test_what_is_not_text_is_refused_with_its_line() -> None:
    assert refused(b"a: 1\nb: \xff\n") == [("app.yaml:2", "the byte 0xff is not UTF-8")]
    assert refused("a: 1\nb: \x00\n") == [("app.yaml:2", "the character U+0000 is not allowed in YAML")]
    assert refused("a: \ud800\n") == [("app.yaml:1", "the byte 0xed is not UTF-8")]


def test_one_file_holds_one_document() -> None:
    assert refused("a: 1\n---\nb: 2\n") == [("app.yaml:3:1", "a second document")]


def test_a_directive_is_refused_because_helm_refuses_it() -> None:
    text = "# x\n%YAML 1.2\n---\na: 1\n"
    assert refused(text) == [("app.yaml:2", "a line that starts with %")]
    with pytest.raises(helm_python.HelmError):
        helm_python.values_from_yaml(text)
    assert documents.load("a: |\n  x\n  %y\n", "app.yaml").data == {"a": "x\n%y\n"}


def test_merge_keys_mean_what_they_mean_for_helm() -> None:
    for text in (
        "a: &x {k: 1, l: 2}\nb:\n  k: 2\n  <<: *x\n",
        "a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 2\n",
        "b: &a {k: 1}\nc: &b {k: 2, j: 3}\nd:\n  <<: [*a, *b]\n",
        "'<<': {a: 1}\n",
        "a: &x {k: 1}\nb: &y\n  <<: *x\nc:\n  <<: *y\n",
    ):
        assert documents.load(text, "v.yaml").data == helm_python.values_from_yaml(text)
    assert refused("<<: 1\n") == [("app.yaml:1:5", "<< takes a mapping or a list of mappings")]
    assert refused("<<: [1]\n") == [("app.yaml:1:5", "<< takes a mapping or a list of mappings")]


def test_a_rendered_stream_gives_every_document_that_is_not_empty() -> None:
    text = "---\n# Source: x\na: 1\n---\n\n---\nb: !!str 2\nc: !!int '3'\n1: x\ny: z\n"
    assert documents.load_all(text, "t.yaml") == [{"a": 1}, {"b": "2", "c": 3, "1": "x", "true": "z"}]


def test_a_rendered_key_that_stands_twice_is_an_error() -> None:
    with pytest.raises(ModelError) as caught:
        documents.load_all("a: 1\n---\nb:\n  c: 1\n  c: 2\n", "templates/x.yaml")
    assert [p.where for p in caught.value.problems] == ["templates/x.yaml:5:3"]


def test_a_rendered_tag_that_helm_cannot_carry_is_an_error() -> None:
    for text in ("a: !!binary aGk=\n", "!!int 3: x\n? !foo x\n: y\n", "~: 1\n", "1234567.5: x\n"):
        with pytest.raises(ModelError):
            documents.load_all(text, "x.yaml")


def test_the_key_of_a_float_that_helm_rounds_is_refused() -> None:
    assert scalars.key("1.10") == "1.1"
    assert scalars.key("16777217.0") is None
    assert scalars.key("") is None
