"""docker buildx. Sources: docs.docker.com, "docker buildx build", "Image and registry exporters"; BuildKit,
docs/build-repro.md."""

from __future__ import annotations

from chartgen.images.builder import Command, Files
from chartgen.images.plan import Order


class Buildx:
    """Builds in BuildKit: what is built is in a registry, or in the docker of this machine."""

    name = "docker"

    def works(self, program: str) -> Command:
        return (program, "buildx", "inspect")

    def clears(self, program: str, order: Order) -> tuple[Command, ...]:
        return ()

    def build(self, program: str, order: Order, files: Files, push: bool) -> Command:
        # A provenance of its own would hold the time of the build.
        kind = "registry" if push else "docker"
        return (
            program, "buildx", "build",
            "--file", order.dockerfile,
            *(word for name in order.names for word in ("--tag", name)),
            *(("--platform", ",".join(order.platforms)) if order.platforms else ()),
            *(word for key, value in order.labels for word in ("--label", f"{key}={value}")),
            *(word for key, value in order.args for word in ("--build-arg", f"{key}={value}")),
            *(("--target", order.target) if order.target else ()),
            "--provenance=false", "--sbom=false",
            "--output", f"type={kind},rewrite-timestamp=true",
            "--metadata-file", files.digest,
            "--iidfile", files.identity,
            order.context,
        )  # fmt: skip

    def pushes(self, program: str, order: Order, files: Files, plain_http: bool) -> tuple[Command, ...]:
        return ()

    def save(self, program: str, order: Order, files: Files) -> Command:
        return (program, "save", "--output", files.archive, *order.names)

    def environment(self, order: Order) -> dict[str, str]:
        return {"SOURCE_DATE_EPOCH": str(order.epoch)}
