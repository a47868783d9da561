"""The systems that charts are packed on are whole or not there, and another recipe is another folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ci import systems
from ci.cluster.debian import UnavailableError

SYSTEM = systems.SYSTEMS[0]


def test_what_cannot_be_had_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(suite: str, folder: Path) -> list[Path]:
        (folder / "half").touch()
        raise UnavailableError("apt-get: E: the archive does not answer")

    monkeypatch.setattr(systems, "_packages", refuse)
    with pytest.raises(SystemExit) as ended:
        systems.make(SYSTEM, tmp_path)
    assert ended.value.code == 3
    told = "chartgen: debian-12 cannot be had: apt-get: E: the archive does not answer"
    assert told in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "systems").iterdir()] == [".debian-12.lock"]
    assert systems.missing(tmp_path) == ["debian-12", "debian-13"]


def test_a_system_is_kept_under_what_it_is_made_from(tmp_path: Path) -> None:
    SYSTEM.place(tmp_path).mkdir(parents=True)
    assert systems.missing(tmp_path) == ["debian-13"]
    assert replace(SYSTEM, python="3.12").place(tmp_path) != SYSTEM.place(tmp_path)


def test_the_archive_is_the_one_that_this_machine_uses_for_debian() -> None:
    said = "http://one.test/security/ Debian-Security\nhttp://two.test/debian/ Debian\nhttp://three.test/ \n"
    assert systems._of_debian(said) == "http://two.test/debian/"
    assert systems._of_debian("http://three.test/ \n") == ""
