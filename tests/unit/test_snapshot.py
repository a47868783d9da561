"""Snapshots: a file name for every object of every overlay, and three ways of not being as kept."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartgen.engine import Refusal
from chartgen.manifest import Case, Manifest, Rendering
from chartgen.snapshot import CHANGING, Change, Kind, compare, files, labels, steady


def _object(kind: str, name: str, namespace: str = "") -> Manifest:
    metadata: dict[str, Any] = {"name": name, **({"namespace": namespace} if namespace else {})}
    return Manifest({"apiVersion": "v1", "kind": kind, "metadata": metadata}, "templates/x.yaml")


def _names(*manifests: Manifest) -> list[str]:
    return list(files("shop", [Rendering(Case(), manifests)]))


def test_an_object_is_a_file_with_its_source_and_the_notes_are_one() -> None:
    rendering = Rendering(Case(overlay="values/dev.yaml"), (_object("Service", "web"),), "Hello\n\n")
    assert files("shop", [Rendering(Case(), ()), rendering]) == {
        "shop/dev/service-web.yaml": (
            "# templates/x.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"
        ),
        "shop/dev/NOTES.txt": "Hello\n",
    }


@pytest.mark.parametrize(
    "overlays,expected",
    [
        ([""], ["default"]),
        (["", "values/dev.yaml", "values/prod.yml"], ["default", "dev", "prod"]),
        (["values/dev.yaml", "eu/dev.yaml"], ["values-dev", "eu-dev"]),
        (["", "values/default.yaml"], ["default", "values-default"]),
        (["a/b-c.yaml", "a-b/c.yaml", "x/c.yaml", "x/b-c.yaml"], ["a-b-c", "a-b-c-2", "x-c", "x-b-c"]),
        (["dev.yaml", "dev.yml"], ["dev", "dev-2"]),
        (["../dev.yaml", "dev.yaml"], ["dev", "dev-2"]),
        (["values/größe 1.yaml", "..yaml"], ["gr-e-1", "unnamed"]),
    ],
)
def test_every_overlay_has_a_folder_of_its_own(overlays: list[str], expected: list[str]) -> None:
    assert list(labels(overlays).values()) == expected


@given(st.lists(st.text("ab/.-", max_size=6), unique=True, max_size=5))
def test_no_two_overlays_share_a_folder_and_none_leads_out(overlays: list[str]) -> None:
    found = list(labels(overlays).values())
    assert len(set(found)) == len(overlays)
    assert all(PurePosixPath(name).parts == (name,) and name != ".." for name in found)


def test_objects_of_one_name_do_not_hide_each_other() -> None:
    same = [_object("Role", "a"), _object("Role", "a", "x"), _object("Role", "a", "y"), _object("Role", "a")]
    assert _names(*same, _object("Role", "a")) == [
        "shop/default/role-a.yaml",
        "shop/default/role-a.x.yaml",
        "shop/default/role-a.y.yaml",
        "shop/default/role-a.cluster.yaml",
        "shop/default/role-a.cluster-2.yaml",
    ]


def test_no_name_of_an_object_leads_out_or_is_too_long() -> None:
    (hostile, long) = _names(_object("Role", "../../etc/passwd"), _object("Role", "x" * 253))
    assert hostile == "shop/default/role-..-..-etc-passwd.yaml"
    assert len(long.rpartition("/")[2]) < 230


def test_long_names_that_begin_alike_are_told_apart() -> None:
    assert len(set(_names(_object("Role", "x" * 252 + "a"), _object("Role", "x" * 252 + "b")))) == 2


def test_missing_extra_and_different_are_told_apart() -> None:
    kept, found = {"a": "1", "b": "2", "c": "3"}, {"b": "2", "c": "4", "d": "5"}
    assert compare(kept, found) == (
        Change("a", Kind.EXTRA, "1", None),
        Change("c", Kind.DIFFERENT, "3", "4"),
        Change("d", Kind.MISSING, None, "5"),
    )
    assert compare(kept, kept) == ()


def test_why_there_is_no_rendering_is_kept_too() -> None:
    refusal = Refusal(Case(), "rule", "a password is missing", "raw")
    assert files("shop", [refusal]) == {"shop/default/REFUSED.txt": "a password is missing\n"}
    assert steady([refusal], [refusal]) == [refusal]


def _random(password: str, notes: str = "") -> Rendering:
    data = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}
    manifest = Manifest({**data, "data": {"p": password, "q": "fix"}, "l": [password, 1]}, "templates/x.yaml")
    return Rendering(Case(), (_object("Role", "r"), manifest), notes)


def test_what_is_another_in_every_rendering_is_kept_as_such() -> None:
    (found,) = steady([_random("one", "a\none\n")], [_random("two", "a\ntwo\n")])
    assert isinstance(found, Rendering)
    assert found.manifests[0] == _object("Role", "r")
    assert found.manifests[1].data["data"] == {"p": CHANGING, "q": "fix"}
    assert found.manifests[1].data["l"] == [CHANGING, 1]
    assert found.notes == f"a\n{CHANGING}\n"


def test_renderings_that_have_not_the_same_objects_are_kept_as_they_are() -> None:
    one, two = _random("one"), Rendering(Case(), ())
    assert steady([one, two], [two, one]) == [one, two]
    assert steady([one], [Refusal(Case(), "rule", "no", "no")]) == [one]
