"""The command, run as a person runs it, in a project of two charts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "chartgen")
# What a person's own environment must not change in a test.
OURS = ("CHARTGEN_", "NO_COLOR", "TERM", "HELM_", "KUBE", "SOURCE_DATE_EPOCH")

PROJECT = """# The charts of this project.
apiVersion: chartgen/v1
charts:
  shop:
    app: apps/shop
    chart: charts/shop
    overlays: [values/dev.yaml, values/production.yaml]
  wiki:
    app: apps/wiki
    chart: charts/wiki
kubeVersions: ["1.29", "1.37"]
"""
SHOP = """apiVersion: chartgen/v1
name: shop
version: 0.1.0
appVersion: 1.4.0
description: A shop
icon: https://example.com/shop.png
maintainers: [{name: us}]
components:
  web:
    image: {repository: acme/shop}
    ports: {http: {port: 8080}}
routes:
  - {path: /, component: web}
"""
WIKI = """apiVersion: chartgen/v1
name: wiki
version: 0.2.0
appVersion: "2"
description: A wiki
icon: https://example.com/wiki.png
maintainers: [{name: us}]
components:
  app: {image: {repository: acme/wiki}}
"""
FILES = {
    "chartgen.yaml": PROJECT,
    "apps/shop/app.yaml": SHOP,
    "apps/wiki/app.yaml": WIKI,
    "values/dev.yaml": "web: {replicaCount: 2}\n",
    "values/production.yaml": "web: {replicaCount: 3}\n",
}


class Ran(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def write_project(folder: Path) -> Path:
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a test: this one, without what would change what the command does."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    path = os.pathsep.join([(more or {}).get("PYTHONPATH", ""), str(ROOT)]).lstrip(os.pathsep)
    return {**clean, **(more or {}), "PYTHONPATH": path}


def run(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: str = "") -> Ran:
    """The command in a process of its own."""
    done = subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, env=environment(env), input=stdin.encode(),
        capture_output=True, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def without_helm(folder: Path) -> dict[str, str]:
    """An environment in which the embedded Helm does not load, and no helm is on the PATH."""
    (folder / "blocked").mkdir(exist_ok=True)
    (folder / "blocked" / "helm_python.py").write_text('raise ImportError("no wheel for this machine")\n')
    (folder / "empty").mkdir(exist_ok=True)
    return {"PYTHONPATH": str(folder / "blocked"), "PATH": str(folder / "empty")}


def state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file with its inode, its time and its content."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes())
        for path in files
    }
