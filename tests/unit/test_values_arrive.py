"""What somebody sets arrives in the objects, exactly, in the right place, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chartgen import values
from chartgen.engine import Refusal
from chartgen.manifest import Case, Manifest, Rendering
from chartgen.settings import Path
from tests.apps import made

Object = Mapping[str, Any]


def one(rendering: Rendering, kind: str, name: str) -> Any:
    (found,) = [m.data for m in rendering.manifests if (m.kind, m.name) == (kind, name)]
    return found


def pod_of(data: Object) -> Any:
    spec = data["spec"]
    return (spec.get("jobTemplate", {}).get("spec") or spec)["template"]


def container(rendering: Rendering, kind: str, name: str, index: int = 0) -> Any:
    return pod_of(one(rendering, kind, name))["spec"]["containers"][index]


def env(found: Object) -> dict[str, Any]:
    return {e["name"]: e.get("value", e.get("valueFrom")) for e in found["env"]}


HOSTILE = {
    "A": "{{ .Values.secrets }} \"double\" 'single' \\ $(HOME)\nsecond line: yes\n",
    "B": "🦄 ünïcode \u2028 \x7f",
    "C": "yes",
    "D": "1e3",
    "E": "0777",
    "F": "null",
    "G": "",
    "H": " # no comment ",
    "I": "a" * 10_000,
}


def test_variables_of_app_yaml_arrive_exactly() -> None:
    found = env(container(made.render("opposite"), "DaemonSet", "opposite-node-agent"))
    declared = made.app("opposite").components["node-agent"].env
    literal = {name: value for name, value in declared.items() if isinstance(value, str | int)}
    assert {name: found[name] for name in literal} == {name: str(value) for name, value in literal.items()}
    assert found["PEER"] == "http://opposite-store:7000/v1/peers"
    assert found["PEER_ADDRESS"] == "opposite-store:7000"
    assert found["CACHE"] == "redis+tls://cache.example.com"
    assert found["NODE"] == {"fieldRef": {"fieldPath": "spec.nodeName"}}


def test_variables_of_the_values_arrive_exactly() -> None:
    numbers = {"K": 12345678, "L": 1.5, "M": 10**15, "N1": 0, "O": -7, "P": True, "Q": False, "R": 1e-7}
    rendering = made.render("web", {"web": {"env": {**HOSTILE, **numbers}}})
    found = env(container(rendering, "Deployment", "web-web"))
    texts = {
        "K": "12345678",
        "L": "1.5",
        "M": "1000000000000000",
        "N1": "0",
        "O": "-7",
        "P": "true",
        "Q": "false",
    }
    assert found == {**HOSTILE, **texts, "R": "1e-7"}


def test_a_number_that_no_double_holds_is_carried_as_text() -> None:
    defaults = made.chart("web").default_values
    assert defaults["web"]["env"] == {}
    from chartgen.blocks.container import _exact

    assert [_exact(v) for v in (2**53, 2**53 + 1, -(2**60), True, "x")] == [
        2**53,
        str(2**53 + 1),
        str(-(2**60)),
        True,
        "x",
    ]


def test_two_containers_can_have_a_variable_of_one_name_from_two_places() -> None:
    rendering = made.render("opposite")
    own = env(container(rendering, "DaemonSet", "opposite-node-agent"))
    sidecar = env(container(rendering, "DaemonSet", "opposite-node-agent", 1))
    assert (own["TOKEN"]["secretKeyRef"]["key"], sidecar["TOKEN"]["secretKeyRef"]["key"]) == (
        "TOKEN",
        "OTHER",
    )


def test_a_variable_that_the_chart_sets_can_be_overridden_and_stands_once() -> None:
    mine = {"secretKeyRef": {"name": "mine", "key": "token"}}
    given = {"env": {"TOKEN": {"valueFrom": mine}, "WORD": None}}
    rendering = made.render("opposite", {**made.BROUGHT["opposite"], "nodeAgent": given})
    names = [e["name"] for e in container(rendering, "DaemonSet", "opposite-node-agent")["env"]]
    assert len(names) == len(set(names))
    assert env(container(rendering, "DaemonSet", "opposite-node-agent"))["TOKEN"] == mine
    assert "WORD" not in names


def test_a_secret_is_no_literal_in_the_variables_of_who_gets_it() -> None:
    given = {"nodeAgent": {"env": {"TOKEN": "mine"}}}
    refused = made.ask("opposite", {**made.BROUGHT["opposite"], **given})
    assert refused.message == 'nodeAgent.env.TOKEN: must be a map, not "mine"'


def test_a_volume_for_one_pod_alone_is_not_asked_for_by_the_test_that_looks_into_it() -> None:
    tests = {"ReadWriteOnce": 1, "ReadWriteOncePod": 0}
    for mode, count in tests.items():
        rendering = made.render("ushadow", {"persistence": {"config": {"accessModes": [mode]}}})
        found = [m for m in rendering.manifests if m.name.endswith("-test-config-seeded")]
        assert (mode, len(found)) == (mode, count)


def selectors(data: Object) -> Iterator[Object]:
    """What selects pods, and what cannot change once it is there."""
    spec = data.get("spec", {})
    yield from (s for s in (spec.get("selector"), spec.get("podSelector")) if s)
    yield from (claim["metadata"] for claim in spec.get("volumeClaimTemplates", ()))


@pytest.mark.parametrize("name", made.APPS)
def test_common_labels_are_on_everything_but_what_selects(name: str) -> None:
    common = {"team": "a", "app.kubernetes.io/name": "theirs", "app.kubernetes.io/instance": "theirs"}
    given = values.merge(
        [made.BROUGHT.get(name, {}), {"commonLabels": common, "commonAnnotations": {"owner": "b"}}]
    )
    ours = [m for m in made.render(name, given).manifests if not is_own(name, m)]
    for manifest in ours:
        labels = manifest.data["metadata"]["labels"]
        assert (labels["team"], labels["app.kubernetes.io/name"]) == ("a", name)
        assert manifest.data["metadata"]["annotations"]["owner"] == "b"
        for found in selectors(manifest.data):
            assert "team" not in str(found)
        if manifest.kind in ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"):
            assert pod_of(manifest.data)["metadata"]["labels"]["team"] == "a"
            assert pod_of(manifest.data)["metadata"]["annotations"]["owner"] == "b"


def is_own(name: str, manifest: Manifest) -> bool:
    own = made.app(name).own.folder
    return any(
        f"templates/{path.removeprefix(own + '/')}" == manifest.source
        for path, _ in made.app(name).files
        if own
    )


def test_labels_of_pods_never_replace_those_that_select_them() -> None:
    rendering = made.render("web", made.overlays("web")["everything"])
    deployment = one(rendering, "Deployment", "web-site-web")
    labels = pod_of(deployment)["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert (labels["colour"], labels["app.kubernetes.io/name"]) == ("blue", "site")


@pytest.mark.parametrize("name", made.APPS)
def test_a_new_version_of_the_chart_alone_restarts_no_pod(name: str) -> None:
    for manifest in made.render(name).manifests:
        if manifest.kind in ("Deployment", "StatefulSet", "DaemonSet"):
            metadata = str(pod_of(manifest.data)["metadata"])
            assert "helm.sh/chart" not in metadata
            assert "app.kubernetes.io/version" not in metadata


@pytest.mark.parametrize(
    "release,given,name",
    [
        ("web", {}, "web-web"),
        ("shop", {}, "shop-web-web"),
        ("my.shop", {}, "my-shop-web-web"),
        ("shop", {"nameOverride": "site"}, "shop-site-web"),
        ("shop", {"fullnameOverride": "site"}, "site-web"),
        ("1st", {"fullnameOverride": "first"}, "first-web"),
    ],
)
def test_objects_are_called_after_the_release(release: str, given: dict[str, Any], name: str) -> None:
    rendering = made.render("web", given, release)
    assert {m.name for m in rendering.manifests if m.kind in ("Deployment", "Service")} == {name}


def test_a_release_whose_name_no_service_can_have_is_refused_with_a_sentence() -> None:
    answer = made.ask("web", {}, "1st")
    assert isinstance(answer, Refusal)
    assert answer.message.startswith("The name of a Service begins with a letter")
    assert answer.message.endswith("Set fullnameOverride.")
    assert isinstance(made.ask("worker", {}, "1st"), Rendering)


def test_every_object_goes_to_the_namespace_that_is_said() -> None:
    rendering = made.render("ushadow", {"namespaceOverride": "elsewhere", "rbac": {"create": True}})
    assert {m.namespace for m in rendering.manifests} == {"elsewhere"}


@pytest.mark.parametrize(
    "image,reference",
    [
        ({}, "acme/web:2.4"),
        ({"tag": "v1"}, "acme/web:v1"),
        ({"tag": 20241101}, "acme/web:20241101"),
        ({"tag": "1.10"}, "acme/web:1.10"),
        (
            {"registry": "r.example.com:5000", "tag": "a", "digest": "sha256:" + "0" * 64},
            "r.example.com:5000/acme/web@sha256:" + "0" * 64,
        ),
        ({"repository": "other/web"}, "other/web:2.4"),
    ],
)
def test_an_image_is_called_by_its_parts(image: dict[str, Any], reference: str) -> None:
    assert (
        container(made.render("web", {"web": {"image": image}}), "Deployment", "web-web")["image"]
        == reference
    )


def test_the_registry_of_all_charts_wins() -> None:
    given = {"global": {"imageRegistry": "mirror"}, "web": {"image": {"registry": "mine"}}}
    assert container(made.render("web", given), "Deployment", "web-web")["image"] == "mirror/acme/web:2.4"


@pytest.mark.parametrize(
    "own,everybodys,wanted",
    [
        ("", "", None),
        ("fast", "", "fast"),
        ("", "slow", "slow"),
        ("fast", "slow", "fast"),
        ("-", "slow", ""),
        ("", "-", ""),
    ],
)
def test_a_storage_class_is_left_out_empty_or_named(own: str, everybodys: str, wanted: str | None) -> None:
    given = {
        "global": {"storageClass": everybodys},
        "persistence": {n: {"storageClass": own} for n in ("data", "backups")},
    }
    rendering = made.render("database", given)
    claim = one(rendering, "PersistentVolumeClaim", "database-backups")["spec"]
    templates = one(rendering, "StatefulSet", "database-db")["spec"]["volumeClaimTemplates"]
    (template,) = [t["spec"] for t in templates if t["metadata"]["name"] == "data"]
    for spec in (claim, template):
        assert spec.get("storageClassName") == wanted
        assert ("storageClassName" in spec) == (wanted is not None)


def test_the_claims_of_replicas_have_nothing_that_a_later_version_changes() -> None:
    given = {"commonLabels": {"a": "b"}, "commonAnnotations": {"c": "d"}}
    spec = one(made.render("database", given), "StatefulSet", "database-db")["spec"]
    assert [t["metadata"] for t in spec["volumeClaimTemplates"]] == [{"name": "data"}, {"name": "wal"}]
    assert spec["serviceName"] == "database-db-headless"
    assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}


def test_replicas_of_a_statefulset_can_be_found_one_by_one() -> None:
    service = one(made.render("database"), "Service", "database-db-headless")["spec"]
    assert (service["clusterIP"], service["publishNotReadyAddresses"]) == ("None", True)
    assert [p["name"] for p in service["ports"]] == ["postgres", "exporter"]


def test_pace_is_only_there_for_a_rolling_update() -> None:
    pace = {"maxSurge": 1, "maxUnavailable": 0}
    for kind, wanted in (
        ("RollingUpdate", {"type": "RollingUpdate", "rollingUpdate": pace}),
        ("Recreate", {"type": "Recreate"}),
    ):
        given = {"web": {"strategy": {"type": kind, "rollingUpdate": pace}}}
        assert one(made.render("web", given), "Deployment", "web-web")["spec"]["strategy"] == wanted


@pytest.mark.parametrize("value", [1, 0, "34%", "100%"])
def test_a_budget_is_a_count_or_a_percentage(value: int | str) -> None:
    given = {"web": {"pdb": {"enabled": True, "maxUnavailable": value}}}
    assert one(made.render("web", given), "PodDisruptionBudget", "web-web")["spec"]["maxUnavailable"] == value


def test_a_network_policy_without_a_port_lets_nobody_in() -> None:
    spec = one(
        made.render("worker", {"networkPolicy": {"enabled": True}}), "NetworkPolicy", "worker-queue-worker"
    )["spec"]
    assert (spec["ingress"], spec["policyTypes"]) == ([], ["Ingress"])


def test_more_routes_than_fit_into_one_route_are_shared_among_several() -> None:
    rendering = made.render("many", {"httpRoute": {"enabled": True, "parentRefs": [{"name": "g"}]}})
    routes = [m.data for m in rendering.manifests if m.kind == "HTTPRoute"]
    assert [(r["metadata"]["name"], len(r["spec"]["rules"])) for r in routes] == [
        ("many", 16),
        ("many-routes-2", 10),
    ]
    own = {
        "httpRoute": {
            "enabled": True,
            "parentRefs": [{"name": "g"}],
            "rules": [{"backendRefs": [{"name": "x", "port": 1}]}],
        }
    }
    assert [
        len(m.data["spec"]["rules"]) for m in made.render("many", own).manifests if m.kind == "HTTPRoute"
    ] == [1]


def test_files_to_seed_arrive_whatever_is_in_them_and_however_they_are_called() -> None:
    found = one(made.render("opposite"), "ConfigMap", "opposite-seed-first")
    agent = pod_of(one(made.render("opposite"), "DaemonSet", "opposite-node-agent"))["spec"]
    (volume,) = [v["configMap"] for v in agent["volumes"] if v["name"] == "seed-first"]
    paths = {item["path"]: item["key"] for item in volume["items"]}
    app = made.app("opposite")
    assert paths.keys() == {p.removeprefix("a folder/") for p, _ in app.files if p.startswith("a folder/")}
    for path, content in app.files:
        if path.startswith("a folder/"):
            key = paths[path.removeprefix("a folder/")]
            assert stored(found, key) == content


def stored(config_map: Object, key: str) -> bytes:
    from base64 import b64decode

    text = config_map["data"].get(key)
    return b64decode(config_map["binaryData"][key]) if text is None else text.encode()


def test_a_file_of_the_values_wins_over_that_of_the_chart() -> None:
    rendering = made.render("opposite", made.overlays("opposite")["other"])
    found = one(rendering, "ConfigMap", "opposite-seed-first")["data"]
    assert found["plain.txt"] == "mine\n"
    assert sorted(v for v in found.values() if "now a text" in v or ".Values }}\n" in v) == [
        "now a text",
        "{{ .Values }}\n",
    ]


def test_a_persons_objects_are_run_as_templates() -> None:
    rendering = made.render("web", made.overlays("web")["everything"])
    extra = {m.name: m.data["data"] for m in rendering.manifests if m.kind == "ConfigMap"}
    assert extra == {"web-site-extra": {"name": "web"}, "web-site-text": {"replicas": "3"}}


def empties(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of an object that hold nothing."""
    if value is None or value == "null":
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from empties(inner, (*path, key))


def nested(path: Path, value: Any) -> dict[str, Any]:
    return {path[0]: nested(path[1:], value) if len(path) > 1 else value}


@pytest.mark.parametrize("name", ["web", "worker", "database", "cron", "opposite", "own", "ushadow"])
def test_null_for_any_setting_is_refused_by_name_or_means_nothing(name: str) -> None:
    settings = made.declared(name).settings
    base = made.BROUGHT.get(name, {})
    cases = [Case(values.merge([base, nested(s.path, None)]), overlay=s.dotted) for s in settings]
    for setting, answer in zip(settings, made.session(name).render(cases), strict=True):
        if isinstance(answer, Refusal):
            # A secret that is brought by `base` and then taken away is asked for by a rule.
            assert answer.kind == "schema" or values.get(base, setting.path) is not None, (
                setting.dotted,
                answer.raw,
            )
            assert setting.needed or answer.kind == "rule" or values.get(base, setting.path), setting.dotted
            continue
        assert not setting.needed, setting.dotted
        for manifest in answer.manifests:
            assert list(empties(manifest.data)) == [], (setting.dotted, manifest.label)
