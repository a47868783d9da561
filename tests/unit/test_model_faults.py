"""Every fault of an app.yaml is told, all at once, with its place and what to do.

`tests/apps/faults/NAME.yaml` holds the faults, `NAME.txt` beside it what is said about them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from chartgen.errors import ModelError
from chartgen.model.load import load

FAULTS = Path(__file__).resolve().parents[1] / "apps" / "faults"
HEAD = b'apiVersion: chartgen/v1\nname: shop\nversion: 1.0.0\nappVersion: "1"\ndescription: A shop\n'


def names() -> list[str]:
    return sorted(path.stem for path in FAULTS.glob("*.yaml"))


@pytest.mark.parametrize("name", names())
def test_the_faults_are_told_as_they_were_kept(name: str) -> None:
    with pytest.raises(ModelError) as refused:
        load((FAULTS / f"{name}.yaml").read_bytes(), f"{name}.yaml")
    assert f"{refused.value}\n" == (FAULTS / f"{name}.txt").read_text()


def test_every_kept_answer_has_its_fault() -> None:
    assert sorted(path.stem for path in FAULTS.glob("*.txt")) == names()


@pytest.mark.parametrize("name", names())
def test_every_fault_has_a_line_and_every_line_is_in_order(name: str) -> None:
    with pytest.raises(ModelError) as refused:
        load((FAULTS / f"{name}.yaml").read_bytes(), f"{name}.yaml")
    lines = [int(problem.where.split()[0].split(":")[1]) for problem in refused.value.problems]
    assert lines
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    "text,what",
    [
        (HEAD + b"home: caf\xe9\n", "the byte 0xe9 is not UTF-8"),
        (HEAD + b"home: a\x07b\n", "the character U+0007 is not allowed in YAML"),
        (HEAD + b"#" * (10 << 20), "more than the 1,048,576 that are read"),
        (HEAD + b"home: " + b"[" * 200 + b"]" * 200, "nested too deep"),
    ],
    ids=["latin-1", "bell", "ten megabytes", "deep"],
)
def test_what_is_no_text_of_ours_is_refused_before_it_is_read(text: bytes, what: str) -> None:
    with pytest.raises(ModelError) as refused:
        load(text)
    assert what in str(refused.value)


@pytest.mark.parametrize(
    "component",
    [
        "{image: {repository: a}, scratch: {a: '/" + "a" * 500_000 + "!'}}",
        "{image: {repository: " + "a-" * 250_000 + "}}",
        "{image: {repository: a, registry: '" + "a." * 250_000 + "!'}}",
        "{image: {repository: a}, volumes: {a: {path: /, subPath: '" + "a/" * 250_000 + "!/'}}}",
    ],
    ids=["absolute", "repository", "registry", "relative"],
)
def test_a_long_text_that_fits_no_pattern_is_refused_without_trying_for_ever(component: str) -> None:
    with pytest.raises(ModelError) as refused:
        load(HEAD + f"components: {{web: {component}}}\n".encode())
    assert "..." in refused.value.problems[0].what
    assert all(len(problem.what) < 200 for problem in refused.value.problems)


def test_a_mistake_in_a_part_does_not_hide_another_elsewhere() -> None:
    with pytest.raises(ModelError) as refused:
        load(HEAD + b"components: {web: {image: 1, kind: 2}}\nvolumes: {a: {size: 3}}\nroutes: 4\n")
    assert [problem.where.split()[1] for problem in refused.value.problems] == [
        "components.web.image",
        "components.web.kind",
        "volumes.a.size",
        "routes",
    ]


def test_a_mistake_in_a_part_does_not_hide_a_contradiction() -> None:
    components = b"components: {web: {image: 1, volumes: {gone: {path: /a}}}}\n"
    with pytest.raises(ModelError) as refused:
        load(HEAD + components + b"routes: [{path: /, component: wep}]\n")
    assert [problem.what for problem in refused.value.problems] == [
        "expected a mapping, found 1",
        "there is no volume 'gone'",
        "there is no component 'wep'",
    ]


def test_nothing_is_said_of_what_stands_in_for_a_mistake() -> None:
    """Two paths, two ports and two versions that cannot be read are no clash, and no name is missing."""
    web = (
        "{image: {repository: a}, ports: {a: {port: x}, b: {port: z}}, volumes: {d: {path: 1}, e: {path: 2}}}"
    )
    own = "{folder: t, settings: {a: {default: 1, schema: {}, help: A, renamed_from: b, until: soon}}}"
    text = f"components: {{web: {web}}}\nvolumes: {{d: {{size: 1Gi}}, e: {{size: 1Gi}}}}\nown: {own}\n"
    with pytest.raises(ModelError) as refused:
        load(HEAD + text.encode())
    assert [problem.what for problem in refused.value.problems] == [
        "expected an integer, found 'x'",
        "expected an integer, found 'z'",
        "expected a string, found 1",
        "expected a string, found 2",
        "'soon' is not a semantic version",
    ]
