"""Every object that every application makes, under each of its overlays, is as it was kept.

One object per file below expected/. An object that is missing here fails like one that differs: in CI as
on any machine, nothing is kept unless somebody asked for it with --update.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

import pytest

from chartgen import project
from chartgen.disk import read_app, read_folder, read_values, write_folder
from chartgen.engine import Answer, Refusal
from chartgen.generate import generate
from chartgen.manifest import Case, Release
from chartgen.package import archive
from chartgen.snapshot import Change, compare, files, steady
from tests.need import need

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = Path(__file__).parent / "expected"


def applications() -> dict[str, tuple[Path, list[str]]]:
    """Name to folder and overlays (paths from the top of the project) of every application here."""
    own = project.load((ROOT / "chartgen.yaml").read_bytes()).charts.values()
    found = {entry.name: (ROOT / entry.app, list(entry.overlays)) for entry in own}
    for path in sorted(ROOT.glob("tests/apps/*/app.yaml")):
        overlays = sorted(p.relative_to(ROOT).as_posix() for p in path.parent.glob("values/*.yaml"))
        assert path.parent.name not in found
        found[path.parent.name] = (path.parent, overlays)
    return found


APPLICATIONS = applications()


def answers(name: str) -> Iterator[Answer]:
    """What the chart makes of its own values, which may be too few for it, and of each overlay."""
    from chartgen.engine.embedded import Embedded

    folder, overlays = APPLICATIONS[name]
    release = Release(name=name, namespace=name)
    cases = [Case(release=release), *(Case(read_values(ROOT / path), release, path) for path in overlays)]
    session = Embedded().open(archive(generate(read_app(folder))))
    for answer in steady(session.render(cases), session.render(cases)):
        if isinstance(answer, Refusal):
            assert (answer.kind, answer.case.overlay) == ("rule", ""), answer.message
        yield answer


def told(changes: tuple[Change, ...]) -> str:
    """What differs, as a person reads it."""
    lines = [f"{len(changes)} objects are not as kept; if that is meant: make snapshots"]
    for change in changes:
        lines.append(f"{change.path}: {change.kind}")
        if change.kept is not None and change.found is not None:
            kept, found = change.kept.splitlines(), change.found.splitlines()
            lines += difflib.unified_diff(kept, found, "kept", "made", n=2, lineterm="")
    return "\n".join(lines)


@pytest.mark.parametrize("name", APPLICATIONS)
def test_every_object_is_as_it_was_kept(name: str, update: bool) -> None:
    need("helm_python")
    made = files(name, answers(name))
    kept = {f"{name}/{path}": text for path, text in read_folder(EXPECTED / name).items()}
    changes = compare(kept, made)
    if update:
        write_folder(EXPECTED, {change.path: change.found for change in changes})
    elif changes:
        pytest.fail(told(changes), pytrace=False)


def test_nothing_is_kept_of_an_application_that_is_gone() -> None:
    assert sorted(path.name for path in EXPECTED.iterdir()) == sorted(APPLICATIONS)
