"""A registry on the loopback, and the chart in it: packed by chartgen, pushed by Helm."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.cluster.kubernetes import run
from tests.docs.documents import ROOT
from tests.gitops.host import answers, free_ports, running

Programs = Mapping[str, tuple[str, ...]]
FIRST, SECOND = ("0.1.0", "v1.0.0"), ("0.2.0", "v1.1.0")


def pack(folder: Path, version: str, app_version: str) -> Path:
    """The chart ushadow in another version, as `chartgen generate` and `chartgen package` make it."""
    for name in ("apps/ushadow", "values"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copyfile(ROOT / "chartgen.yaml", folder / "chartgen.yaml")
    source = folder / "apps/ushadow/app.yaml"
    text = source.read_text(encoding="utf-8")
    now = yaml.safe_load(text)
    for key, value in (("version", version), ("appVersion", app_version)):
        assert f"\n{key}: {now[key]}\n" in text
        text = text.replace(f"\n{key}: {now[key]}\n", f"\n{key}: {value}\n")
    source.write_text(text, encoding="utf-8")
    for verb in ("generate", "package"):
        config = str(folder / "chartgen.yaml")
        run(sys.executable, "-m", "chartgen", verb, "--config", config).checked()
    return folder / "dist" / f"ushadow-{version}.tgz"


@dataclass(frozen=True)
class Registry:
    """A registry without TLS and without passwords."""

    port: int
    helm: str

    @property
    def url(self) -> str:
        return f"oci://127.0.0.1:{self.port}/charts"

    def push(self, package: Path) -> None:
        run(self.helm, "push", str(package), self.url, "--plain-http").checked()


@contextmanager
def registry(programs: Programs, helm: str, folder: Path, logs: Path) -> Iterator[Registry]:
    (port,) = free_ports(1)
    config = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "registry")}},
        "http": {"addr": f"127.0.0.1:{port}"},
    }
    file = folder / "registry.yaml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    command = (*programs["registry"], "serve", str(file))
    with running("registry", command, lambda: answers(port, "/v2/"), logs):
        yield Registry(port, helm)
