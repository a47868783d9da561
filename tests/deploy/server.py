"""An ushadow that deploys nowhere: its published API in FastAPI, with states that pass as they are asked.

The models and routes are those of the application's openapi.json (`older`), and of its later routers
(`newer`); `script` is what the script of old was written for. Run as
`python -m tests.deploy.server PORT STATE.json`.
STATE.json is read before each request and written after it, so a test sees and sets what there is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel, Field

PLACE = r"^[a-z0-9-]+$"


class Create(BaseModel):
    """InstanceCreate and ServiceConfigCreate agree on these."""

    id: str = Field(..., min_length=1, max_length=100, pattern=PLACE)
    template_id: str
    name: str = Field(..., min_length=1, max_length=200)
    description: str | None = None
    config: dict[str, Any] = Field(default_factory=dict)
    deployment_target: str | None = None


class Update(BaseModel):
    name: str | None = None
    config: dict[str, Any] | None = None


class DeployService(BaseModel):
    """DeployServiceRequest."""

    service_id: str
    namespace: str = "default"
    config_id: str | None = None


class World:
    """What there is, in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.data: dict[str, Any] = {}

    def load(self) -> None:
        self.data = json.loads(self._file.read_text(encoding="utf-8"))

    def save(self) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(self.data), encoding="utf-8")
        new.replace(self._file)


class Doors:
    """Health, and who is let in."""

    def __init__(self, world: World) -> None:
        self.world, self.router = world, APIRouter()
        self.router.add_api_route("/health", self.health)
        self.router.add_api_route("/api/auth/jwt/login", self.login, methods=["POST"])

    def health(self) -> Any:
        return self.world.data["health"]

    async def login(self, request: Request) -> Any:
        form = dict(parse_qsl((await request.body()).decode()))
        if form != {"username": "me", "password": self.world.data["password"]}:
            raise HTTPException(400, "LOGIN_BAD_CREDENTIALS")
        return {"access_token": self.world.data["token"], "token_type": "bearer"}

    def known(self, request: Request) -> None:
        token = self.world.data["token"]
        if token and request.headers.get("authorization") != f"Bearer {token}":
            raise HTTPException(401, "Unauthorized")


class Instances:
    """`/api/instances`, or `/api/svc-configs`, which keeps no state of a deployment."""

    def __init__(self, world: World) -> None:
        self.world, self.kind = world, world.data["kind"]
        self.router = APIRouter(prefix="/api/svc-configs" if self.kind == "newer" else "/api/instances")
        self.router.add_api_route("", self.listed)
        self.router.add_api_route("", self.create, methods=["POST"])
        self.router.add_api_route("/{name}", self.one)
        self.router.add_api_route("/{name}", self.update, methods=["PUT"])
        if self.kind == "older":
            self.router.add_api_route("/{name}/deploy", self.deploy, methods=["POST"])

    def have(self, name: str) -> dict[str, Any]:
        if name not in self.world.data["instances"]:
            raise HTTPException(404, f"Instance not found: {name}")
        found: dict[str, Any] = self.world.data["instances"][name]
        return found

    def told(self, one: dict[str, Any]) -> dict[str, Any]:
        state = ("status", "error") if self.kind == "newer" else ()
        return {key: value for key, value in one.items() if key not in state}

    def listed(self) -> Any:
        names = ("id", "template_id", "name", "status", "deployment_target")
        ours = self.world.data["instances"].values()
        return [{key: self.told(one).get(key) for key in names} for one in ours]

    def one(self, name: str) -> Any:
        found = self.have(name)
        if found["status"] == "deploying" and found["after"]:
            found["status"], *found["after"] = found["after"]
            if found["status"] == "error":
                found["error"] = self.world.data["why"]
        return self.told(found)

    def create(self, data: Create) -> Any:
        if data.id in self.world.data["instances"]:
            raise HTTPException(400, f"Instance already exists: {data.id}")
        deploys_at_once = self.kind == "script"
        made = {
            **data.model_dump(),
            "config": {"values": data.config},
            "deployment_target": None if self.kind == "newer" else data.deployment_target,
            "status": "deploying" if deploys_at_once else "pending",
            "after": list(self.world.data["states"]) if deploys_at_once else [],
            "error": None,
            "outputs": {"access_url": None, "env_vars": {}, "capability_values": {}},
        }
        self.world.data["instances"][data.id] = made
        return self.told(made)

    def update(self, name: str, data: Update) -> Any:
        found = self.have(name)
        if data.config is not None:
            found["config"] = {"values": data.config}
        return self.told(found)

    def deploy(self, name: str) -> Any:
        if self.world.data["refuses"]:
            raise HTTPException(400, self.world.data["refuses"])
        self.have(name).update(status="deploying", after=list(self.world.data["states"]))
        return {"success": True, "message": "Service deploying"}


class Clusters:
    """`/api/kubernetes`."""

    def __init__(self, world: World) -> None:
        self.world, self.router = world, APIRouter(prefix="/api/kubernetes")
        if world.data["kind"] == "script":
            self.router.add_api_route("/clusters", self.brief)
            return
        self.router.add_api_route("", self.all)
        self.router.add_api_route("/{cluster}", self.have)
        if world.data["kind"] == "newer":
            self.router.add_api_route("/{cluster}/deploy", self.deploy, methods=["POST"])
            self.router.add_api_route("/{cluster}/pods", self.pods)

    def brief(self) -> Any:
        names = ("cluster_id", "name", "server")
        return [{key: one[key] for key in names} for one in self.world.data["clusters"]]

    def all(self) -> Any:
        return self.world.data["clusters"]

    def have(self, cluster: str) -> Any:
        for one in self.world.data["clusters"]:
            if one["cluster_id"] == cluster:
                return one
        raise HTTPException(404, "Cluster not found")

    def deploy(self, cluster: str, data: DeployService) -> Any:
        self.have(cluster)
        if self.world.data["refuses"]:
            raise HTTPException(500, self.world.data["refuses"])
        self.world.data["deployed"].append([cluster, data.namespace, data.service_id, data.config_id])
        self.world.data["pods"] = list(self.world.data["states"])
        return {"success": True, "message": "deployed", "namespace": data.namespace}

    def pods(self, cluster: str, namespace: str = "ushadow") -> Any:
        """Another's pod that fails, and ours, in the next of its states."""
        self.have(cluster)
        found = [{"name": "redis-0", "status": "CrashLoopBackOff", "labels": {"app": "redis"}}]
        for _, _, service, _ in [
            one for one in self.world.data["deployed"] if one[:2] == [cluster, namespace]
        ][-1:]:
            status, *rest = self.world.data["pods"]
            self.world.data["pods"] = rest or [status]
            if status != "none":
                label = service.replace(":", "-")
                ours = {"app.kubernetes.io/instance": label}
                found.append({"name": "b-1", "status": status, "labels": ours})
        return {"pods": found, "namespace": namespace}


def application(world: World) -> FastAPI:
    app = FastAPI(title="ushadow API", version="0.1.0", openapi_url=None)
    doors = Doors(world)

    @app.middleware("http")
    async def kept(request: Request, then: Any) -> Any:
        world.load()
        world.data["asked"].append(f"{request.method} {request.url.path}")
        answer = await then(request)
        world.save()
        return answer

    app.include_router(doors.router)
    for part in (Instances(world), Clusters(world)):
        app.include_router(part.router, dependencies=[Depends(doors.known)])
    return app


if __name__ == "__main__":
    there = World(Path(sys.argv[2]))
    there.load()
    uvicorn.run(application(there), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
