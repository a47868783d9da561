"""Compiled templates are kept, never stale, and never in the way."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from jinja2 import Environment, TemplateNotFound

from chartgen.bytecode import Compiled


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    made = tmp_path / "templates"
    made.mkdir()
    (made / "hello.j2").write_text("Hello {{ name }}")
    (made / "both.j2").write_text("{% include 'hello.j2' %}!")
    (tmp_path / "render.py").touch()
    return made


class Counted(Environment):
    """An environment that counts what it compiles."""

    compiled = 0

    def _generate(self, *args: object, **named: object) -> str:
        self.compiled += 1
        return str(super()._generate(*args, **named))  # type: ignore[arg-type]


def render(folder: Path, name: str = "both.j2") -> tuple[str, int]:
    """What a new process would print, and how many templates it would compile."""
    environment = Counted(loader=Compiled(folder, folder.parent / "render.py"))
    text = environment.get_template(name).render(name="you")
    return text, environment.compiled


def test_templates_are_compiled_once_for_all_runs(folder: Path) -> None:
    assert render(folder) == ("Hello you!", 2)
    assert render(folder) == ("Hello you!", 0)
    assert [path.suffix for path in (folder / "__pycache__").iterdir()] == [".pyc"]


@pytest.mark.parametrize("changed", ["hello.j2", "../render.py"])
def test_a_template_or_its_settings_that_change_are_compiled_anew(folder: Path, changed: str) -> None:
    render(folder)
    (folder / changed).write_text("Bye {{ name }}")
    assert render(folder)[1] == 2


def test_the_time_of_a_template_counts_when_its_size_does_not_change(folder: Path) -> None:
    render(folder)
    (folder / "hello.j2").write_text("Howdy{{ name }}")
    os.utime(folder / "hello.j2", ns=(1, 1))
    assert render(folder) == ("Howdyyou!", 2)


def test_a_new_template_is_found(folder: Path) -> None:
    render(folder)
    (folder / "new.j2").write_text("new")
    assert render(folder, "new.j2")[0] == "new"


def test_a_broken_file_is_written_anew(folder: Path) -> None:
    render(folder)
    kept = Compiled(folder, folder.parent / "render.py").path
    for damage in (b"", kept.read_bytes()[:-20], b"N"):
        kept.write_bytes(damage)
        assert render(folder) == ("Hello you!", 2)
        assert render(folder) == ("Hello you!", 0)


def test_nothing_is_written_where_python_may_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert render(folder) == ("Hello you!", 2)
    assert not (folder / "__pycache__").exists()


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(folder: Path) -> None:
    (folder / "__pycache__").write_text("in the way")
    assert render(folder) == ("Hello you!", 2)
    assert render(folder) == ("Hello you!", 2)


def test_an_unknown_template_is_named(folder: Path) -> None:
    with pytest.raises(TemplateNotFound, match="absent"):
        render(folder, "absent.j2")
    with pytest.raises(TemplateNotFound, match="absent"):
        Compiled(folder, folder).get_source(Environment(), "absent.j2")
