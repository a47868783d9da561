"""The projects that are measured, made anew in a folder of their own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from chartgen import documents
from chartgen.disk import read_app
from chartgen.generate import generate
from tests.apps.many.make import app

ROOT = Path(__file__).resolve().parents[1]
MANY = ROOT / "tests" / "apps" / "many"
EARLIER = "earlier"
SIZES = (125, 250, 500, 1000)


@dataclass(frozen=True)
class Subject:
    """A project of one chart: its folder, the chart in it, its overlays, its compose file if it has one."""

    name: str
    folder: Path
    chart: str
    overlays: tuple[str, ...]
    compose: str = ""


def ushadow(root: Path) -> Subject:
    """The project of this repository."""
    folder = root / "ushadow"
    shutil.copytree(ROOT / "apps", folder / "apps")
    shutil.copytree(ROOT / "values", folder / "values")
    shutil.copy(ROOT / "chartgen.yaml", folder)
    shutil.copy(Path(__file__).with_name("ushadow-compose.yaml"), folder / "compose.yaml")
    earlier(folder, "apps/ushadow", "size: 1Gi", "size: 500Mi")
    overlays = tuple(f"values/{name}.yaml" for name in ("dev", "staging", "production"))
    return Subject("ushadow", folder, "charts/ushadow", overlays, "compose.yaml")


def many(root: Path, count: int = 30) -> Subject:
    """An application of `count` components with three overlays."""
    folder = root / f"many-{count}"
    shutil.copytree(MANY / "values", folder / "values")
    (folder / "app").mkdir()
    (folder / "app" / "app.yaml").write_text(documents.dump(app(count)), "utf-8")
    (folder / "values" / "small.yaml").write_text("podSecurity: restricted\n", "utf-8")
    overlays = ("values/ingress.yaml", "values/strict.yaml", "values/small.yaml")
    entry = {"app": "app", "chart": "chart", "overlays": list(overlays)}
    project = {"apiVersion": "chartgen/v1", "charts": {"many": entry}}
    (folder / "chartgen.yaml").write_text(documents.dump(project), "utf-8")
    earlier(folder, "app", "size: 1Gi", "size: 500Mi")
    return Subject(f"{count} components", folder, "chart", overlays)


def earlier(folder: Path, application: str, new: str, old: str) -> None:
    """The chart as it was before, in EARLIER: what its values have as `new` was `old`."""
    for file in generate(read_app(folder / application)).files:
        path = folder / EARLIER / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        values = file.path == "values.yaml"
        path.write_bytes(file.data.replace(new.encode(), old.encode()) if values else file.data)
