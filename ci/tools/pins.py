"""Which Go programs, at which version, and where each one is kept.

A version stands in one place, the tool's own `ci/tools/<name>/go.mod`; its go.sum pins every byte that
goes in. The folder of a built program carries the version, the Go release and a digest of the recipe,
so a change of any of them is another folder, and an old one is never mistaken for a new one.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE.parent.parent / "requirements"


@dataclass(frozen=True)
class Tool:
    """One Go program; `version_at` and `kubernetes_at` name the string variables its linker stamps.

    `bench` says that only the benchmark wants it: it is built when it is named. `source` is the folder of a
    program of ours, from the root of the repository; it has `module` linked in.
    """

    name: str
    variable: str
    binary: str
    module: str
    package: str
    version_at: str
    kubernetes_at: tuple[str, ...] = ()
    bench: bool = False
    source: str = ""

    @property
    def folder(self) -> Path:
        """Where its go.mod is."""
        return HERE.parent.parent / self.source if self.source else HERE / self.name


def _helm(name: str, variable: str, major: int, kubernetes_at: tuple[str, ...] = ()) -> Tool:
    module = f"helm.sh/helm/v{major}"
    at = tuple(f"{module}/{package}" for package in kubernetes_at)
    return Tool(
        name, variable, "helm", module, f"{module}/cmd/helm", f"{module}/internal/version.version", at
    )


# Helm 3 believes in Kubernetes 1.20 unless its build says otherwise (pkg/chartutil/capabilities.go), and then
# refuses every chart with a `kubeVersion` of today; its releases stamp
# client-go's version. Helm 4 finds it by itself.
_HELM_3_KUBERNETES = ("pkg/lint/rules", "pkg/chartutil")

TOOLS = (
    _helm("helm-3.18", "HELM_3_18", 3, _HELM_3_KUBERNETES),
    _helm("helm-3", "HELM_3", 3, _HELM_3_KUBERNETES),
    _helm("helm-4", "HELM_4", 4),
    Tool(
        "kubeconform",
        "KUBECONFORM",
        "kubeconform",
        "github.com/yannh/kubeconform",
        "github.com/yannh/kubeconform/cmd/kubeconform",
        "main.version",
    ),
    Tool(
        "kube-score",
        "KUBE_SCORE",
        "kube-score",
        "github.com/zegl/kube-score",
        "github.com/zegl/kube-score/cmd/kube-score",
        "main.version",
    ),
    # Signs and verifies as those who receive a chart do. Five minutes to build, once.
    Tool(
        "cosign",
        "COSIGN",
        "cosign",
        "github.com/sigstore/cosign/v3",
        "github.com/sigstore/cosign/v3/cmd/cosign",
        "sigs.k8s.io/release-utils/version.gitVersion",
    ),
    Tool(
        "actionlint",
        "ACTIONLINT",
        "actionlint",
        "github.com/rhysd/actionlint",
        "github.com/rhysd/actionlint/cmd/actionlint",
        "github.com/rhysd/actionlint.version",
    ),
    # Registries that are published to: the reference one, and another implementation, which crane carries.
    Tool(
        "registry",
        "REGISTRY",
        "registry",
        "github.com/distribution/distribution/v3",
        "github.com/distribution/distribution/v3/cmd/registry",
        "github.com/distribution/distribution/v3/version.version",
    ),
    Tool(
        "crane",
        "CRANE",
        "crane",
        "github.com/google/go-containerregistry",
        "github.com/google/go-containerregistry/cmd/crane",
        "github.com/google/go-containerregistry/cmd/crane/cmd.Version",
    ),
    Tool(
        "helm-docs",
        "HELM_DOCS",
        "helm-docs",
        "github.com/norwoodj/helm-docs",
        "github.com/norwoodj/helm-docs/cmd/helm-docs",
        "main.version",
        bench=True,
    ),
    Tool(
        "helm-values-schema",
        "HELM_VALUES_SCHEMA",
        "helm-values-schema",
        "github.com/losisin/helm-values-schema-json/v2",
        "github.com/losisin/helm-values-schema-json/v2",
        "main.version",
        bench=True,
    ),
    Tool(
        "kompose",
        "KOMPOSE",
        "kompose",
        "github.com/kubernetes/kompose",
        "github.com/kubernetes/kompose",
        "github.com/kubernetes/kompose/pkg/version.VERSION",
        bench=True,
    ),
    # The Go library of the Compose Specification: what chartgen's reading of compose files is held against.
    Tool(
        "compose-go",
        "COMPOSE_GO",
        "compose-go",
        "github.com/compose-spec/compose-go/v2",
        ".",
        "main.version",
    ),
    # Renders and validates documents as `chartgen verify` does, in Go: what that is measured beside.
    Tool(
        "twin", "TWIN", "twin", "helm.sh/helm/v4", ".", "main.version", bench=True, source="benchmarks/twin"
    ),
)
BY_VARIABLE = {tool.variable: tool for tool in TOOLS}


def required(tool: Tool, module: str) -> str:
    """The version of `module` that the tool's go.mod requires, as `v1.2.3`."""
    text = (tool.folder / "go.mod").read_text(encoding="utf-8")
    found = re.search(rf"^(?:require)?\s+{re.escape(module)} (v\S+)", text, re.MULTILINE)
    if not found:
        raise LookupError(f"{tool.source or f'ci/tools/{tool.name}'}/go.mod does not require {module}")
    return found[1]


def version(tool: Tool) -> str:
    return required(tool, tool.module)


def stamps(tool: Tool) -> dict[str, str]:
    """Go variable to the value it gets, so that the program says its version and its Kubernetes."""
    values = {tool.version_at: version(tool)}
    if tool.kubernetes_at:
        minor = required(tool, "k8s.io/client-go").split(".")[1]
        for package in tool.kubernetes_at:
            values |= {f"{package}.k8sVersionMajor": "1", f"{package}.k8sVersionMinor": minor}
    return values


def cache(environment: Mapping[str, str] = os.environ) -> Path:
    """Where built things are kept between runs: CHARTGEN_CACHE, else the user's cache folder."""
    if own := environment.get("CHARTGEN_CACHE"):
        return Path(own)
    home = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "chartgen"


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:10]


def recipe(tool: Tool) -> str:
    """A digest of all that decides the program's bytes, but for the Go release and the machine."""
    linked = repr(sorted(stamps(tool).items())).encode()
    pinned = [(tool.folder / name).read_bytes() for name in ("go.mod", "go.sum")]
    own = [path.read_bytes() for path in sorted(tool.folder.glob("*.go"))]
    return _digest(*pinned, linked, *own)


def place(tool: Tool, go: str, root: Path) -> Path:
    """The program's path under the cache `root` when built with Go release `go` (as `go1.26.8`)."""
    return root / "tools" / f"{tool.name}-{version(tool)}-{go}-{recipe(tool)}" / tool.binary


def built(tool: Tool, root: Path) -> Path | None:
    """The program, whichever Go release built it, if it is in the cache."""
    found = root.glob(f"tools/{tool.name}-{version(tool)}-go*-{recipe(tool)}/{tool.binary}")
    return max(found, default=None, key=lambda path: path.stat().st_mtime)


def checkov_stamp(root: Path) -> Path:
    """The file that says that checkov's own environment (its parent folder) is complete."""
    lock = _digest((REQUIREMENTS / "checkov.txt").read_bytes())
    return root / f"checkov-{lock}" / ".ready-checkov"


def checkov(root: Path) -> Path | None:
    stamp = checkov_stamp(root)
    return stamp.parent / "bin" / "checkov" if stamp.exists() else None
