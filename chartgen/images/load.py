"""How a cluster on this machine is given an image that no registry has.

Sources: kind, "Loading an Image Into Your Cluster"; minikube, "image load"; k3d, "image import"; ctr(8).
"""

from __future__ import annotations

from chartgen.errors import UsageError, near_miss
from chartgen.frozen import Frozen

# {archive} is the file, {name} the cluster, or what goes by that word.
_COMMANDS = {
    "kind": ("kind", "load", "image-archive", "{archive}", "--name", "{name}"),
    "minikube": ("minikube", "image", "load", "{archive}", "--profile", "{name}"),
    "k3d": ("k3d", "image", "import", "{archive}", "--cluster", "{name}"),
    "containerd": ("ctr", "--namespace", "k8s.io", "images", "import", "{archive}"),
}
# What each calls a cluster that was given no name.
_NAMES = {"kind": "kind", "minikube": "minikube", "k3d": "k3s-default", "containerd": ""}


class Cluster(Frozen):
    """A cluster, as --load names it."""

    kind: str
    name: str

    def command(self, archive: str) -> tuple[str, ...]:
        words = tuple(word.format(archive=archive, name=self.name) for word in _COMMANDS[self.kind])
        if self.kind == "containerd" and self.name:
            return (words[0], "--address", self.name, *words[1:])
        return words


def cluster(text: str) -> Cluster:
    """`kind`, `kind:NAME`; for containerd the name is its socket. Raises UsageError."""
    kind, _, name = text.partition(":")
    if kind not in _COMMANDS or name.startswith("-"):
        hint = near_miss(kind, _COMMANDS)
        raise UsageError(f"--load {text}: no cluster that images can be loaded into", hint)
    return Cluster(kind, name or _NAMES[kind])
