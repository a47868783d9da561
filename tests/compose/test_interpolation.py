"""Variables as the Compose Specification has them, and .env files."""

from __future__ import annotations

import pytest

from chartgen.compose import dotenv
from chartgen.compose.interpolate import Scope, TemplateError
from chartgen.compose.sensitive import is_secret
from chartgen.errors import Problem

SCOPE = {"SET": "set", "EMPTY": "", "A": "a", "NAME_A": "x"}
CASES = {
    "$SET": "set",
    "${SET}": "set",
    "$SETX": "",
    "a${SET}b": "asetb",
    "$NONE": "",
    "${NONE}": "",
    "${SET:-d}": "set",
    "${EMPTY:-d}": "d",
    "${NONE:-d}": "d",
    "${SET-d}": "set",
    "${EMPTY-d}": "",
    "${NONE-d}": "d",
    "${SET:+r}": "r",
    "${EMPTY:+r}": "",
    "${NONE:+r}": "",
    "${SET+r}": "r",
    "${EMPTY+r}": "r",
    "${NONE+r}": "",
    "${SET:?e}": "set",
    "${EMPTY?e}": "",
    "$$SET": "$SET",
    "$$$SET": "$set",
    "$${SET}": "${SET}",
    "${NONE:-${A}}": "a",
    "${NONE:-${EMPTY:-${A:+deep}}}": "deep",
    "${NONE:-a}b}": "ab}",
    "${NONE:-}": "",
    "${NONE:-:-}": ":-",
    "${NONE:-a-b?c+d}": "a-b?c+d",
    "${SET:+${A}-${A}}": "a-a",
    "5$": "5$",
    "$5 $": "$5 $",
    "${NONE:-$$x}": "$x",
    "a.$A.b": "a.a.b",
    "$A$A": "aa",
}


@pytest.mark.parametrize("template,text", CASES.items())
def test_a_text_becomes_what_compose_makes_of_it(template: str, text: str) -> None:
    assert Scope(SCOPE).text(template) == text


@pytest.mark.parametrize(
    "template,what",
    [
        ("${NONE:?say it}", "the variable NONE has no value: say it"),
        ("${EMPTY:?say $A}", "the variable EMPTY has no value: say a"),
        ("${NONE?}", "the variable NONE has no value: it is needed"),
        ("${SET", "'${SET' has no closing brace"),
        ("${}", "${} is no variable"),
        ("${SET.x}", "${SET.x} is no variable"),
        ("${-x}", "${-x} is no variable"),
    ],
)
def test_what_is_no_variable_or_has_no_value_is_told(template: str, what: str) -> None:
    with pytest.raises(TemplateError) as error:
        Scope(SCOPE).text(template)
    assert (error.value.what, bool(error.value.hint)) == (what, True)


def test_a_hidden_value_never_becomes_text() -> None:
    scope = Scope({"DB_PASSWORD": "hunter2"}, is_secret)
    assert "hunter2" not in scope.text("x://u:${DB_PASSWORD}@h ${API_TOKEN:?needed} ${OTHER_SECRET:-abc}")
    assert scope.hidden == {"DB_PASSWORD": "hunter2", "API_TOKEN": None, "OTHER_SECRET": "abc"}


def test_a_secret_that_may_be_empty_and_a_switch_hide_nothing() -> None:
    scope = Scope({}, is_secret)
    assert scope.text("${SMTP_PASSWORD:-} ${RANDOM_ROOT_PASSWORD:-yes}") == " yes"
    assert scope.hidden == {}


def read(text: str) -> tuple[dict[str, str], list[Problem]]:
    problems: list[Problem] = []
    return dotenv.parse(text, ".env", Scope(SCOPE), problems), problems


def test_a_file_of_variables_is_read_as_compose_reads_it() -> None:
    text = """# comment
    A1=plain value   # comment
export B1='single $SET \\n # kept'
C1="double ${SET} \\n $A1 \\$SET"
D1=
E1: yaml style
SET
NOT_SET
F1=no#comment
G1="two
lines"
H1 = spaced
"""
    assert read(text) == (
        {
            "A1": "plain value",
            "B1": "single $SET \\n # kept",
            "C1": "double set \n plain value $SET",
            "D1": "",
            "E1": "yaml style",
            "SET": "set",
            "F1": "no#comment",
            "G1": "two\nlines",
            "H1": "spaced",
        },
        [],
    )


def test_every_line_that_is_wrong_is_told() -> None:
    found = [(problem.where, problem.what) for problem in read("A=1\n=x\nB=${\nC='open\n")[1]]
    assert found == [
        (".env:2", "no name of a variable"),
        (".env:3", "'${' has no closing brace"),
        (".env:4", "the ' after C is never closed"),
    ]
