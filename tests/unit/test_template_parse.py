"""The template parser: what it accepts, the tree it makes, and where it says the fault is."""

from __future__ import annotations

import pytest

from chartgen.template import TemplateError, parse
from chartgen.template.lexer import tokens
from chartgen.template.tree import (
    Action,
    Block,
    Branch,
    Call,
    Chain,
    Command,
    Comment,
    Define,
    Dot,
    Field,
    Function,
    If,
    Literal,
    Pipe,
    Range,
    Template,
    Text,
    Variable,
    With,
)
from chartgen.template.walk import commands, definitions, walk


def only(text: str) -> Pipe:
    """The pipeline of a template that is one action."""
    (node,) = parse(text, "t").nodes
    assert isinstance(node, Action)
    return node.pipe


def fault(text: str) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        parse(text, "templates/x.yaml")
    return caught.value


@pytest.mark.parametrize(
    "text, printed",
    [
        ("a {{ .x }} b", ["a ", " b"]),
        ("a {{- .x -}} b", ["a", "b"]),
        ("a \t\r\n{{- .x -}}\n\n b", ["a", "b"]),
        ("a {{ .x -}}\n", ["a ", ""]),
        ("a {{-3}} b", ["a ", " b"]),
        ("a {{- /* c */ -}} b", ["a", "b"]),
        ("a {{/* c */}} b", ["a ", " b"]),
        ("\u00a0{{- .x -}}\u00a0", ["\u00a0", "\u00a0"]),
    ],
)
def test_trim_markers_need_a_space_and_take_only_ascii_white_space(text: str, printed: list[str]) -> None:
    assert [n.text for n in parse(text, "t").nodes if isinstance(n, Text)] == printed


def test_source_is_never_lost_by_trimming() -> None:
    text = "a \n{{- /* c */ -}}\n b {{ .x -}} "
    assert "".join(text[n.start : n.end] for n in parse(text, "t").nodes) == text


def test_places_count_lines_and_columns_from_one_in_characters() -> None:
    template = parse("é: 1\r\nb: {{ .Values.b }}\n", "t")
    action = template.nodes[1]
    assert template.place(0) == (1, 1)
    assert template.place(action.start) == (2, 4)
    assert template.place(len(template.text)) == (3, 1)


def test_every_node_knows_its_source() -> None:
    text = '{{ $x.a | default (index .Values "k").b (.c) nil }}'
    text = "{{ $x := 1 }}" + text
    template = parse(text, "t")
    action = template.nodes[1]
    assert isinstance(action, Action)
    variable, function = action.pipe.commands
    assert text[variable.start : variable.end] == "$x.a"
    assert [text[a.start : a.end] for a in function.args] == [
        "default",
        '(index .Values "k").b',
        "(.c)",
        "nil",
    ]


def test_operands() -> None:
    pipe = only("{{ list . .a.b $ $.c (.d).e \"x\\ty\" `r\\` 'q' 0x1F -1.5 1+2i true nil }}")
    (command,) = pipe.commands
    kinds = [type(a).__name__ for a in command.args]
    assert kinds == ["Function", "Dot", "Field", "Variable", "Variable", "Chain", *["Literal"] * 8]
    assert command.args[2] == Field(10, 14, ("a", "b"))
    assert command.args[4] == Variable(17, 20, "$", ("c",))
    chain = command.args[5]
    assert isinstance(chain, Chain)
    assert chain.path == ("e",)
    values = [a.value for a in command.args if isinstance(a, Literal)]
    assert values == ["x\ty", "r\\", "q", 31, -1.5, 1 + 2j, True, None]


def test_a_function_may_have_fields() -> None:
    (command,) = only("{{ now.UTC }}").commands
    assert command.args == (Chain(3, 10, Function(3, 6, "now"), ("UTC",)),)


@pytest.mark.parametrize(
    "source, value",
    [
        (r'"\a\b\f\n\r\t\v\\\""', '\a\b\f\n\r\t\v\\"'),
        (r'"\x41\101\u00e9\U0001F600"', "AA\u00e9\U0001f600"),
        (r'"\xc3\251\xff"', "\u00e9\ufffd"),
        (r"'\''", "'"),
        ("`\\r\r\n`", "\\r\n"),
        ("0x_1F", 31),
        ("0b11", 3),
        ("0o17", 15),
        ("017", 15),
        ("-0", 0),
        ("1_000.5", 1000.5),
        ("0x1p4", 16.0),
        ("-9223372036854775808", -(2**63)),
        ("18446744073709551615", 2**64 - 1),
        ("2i", 2j),
        ("-1.5-0x1p1i", -1.5 - 2j),
    ],
)
def test_constants_mean_what_go_makes_of_them(source: str, value: object) -> None:
    (literal,) = only(f"{{{{ {source} }}}}").commands[0].args
    assert isinstance(literal, Literal)
    assert literal.value == value
    assert type(literal.value) is type(value)


@pytest.mark.parametrize(
    "source", ["1e999", "0x1p9999", "1e999i", "1+1e999i", "1" * 70, "0b" + "1" * 65, "1" * 1001]
)
def test_numbers_that_go_cannot_hold_are_refused(source: str) -> None:
    assert fault(f"{{{{ {source} }}}}").what == f"{source[:40]!r} is not a number"


@pytest.mark.parametrize(
    "text, variables, assigns",
    [
        ("{{ $x := 1 }}", ("$x",), False),
        ("{{$x:=1}}", ("$x",), False),
        ("{{ $x = 1 }}", ("$x",), True),
        ("{{ .x }}", (), False),
    ],
)
def test_declaration_is_told_from_assignment(text: str, variables: tuple[str, ...], assigns: bool) -> None:
    pipe = only(text)
    assert (pipe.variables, pipe.assigns) == (variables, assigns)


def test_a_range_may_declare_an_index_and_an_element() -> None:
    (node,) = parse("{{ range $i, $v := .xs }}{{ $i }}{{ $v }}{{ else }}none{{ end }}", "t").nodes
    assert isinstance(node, Range)
    assert [b.pipe and b.pipe.variables for b in node.branches] == [("$i", "$v"), None]


def test_else_if_is_one_more_branch_of_the_same_if() -> None:
    text = "{{ if .a }}1{{ else if .b }}2{{ else }}3{{ end }}"
    (node,) = parse(text, "t").nodes
    assert isinstance(node, If)
    assert [text[b.start : b.end] for b in node.branches] == ["{{ if .a }}", "{{ else if .b }}", "{{ else }}"]
    assert [text[b.end : b.body_end] for b in node.branches] == ["1", "2", "3"]
    assert node.branches[2].pipe is None
    assert (node.start, node.end) == (0, len(text))


def test_else_with() -> None:
    (node,) = parse("{{ with .a }}1{{ else with .b }}2{{ end }}", "t").nodes
    assert isinstance(node, With)
    assert len(node.branches) == 2


def test_definitions_calls_and_comments() -> None:
    text = '{{/* c */}}{{ define "d" }}{{ template `d` . }}{{ end }}'
    text += '{{ block "b" .x }}1{{ end }}{{ template "b" }}'
    template = parse(text, "t")
    comment, define, block, call = template.nodes
    assert comment == Comment(0, 11)
    assert isinstance(define, Define)
    assert define.name == "d"
    assert text[define.body_start : define.body_end] == "{{ template `d` . }}"
    inner = define.body[0]
    assert isinstance(inner, Call)
    assert inner.pipe == Pipe(43, 44, (), False, (Command(43, 44, (Dot(43, 44),)),))
    assert isinstance(block, Block)
    assert text[block.body_start : block.body_end] == "1"
    assert isinstance(call, Call)
    assert call.pipe is None
    assert text[call.name_start : call.name_start + 3] == '"b"'
    assert definitions(template) == (define, block)


def test_walk_goes_in_the_order_of_the_text() -> None:
    text = '{{ define "d" }}1{{ if .a }}2{{ else }}3{{ end }}{{ end }}4'
    found = [n.text for n in walk(parse(text, "t").nodes) if isinstance(n, Text)]
    assert found == ["1", "2", "3", "4"]


def test_commands_in_parentheses_are_found() -> None:
    pipe = only("{{ or (and .a (not .b)) (.c | default .d).e | quote }}")
    names = [a.name for p, i in commands(pipe) for a in p.commands[i].args if isinstance(a, Function)]
    assert sorted(names) == ["and", "default", "not", "or", "quote"]


@pytest.mark.parametrize(
    "text, line, column, what",
    [
        ("a\n {{ .x", 2, 2, "the action is never closed: }} is missing"),
        ("{{ if .x }}\n", 1, 1, "this if is never closed: {{ end }} is missing"),
        ('{{ define "d" }}', 1, 1, "this define is never closed: {{ end }} is missing"),
        ("{{ end }}", 1, 1, "end without a block to close"),
        ("{{ else }}", 1, 1, "else without if, with or range"),
        (
            "{{ if .x }}{{ else }}{{ else }}{{ end }}",
            1,
            22,
            "a second else: only {{ end }} may follow the first",
        ),
        ("{{ with .x }}{{ else if .y }}{{ end }}", 1, 14, "else if is not possible in this with"),
        ("{{ range .x }}{{ else range .y }}{{ end }}", 1, 15, "else range is not possible in this range"),
        (
            "{{ if .x }}{{ define `d` }}{{ end }}{{ end }}",
            1,
            12,
            "define must stand at the top level of the file, outside every block",
        ),
        ("{{ define d }}", 1, 11, "unexpected d in define"),
        ("{{ define `d` . }}", 1, 15, "unexpected . in define"),
        (
            "{{ define `d` }}1{{ end }}{{ define `d` }}2{{ end }}",
            1,
            27,
            "template 'd' is defined twice in this file",
        ),
        ("{{ break }}", 1, 1, "break outside range"),
        ("{{ range .x }}{{ block `b` . }}{{ continue }}", 1, 32, "continue outside range"),
        ("{{ if }}", 1, 6, "missing value for if"),
        ("{{}}", 1, 3, "missing value for an action"),
        ("{{ (.x }}", 1, 7, "unexpected }}: ) is missing before it"),
        ("{{ .x) }}", 1, 6, "unexpected ): ( is missing before it"),
        ("{{ .x || .y }}", 1, 8, "unexpected | in an action"),
        ("{{ 3(.x) }}", 1, 5, "unexpected ( in an operand"),
        ("{{ .x(.y) }}", 1, 6, "unexpected ( in an operand"),
        ("{{ .x | 3 }}", 1, 9, "stage 2 of the pipeline is a number, which cannot take a value"),
        ("{{ .x | . }}", 1, 9, "stage 2 of the pipeline is a dot, which cannot take a value"),
        ('{{ "a".b }}', 1, 7, "a string has no field .b"),
        ("{{ $x }}", 1, 4, "undefined variable $x"),
        ("{{ if .a }}{{ $x := 1 }}{{ end }}{{ $x }}", 1, 37, "undefined variable $x"),
        ("{{ $x := 1 }}{{ define `d` }}{{ $x }}{{ end }}", 1, 33, "undefined variable $x"),
        ("{{ $x, $y := .x }}", 1, 6, "too many variables in an action"),
        ("{{ range $x, $y, $z := .x }}", 1, 16, "too many variables in range"),
        ("{{ range $x, .y }}", 1, 14, "range can only declare variables"),
        ("{{ $x : 1 }}", 1, 4, "undefined variable $x"),
        ("{{ .x : 1 }}", 1, 7, "':' is only used in ':='"),
        ("{{ .x % 1 }}", 1, 7, "unexpected '%'"),
        ("{{ $x+2 }}", 1, 6, "unexpected '+' after '$x'"),
        ("{{ .a² }}", 1, 6, "unexpected '²' after '.a'"),
        ("{{ .x | else }}", 1, 9, "unexpected keyword else"),
        ('{{ "abc\n" }}', 1, 4, 'the quotes are never closed: " is missing on this line'),
        ('{{ "a\\qc" }}', 1, 4, "invalid escape in quotes"),
        ("{{ 'ab' }}", 1, 4, "only one character fits between single quotes"),
        ("{{ `abc }}", 1, 4, "the raw string is never closed: ` is missing"),
        ("{{ 089 }}", 1, 4, "'089' is not a number"),
        ("{{ -x }}", 1, 4, "'-x' is not a number"),
        ("{{/* x }}", 1, 1, "the comment is never closed"),
        ("{{- /* x */-}}", 1, 1, "a comment must end with */}} or */ -}}"),
        ("{{ toYml .x }}", 1, 4, "no function 'toYml' in Helm"),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, line: int, column: int, what: str) -> None:
    error = fault(text)
    assert (error.line, error.column, error.what) == (line, column, what)
    assert error.message == f"templates/x.yaml:{line}:{column}: {what}"
    assert error.exit_code == 1


@pytest.mark.parametrize(
    "text, hint",
    [
        ("{{ toYml .x }}", "did you mean 'toYaml'?"),
        ("{{ $name := 1 }}{{ $nme }}", "did you mean '$name'?"),
        ('{{ eq "a""b" }}', "put a space between operands"),
    ],
)
def test_a_slip_gets_a_hint(text: str, hint: str) -> None:
    assert fault(text).hint == hint


def test_any_function_is_allowed_when_none_are_given() -> None:
    assert parse("{{ someday .x }}", "t", None).nodes


@pytest.mark.parametrize("opening", ["{{ if .x }}", "{{ (", "{{ block `b` . }}"])
def test_nesting_ends_with_a_message_and_not_with_the_stack(opening: str) -> None:
    text = opening + opening.replace("{{ (", "(") * 200
    assert fault(text).what == "nested more than 100 deep"


def test_an_endless_action_ends_with_a_message() -> None:
    assert fault("{{" + " .x" * 100_000 + "}}").what == "the action has more than 100000 parts"


@pytest.mark.parametrize(
    "text, kinds",
    [
        ("", []),
        ("{{ .a}}", ["open", "field", "close"]),
        ("{{- .a -}} x", ["open", "field", "close", "text"]),
        ("{{/* */}}", ["comment"]),
        ("x{{ .a", ["text", "open", "field", "error"]),
        ("{{ $a:=1|b(c,'d') `` }}", None),
    ],
)
def test_tokens_are_the_text(text: str, kinds: list[str] | None) -> None:
    found = list(tokens(text))
    assert "".join(text[t.lead : t.end] for t in found) == text
    assert kinds is None or [t.kind for t in found] == kinds


def test_a_template_and_its_nodes_are_values() -> None:
    text = "{{ if .a }}b{{ end }}"
    node = If(
        0,
        21,
        (
            Branch(
                0,
                11,
                Pipe(6, 8, (), False, (Command(6, 8, (Field(6, 8, ("a",)),)),)),
                (Text(11, 12, "b"),),
                12,
            ),
        ),
    )
    assert parse(text, "t") == Template("t", text, (node,))
