"""Builds: runs what a builder says, and reads what it leaves. The one module here that runs anything."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from chartgen.errors import ChartgenError, ToolError
from chartgen.frozen import Frozen
from chartgen.images.builder import Builder
from chartgen.images.load import Cluster
from chartgen.images.plan import Order
from chartgen.process import find, run

_BUILD, _PUSH = 7200.0, 3600.0  # seconds
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LINES = 20  # of what a builder said last


class Built(Frozen):
    """What was built: the id of the image on this machine, and the digest that a registry has it under."""

    order: Order
    identity: str
    digest: str


class _Files(Frozen):
    folder: str

    @property
    def identity(self) -> str:
        return f"{self.folder}/identity"

    @property
    def digest(self) -> str:
        return f"{self.folder}/digest"

    @property
    def archive(self) -> str:
        return f"{self.folder}/image.tar"


class Ways(Frozen):
    """What is done with an image that was built."""

    push: bool = False
    plain_http: bool = False
    clusters: tuple[Cluster, ...] = ()


def build(
    builder: Builder, program: str, order: Order, ways: Ways, environment: Mapping[str, str],
    tell: Callable[[str], None],
) -> Built:  # fmt: skip
    """Builds, pushes and loads one image. Raises ChartgenError with the builder's words; ToolError."""
    for name, path in (("context", order.context), ("dockerfile", order.dockerfile)):
        if not Path(path).exists():
            raise ChartgenError(
                f"{order.component}: {path} is not there", f"--source is a checkout, app.yaml says its {name}"
            )
    with _scratch() as files:
        env = {**environment, **builder.environment(order)}
        tell(f"{order.component}: building {order.names[0]}")
        for command in builder.clears(program, order):
            run(command, _PUSH, env=env)
        _do(
            builder.build(program, order, files, ways.push),
            _BUILD,
            env,
            f"{order.component} does not build",
            1,
        )
        tell(f"{order.component}: pushing {order.names[0]}")
        for command in builder.pushes(program, order, files, ways.plain_http) if ways.push else ():
            _do(command, _PUSH, env, f"{order.component} cannot be pushed")
        _load(builder, program, order, ways.clusters, files, env, tell)
        digest = _digest(files.digest) if ways.push else ""
        if ways.push and not digest:
            raise ToolError(
                f"{order.component}: {builder.name} did not tell the digest", "is it of this decade?"
            )
        return Built(order, _told(files.identity), digest)


def _load(
    builder: Builder, program: str, order: Order, clusters: Iterable[Cluster], files: _Files,
    env: Mapping[str, str], tell: Callable[[str], None],
) -> None:  # fmt: skip
    for number, cluster in enumerate(clusters):
        if not number:
            _do(builder.save(program, order, files), _PUSH, env, f"{order.component} cannot be saved")
        tell(f"{order.component}: loading into {cluster.kind}")
        name, *words = cluster.command(files.archive)
        loader = find(name)
        if not loader:
            raise ToolError(f"{name} is not here, to load {order.names[0]} into {cluster.kind}", "install it")
        _do((loader, *words), _PUSH, env, f"{order.component} cannot be loaded into {cluster.kind}")


def _do(
    command: tuple[str, ...], seconds: float, env: Mapping[str, str], what: str, exit_code: int = 3
) -> None:
    ran = run(command, seconds, env=env)
    if ran.code:
        said = "\n".join(f"  {line}" for line in (ran.err or ran.out).strip().splitlines()[-_LINES:])
        failed = f"{what}: `{' '.join(command[:3])}` ended with {ran.code}\n{said}"
        error = ToolError(failed, "its own words say why")
        error.exit_code = exit_code  # a recipe that does not build is wrong; else nothing is known of it
        raise error


def _told(file: str) -> str:
    path = Path(file)
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def _digest(file: str) -> str:
    """A digest that stands alone, or in buildx's metadata."""
    text = _told(file)
    if text.startswith("{"):
        try:
            text = str(json.loads(text).get("containerimage.digest", ""))
        except ValueError:
            text = ""
    return text if _DIGEST.fullmatch(text) else ""


@contextmanager
def _scratch() -> Iterator[_Files]:
    with tempfile.TemporaryDirectory(prefix="chartgen-") as folder:
        yield _Files(folder)
