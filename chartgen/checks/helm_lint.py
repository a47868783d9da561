"""What `helm lint --strict` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chartgen.findings import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chartgen.checks.subject import Made

NAME = "helm-lint"
HELP = "`helm lint --strict` is content with the chart."


def check(made: Made) -> Iterator[Finding]:
    """The messages for each case; one that all of them have is told once. Raises ToolError."""
    if made.session is None:
        return
    under: dict[Finding, list[str]] = {}
    for case in made.cases:
        for message in made.session.lint(case, strict=True):
            finding = Finding(NAME, Place(message.path), message.text, severity=message.severity)
            under.setdefault(finding, []).append(case.name)
    for finding, names in under.items():
        everywhere = len(names) == len(made.cases)
        yield from (finding.under(name) for name in ([""] if everywhere else names))
