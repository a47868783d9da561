"""Values that a project keeps are written with the names that settings have now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chartgen.checks.subject import mapping
from chartgen.findings import Finding, Place, Severity

if TYPE_CHECKING:
    from chartgen.checks.subject import Scene
    from chartgen.rules import Values
    from chartgen.settings import Path

NAME = "old-names"
HELP = "No overlay sets a setting by a name that it had before."


def check(scene: Scene) -> Iterator[Finding]:
    """Each old name that the values of the case use. It works, until the version that the setting says."""
    for setting in scene.renamed:
        if _given(scene.case.values, setting.renamed_from):
            old = ".".join(setting.renamed_from)
            what = f"is called {setting.dotted} now; the old name works until version {setting.until}"
            place = Place("values.yaml", 0, old)
            yield Finding(NAME, place, what, f"write {setting.dotted} instead", Severity.WARNING)


def _given(values: Values, path: Path) -> bool:
    *above, last = path
    for key in above:
        values = mapping(values.get(key))
    return last in values
