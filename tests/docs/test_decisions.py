"""What the decisions promise and no other test holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from chartgen.blocks import BLOCKS
from chartgen.disk import read_app
from chartgen.engine.choose import choose
from chartgen.generate import generate
from chartgen.manifest import Case, Release, Rendering
from chartgen.package import archive
from chartgen.settings import defaults, tree
from tests.docs.documents import ROOT

APP = read_app(ROOT / "apps/ushadow")
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))


def rendered(values: dict[str, Any]) -> Rendering:
    (answer,) = choose().open(archive(generate(APP))).render([Case(values, Release("ushadow", "ushadow"))])
    assert isinstance(answer, Rendering), answer.message
    return answer


def backend(values: dict[str, Any]) -> Any:
    (found,) = [m for m in rendered(values).manifests if m.label == "Deployment/ushadow-backend"]
    return found.data["spec"]["template"]["spec"]["containers"][0]


def nothings(value: Any, path: str = "") -> Iterator[str]:
    if value is None:
        yield path
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from nothings(below, f"{path}.{key}")


def test_each_decision_is_numbered_titled_priced_and_half_a_page() -> None:
    # Work on several at once takes numbers ahead: there may be gaps, but no number twice.
    assert all(path.name[:4].isdigit() for path in DECISIONS)
    assert len({path.name[:4] for path in DECISIONS}) == len(DECISIONS)
    for path in DECISIONS[4:]:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# "), path.name
        assert "\nPrice: " in text, path.name
        assert len(text.split()) < 200, path.name


def test_no_default_is_null() -> None:
    assert list(nothings(defaults(tree(s for block in BLOCKS for s in block.settings(APP))))) == []


def test_null_is_refused_where_a_setting_is_required_and_means_nothing_elsewhere() -> None:
    session = choose().open(archive(generate(APP)))
    (refused,) = session.validate({"backend": {"replicaCount": None}})
    assert "replicaCount" in refused
    assert "livenessProbe" not in backend({"backend": {"livenessProbe": None}})
    assert "livenessProbe" in backend({})


def test_a_variable_that_is_set_twice_stands_once_and_is_the_persons() -> None:
    env = backend({"backend": {"env": {"REDIS_URL": "redis://mine:6379/0", "PORT": "9000", "NEW": True}}})[
        "env"
    ]
    names = [entry["name"] for entry in env]
    assert len(names) == len(set(names))
    found = {entry["name"]: entry.get("value") for entry in env}
    assert (found["REDIS_URL"], found["PORT"], found["NEW"]) == ("redis://mine:6379/0", "9000", "true")
    assert found["HOST"] == "0.0.0.0", "an overlay of one variable leaves the others"


def test_one_template_alone_may_ask_the_cluster_and_says_when() -> None:
    asking = re.compile(r"chartgen:allow lookup: only when a person chose (\S+)")
    files = {f.path: asking.findall(f.text) for f in generate(APP).templates}
    allowed = {path: said for path, said in files.items() if said}
    assert allowed == {"templates/secrets-secret.yaml": ["secrets.auth.generate:"]}


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name[:4])
def test_the_files_that_a_decision_names_exist(path: Any) -> None:
    named = re.findall(
        r"`((?:chartgen|tests|ci|docs|apps|values)/[\w./-]+)`", path.read_text(encoding="utf-8")
    )
    assert [name for name in named if not (ROOT / name).exists()] == []
