"""Helm behind one protocol: the embedded library or a binary, asked the same questions.

session = choose().open(archive)
for answer in session.render(cases):   # lazy, in the order of the cases
    ...                                # a Rendering, or a Refusal that says why not
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from chartgen.findings import Severity
from chartgen.frozen import Frozen
from chartgen.manifest import Case, Rendering

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Answer", "Engine", "Kind", "LintMessage", "Refusal", "Session"]

# schema: the values do not fit values.schema.json. rule: a `fail` or `required` of a template.
# template: a template is broken, or renders what is not YAML. chart: a kubeVersion that is not met, a
# dependency that is missing, and whatever else Helm has against the chart as a whole.
Kind = Literal["schema", "rule", "template", "chart"]


class Refusal(Frozen):
    """Why Helm does not render a case: `message` for people, `raw` in Helm's own words."""

    case: Case
    kind: Kind
    message: str
    raw: str


Answer = Rendering | Refusal


class LintMessage(Frozen):
    """One line of `helm lint`: `path` is a file or folder of the chart."""

    severity: Severity
    path: str
    text: str


class Session(Protocol):
    """A chart archive that an engine has open."""

    def render(self, cases: Iterable[Case]) -> Iterator[Answer]:
        """An answer to each case, in order and only when asked for. Raises ToolError."""
        ...

    def lint(self, case: Case, strict: bool = True) -> tuple[LintMessage, ...]:
        """What `helm lint` says with the values of `case`; `strict` makes warnings errors."""
        ...

    def validate(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """What the chart's schema has against `values` on top of its defaults; empty when they fit."""
        ...


class Engine(Protocol):
    """A Helm. `name` is `embedded` or the path of the binary, `version` is Helm's: `4.2.3`."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def open(self, archive: bytes) -> Session:
        """Open a packed chart. Raises RenderError when it is none, ToolError when Helm does not answer."""
        ...
