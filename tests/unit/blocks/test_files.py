"""What app.yaml says of a pod beyond its container: files, plain names, what runs first, /dev/shm, hosts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chartgen.engine.choose import choose
from chartgen.errors import ModelError
from chartgen.generate import generate
from chartgen.manifest import Case, Manifest, Release, Rendering
from chartgen.model.load import load
from chartgen.package import archive

HEAD = "apiVersion: chartgen/v1\nname: shop\nversion: 1.0.0\nappVersion: '1'\ndescription: A shop\n"
APP = (
    HEAD
    + """
components:
  web:
    image: {repository: acme/shop}
    ports: {http: {port: 8080}}
    workingDir: /srv
    aliases: [shop-web, www]
    annotations: {example.com/team: a}
    sharedMemory: 128Mi
    hostAliases: {10.0.0.1: [a, b.c]}
    dns: {ndots: 1, nameservers: [9.9.9.9], searches: [x.y], options: {use-vc: ""}}
    files:
      conf: {path: /etc/conf, folder: conf}
      one: {path: /etc/one, folder: conf, file: "in/b {{ c }}.txt", mode: "0500"}
      token: {path: /run/token, secret: token}
    sidecars:
      migrate: {image: {repository: acme/shop}, args: [migrate], init: true, env: {T: {secret: token}}}
secrets:
  token: {keys: {TOKEN: {}}}
"""
)
FILES = {"conf/a.txt": b"a {{ .Values }}\n", "conf/in/b {{ c }}.txt": b"b", "conf/x.bin": b"\0\xff"}


def rendered(values: dict[str, Any] | None = None, fullname: str = "shop") -> list[Manifest]:
    app = replace(load(APP), files=tuple(sorted(FILES.items())))
    session = choose().open(archive(generate(app)))
    (answer,) = session.render([Case(values or {}, Release(fullname, "shop"))])
    assert isinstance(answer, Rendering), answer.message
    return list(answer.manifests)


def pod(values: dict[str, Any] | None = None) -> dict[str, Any]:
    (found,) = [m for m in rendered(values) if m.kind == "Deployment"]
    spec: dict[str, Any] = found.data["spec"]["template"]
    return spec


def test_files_come_as_they_are_whatever_they_hold() -> None:
    maps = {m.name: m.data for m in rendered() if m.kind == "ConfigMap"}
    assert maps["shop-web-conf"]["data"] == {"a.txt": "a {{ .Values }}\n", "in_b____c___.txt": "b"}
    assert maps["shop-web-conf"]["binaryData"] == {"x.bin": "AP8="}
    assert maps["shop-web-one"]["data"] == {"in_b____c___.txt": "b"}


def test_they_are_mounted_read_only_at_their_paths() -> None:
    spec = pod()["spec"]
    mounts = {m["name"]: m for m in spec["containers"][0]["volumeMounts"]}
    assert mounts["conf"] == {"name": "conf", "mountPath": "/etc/conf", "readOnly": True}
    assert mounts["one"]["subPath"] == "in/b {{ c }}.txt"
    volumes = {v["name"]: v for v in spec["volumes"]}
    assert volumes["one"]["configMap"] == {
        "name": "shop-web-one",
        "defaultMode": 0o500,
        "items": [{"key": "in_b____c___.txt", "path": "in/b {{ c }}.txt"}],
    }
    assert volumes["token"]["secret"]["items"] == [{"key": "TOKEN", "path": "TOKEN"}]
    assert mounts["token"] == {
        "name": "token",
        "mountPath": "/run/token",
        "subPath": "TOKEN",
        "readOnly": True,
    }


def test_another_file_is_another_pod() -> None:
    before = pod()["metadata"]["annotations"]["checksum/files-conf"]
    changed = replace(load(APP), files=(("conf/a.txt", b"new"), ("conf/in/b {{ c }}.txt", b"b")))
    (answer,) = choose().open(archive(generate(changed))).render([Case({}, Release("shop", "shop"))])
    assert isinstance(answer, Rendering)
    (after,) = [m for m in answer.manifests if m.kind == "Deployment"]
    assert after.data["spec"]["template"]["metadata"]["annotations"]["checksum/files-conf"] != before


def test_a_configmap_of_ones_own_takes_the_place_of_the_files() -> None:
    values = {"web": {"files": {"conf": {"existingConfigMap": "mine"}}}}
    assert "shop-web-conf" not in {m.name for m in rendered(values)}
    volumes = {v["name"]: v for v in pod(values)["spec"]["volumes"]}
    assert volumes["conf"]["configMap"] == {"name": "mine", "defaultMode": 0o444}


def test_a_component_answers_to_plain_names_but_never_twice_to_one() -> None:
    def services(**more: Any) -> set[str]:
        return {m.name for m in rendered(**more) if m.kind == "Service"}

    assert services() == {"shop-web", "www"}  # shop-web is its own Service already
    assert services(fullname="prod") == {"prod-shop-web", "shop-web", "www"}
    assert services(values={"web": {"service": {"aliases": False}}}) == {"shop-web"}


def test_what_runs_first_is_an_init_container_with_its_environment() -> None:
    (first,) = pod()["spec"]["initContainers"]
    assert (first["name"], first["args"], first["env"][0]["name"]) == ("migrate", ["migrate"], "T")


def test_the_rest_of_what_is_said_of_a_pod_is_in_it() -> None:
    found = pod()
    spec = found["spec"]
    assert found["metadata"]["annotations"]["example.com/team"] == "a"
    assert spec["hostAliases"] == [{"ip": "10.0.0.1", "hostnames": ["a", "b.c"]}]
    assert spec["dnsConfig"] == {
        "nameservers": ["9.9.9.9"],
        "searches": ["x.y"],
        "options": [{"name": "ndots", "value": "1"}, {"name": "use-vc"}],
    }
    assert spec["containers"][0]["workingDir"] == "/srv"
    memory = next(v for v in spec["volumes"] if v["name"] == "shared-memory")
    assert memory["emptyDir"] == {"medium": "Memory", "sizeLimit": "128Mi"}


COMPONENT = HEAD + "components:\n  web:\n    image: {repository: a}\n    ports: {http: {port: 80}}\n"
FAULTS = {
    "files: {a: {path: /a}}": "exactly one of folder and secret is needed",
    "files: {a: {path: /a, folder: x, key: K}}": "only a secret has keys",
    "files: {a: {path: /a, secret: tok}}": "there is no secret 'tok'",
    "files: {a: {path: /a, folder: x}, b: {path: /a, folder: z}}": "/a is also where 'a' is mounted",
    "aliases: [a, a]": "'a' is given twice",
    "aliases: [x-headless]": "'x-headless' may be the name of another Service of the chart",
    "sidecars: {s: {image: {repository: s}, init: true, ports: {p: {port: 1}}}}": (
        "what has ended before the component starts serves nobody"
    ),
}


@pytest.mark.parametrize("line,what", FAULTS.items())
def test_what_contradicts_is_told(line: str, what: str) -> None:
    with pytest.raises(ModelError) as error:
        load(f"{COMPONENT}    {line}\n")
    assert [problem.what for problem in error.value.problems] == [what]


def test_files_that_do_not_fit_and_folders_without_any_are_told_at_generation() -> None:
    text = f"{COMPONENT}    files: {{a: {{path: /a, folder: x}}, b: {{path: /b, folder: z}}}}\n"
    app = replace(load(text), files=(("x/big", b"x" * 1_000_001),))
    with pytest.raises(ModelError) as error:
        generate(app)
    assert [problem.what for problem in error.value.problems] == [
        "1,000,001 bytes, and a ConfigMap holds 1,000,000",
        "z holds no file for it",
    ]
