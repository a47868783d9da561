"""buildah, and podman, which builds with it. Sources: buildah-build(1), buildah-push(1), podman-build(1)."""

from __future__ import annotations

from chartgen.images.builder import Command, Files
from chartgen.images.plan import Order


class Buildah:
    """Builds without a daemon; `--timestamp` dates the image and every file in it."""

    name = "buildah"

    def works(self, program: str) -> Command:
        return (program, "--version")

    def clears(self, program: str, order: Order) -> tuple[Command, ...]:
        """A list of manifests that is there would get ours beside those that it has."""
        first = order.names[0]
        return ((program, "manifest", "rm", first),) if len(order.platforms) > 1 else ()

    def build(self, program: str, order: Order, files: Files, push: bool) -> Command:
        several = len(order.platforms) > 1
        first, *more = order.names
        return (
            program,
            "build",
            "--file", order.dockerfile,
            *(("--manifest", first) if several else ("--tag", first)),
            *(word for name in ([] if several else more) for word in ("--tag", name)),
            *(("--platform", ",".join(order.platforms)) if order.platforms else ()),
            *(word for key, value in order.labels for word in ("--label", f"{key}={value}")),
            *(word for key, value in order.args for word in ("--build-arg", f"{key}={value}")),
            *(("--target", order.target) if order.target else ()),
            "--timestamp", str(order.epoch),
            *(() if several else ("--iidfile", files.identity)),
            order.context,
        )  # fmt: skip

    def pushes(self, program: str, order: Order, files: Files, plain_http: bool) -> tuple[Command, ...]:
        """Several platforms are one list of manifests, which is built under the first name alone."""
        several = len(order.platforms) > 1
        verb = ("manifest", "push", "--all") if several else ("push",)
        first = order.names[0]
        plain = ("--tls-verify=false",) if plain_http else ()
        return tuple(
            (program, *verb, *plain, "--digestfile", files.digest, first, f"docker://{name}")
            for name in reversed(order.names)
        )

    def save(self, program: str, order: Order, files: Files) -> Command:
        return (program, "push", order.names[0], f"docker-archive:{files.archive}:{order.names[0]}")

    def environment(self, order: Order) -> dict[str, str]:
        return {}


class Podman(Buildah):
    """The same commands, but for saving an image."""

    name = "podman"

    def save(self, program: str, order: Order, files: Files) -> Command:
        return (program, "save", "--format", "docker-archive", "--output", files.archive, *order.names)
