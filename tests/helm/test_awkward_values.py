"""Values that a template spoils easily: texts that YAML reads as something else, large numbers, null."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chartgen import values
from chartgen.engine import Answer, Refusal, Session
from chartgen.kubernetes.validation import validate
from chartgen.manifest import Case, Manifest, Release, Rendering

Sessions = Callable[[str, str], Session]
NUMBERS = {
    "namespaceOverride": "1e3",
    "nameOverride": "no",
    "clusterDomain": "0",
    "backend": {
        "image": {"tag": 20240101},
        "priorityClassName": "1.10",
        "runtimeClassName": "null",
        "schedulerName": "true",
        "env": {"no": "on", "PORT": 8000000, "RATIO": 0.5},
        "service": {"clusterIP": "fe80::", "type": "LoadBalancer", "loadBalancerClass": "2001-01-01"},
    },
    "frontend": {"pdb": {"enabled": True, "maxUnavailable": 1000000}},
    "persistence": {"config": {"volumeName": "0", "subPath": "a: b", "storageClass": "1e3"}},
    "secrets": {"auth": {"existingSecret": "08", "existingSecretKeys": {"AUTH_SECRET_KEY": "true"}}},
    "external": {"redis": {"existingSecret": "null", "existingSecretKey": "1_000"}},
    "seed": {"config": {"protectedPaths": ["no", "a: b", "#d"], "existingConfigMap": "0x1"}},
    "serviceAccount": {"name": "1e3"},
    "ingress": {"enabled": True, "className": "0", "hosts": [{"host": "a.b", "paths": [
        {"path": "/a:", "service": "backend", "port": "1e3"}]}]},
    "rbac": {"create": True, "namespaces": ["8"]},
}  # fmt: skip


def answer(session_of: Sessions, given: dict[str, Any]) -> Answer:
    (found,) = session_of("embedded", "ushadow").render([Case(given, Release("no"), kube_version="1.31")])
    return found


def objects(found: Answer) -> dict[str, Manifest]:
    assert isinstance(found, Rendering), found
    return {manifest.label: manifest for manifest in found.manifests}


def test_texts_stay_texts(session_of: Sessions) -> None:
    found = objects(answer(session_of, NUMBERS))
    assert {m.label: validate(m.data) for m in found.values() if validate(m.data)} == {}
    assert {m.namespace for m in found.values() if m.kind not in ("Role", "RoleBinding")} == {"1e3"}
    pod = values.get(found["Deployment/no-backend"].data, ("spec", "template", "spec"))
    names = ("priorityClassName", "runtimeClassName", "schedulerName", "serviceAccountName")
    assert [pod[name] for name in names] == ["1.10", "null", "true", "1e3"]
    container = pod["containers"][0]
    assert container["image"].endswith(":20240101")
    env = {variable.pop("name"): variable for variable in container["env"]}
    assert env["no"] == {"value": "on"}
    assert env["PORT"] == {"value": "8000000"}
    assert env["RATIO"] == {"value": "0.5"}
    assert env["REDIS_URL"] == {"valueFrom": {"secretKeyRef": {"name": "null", "key": "1_000"}}}
    assert env["AUTH_SECRET_KEY"] == {"valueFrom": {"secretKeyRef": {"name": "08", "key": "true"}}}
    mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
    assert mounts["/config"]["subPath"] == "a: b"
    (init,) = pod["initContainers"]
    seeding = {variable["name"]: variable.get("value") for variable in init["env"]}
    assert seeding["SEED_PROTECTED"] == "no\na: b\n#d\n"
    assert seeding["SEED_DIRECTORIES"] == "0700 SECRETS\n0700 kubeconfigs\n0755 providers\n"


def test_labels_of_a_release_that_yaml_takes_for_a_boolean_are_texts(session_of: Sessions) -> None:
    found = objects(answer(session_of, {"nameOverride": "no"}))
    own = {"app.kubernetes.io/name": "no", "app.kubernetes.io/instance": "no"}
    for manifest in found.values():
        assert own.items() <= dict(manifest.metadata["labels"]).items(), manifest.label
    assert found["ServiceAccount/no"].name == "no"


def test_whole_numbers_are_written_out(session_of: Sessions) -> None:
    found = objects(answer(session_of, NUMBERS))
    spec = found["PodDisruptionBudget/no-frontend"].data["spec"]
    assert (spec["maxUnavailable"], type(spec["maxUnavailable"])) == (1000000, int)


@pytest.mark.parametrize(
    "path",
    ["backend.env", "backend.podSecurityContext", "rbac.extraRules", "rbac.namespaces", "seed.config.files",
     "seed.config.directories", "ingress.tls", "commonLabels", "imagePullSecrets", "frontend.lifecycle"],
)  # fmt: skip
def test_null_empties_what_may_be_empty(session_of: Sessions, path: str) -> None:
    given = values.merge([{"rbac": {"create": True}}, nulled(path)])
    for manifest in objects(answer(session_of, given)).values():
        assert validate(manifest.data) == (), manifest.label


@pytest.mark.parametrize(
    "path",
    ["global", "backend.image", "networkPolicy.ingress", "secrets.auth.values", "persistence", "tests",
     "secrets.auth.externalSecret.secretStoreRef", "backend.service", "backend.service.nodePorts"],
)  # fmt: skip
def test_null_for_a_level_means_its_defaults(session_of: Sessions, path: str) -> None:
    assert objects(answer(session_of, nulled(path))) == objects(answer(session_of, {}))


@pytest.mark.parametrize("path", ["podSecurity", "rbac.rules", "backend.replicaCount"])
def test_null_for_what_templates_need_is_refused_by_name(session_of: Sessions, path: str) -> None:
    found = answer(session_of, nulled(path))
    assert isinstance(found, Refusal)
    level, _, name = path.rpartition(".")
    assert (found.kind, found.message) == (
        "schema",
        f"{level}: field '{name}' is missing" if level else f"field '{name}' is missing",
    )


def nulled(path: str) -> dict[str, Any]:
    given: Any = None
    for key in reversed(path.split(".")):
        given = {key: given}
    return dict(given)


@pytest.mark.parametrize("probe", [True, "x", ["httpGet"], 3])
def test_a_probe_that_is_no_map_is_refused_in_words(session_of: Sessions, probe: Any) -> None:
    found = answer(session_of, {"backend": {"livenessProbe": probe}})
    assert isinstance(found, Refusal)
    assert found.kind == "schema"
    assert found.message.startswith("backend.livenessProbe: must be a map, not ")


def test_what_is_no_object_is_refused_among_the_extra_objects(session_of: Sessions) -> None:
    found = answer(session_of, {"extraObjects": [{"metadata": {"name": "a"}}]})
    assert isinstance(found, Refusal)
    assert found.message.splitlines() == [
        "extraObjects[0]: field 'apiVersion' is missing",
        "extraObjects[0]: field 'kind' is missing",
    ]
