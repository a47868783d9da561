"""Ten projects in the style of public ones: what each comes to, and that its chart is right as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chartgen.generate import generate
from chartgen.model.load import load
from tests.compose.made import HERE, PROJECTS, made, told

SECRETS = ("not-a-real-one", "from-the-defaults-file", "never-to-be-packed", "rabbit-pass-1")


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_comes_to_what_was_kept(name: str) -> None:
    assert made(name).text == (HERE / "expected" / f"{name}.yaml").read_text()
    assert told(made(name)) == (HERE / "expected" / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", PROJECTS)
def test_its_application_generates(name: str) -> None:
    app = load(made(name).text)
    chart = generate(replace(app, files=tuple(sorted(made(name).files.items()))))
    assert {f"templates/{c.name}-{c.kind.lower()}.yaml" for c in app.components.values()} <= {
        file.path for file in chart.files
    }


@pytest.mark.parametrize("name", PROJECTS)
def test_no_password_is_in_what_is_made(name: str) -> None:
    found = made(name)
    everything = found.text + found.values + told(found) + repr(sorted(found.files.items()))
    assert [secret for secret in SECRETS if secret in everything] == []


def test_what_is_the_same_password_in_two_places_is_one_secret() -> None:
    app = load(made("shop").text)
    assert app.components["db"].env["POSTGRES_PASSWORD"] == app.components["web"].env["DB_PASSWORD"]
    assert app.components["web"].env["DATABASE_URL"] == (
        "postgres://shop:$(DB_PASSWORD)@$(SERVICE_DB):5432/shop?sslmode=disable"
    )
