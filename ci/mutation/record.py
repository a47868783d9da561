"""What became of mutants, kept in a file of a line each, so that a run goes on where another one stopped.

Mutants come in the order of a digest of what they are: wherever a run stops, those that it had are a fair
sample of all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from chartgen.chart import Chart
from chartgen.frozen import Frozen
from ci.mutation import schema, templates
from ci.mutation.mutant import Mutant

PARTS = 2  # in which the mutants of a schema are gone through: each is a whole schema, too large to be kept


class Record(Frozen):
    """`found` is what speaks against a mutant; of a survivor `effect` says where it makes a difference."""

    key: str
    mutant: str
    operator: str
    found: str
    effect: str = ""

    @property
    def survived(self) -> bool:
        return not self.found and bool(self.effect)


def key(mutant: Mutant) -> str:
    """What a mutant is known by. Of a schema the operator says which keyword is gone."""
    parts = [mutant.file, mutant.operator]
    if mutant.file != schema.FILE:
        parts += [str(mutant.start), mutant.before, mutant.after]
    return sha256("\0".join(parts).encode()).hexdigest()[:12]


def ordered(chart: Chart) -> Iterator[Mutant]:
    """All mutants of a chart, those of its templates and of its schema in turn."""
    found = (m for file in chart.templates for m in templates.mutants(file.path, file.text))
    by_key = sorted(found, key=key)
    text = chart.by_path[schema.FILE].text if schema.FILE in chart.by_path else "{}"
    for part in range(PARTS):
        yield from by_key[part::PARTS]
        yield from (m for m in schema.mutants(text) if int(key(m), 16) % PARTS == part)


def read(paths: Iterable[Path]) -> dict[str, Record]:
    """The records of some files by key; a file that is not there has none."""
    found = {}
    for path in paths:
        for line in path.read_text().splitlines() if path.exists() else ():
            record = Record(**json.loads(line))
            found[record.key] = record
    return found


def line(record: Record) -> str:
    """A record as a line of a file."""
    return json.dumps({name: getattr(record, name) for name in Record.__annotations__}) + "\n"
