from __future__ import annotations

import pytest

from chartgen.checks.latest import check
from tests.unit.checks.stage import item, told

DIGEST = "sha256:" + "a" * 64


def found(image: str, policy: str = "IfNotPresent") -> list[tuple[str, str, str]]:
    return told(
        check(
            item(f"""
kind: CronJob
apiVersion: batch/v1
metadata: {{name: a}}
spec:
  jobTemplate:
    spec: {{template: {{spec: {{containers: [{{image: {image}, imagePullPolicy: {policy}}}]}}}}}}
""")
        )
    )


@pytest.mark.parametrize(
    "image",
    [
        "nginx:1.27",
        "ghcr.io/a/b/c:v1.0.0",
        "localhost:5000/a:1",
        "[2001:db8::1]:5000/a/b:1",
        "[::1]/a:1",
        f"nginx@{DIGEST}",
        f"nginx:latest@{DIGEST}",
        "registry.example.org:5000/a/b:1.2-x_y",
    ],
)
def test_images_that_stay_what_they_are(image: str) -> None:
    assert found(f'"{image}"') == []


PATH = "CronJob/a spec.jobTemplate.spec.template.spec.containers[0]"


def test_an_image_that_moves() -> None:
    assert found("localhost:5000/a", "Always") == [
        ("warning", f"{PATH}.image", "localhost:5000/a has no tag, so it means :latest")
    ]
    assert found("a:latest", "Always") == [
        ("warning", f"{PATH}.image", "a:latest is whatever was pushed last")
    ]


def test_a_moving_tag_that_is_pulled_once() -> None:
    assert found("a:main", "Always") == []
    assert found("a:main") == [
        (
            "warning",
            f"{PATH}.imagePullPolicy",
            "a:main moves, and with IfNotPresent each node keeps the one it saw first",
        )
    ]


@pytest.mark.parametrize("image", ["nginx:", ":1.0", "a b", "a:1:2", "", "a@sha256:12"])
def test_what_is_no_image_at_all(image: str) -> None:
    assert found(f'"{image}"') == [("error", f"{PATH}.image", f"{image!r} is no image reference")]


def test_a_number_is_no_image() -> None:
    assert found("3") == [("error", f"{PATH}.image", "3 is no image reference")]
