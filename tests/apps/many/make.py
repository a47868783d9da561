"""An application of many components: `python -m tests.apps.many.make 30 > tests/apps/many/app.yaml`."""

from __future__ import annotations

import sys
from typing import Any

from chartgen.documents import dump

KINDS = ("Deployment", "Deployment", "StatefulSet", "Deployment", "DaemonSet", "CronJob", "Deployment")


def app(count: int, name: str = "many") -> dict[str, Any]:
    """The description of an application of `count` components; the same for the same count."""
    components = {_name(i): _component(i, count) for i in range(count)}
    serving = [n for n, c in components.items() if "http" in c.get("ports", {})]
    return {
        "apiVersion": "chartgen/v1",
        "name": name,
        "version": "1.0.0",
        "appVersion": "1.0.0",
        "description": f"An application of {count} components",
        "components": components,
        "volumes": {_volume(i): _claim(i) for i in range(count) if _mounts(i)},
        "secrets": {f"secret-{i}": {"keys": {"TOKEN": {}}} for i in range(0, count, 10)},
        "external": {f"service-{i}": _external(i) for i in range(0, count, 15)},
        "routes": [{"path": f"/{n}", "component": n} for n in serving],
        "tests": {f"{n}-up": {"component": n, "path": "/up"} for n in serving},
    }


def _name(i: int) -> str:
    return f"part-{i}"


def _volume(i: int) -> str:
    return f"part-{i}-data"


def _kind(i: int) -> str:
    return KINDS[i % len(KINDS)]


def _mounts(i: int) -> bool:
    return i % 3 == 0 and _kind(i) in ("Deployment", "StatefulSet")


def _claim(i: int) -> dict[str, Any]:
    if _kind(i) == "StatefulSet":
        return {"perReplica": True, "retain": i % 2 == 0}
    return {"size": f"{i + 1}Gi", "accessModes": ["ReadWriteMany"] if i % 2 else ["ReadWriteOnce"]}


def _external(i: int) -> dict[str, Any]:
    return {"scheme": "redis", "host": f"redis-{i}", "namespace": "data", "port": 6379, "path": f"/{i}"}


def _component(i: int, count: int) -> dict[str, Any]:
    kind = _kind(i)
    found: dict[str, Any] = {
        "image": {"repository": f"acme/many/part-{i}"},
        "kind": kind,
        "env": _env(i, count),
    }
    if kind == "CronJob":
        return {**found, "schedule": f"{i % 60} * * * *", "resources": {"requests": {"cpu": "10m"}}}
    found["ports"] = _ports(i)
    if i % 4 == 0:
        found["probes"] = {"readiness": {"path": "/up"}, "liveness": {"port": "http", "periodSeconds": 30}}
    if i % 5 == 0:
        found["scratch"] = {"tmp": "/tmp", "run": "/run"}
        found["sidecars"] = {"log-shipper": _sidecar(i)}
    if _mounts(i):
        found["volumes"] = {_volume(i): {"path": "/data"}}
    elif kind == "Deployment":
        found["scaling"] = {"replicas": 2, "maxReplicas": 5}
    return found


def _ports(i: int) -> dict[str, Any]:
    ports: dict[str, Any] = {"http": {"port": 8000 + i % 1000, "servicePort": 80}}
    if i % 2:
        ports["grpc-api"] = {"port": 9000}
    if i % 7 == 1:
        ports["dns-udp"] = {"port": 53, "protocol": "UDP"}
        ports["dns-tcp"] = {"port": 53}
    if i % 4 == 2:
        ports["admin"] = {"port": 9901, "exposed": False}
    return ports


def _sidecar(i: int) -> dict[str, Any]:
    found = {
        "image": {"repository": "acme/log-shipper", "tag": "1.0"},
        "scratch": {"run": "/run"},
        "env": {"N": i},
    }
    return {**found, "ports": {"ship-metrics": {"port": 9100}}} if i % 2 else found


def _env(i: int, count: int) -> dict[str, Any]:
    before = (i // 7) * 7  # a Deployment, which listens
    env: dict[str, Any] = {
        "NUMBER": i,
        "FLAG": i % 2 == 0,
        "TEXT": f"part {i}: a 'quoted' \"text\"",
        "NODE": {"fieldPath": "spec.nodeName"},
        "PEER": {"component": _name(before)},
        "PEER_URL": {"component": _name(before), "port": "http", "form": "url", "path": "/up"},
        "PEER_ADDRESS": {"component": _name(before), "form": "hostport"},
        "TOKEN": {"secret": f"secret-{i // 10 * 10}"},
        "CACHE": {"external": f"service-{i // 15 * 15}"},
    }
    return dict(list(env.items())[: 3 + (i * 5) % 7])


if __name__ == "__main__":
    sys.stdout.write(
        "# Made by tests/apps/many/make.py.\n" + dump(app(int(sys.argv[1]) if sys.argv[1:] else 30))
    )
