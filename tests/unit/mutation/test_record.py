"""A run over mutants can be stopped anywhere, goes on there, and says what survived and why."""

from __future__ import annotations

from pathlib import Path

from ci.mutation import record, report
from ci.mutation.reasons import reason
from ci.mutation.record import Record
from tests.apps.made import chart

FOUND = Record("a" * 12, "templates/a.yaml:1: dropped quote: 'x' -> ''", "dropped quote", "schema: wrong")
LEFT = Record("b" * 12, "templates/NOTES.txt:2: removed line: 'x' -> ''", "removed line", "", "defaults")
ALIKE = Record("c" * 12, "templates/a.yaml:3: wrong indent: '4' -> '2'", "wrong indent", "", "")
ALL = (FOUND, LEFT, ALIKE)


def test_records_are_read_back_from_all_files_and_a_file_may_not_be_there_yet(tmp_path: Path) -> None:
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"
    one.write_text(record.line(FOUND) + record.line(LEFT))
    other.write_text(record.line(ALIKE))
    assert tuple(record.read([one, other, tmp_path / "none"]).values()) == ALL


def test_mutants_come_in_the_same_order_each_once_and_mixed() -> None:
    found = list(record.ordered(chart("worker")))
    keys = [record.key(mutant) for mutant in found]
    assert len(keys) == len(set(keys)) > 1000
    assert keys == [record.key(mutant) for mutant in record.ordered(chart("worker"))]
    assert len({mutant.file for mutant in found[:100]}) > 5


def test_what_renders_alike_is_no_survivor_and_does_not_count() -> None:
    assert report.share(ALL) == 50.0
    assert report.summary(ALL, 10).splitlines()[-2:] == [
        "all                              1 of     2 found,    50%; 1 render alike",
        "3 of 10 mutants tried",
    ]


def test_the_kept_file_has_every_survivor_with_its_reason() -> None:
    text = report.survivors(ALL, 10)
    assert report.kept(text) == {LEFT.key: reason(LEFT)}
    assert reason(LEFT).startswith("words for people")
