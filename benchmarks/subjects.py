"""What is measured: projects of one chart each, written into a folder of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OVERLAYS = ("values/dev.yaml", "values/staging.yaml", "values/production.yaml")
HEAD = """\
apiVersion: chartgen/v1
name: {name}
version: 0.1.0
appVersion: 1.0.0
description: An application of {count} components
components:
"""
COMPONENT = """\
  part-{n}:
    image: {{repository: acme/part-{n}}}
    ports: {{http: {{port: 8080}}}}
    env: {{LOG_LEVEL: info, NEXT: {{component: part-{next}}}}}
    probes: {{liveness: {{path: /live}}, readiness: {{path: /ready}}}}
    resources: {{requests: {{cpu: 10m, memory: 32Mi}}, limits: {{memory: 64Mi}}}}
"""


def ushadow(folder: Path) -> Path:
    """The project of this tree, with its three overlays."""
    for name in ("apps/ushadow", "charts/ushadow", "values"):
        shutil.copytree(ROOT / name, folder / name)
    return _project(folder, "ushadow", OVERLAYS)


def many(folder: Path) -> Path:
    """The application of 30 components that the tests use."""
    shutil.copytree(ROOT / "tests/apps/many", folder / "apps/many")
    return _project(folder, "many")


def synthetic(folder: Path, count: int) -> Path:
    """An application of `count` components that ask each other."""
    name = f"of-{count}"
    parts = (COMPONENT.format(n=n, next=(n + 1) % count) for n in range(count))
    (folder / "apps" / name).mkdir(parents=True)
    text = HEAD.format(name=name, count=count) + "".join(parts)
    (folder / "apps" / name / "app.yaml").write_text(text)
    return _project(folder, name)


def _project(folder: Path, name: str, overlays: tuple[str, ...] = ()) -> Path:
    lines = [
        "apiVersion: chartgen/v1",
        "charts:",
        f"  {name}:",
        f"    app: apps/{name}",
        f"    chart: charts/{name}",
    ]
    lines += ["    overlays:", *(f"      - {overlay}" for overlay in overlays)] if overlays else []
    (folder / "chartgen.yaml").write_text("\n".join(lines) + "\n")
    return folder
