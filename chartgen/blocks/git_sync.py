"""Files out of git: a sidecar keeps a copy of a repository beside a component, which only reads it.

The sidecar is git-sync, asked as its version 4 documents: under GITSYNC_ROOT it puts a link, GITSYNC_LINK,
which it swaps for one to the next revision. A mounted folder cannot be that link itself, so a script, which
git-sync runs after each revision, puts links to the files beside it: as in a ConfigMap, each file is where
it is expected, and all of them change at once.
Source: kubernetes/git-sync v4, README, "What it produces and why - the contract", and its manual.
"""

from __future__ import annotations

from collections.abc import Iterator

from chartgen import shipped
from chartgen.blocks.container import image_settings
from chartgen.blocks.shape import Part, PodParts, Pods, either, metadata
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import DNS_SUBDOMAIN, SUB_PATH, or_empty
from chartgen.model import App, Component, GitSync, Image
from chartgen.render import Fragment, chart_file, fragment
from chartgen.rules import Rule
from chartgen.settings import Setting

IMAGE = Image("git-sync/git-sync", registry="registry.k8s.io", tag="v4.7.1")
# Without a login: everybody who sees the pod reads its environment. Who gives one is not shown it again.
_URL = {
    "$comment": "must be a repository such as https://host/path.git, without a login in it",
    "type": "string",
    "maxLength": 1024,
    "pattern": r"^https?://[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9_.~%+-]+)+/?$",
    "writeOnly": True,
}
# Source: git-check-ref-format(1), without what is an option or means something to a shell.
_REF = {
    "$comment": "must be a branch, a tag or a commit",
    "type": "string",
    "minLength": 1,
    "maxLength": 255,
    "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*$",
}
_PERIOD = {
    "$comment": "must be a period such as 30s, 5m or 1h",
    "type": "string",
    "minLength": 2,
    "maxLength": 6,
    "pattern": "^[1-9][0-9]{0,4}[smh]$",
}
_SMALL = {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    if not app.gitSync:
        return
    yield ChartFile("files/git-sync-links.sh", shipped.read("scripts/git-sync-links.sh"))
    yield chart_file(
        "templates/git-sync-script-configmap.yaml",
        "git_sync_script.yaml.j2",
        metadata=metadata(app, "git-sync-script"),
        needed=Fragment(either(_on(each) for each in app.gitSync.values())),
    )


def _on(synced: GitSync) -> str:
    return f".Values.gitSync.{synced.key}.repository"


def pod(app: App, component: Component) -> PodParts:
    parts = PodParts()
    synced = app.synced_by(component)
    for each in synced:
        parts += _parts(app, component, each)
    if not synced:
        return parts
    when = either(_on(each) for each in synced)
    script = Part(fragment("git_sync_volume.yaml.j2", app=app), when)
    return parts + PodParts(volumes=(script,))


def _parts(app: App, component: Component, synced: GitSync) -> PodParts:
    def container(first: bool) -> Fragment:
        return fragment("git_sync.yaml.j2", app=app, synced=synced, first=first)

    on = _on(synced)
    volumes = "\n".join(f"- name: {synced.volume}{end}\n  emptyDir: {{}}" for end in ("", "-tmp"))
    mount = fragment(
        "mount.yaml.j2",
        name=synced.volume,
        path=synced.path,
        sub_path="",
        values_sub_path="",
        read_only=True,
    )
    return PodParts(
        init_containers=(
            Part(container(first=True), f"and {on} .Values.gitSync.{synced.key}.wait"),
            Part(container(first=False), on),
        ),
        volumes=(Part(Fragment(volumes), on),),
        mounts={component.name: (Part(mount, on),)},
    )


def settings(app: App) -> Iterator[Setting]:
    for synced in app.gitSync.values():
        path = ("gitSync", synced.key)
        about = f" {synced.description}" if synced.description else ""
        yield Setting(
            (*path, "repository"),
            "",
            or_empty(_URL),
            f"Repository whose files {synced.component} reads in {synced.path}.{about} "
            "Empty leaves the files of the image.",
            ("https://github.com/acme/compose.git",),
        )
        yield Setting((*path, "ref"), "HEAD", _REF, "Branch, tag or commit; HEAD is the default branch.")
        yield Setting(
            (*path, "folder"), "", or_empty(SUB_PATH), "Folder of the repository; empty takes all of it."
        )
        yield Setting((*path, "period"), "1m", _PERIOD, "How often the repository is asked.")
        yield Setting(
            (*path, "wait"),
            True,
            {"type": "boolean"},
            "Pods wait for the first copy; otherwise they start without files when git does not answer.",
        )
        yield Setting(
            (*path, "existingSecret"),
            "",
            or_empty(DNS_SUBDOMAIN),
            "A Secret of yours with the keys username and password, for a repository that asks.",
        )
        yield from image_settings((*path, "image"), IMAGE)
        what = "Requests and limits of git-sync."
        yield Setting((*path, "resources"), _SMALL, ref("resourceRequirements"), what)


def rules(app: App) -> Iterator[Rule]:
    return iter(())
