"""kubeconform reads the folder that the script writes, and its verdict is the one we give."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chartgen.kubernetes.definitions import definitions, names, ref
from tests.need import need
from tests.unit.kubernetes.objects import BROKEN, OBJECTS
from tests.unit.kubernetes.test_definitions import TABLE
from tests.unit.kubernetes.test_scalars import ACCEPTED, REFUSED


def judged(location: str, objects: list[Any], folder: Path) -> list[str]:
    """kubeconform's verdict on each of `objects`: statusValid, statusInvalid, statusError, statusSkipped."""
    for number, obj in enumerate(objects):
        (folder / f"{number:04}.json").write_text(json.dumps(obj), "utf-8")
    arguments = ["-strict", "-kubernetes-version", "1.31.0", "-output", "json", "-verbose"]
    done = subprocess.run(
        [need("kubeconform"), *arguments, "-schema-location", location, str(folder)],
        capture_output=True,
        check=False,
    )
    told = {Path(found["filename"]).name: found["status"] for found in json.loads(done.stdout)["resources"]}
    return [told[f"{number:04}.json"] for number in range(len(objects))]


def test_kubeconform_agrees_with_us(tmp_path: Path) -> None:
    need("kubernetes_validate")
    need("kubeconform")
    from ci.kubeconform_schemas import location, write

    write(tmp_path, "1.31")
    right = [obj for obj in OBJECTS if obj["kind"] != "HTTPRoute"]
    broken = [case for case in BROKEN if not case.ours]
    folder = tmp_path / "objects"
    folder.mkdir()
    found = judged(location(tmp_path), [*right, *(case.obj for case in broken)], folder)
    assert found[: len(right)] == ["statusValid"] * len(right)
    expected = ["statusInvalid" if "1.31" in case.versions else "statusValid" for case in broken]
    assert found[len(right) :] == expected


def test_go_reads_our_definitions_as_we_do(tmp_path: Path) -> None:
    """Helm judges values with the Go library that kubeconform has: RE2 patterns, `$ref`, if and then."""
    need("kubeconform")
    for name in names():
        value = {**ref(name), "definitions": definitions([name])}
        schema = {"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"value": ref(name)}}
        schema["definitions"] = value["definitions"]
        (tmp_path / f"{name.lower()}-v1.json").write_text(json.dumps(schema), "utf-8")
    taken = [(name, doc) for name, docs in (TABLE["accepted"] | ACCEPTED).items() for doc in docs]
    refused = [(name, doc) for name, docs in REFUSED.items() for doc in docs]
    refused += [(name, case[0]) for name, cases in TABLE["refused"].items() for case in cases]
    folder = tmp_path / "objects"
    folder.mkdir()
    objects = [{"apiVersion": "v1", "kind": name, "value": doc} for name, doc in [*taken, *refused]]
    found = judged(f"{tmp_path}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json", objects, folder)
    wrong = [
        (obj["kind"], obj["value"], verdict)
        for obj, verdict, fine in zip(
            objects, found, [True] * len(taken) + [False] * len(refused), strict=True
        )
        if verdict != ("statusValid" if fine else "statusInvalid")
    ]
    assert wrong == []


def test_a_folder_that_is_there_is_kept(tmp_path: Path) -> None:
    need("kubernetes_validate")
    from ci.kubeconform_schemas import place, write

    (tmp_path / place("1.31")).mkdir()
    assert list(write(tmp_path, "1.31").iterdir()) == []


def test_an_unknown_version_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    need("kubernetes_validate")
    from ci.kubeconform_schemas import main

    assert main([]) == 2
    assert main([str(tmp_path), "1.28"]) == 2
    assert "not known: 1.28; known: 1.29" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert main([str(tmp_path), "1.37"]) == 0
    assert (tmp_path / "v1.37.0-standalone-strict" / "deployment-apps-v1.json").is_file()
