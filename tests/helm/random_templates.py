"""Charts of random Go templates: every block, helpers called in every way, white space trimmed or not.

Every body of a block holds a text of its own, `<7>`, so what was rendered shows which bodies were entered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from hypothesis import strategies as st

from chartgen.chart import Chart, ChartFile

VALUES = """
a: 1
b: ""
c: {d: x, e: [1, "", null], f: {}}
l: [p, "", q]
n: null
s: '{{ include "h0" . }}{{ .Values.a }}'
t: true
"""
_DATA = """dict "Template" (dict "BasePath" "r/templates") "Values" (dict "a" 1 "b" "" "s" "{{ 1 }}" "t" true
"n" nil "l" (list "p" "" "q") "c" (dict "d" "x" "e" (list 1 "" nil) "f" dict))""".replace("\n", " ")
LATER = f"{{{{ $v := 2 }}}}{{{{ $g := {_DATA} }}}}"
START = "{{ $v := 1 }}{{ $g := . }}"
HELPERS = ("h0", "h1", "h2", "empty")
BODY = re.compile(r"<(\d+)>")
# Pipelines that take a helper's output apart: `include` stands for one.
_LOSSY = ("INC | sha256sum", "INC | len", "INC | trim | quote", 'eq INC "x"', "INC | nindent 2",
         "INC | b64enc",
          "INC | fromYaml | toJson", "splitList \"<\" INC | join \"\"", "printf \"%s!\" INC",
          "list INC | toJson")  # fmt: skip
# `$g` is data that are there wherever a template is called from; dot and `$` may be anything, and often
# have no such field: then Helm refuses the chart, instrumented or not.
_SAFE = ("$g.Values.a", "$g.Values.b", "$g.Values.c", "$g.Values.c.e", "$g.Values.l", "$g.Values.n",
         "$g.Values.t",
         "$g.Values.none", ".", "$", '"text"', '""', "0", "7", "nil", "(dict)", "(list 1 2)", "list",
         "$v", "'c'", "1.5",
         "(index $g.Values.l 0)", "($g.Values.c).d", "($w := $g.Values.a)",
         "(list `chartgen` $g.Values.n)")  # fmt: skip
_RISKY = ("$.Values.a", ".Values.b", ".d", ".Release.Name", "$.none", "(.Values.c).d")
_OPERANDS = (*_SAFE, *_SAFE, *_RISKY)
_CHOICES = ("and A B", "or A B", "and A B C", "or A B C", "default A B", "A | default B", "coalesce A B C",
            "A | coalesce B C", "A | and B C", "A | or B", "ternary A B (empty C)", "empty A | ternary B C",
            "not A", "or (and A B) C", "default (or A B) C", "A | default B | default C", "and A",
            "coalesce A",
            "A | quote | default B", "eq (toString A) (toString B)")  # fmt: skip
_PRINTED = ("A", "A | toJson", "kindOf A", "A | toString | quote", "$v := A", "$v = A", "$ = A", "$ := A",
            "tpl $g.Values.s $g", "len (A | toString)", "toJson (list A B)",
            'required "gone" A', 'fail "no"', "A | required `gone`", "hasKey $ `Template`",
            "typeOf A")  # fmt: skip


# What stands alone, or first in a pipeline: `nil` is no command.
_BARE = re.compile(r"(^|[=|(] ?)nil(?= \||\)|$)")


def operands() -> st.SearchStrategy[str]:
    return st.sampled_from(_OPERANDS)


def _filled(forms: tuple[str, ...], parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A form with an operand for each of its letters."""

    def fill(drawn: tuple[str, str, str, str]) -> str:
        form, *found = drawn
        by_letter = dict(zip("ABC", found, strict=True))
        filled = re.sub(r"\b[ABC]\b", lambda m: by_letter[m[0]], form)
        return _BARE.sub(r"\1$g.Values.n", filled)

    return st.tuples(st.sampled_from(forms), parts, parts, parts).map(fill)


def expressions() -> st.SearchStrategy[str]:
    """Pipelines without a variable of their own; one is in parentheses wherever it is a part of another."""
    inner = _filled(_CHOICES, operands()).map("({})".format)
    return st.one_of(_filled(("A",), operands()), _filled(_CHOICES, st.one_of(operands(), inner)))


def _action(inner: str, trims: tuple[bool, bool]) -> str:
    left, right = trims
    return f"{{{{{'- ' if left else ' '}{inner}{' -' if right else ' '}}}}}"


TRIMS = st.tuples(st.booleans(), st.booleans())
TEXTS = st.sampled_from(
    ["{{/* c */}}", "{{- /* c */ -}}", "", " ", "\n", "  \n ", "t", "\nk: v\n", "-", "{ }", "é\n"]
)
_CALLS = ('include "NAME" A', 'A | include "NAME"', 'template "NAME" A', 'template "NAME"',
         "include `NAME` (A)",
          'include (print "NA" "ME") A', 'include (print $g.Template.BasePath "/_other.txt") $')  # fmt: skip


def calls() -> st.SearchStrategy[str]:
    names = st.sampled_from(HELPERS)

    def named(drawn: tuple[str, str]) -> str:
        form, name = drawn
        return form.replace("NAME", name).replace('"NA" "ME"', f'"{name[:1]}" "{name[1:]}"')

    return st.tuples(_filled(_CALLS, operands()), names).map(named)


def _lossy() -> st.SearchStrategy[str]:
    called = calls().filter(lambda c: c.startswith("include")).map("({})".format)
    return st.tuples(st.sampled_from(_LOSSY), called).map(lambda d: d[0].replace("INC", d[1]))


def _blocks(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Blocks, whose bodies begin and end with white space, trimmed or not."""
    bodies = st.lists(st.one_of(TEXTS, children), max_size=3).map("".join)

    def made(drawn: tuple[str, str, list[str], list[str], list[tuple[bool, bool]]]) -> str:
        form, leave, heads, inner, trims = drawn
        parts = []
        for number, word in enumerate(form.split("|")):
            head = word.replace("HEAD", heads[number % len(heads)])
            body = (
                f"{LATER if 'block' in word else ''}<>{inner[number % len(inner)]}" if word != "end" else ""
            )
            if form.startswith("range") and number == 0 and leave:
                body += f"{{{{ if eq (toString .) `q` }}}}<>{{{{ {leave} }}}}{{{{ end }}}}"
            parts.append(_action(head, trims[number % len(trims)]) + body)
        return "".join(parts)

    forms = ("if HEAD|end", "if HEAD|else|end", "if HEAD|else if HEAD|end", "if HEAD|else if HEAD|else|end",
             "with HEAD|end", "with HEAD|else|end", "with HEAD|else with HEAD|else|end",
             "range HEAD|end", "range $g.Values.c.e|end",
             "range $g.Values.l|else|end", "range $k, $v := $g.Values.c|end", "with $v := HEAD|else|end",
             "range $i, $e := $g.Values.l|end", "range $v = $g.Values.l|end", "if $v := HEAD|else|end",
             'block "BLOCK" HEAD|end')  # fmt: skip
    return st.tuples(
        st.sampled_from(forms),
        st.sampled_from(["", "break", "continue"]),
        st.lists(expressions(), min_size=1, max_size=3),
        st.lists(bodies, min_size=1, max_size=3),
        st.lists(TRIMS, min_size=1, max_size=4),
    ).map(made)


def bodies() -> st.SearchStrategy[str]:
    """The body of a template, its own numbers still missing."""
    printed = st.one_of(expressions(), _filled(_PRINTED, operands()), calls(), _lossy())
    actions = st.tuples(printed, TRIMS).map(lambda d: _action(*d))
    pieces = st.recursive(st.one_of(actions, TEXTS), _blocks, max_leaves=8)
    return st.lists(pieces, max_size=5).map("".join)


def charts() -> st.SearchStrategy[Chart]:
    """A chart of two files and helpers, whose recursion ends: a helper only calls those after it."""
    return st.tuples(bodies(), bodies(), st.lists(bodies(), min_size=3, max_size=3), TRIMS).map(_chart)


def _chart(drawn: tuple[str, str, list[str], tuple[bool, bool]]) -> Chart:
    main, other, helpers, trims = drawn
    numbers = count(1)
    defined = [
        _define(name, _after(body, place), trims)
        for place, (name, body) in enumerate(zip(HELPERS, helpers, strict=False))
    ]
    texts = {
        "templates/_helpers.tpl": "\n".join([*defined, _define("empty", " {{- /* nothing */}}\n", trims)]),
        "templates/NOTES.txt": START + main,
        "templates/_other.txt": START + _after(other, len(HELPERS)) + "\n",
    }
    files = [ChartFile("Chart.yaml", b"apiVersion: v2\nname: r\nversion: 1.0.0\n")]
    files.append(ChartFile("values.yaml", VALUES.encode()))
    for path, text in texts.items():
        files.append(ChartFile(path, _numbered(text, numbers).encode()))
    return Chart.of(files)


def _define(name: str, body: str, trims: tuple[bool, bool]) -> str:
    start = "" if name == "empty" else LATER
    return _action(f'define "{name}"', trims) + start + body + _action("end", trims)


def _after(body: str, place: int) -> str:
    """Only calls that lead on: to helpers behind this one, of which the last is empty."""
    last = HELPERS[-1]
    for name in HELPERS[: place + 1]:
        body = body.replace(f'"{name}"', f'"{last}"').replace(f"`{name}`", f"`{last}`")
        body = body.replace(f'"{name[:1]}" "{name[1:]}"', f'"{last[:1]}" "{last[1:]}"')
    # A file that is included by its path, and a string that includes a helper, only where they are the first.
    return body.replace('(print $g.Template.BasePath "/_other.txt")', f'"{last}"').replace(
        "$g.Values.s", "$g.Values.b"
    )


def _numbered(text: str, numbers: Iterator[int]) -> str:
    text = re.sub("<>", lambda _: f"<{next(numbers)}>", text)
    return re.sub('"BLOCK"', lambda _: f'"block{next(numbers)}"', text)
