"""Generated templates do not ask the cluster anything, so one rendering serves every cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chartgen.findings import Finding, Place, Severity
from chartgen.template.tree import Comment, Function
from chartgen.template.walk import commands, pipes, walk

if TYPE_CHECKING:
    from chartgen.checks.subject import Made
    from chartgen.template import Template

NAME = "capabilities"
HELP = "No template reads .Capabilities or calls lookup, unless a comment in it says why."
# `{{- /* chartgen:allow lookup: why */}}` in the same file.
_ALLOW = re.compile(r"chartgen:allow (\w+): *\w")
_HINT = "{what}, or write {{{{- /* chartgen:allow {word}: why */}}}} into the file"


def check(made: Made) -> Iterator[Finding]:
    """Reads and calls by their place; in a template of the application's own they are a warning."""
    allowed = {template.name: _allowed(template) for template in made.templates}
    for read in made.reads:
        if read.root == "Capabilities" and "Capabilities" not in allowed[read.template]:
            said = ".".join(("", "Capabilities", *read.path))
            what = f"reads {said}: what it prints for other clusters is checked by nobody"
            hint = _HINT.format(what="use a setting", word="Capabilities")
            yield Finding(NAME, Place(read.template, read.line), what, hint, _severity(made, read.template))
    for template in made.templates:
        if "lookup" in template.text and "lookup" not in allowed[template.name]:
            yield from _lookups(made, template)


def _lookups(made: Made, template: Template) -> Iterator[Finding]:
    for offset in _calls(template, "lookup"):
        line, _ = template.place(offset)
        what = "calls lookup, which finds nothing under helm template and Argo CD"
        hint = _HINT.format(what="let a setting say it", word="lookup")
        yield Finding(NAME, Place(template.name, line), what, hint, _severity(made, template.name))


def _calls(template: Template, name: str) -> Iterator[int]:
    """The offsets at which a function is called."""
    for node in walk(template.nodes):
        for pipe in pipes(node):
            for inner, index in commands(pipe):
                for arg in inner.commands[index].args:
                    if isinstance(arg, Function) and arg.name == name:
                        yield arg.start


def _allowed(template: Template) -> frozenset[str]:
    if "chartgen:allow" not in template.text:
        return frozenset()
    comments = [template.text[n.start : n.end] for n in walk(template.nodes) if isinstance(n, Comment)]
    return frozenset(match[1] for text in comments for match in _ALLOW.finditer(text))


def _severity(made: Made, template: str) -> Severity:
    return Severity.WARNING if template in made.own else Severity.ERROR
