"""`helm test`: the promises of a release, asked of the running pods."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.blocks.answers import for_test
from chartgen.blocks.shape import (
    PodParts,
    Pods,
    hook,
    literal,
    main_port,
    metadata,
    outlives,
    placement,
    pod_context,
)
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.model import App, Component, Seed
from chartgen.render import Fragment, chart_file, fragment
from chartgen.rules import Rule
from chartgen.settings import Setting


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    for name, test in app.tests.items():
        target = app.components[test.component]
        script = fragment(
            "test_get.sh.j2",
            app=app,
            component=target,
            path=test.path,
            port=test.port or main_port(target),
        )
        yield _pod(app, name, target, script)
    for seed in app.seeds.values():
        yield _seeded(app, seed)


def _seeded(app: App, seed: Seed) -> ChartFile:
    owner, volume = app.components[seed.component], app.volumes[seed.volume]
    sub_path = owner.volumes[seed.volume].subPath
    mount = fragment(
        "mount.yaml.j2",
        name=volume.name,
        path="/seed/volume",
        sub_path=sub_path,
        values_sub_path=f".Values.persistence.{volume.key}.subPath",
        read_only=False,
    )
    claim = fragment("volume_claim.yaml.j2", app=app, volume=volume, certain=True)
    # Its pod stays for `helm test --logs`, and would hold a claim that is to go with the release. One of
    # ReadWriteOncePod is held by the component already.
    values = f".Values.persistence.{volume.key}"
    shared = f'(not (has "ReadWriteOncePod" {values}.accessModes))'
    when = f"{values}.enabled {outlives(volume)} {shared}"
    script = fragment("test_seeded.sh.j2")
    return _pod(app, f"{seed.name}-seeded", owner, script, mounts=mount, volumes=claim, when=when)


def _pod(app: App, name: str, component: Component, script: Fragment, **volume: str) -> ChartFile:
    own = literal(hook("test", 0, "before-hook-creation"))  # hook-succeeded would break `helm test --logs`
    return chart_file(
        f"templates/tests/{name}.yaml",
        "test_pod.yaml.j2",
        app=app,
        component=component,
        answers=for_test(component, bool(volume)),
        owner=component,
        script=script,
        when=Fragment(volume.get("when", "")),
        mounts=volume.get("mounts", ""),
        volumes=volume.get("volumes", ""),
        metadata=metadata(app, f"test-{name}", own=own),
        context=pod_context(app, component),
        placement=placement(component),
    )


def settings(app: App) -> Iterator[Setting]:
    if app.tests or app.seeds:
        yield Setting(("tests", "enabled"), True, {"type": "boolean"}, "Have the pods of `helm test`.")
        small = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}}
        yield Setting(
            ("tests", "resources"), small, ref("resourceRequirements"), "Requests and limits of these pods."
        )


def rules(app: App) -> Iterator[Rule]:
    return iter(())


def pod(app: App, component: Component) -> PodParts:
    return PodParts()
