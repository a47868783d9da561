"""What the cluster is built from: Go programs at pinned versions, each part a module of its own.

A version stands in one place, the part's own `ci/cluster/modules/<part>/go.mod`; its go.sum pins every byte
that goes in. Each built part has a folder in the cache, called by its version, the Go release and a digest
of the recipe. Parts come in groups: `cluster` is the cluster itself, the others are what is tried beside it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

MODULES = Path(__file__).resolve().parent / "modules"


@dataclass(frozen=True)
class Part:
    """A module, and its programs by name to the Go package of each; `stamped` take the version.

    `manifests` are folders of modules, by the module's name, whose YAML the programs need in a cluster: the
    CustomResourceDefinitions that they serve. `release` tells apart what there is more than one of. `seconds`
    is what to reckon with for a build on two cores with no package compiled before.
    """

    name: str
    module: str
    programs: dict[str, str]
    stamped: tuple[str, ...] = ()
    group: str = "cluster"
    manifests: dict[str, tuple[str, ...]] = field(default_factory=dict)
    release: str = ""
    seconds: int = 0

    @property
    def folder(self) -> Path:
        return MODULES / (f"{self.name}-{self.release}" if self.release else self.name)

    def version(self) -> str:
        """As go.mod requires it, `v1.2.3`; a part without a module of others has none."""
        if not self.module:
            return "own"
        text = (self.folder / "go.mod").read_text(encoding="utf-8")
        found = re.search(rf"^(?:require)?\s+{re.escape(self.module)} (v\S+)", text, re.MULTILINE)
        if not found:
            raise LookupError(f"ci/cluster/modules/{self.folder.name}/go.mod does not require {self.module}")
        return found[1]

    def stamps(self) -> dict[str, str]:
        """Go variable to value. Kubernetes' programs refuse each other as too old without all of these."""
        version = self.version()
        if self.name == "argocd":  # which says the `v` itself
            return dict.fromkeys(self.stamped, version.removeprefix("v"))
        if self.name != "kube":
            return dict.fromkeys(self.stamped, version)
        minor = version.split(".")[1]
        values = {"gitVersion": version, "gitMajor": "1", "gitMinor": minor, "gitTreeState": "clean"}
        values |= {"gitCommit": "module", "buildDate": "1970-01-01T00:00:00Z"}
        return {f"{package}.{name}": value for package in self.stamped for name, value in values.items()}

    def recipe(self) -> str:
        """A digest of all that decides the bytes, but for the Go release and the machine."""
        digest = hashlib.sha256(repr((self.programs, sorted(self.stamps().items()))).encode())
        digest.update(repr(self.manifests).encode() if self.manifests else b"")
        for path in sorted(file for file in self.folder.rglob("*") if file.is_file()):
            digest.update(path.read_bytes())
        return digest.hexdigest()[:10]

    def built(self, root: Path) -> Path | None:
        """The part's folder, whichever Go release built it, if it is in the cache `root`."""
        found = root.glob(f"cluster/{self.name}-{self.version()}-go*-{self.recipe()}")
        return max(found, default=None, key=lambda path: path.stat().st_mtime)

    def place(self, go: str, root: Path) -> Path:
        """The part's folder under the cache `root`, when built with the Go release `go`."""
        return root / "cluster" / f"{self.name}-{self.version()}-{go}-{self.recipe()}"


_KUBE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl")
_FLUX = ("source-controller", "helm-controller")


def kube(release: str) -> Part:
    """Kubernetes of a minor release, one of RELEASES."""
    return Part(
        "kube",
        "k8s.io/kubernetes",
        {name: f"k8s.io/kubernetes/cmd/{name}" for name in _KUBE},
        ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"),
        release=release,
    )


# The first is what all tests run on; on the others, those that are marked `every_version`.
RELEASES = ("1.34", "1.37")
PARTS = (
    Part("pause", "", {"pause": "."}),
    *map(kube, RELEASES),
    Part("etcd", "go.etcd.io/etcd/server/v3", {"etcd": "go.etcd.io/etcd/server/v3"}),
    Part("coredns", "github.com/coredns/coredns", {"coredns": "."}),
    # All its providers come with it: its controllers import the list of them.
    Part(
        "external-secrets",
        "github.com/external-secrets/external-secrets",
        {"external-secrets": "github.com/external-secrets/external-secrets"},
        group="external",
        manifests={"github.com/external-secrets/external-secrets": ("config/crds/bases",)},
        seconds=270,
    ),
    Part(
        "local-path",
        "github.com/rancher/local-path-provisioner",
        {"local-path-provisioner": "github.com/rancher/local-path-provisioner"},
        ("main.VERSION",),
    ),
    # One module for both, so that what they share is compiled once.
    Part(
        "flux",
        "github.com/fluxcd/source-controller",
        {name: f"github.com/fluxcd/{name}" for name in _FLUX},
        group="gitops",
        manifests={f"github.com/fluxcd/{name}": ("config/crd/bases",) for name in _FLUX},
        seconds=900,
    ),
    # One program: the name that it is called by decides which of Argo CD's it is.
    Part(
        "argocd",
        "github.com/argoproj/argo-cd/v3",
        {"argocd": "github.com/argoproj/argo-cd/v3/cmd"},
        ("github.com/argoproj/argo-cd/v3/common.version",),
        group="gitops",
        manifests={"github.com/argoproj/argo-cd/v3": ("manifests/crds", "manifests/base/config")},
        seconds=400,
    ),
)


def members(group: str, release: str = RELEASES[0]) -> tuple[Part, ...]:
    """The parts of a group for a release of Kubernetes, in the order in which they are built."""
    return tuple(part for part in PARTS if part.group == group and part.release in ("", release))
