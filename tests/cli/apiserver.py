"""An API server that answers with what a test gave it, whatever the method, for the real kubectl to ask."""

from __future__ import annotations

import gzip
import json
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]
V1, APPS = "/api/v1/namespaces/shop", "/apis/apps/v1/namespaces/shop"
EMPTY: Object = {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []}
# What a release of one component has, by path; a test changes what it is about.
LISTS = (
    *(
        f"{V1}/{kind}"
        for kind in ("pods", "services", "secrets", "configmaps", "persistentvolumeclaims", "events")
    ),
    *(f"{APPS}/{kind}" for kind in ("deployments", "statefulsets", "daemonsets", "replicasets")),
    "/apis/batch/v1/namespaces/shop/jobs",
    "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices",
    "/apis/storage.k8s.io/v1/storageclasses",
)


def status(code: int, reason: str, message: str) -> Object:
    """An answer that refuses, as an API server puts it."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
    }


def forbidden(path: str) -> Object:
    what = path.rpartition("/")[2]
    return status(403, "Forbidden", f'{what} is forbidden: User "eve" cannot list resource "{what}"')


@dataclass
class Api:
    """`answers` is by path: a list for its items, an object, or the text of a log."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    methods: set[str] = field(default_factory=set)
    posted: list[str] = field(default_factory=list)
    port: int = 0

    def kubeconfig(self, folder: Path) -> Path:
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{self.port}"}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "", "namespace": "shop"}}],
            "current-context": "c",
        }
        path = folder / "kubeconfig"
        path.write_text(json.dumps(config), encoding="utf-8")
        return path

    def answer(self, path: str, query: Mapping[str, list[str]]) -> Any:
        found = self.answers.get(path)
        if found is None and path in LISTS:
            found = []
        if isinstance(found, list):
            return EMPTY | {"items": [item for item in found if _is_selected(item, query)]}
        return status(404, "NotFound", f"{path} not found") if found is None else found


def _is_selected(item: Object, query: Mapping[str, list[str]]) -> bool:
    wanted = [part.split("=") for part in query.get("labelSelector", [""])[0].split(",") if part]
    labels = item["metadata"].get("labels", {})
    return all(labels.get(key) == value for key, value in wanted)


@contextmanager
def serving(answers: Mapping[str, Any]) -> Iterator[Api]:
    api = Api(
        {
            "/version": {"major": "1", "minor": "34"},
            V1: {"kind": "Namespace", "metadata": {"name": "shop"}},
            **answers,
        }
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            api.asked.append(self.path)
            api.methods.add(self.command)
            if self.command != "GET":
                api.posted.append(url.path)
                self._take()
            found = api.answer(url.path, parse_qs(url.query))
            body = (found if isinstance(found, str) else json.dumps(found)).encode("utf-8", "surrogateescape")
            self.send_response(found.get("code", 200) if isinstance(found, dict) else 200)
            self.send_header("Content-Type", "text/plain" if isinstance(found, str) else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _take(self) -> None:
            """Reads the body: a connection that is closed on one looks broken to who sent it."""
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            while self.headers.get("Transfer-Encoding") == "chunked":
                size = int(self.rfile.readline(), 16)
                self.rfile.read(size + len("\r\n"))
                if not size:
                    return

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()


# ---- A release of one component, well

LABELS = {"app.kubernetes.io/instance": "shop", "app.kubernetes.io/component": "web"}
KEY = "the-key-that-nobody-sees"
ENV = [{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "shop-secrets", "key": "KEY"}}}]
SPEC = {"containers": [{"name": "web", "image": "acme/shop:1", "env": ENV}]}


def metadata(name: str, **more: Any) -> Object:
    return {
        "name": name,
        "namespace": "shop",
        "uid": f"uid-{name}",
        "labels": LABELS,
        "generation": 1,
        **more,
    }


def helm_secret(state: str = "deployed") -> Object:
    release = {
        "version": 1, "info": {"status": state}, "chart": {"metadata": {"name": "shop", "version": "1.0.0"}},
        "manifest": "", "hooks": [], "config": {"key": KEY},
    }  # fmt: skip
    data = b64encode(b64encode(gzip.compress(json.dumps(release).encode()))).decode()
    labels = {"owner": "helm", "name": "shop", "version": "1", "status": state}
    return {"metadata": {"name": "sh.helm.release.v1.shop.v1", "labels": labels}, "data": {"release": data}}


SEEDS = {
    "name": "seed-config",
    "image": "acme/shop:1",
    "command": ["sh", "/seed/bin/seed.sh"],
    "env": [{"name": "SEED_MODE", "value": "init"}, {"name": "SEED_VOLUME", "value": "config"}],
    "volumeMounts": [{"name": "config", "mountPath": "/seed/volume"}],
}
VOLUME = {"name": "config", "persistentVolumeClaim": {"claimName": "shop-config"}}


def seeded(free: int) -> dict[str, Any]:
    """The healthy release with a volume that is seeded, on a node that says how many bytes of it are free."""
    answers = healthy()
    spec = {**SPEC, "initContainers": [SEEDS], "volumes": [VOLUME]}
    (pod,) = answers[f"{V1}/pods"]
    pod["spec"] = {**spec, "nodeName": "node-1"}
    ended = {"name": "seed-config", "image": "acme/shop:1", "state": {"terminated": {"exitCode": 0}}}
    pod["status"]["initContainerStatuses"] = [ended]
    answers[f"{APPS}/deployments"][0]["spec"]["template"]["spec"] = spec
    answers[f"{V1}/persistentvolumeclaims"] = [
        {"metadata": metadata("shop-config"), "status": {"phase": "Bound", "capacity": {"storage": "1Gi"}}}
    ]
    answers[f"{V1}/pods/shop-web-1/log"] = "1 paths: 1 seeded.\nThe volume is completely seeded.\n"
    told = {"availableBytes": free, "inodesFree": 9, "pvcRef": {"name": "shop-config", "namespace": "shop"}}
    answers["/api/v1/nodes/node-1/proxy/stats/summary"] = {"pods": [{"volume": [told, {"name": "tmp"}]}]}
    return answers


def healthy() -> dict[str, Any]:
    """Paths to what an API server says of a release that runs."""
    counts = {"observedGeneration": 1, "replicas": 1, "readyReplicas": 1, "updatedReplicas": 1}
    template = {"metadata": {"labels": LABELS}, "spec": SPEC}
    running = {
        "name": "web",
        "image": "acme/shop:1",
        "ready": True,
        "restartCount": 0,
        "state": {"running": {}},
    }
    ready = [{"type": "Ready", "status": "True"}]
    pod_status = {"phase": "Running", "conditions": ready, "containerStatuses": [running]}
    slice_labels = {**LABELS, "kubernetes.io/service-name": "shop-web"}
    endpoint = {"addresses": ["10.0.0.1"], "conditions": {"ready": True}, "targetRef": {"name": "shop-web-1"}}
    data = {"KEY": b64encode(KEY.encode()).decode()}
    service = {"selector": LABELS, "type": "ClusterIP"}
    return {
        f"{V1}/secrets": [helm_secret()],
        f"{V1}/secrets/shop-secrets": {"kind": "Secret", "metadata": metadata("shop-secrets"), "data": data},
        f"{APPS}/deployments": [
            {
                "metadata": metadata("shop-web"),
                "spec": {"replicas": 1, "template": template},
                "status": counts,
            }
        ],
        f"{V1}/pods": [{"metadata": metadata("shop-web-1"), "spec": SPEC, "status": pod_status}],
        f"{V1}/services": [{"metadata": metadata("shop-web"), "spec": service}],
        "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices": [
            {"metadata": metadata("shop-web-x", labels=slice_labels), "endpoints": [endpoint]}
        ],
    }
