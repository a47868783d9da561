"""What an app.yaml means: defaults, names, order, and what every application of the tests says of itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chartgen import documents
from chartgen.model import App, EnvFrom, describe
from chartgen.model.check import problems_of, suffixes
from chartgen.model.field import camel
from chartgen.model.load import dotted, load, read
from chartgen.schema import compiled
from tests.apps import made

LEAST = """
apiVersion: chartgen/v1
name: shop
version: 1.0.0
appVersion: "1"
description: A shop
components:
  web: {image: {repository: acme/shop}}
"""


def with_component(text: str) -> App:
    return load(
        LEAST.replace("{image: {repository: acme/shop}}", f"{{image: {{repository: acme/shop}}, {text}}}")
    )


def test_the_least_app_has_one_deployment_and_nothing_else() -> None:
    app = load(LEAST)
    web = app.components["web"]
    assert (web.name, web.key, web.kind, web.scales, web.serves) == ("web", "web", "Deployment", True, False)
    assert (app.volumes, app.secrets, app.routes, app.folders, app.main) == ({}, {}, (), (), None)


def test_a_mapping_gives_its_keys_as_names() -> None:
    app = made.app("opposite")
    assert app.components["node-agent"].name == "node-agent"
    assert app.components["node-agent"].key == "nodeAgent"
    assert app.volumes["extra-one"].key == "extraOne"
    assert app.seeds["second-one"].config_map == "seed-second-one"
    assert app.secrets["pin"].suffix == "pin-code"


@pytest.mark.parametrize(
    "name,key", [("a", "a"), ("api-gateway", "apiGateway"), ("a-1-b", "a1B"), ("web2", "web2"), ("x-2", "x2")]
)
def test_a_name_with_dashes_becomes_a_key_that_templates_can_read(name: str, key: str) -> None:
    assert camel(name) == key


def test_an_environment_variable_is_a_scalar_or_says_where_it_comes_from() -> None:
    env = made.app("opposite").components["node-agent"].env
    assert env["WORD"] == "yes"
    assert env["NUMBER"] == 12345678
    assert env["TOKEN"] == EnvFrom(secret="api-token", key="TOKEN")
    assert env["PEER"] == EnvFrom(component="store", form="url", port="api", path="/v1/peers")


def test_the_ports_of_all_containers_are_those_of_the_pod_and_the_exposed_ones_those_of_the_service() -> None:
    agent = made.app("opposite").components["node-agent"]
    assert list(agent.listens) == ["syslog-udp", "syslog-tcp", "health", "forward"]
    assert list(agent.exposed) == ["syslog-udp", "syslog-tcp", "forward"]
    assert agent.exposed["syslog-udp"].service_port == 514


def test_a_volume_that_only_a_sidecar_mounts_is_one_of_the_pod() -> None:
    assert list(made.app("opposite").components["node-agent"].mounts) == ["shared", "extra-one"]


def test_what_notes_speak_of_is_the_component_of_the_root_or_the_first_that_serves() -> None:
    main = [made.app(name).main for name in ("ushadow", "database", "worker", "cron")]
    assert [m.name if m else "" for m in main] == ["frontend", "db", "", ""]


def test_the_default_url_of_a_service_elsewhere_has_no_cluster_domain_in_it() -> None:
    assert made.app("opposite").external["cache"].url("x.example") == "redis+tls://cache.example.com"
    queue = made.app("worker").external["queue"]
    assert queue.url("x.example") == "amqp://rabbitmq.queues.svc.x.example:5672"


@pytest.mark.parametrize("name", made.APPS)
def test_an_application_that_loads_has_no_problem(name: str) -> None:
    assert list(problems_of(made.app(name))) == []


@pytest.mark.parametrize("name", made.APPS)
def test_what_is_dumped_loads_as_it_was(name: str) -> None:
    app = replace(made.app(name), files=())
    assert load(documents.dump(describe.dump(app))) == app


@pytest.mark.parametrize("name", made.APPS)
def test_the_schema_for_editors_accepts_every_application(name: str) -> None:
    folder = made.ROOT / "apps" / name if name == "ushadow" else made.HERE / name
    data = documents.load((folder / "app.yaml").read_text(), "app.yaml").data
    assert compiled(describe.schema(App, "app.yaml")).errors(data) == ()


def test_no_two_objects_of_an_application_have_one_name() -> None:
    for name in made.APPS:
        found = [(kind, suffix) for kind, suffix, _ in suffixes(made.app(name))]
        assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "path,text",
    [
        ((), ""),
        (("components", "web", "args", 0), "components.web.args[0]"),
        (("seeds", "a", "directories", "some folder/x"), "seeds.a.directories['some folder/x']"),
        (("a", "b\nc"), "a['b\\nc']"),
    ],
)
def test_a_path_is_written_as_people_write_it(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text


def test_any_dataclass_can_be_read_and_a_problem_names_the_file() -> None:
    found: Any = read(App, documents.load(LEAST, "mine.yaml"))
    assert found.name == "shop"


def test_numbers_at_the_edges_are_accepted() -> None:
    app = with_component(
        "ports: {a: {port: 1}, b: {port: 65535}}, dns: {ndots: 15}, terminationGracePeriodSeconds: 0"
    )
    assert [port.port for port in app.components["web"].ports.values()] == [1, 65535]
