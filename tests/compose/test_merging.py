"""Several files, extends and include, as the Compose Specification merges them."""

from __future__ import annotations

from typing import Any

import pytest

from chartgen.compose.project import Asked, load
from chartgen.errors import ModelError
from tests.compose.made import Given

BASE = """
services:
  a:
    image: a:1
    command: [one, two]
    environment: {ONE: 1, TWO: two}
    ports: ["80:80"]
    dns: 1.1.1.1
    volumes: ["data:/data", "./x:/x"]
    depends_on: [b]
    labels: [k=v]
    healthcheck: {test: [CMD, one], interval: 5s}
    logging: {driver: json-file, options: {a: b}}
    build: ./ctx
  b: {image: "b:1"}
volumes: {data: {}}
"""


def merged(*files: str, **more: str) -> Any:
    """Service `a` of compose files, later ones over earlier ones."""
    names = [f"c{number}.yaml" for number in range(len(files))]
    given = {name: text.encode() for name, text in zip(names, files, strict=True)}
    given |= {name.replace("__", "/").replace("_", "."): text.encode() for name, text in more.items()}
    return load(Asked(tuple(names)), Given(given)).services["a"]


@pytest.mark.parametrize(
    "over,key,value",
    [
        ("command: three", "command", "three"),
        ("environment: [TWO=2, THREE=3]", "environment", {"ONE": 1, "TWO": "2", "THREE": "3"}),
        ("environment: {ONE: !reset null}", "environment", {"TWO": "two"}),
        ("ports: ['81:80']", "ports", ["80:80", "81:80"]),
        ("ports: ['80:80']", "ports", ["80:80"]),
        ("ports: !override ['81:80']", "ports", ["81:80"]),
        ("ports: !reset []", "ports", None),
        ("dns: [1.1.1.1, 8.8.8.8]", "dns", ["1.1.1.1", "8.8.8.8"]),
        ("volumes: ['other:/data']", "volumes", ["other:/data", "./x"]),
        ("labels: {k: w, l: m}", "labels", {"k": "w", "l": "m"}),
        ("healthcheck: {test: [NONE]}", "healthcheck", {"test": ["NONE"], "interval": "5s"}),
        ("logging: {driver: syslog}", "logging", {"driver": "syslog"}),
        ("logging: {options: {c: d}}", "logging", {"driver": "json-file", "options": {"a": "b", "c": "d"}}),
        ("build: {target: t}", "build", {"context": "ctx", "target": "t"}),
        ("image: null", "image", "a:1"),
    ],
)
def test_a_later_file_is_merged(over: str, key: str, value: Any) -> None:
    found = merged(BASE, f"services: {{a: {{{over}}}}}\nvolumes: {{other: {{}}}}").get(key)
    if key == "volumes":
        found = [entry if isinstance(entry, str) else f"./{entry['source']}" for entry in found]
    assert found == value


def test_a_list_of_names_and_a_mapping_are_one_thing() -> None:
    over = "services: {a: {depends_on: {c: {condition: service_healthy}}}, c: {image: 'c:1'}}"
    assert merged(BASE, over)["depends_on"] == {
        "b": {"condition": "service_started", "required": True},
        "c": {"condition": "service_healthy"},
    }


def test_what_extends_begins_as_the_other_with_paths_of_its_own_file() -> None:
    text = "services: {a: {extends: {file: sub/base.yaml, service: z}, environment: {B: 2}}}"
    base = "services: {z: {image: 'z:1', env_file: z.env, build: ., environment: {A: 1, B: 1}, ports: [1]}}"
    found = merged(text, sub__base_yaml=base)
    assert found == {
        "image": "z:1", "env_file": ["sub/z.env"], "build": {"context": "sub"}, "ports": [1],
        "environment": {"A": 1, "B": 2},
    }  # fmt: skip


def test_a_path_is_found_from_its_own_file_wherever_the_project_lies() -> None:
    files = {
        "in/deep/c.yaml": b"services: {a: {extends: {file: ../base/b.yaml, service: z}, env_file: a.env}}",
        "in/base/b.yaml": b"services: {z: {image: 'z:1', env_file: z.env, build: ., volumes: ['./z:/z']}}",
    }
    found = load(Asked(("in/deep/c.yaml",)), Given(files)).services["a"]
    assert found["env_file"] == ["in/base/z.env", "in/deep/a.env"]
    assert (found["build"]["context"], found["volumes"][0]["source"]) == ("in/base", "in/base/z")


def test_what_is_included_is_there_and_may_be_changed() -> None:
    text = "include: [sub/base.yaml]\nservices: {a: {environment: {A: 2}}}"
    base = "services: {a: {image: 'a:${TAG}', env_file: a.env}}"
    found = merged(text, sub__base_yaml=base, sub___env="TAG=7")
    assert found == {"image": "a:7", "env_file": ["sub/a.env"], "environment": {"A": 2}}


def test_the_keys_that_are_written_win_over_merged_ones_wherever_they_stand() -> None:
    text = "x: &x {image: 'x:1', user: '1'}\ny: &y {image: 'y:1', init: true}\n".replace("x:", "x-x:", 1)
    text = text.replace("y: &y", "x-y: &y") + "services: {a: {user: '2', <<: [*x, *y]}}"
    assert merged(text) == {"user": "2", "image": "x:1", "init": True}


FAULTS = {
    "circle": (
        "services: {a: {extends: b}, b: {extends: a}}",
        ["services that extend each other: a -> b -> a"],
    ),
    "absent": ("services: {a: {extends: {service: web, file: no.yaml}}}", ["there is no file no.yaml"]),
    "near": (
        "services: {a: {extends: wep}, web: {image: 'a:1'}}",
        ["a extends 'wep', and c0.yaml has no such service"],
    ),
    "outside": ("include: [../x.yaml]", ["../x.yaml lies outside of the folder that is looked into"]),
    "remote": ("include: ['https://x.y/z.yaml']", ["https://x.y/z.yaml lies elsewhere"]),
    "itself": ("include: [c0.yaml]", ["files that include each other: c0.yaml -> c0.yaml"]),
    "tag": (
        "services: {a: {image: !!python/object:x 'a'}}",
        ["the tag tag:yaml.org,2002:python/object:x is not known"],
    ),
    "twice": ("services: {a: {image: 'a:1', image: 'b:1'}}", ["the key 'image' stands twice"]),
    "keys": (
        "servces: {}\nservices: {a: {imag: x, ports: 3, deploy: {replica: 3}}}",
        [
            "services.a.ports is 3",
            "services.a.deploy: unknown key 'replica'",
            "services.a: unknown key 'imag'",
            "the file: unknown key 'servces'",
        ],
    ),
    "variables": (
        "services: {a: {image: '${TAG:?which}', user: '${'}}",
        ["'${' has no closing brace", "the variable TAG has no value: which"],
    ),
    "kinds": ("- a\n- b", ["a compose file is a mapping"]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_all_that_is_wrong_is_told_with_its_place(name: str) -> None:
    text, whats = FAULTS[name]
    with pytest.raises(ModelError) as error:
        load(Asked(("c0.yaml",)), Given({"c0.yaml": text.encode()}))
    assert sorted(p.what for p in error.value.problems) == sorted(whats)
    assert all(p.where.startswith("c0.yaml:") for p in error.value.problems)


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["x-a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"]
    lines += [f"x-a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ModelError, match="aliases that add more than 10,000 values"):
        load(Asked(("c0.yaml",)), Given({"c0.yaml": "\n".join(lines).encode()}))


def test_an_anchor_within_itself_is_refused() -> None:
    with pytest.raises(ModelError, match="an anchor that contains itself"):
        load(Asked(("c0.yaml",)), Given({"c0.yaml": b"x-a: &a [*a]"}))
