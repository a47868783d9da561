"""The table of breaks: what is changed in a copy of the project, who must notice, and how it is told.

The entries are in tests/cluster/breaks/*.yaml:

    - break: cp instead of the script       # the fault in words; or `edits`, a list of the next three
      in: templates/_seed.tpl               # of the chart; or values/dev.yaml, chartgen/doctor/pods.py
      old: "command: [sh, seed.sh]"         # there exactly once; several lines are found at any depth
      new: "command: [cp]"
      patience: 75                          # seconds that Helm waits for what never comes
      red:
        test_what_was_written: "changed"    # or {says: changed, case: helm3}; else the first case is run
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "tests" / "cluster" / "breaks"
CHART = Path("charts/ushadow")
# What a test may look at beside the chart.
PROJECT = ("apps", "chartgen", "charts", "docs", "values", "tests/snapshot/expected")
# A broken chart shall not be waited for as long as one that is merely slow.
PATIENCE = 75


class TableError(Exception):
    """The table of breaks does not fit what it speaks of; the text says which entry, and how."""


@dataclass(frozen=True)
class Edit:
    """In `file`, of the chart or of the project, the only `old` becomes `new`."""

    file: str
    old: str
    new: str

    def applied(self, text: str) -> str:
        """Whole lines are found at whatever depth they stand; TableError unless `old` is there once."""
        lines = self.old.rstrip("\n").split("\n")
        if len(lines) == 1 and "\n" not in self.new.rstrip("\n"):
            found = [(match.start(), match.end(), "") for match in re.finditer(re.escape(lines[0]), text)]
        else:
            inner = "".join(rf"\n(?P=deep){re.escape(line)}" if line else r"\n" for line in lines[1:])
            whole = re.compile(rf"^(?P<deep> *){re.escape(lines[0])}{inner}$", re.MULTILINE)
            found = [(match.start(), match.end(), match["deep"]) for match in whole.finditer(text)]
        if len(found) != 1:
            raise TableError(f"{self.file} holds this {len(found)} times, not once: {lines[0]!r}")
        start, end, deep = found[0]
        new = "\n".join(deep + line if line else line for line in self.new.rstrip("\n").split("\n"))
        return text[:start] + new + text[end:]


@dataclass(frozen=True)
class Red:
    """The test function that must fail, the words its failure must hold, and the case that is run."""

    test: str
    says: str
    case: str = ""


@dataclass(frozen=True)
class Break:
    """A fault, in words, and who must notice it; `patience`: seconds that Helm waits for what never comes."""

    name: str
    edits: tuple[Edit, ...]
    reds: tuple[Red, ...]
    patience: int = PATIENCE


# ---- The table
def _edits(entry: Mapping[str, Any]) -> tuple[Edit, ...]:
    edits = entry.get("edits") or [entry]
    return tuple(Edit(each["in"], str(each["old"]), str(each.get("new", ""))) for each in edits)


def _reds(entry: Mapping[str, Any]) -> tuple[Red, ...]:
    return tuple(
        Red(test, **says) if isinstance(says, dict) else Red(test, says)
        for test, says in entry["red"].items()
    )


def load(folder: Path = TABLES) -> tuple[Break, ...]:
    """Every entry. TableError names one that lacks something, or that two have the name of."""
    found: dict[str, Break] = {}
    for path in sorted(folder.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or ():
            name = str(entry.get("break", ""))
            if not name or name in found:
                raise TableError(f"{path.name}: two breaks, or one without a name: {name!r}")
            try:
                patience = int(entry.get("patience", PATIENCE))
                found[name] = Break(name, _edits(entry), _reds(entry), patience)
            except (KeyError, TypeError) as error:
                raise TableError(f"{path.name}: {name}: {error!r}") from error
    return tuple(found.values())


# ---- The broken chart
def place(root: Path, file: str) -> Path:
    """Where a file of the chart or, as `values/staging.yaml`, of the project lies in a copy of the latter."""
    chart = root / CHART / file
    return chart if chart.is_file() else root / file


def broken(subject: Break, root: Path, source: Path = ROOT) -> Path:
    """The chart with the fault, in a copy of the project `root`; TableError if the break does not fit."""
    for name in PROJECT:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if name in ("charts", "values") or any(edit.file.startswith(f"{name}/") for edit in subject.edits):
            shutil.copytree(source / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif name != "chartgen":  # where it is not, what is installed is used
            (root / name).symlink_to(source / name)
    for edit in subject.edits:
        path = place(root, edit.file)
        if not path.is_file():
            raise TableError(f"{subject.name}: there is no {edit.file}")
        try:
            path.write_text(edit.applied(path.read_text(encoding="utf-8")), encoding="utf-8")
        except TableError as error:
            raise TableError(f"{subject.name}: {error}") from error
    return root / CHART
