"""What a builder has to say: which command lines build, push and save an image."""

from __future__ import annotations

from typing import Protocol

from chartgen.images.plan import Order

Command = tuple[str, ...]


class Files(Protocol):
    """Where a builder leaves what it tells: files that go away afterwards."""

    @property
    def identity(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def archive(self) -> str: ...


class Builder(Protocol):
    """A program that builds. `program` is its path."""

    name: str

    def works(self, program: str) -> Command:
        """A command that ends well where the builder can build."""

    def clears(self, program: str, order: Order) -> tuple[Command, ...]:
        """What has to go before a build, if it is there."""

    def build(self, program: str, order: Order, files: Files, push: bool) -> Command:
        """Builds, and pushes too where a builder cannot do the one without the other."""

    def pushes(self, program: str, order: Order, files: Files, plain_http: bool) -> tuple[Command, ...]:
        """Pushes each of the names, after `build`; the digest of the first is in `files.digest`."""

    def save(self, program: str, order: Order, files: Files) -> Command:
        """Writes the image to `files.archive`, as docker save does."""

    def environment(self, order: Order) -> dict[str, str]:
        """What the build needs in its environment."""
