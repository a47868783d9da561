"""The definitions of custom resources that charts may make, out of the modules of the projects that own them.

Only the module itself is downloaded, checked against the go.sum of its part, and one file of it is read.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from ci.cluster.build import environment
from ci.cluster.parts import Part, members
from ci.tools.compiler import ADVICE
from ci.venv import lacking

GATEWAY = Part("gateway-api", "sigs.k8s.io/gateway-api", {})
# A file that defines a kind, ExternalSecret or HTTPRoute, to the part whose module has it.
FILES = {
    "config/crds/bases/external-secrets.io_externalsecrets.yaml": members("external")[0],
    "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml": GATEWAY,
}


def recipe() -> str:
    found = [(file, part.module, part.version()) for file, part in FILES.items()]
    return hashlib.sha256(repr(found).encode()).hexdigest()[:10]


def _read(part: Part, file: str) -> bytes:
    """The file as the module has it; Go checks the module against go.sum first."""
    command = ["go", "mod", "download", "-json", f"{part.module}@{part.version()}"]
    done = subprocess.run(
        command,
        cwd=part.folder,
        env=environment(),
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    found = json.loads(done.stdout or "{}")
    if done.returncode or "Dir" not in found:
        lacking(
            f"chartgen cluster: {part.module} cannot be had: {found.get('Error', 'see above')}\n  {ADVICE}"
        )
    return Path(found["Dir"], file).read_bytes()


def make(target: Path) -> None:
    """One file for each kind in the folder `target`, which appears when all are there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".crds-", dir=target.parent))
    try:
        for file, part in FILES.items():
            (scratch / Path(file).name).write_bytes(_read(part, file))
        scratch.chmod(0o755)
        scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
