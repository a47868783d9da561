"""The images that run on the test cluster: the cluster's own, and stand-ins for the application's.

Nothing is pulled. Programs come from the cache of built ones, the rest from Debian's packages. The stand-ins
carry the names that the chart's values give, so the chart is installed as it is.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import yaml

from ci.cluster import debian
from ci.cluster.archive import Entry, Image, write_image, write_layer

HERE = Path(__file__).resolve().parent
STANDIN = HERE / "standin"
CHART = HERE.parent.parent / "charts" / "ushadow"
# The first is the chart's appVersion, the second what it is upgraded to; `dev` is what values/dev.yaml names.
VERSIONS = ("v1.0.0", "v1.1.0", "dev")
# Images of the cluster itself; a name that no registry has, so that none can be asked for it.
OWN = "chartgen.test/{}:local"
PACKED = ("pause", "coredns", "local-path-provisioner")

TOOLS = ("base-files", "dash", "coreutils", "findutils", "mawk", "sed", "grep")
BACKEND = (*TOOLS, "python3-minimal", "libpython3-stdlib", "curl")
FRONTEND = ("base-files", "busybox", "nginx-light", "curl")
HELPER = ("base-files", "busybox")
GIT_SYNC = (*TOOLS, "git", "ca-certificates")
# What busybox is called by, in images where it is the only shell, as on Alpine.
APPLETS = (
    "sh ash awk basename cat chmod chown cp cut date dd df dirname du echo env expr false find grep head "
    "hostname id ln ls mkdir mktemp mv nslookup od ps pwd rm rmdir sed sha256sum sleep sort stat sync tail "
    "tar test touch tr true uname uniq wc wget which xargs"
).split()
USERS = "root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101:nginx:/nonexistent:/bin/false\n"
GROUPS = "root:x:0:\nnginx:x:101:\n"


def _file(path: str, text: str, mode: int = 0o644) -> Entry:
    return Entry(path, mode, text.encode())


def _own(source: str, path: str, mode: int = 0o644) -> Entry:
    return Entry(path, mode, (STANDIN / source).read_bytes())


def busybox_links() -> tuple[Entry, ...]:
    return tuple(Entry(f"usr/local/bin/{name}", 0o777, target="/bin/busybox") for name in APPLETS)


def default_config(version: str) -> tuple[Entry, ...]:
    """The tree at /config, large as the real one: 23 files, 70 KB. A newer version changes one, adds one."""
    folders = ("config", "config/casdoor", "config/providers", "config/providers/integrations")
    filler = "".join(f"# {line:03} what this setting does, at length\n" for line in range(75))
    names = ["config.defaults.yaml", "services.yaml", "casdoor/app.conf"]
    names += [f"providers/provider-{n:02}.yaml" for n in range(10)]
    names += [f"providers/integrations/integration-{n:02}.yaml" for n in range(9)]
    files = {name: f"{filler}name: {name}\n" for name in names}
    files["version.yaml"] = f"version: {version}\n"
    if version == "v1.1.0":
        files["providers/provider-new.yaml"] = f"{filler}name: new\n"
    return (
        *(Entry(folder, 0o755) for folder in folders),
        *(_file(f"config/{name}", text) for name, text in sorted(files.items())),
    )


def backend_layer(version: str) -> tuple[Entry, ...]:
    return (
        Entry("usr/bin/awk", 0o777, target="mawk"),
        Entry("app", 0o755),
        _own("backend/app.py", "app/app.py"),
        *default_config(version),
    )


def frontend_layer(version: str) -> tuple[Entry, ...]:
    return (
        _file("etc/passwd", USERS),
        _file("etc/group", GROUPS),
        *busybox_links(),
        Entry("usr/bin/sh", 0o777, target="busybox"),
        Entry("var/run", 0o777, target="/run"),
        Entry("var/cache/nginx", 0o755),
        _own("frontend/nginx.conf", "etc/nginx/nginx.conf"),
        _own("frontend/site.template", "etc/nginx/site.template"),
        _own("frontend/entrypoint.sh", "entrypoint.sh", 0o755),
        _file("usr/share/nginx/html/index.html", f"<!doctype html><title>ushadow {version}</title>\n"),
    )


def git_sync_name() -> str:
    """The image of git-sync that the chart asks for."""
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    image = values["gitSync"]["compose"]["image"]
    return f"{image['registry']}/{image['repository']}:{image['tag']}"


def git_sync(scratch: Path) -> Image:
    """What plays git-sync, as a user of its own, as git-sync's image does."""
    base, layer = scratch / "git-sync.base", scratch / "git-sync.layer"
    debian.layer(GIT_SYNC, base)
    write_layer(layer, [_own("git-sync/git-sync", "git-sync", 0o755), Entry("tmp", 0o1777)])
    return Image((git_sync_name(),), (base, layer), entrypoint=("/git-sync",), user="65533:65533")


def name_of(component: str, version: str) -> str:
    """The image that the chart asks for; images built by hand (`dev`) have no registry in their name."""
    image = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))[component]["image"]
    if version == "dev":
        return f"ushadow/{component}:dev"
    return f"{image['registry']}/{image['repository']}:{version}"


def _program(name: str, program: Path, scratch: Path, base: tuple[Path, ...] = ()) -> Image:
    layer = scratch / f"{name}.layer"
    write_layer(layer, [Entry(name, 0o755, program.read_bytes())])
    return Image((OWN.format(name),), (*base, layer), entrypoint=(f"/{name}",))


def cluster_images(programs: Mapping[str, Path], scratch: Path) -> dict[str, Image]:
    """What runs on a cluster of ours, made of PACKED programs."""
    images = {name: _program(name, programs[name], scratch) for name in PACKED}
    helper, links = scratch / "helper.base", scratch / "helper.layer"
    debian.layer(HELPER, helper)
    write_layer(links, [*busybox_links(), Entry("usr/bin/sh", 0o777, target="busybox")])
    images["helper"] = Image((OWN.format("helper"),), (helper, links), command=("sh",))
    return images


def standins(scratch: Path) -> dict[str, Image]:
    """What the chart asks for, in every one of VERSIONS."""
    images = {"git-sync": git_sync(scratch)}
    bases = {"backend": (BACKEND, backend_layer), "frontend": (FRONTEND, frontend_layer)}
    for component, (packages, content) in bases.items():
        base = scratch / f"{component}.base"
        debian.layer(packages, base)
        for version in VERSIONS:
            layer = scratch / f"{component}-{version}.layer"
            write_layer(layer, content(version))
            entrypoint = ("python3", "/app/app.py") if component == "backend" else ("/entrypoint.sh",)
            images[f"{component}-{version}"] = Image(
                (name_of(component, version),),
                (base, layer),
                entrypoint=entrypoint,
                environment={"IMAGE_VERSION": version},
                workdir="/app" if component == "backend" else "/",
            )
    return images


def recipe(programs: Mapping[str, Path]) -> str:
    """A digest of what decides the images, but for Debian's updates within a release."""
    digest = hashlib.sha256()
    sources = [HERE / name for name in ("archive.py", "debian.py", "images.py")]
    for path in [*sources, *sorted(file for file in STANDIN.rglob("*") if file.is_file())]:
        digest.update(path.read_bytes())
    digest.update(repr([name_of(component, "v1.0.0") for component in ("backend", "frontend")]).encode())
    digest.update(git_sync_name().encode())
    digest.update(repr([(name, str(programs.get(name))) for name in PACKED]).encode())
    return digest.hexdigest()[:10]


def make(programs: Mapping[str, Path], target: Path) -> None:
    """The images as archives in the folder `target`, which appears when all are there.

    Without programs there are only the stand-ins: what somebody else's cluster needs.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".images-", dir=target.parent))
    try:
        (scratch / "done").mkdir()
        own = cluster_images(programs, scratch) if programs else {}
        for name, image in {**own, **standins(scratch)}.items():
            write_image(scratch / "done" / f"{name}.tar", image)
        (scratch / "done").rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
