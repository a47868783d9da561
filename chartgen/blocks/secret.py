"""Secrets: brought by a person, given as a value, made once by a Job, looked up, or kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen import shipped
from chartgen.blocks.answers import for_secret
from chartgen.blocks.secretrules import secret_rules
from chartgen.blocks.shape import (
    PodParts,
    Pods,
    env_sources,
    hook,
    literal,
    metadata,
    placement,
    pod_context,
)
from chartgen.chart import ChartFile
from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import DNS_SUBDOMAIN, or_empty
from chartgen.model import App, Component, Secret
from chartgen.render import Fragment, chart_file, fragment
from chartgen.rules import Rule
from chartgen.settings import Setting

EVENTS = "pre-install,pre-upgrade"
GONE = "before-hook-creation,hook-succeeded"  # nothing that may create Secrets stays behind


def files(app: App, pods: Pods) -> Iterator[ChartFile]:
    if not app.secrets:
        return
    yield chart_file("templates/_secrets.tpl", "secret_helpers.tpl.j2", app=app)
    yield ChartFile("files/create-secret.sh", shipped.read("scripts/create-secret.sh"))
    for secret in app.secrets.values():
        yield from _files(app, secret)


def _files(app: App, secret: Secret) -> Iterator[ChartFile]:
    # A key that is lost takes the data with it: the Secret stays whatever else is set.
    keep = literal({"helm.sh/resource-policy": "keep", "argocd.argoproj.io/sync-options": "Prune=false"})
    yield chart_file(
        f"templates/{secret.suffix}-secret.yaml",
        "secret.yaml.j2",
        app=app,
        secret=secret,
        metadata=metadata(app, secret.suffix, own=keep),
    )
    yield chart_file(
        f"templates/{secret.suffix}-externalsecret.yaml",
        "secret_external.yaml.j2",
        app=app,
        secret=secret,
        metadata=metadata(app, secret.suffix),
    )
    yield _job(app, secret)


def _job(app: App, secret: Secret) -> ChartFile:
    name = f"create-{secret.suffix}"
    component = runner(app, secret)

    def hooked(weight: int) -> Fragment:
        own = hook(EVENTS, weight, GONE)
        if weight == 0:
            own["helm.sh/hook-output-log-policy"] = "hook-failed"
        annotations = f".Values.secrets.{secret.key}.job.annotations"
        return metadata(app, name, annotations=annotations, own=literal(own))

    return chart_file(
        f"templates/{name}-job.yaml",
        "secret_job.yaml.j2",
        app=app,
        secret=secret,
        name=name,
        component=component,
        answers=for_secret(component),
        account=hooked(-5),
        role=hooked(-4),
        binding=hooked(-3),
        script=hooked(-2),
        job=hooked(0),
        context=pod_context(app, component),
        placement=placement(component),
    )


def runner(app: App, secret: Secret) -> Component:
    """The component whose image runs the Job: the one that is named, or the first that uses the secret."""
    if secret.image:
        return app.components[secret.image]
    return app.secret_users.get(secret.name) or next(iter(app.components.values()))


def pod(app: App, component: Component) -> PodParts:
    sources = {
        at: _source(app, app.secrets[value.secret], value.key)
        for at, value in env_sources(component).items()
        if value.secret
    }
    # Of the given values alone: a hash of what is generated would be another one at each rendering.
    checksums = (
        Fragment(f'"checksum/{name}" (.Values.secrets.{app.secrets[name].key}.values | toJson | sha256sum)')
        for name in component.secrets
    )
    return PodParts(env=sources, checksums=tuple(checksums))


def _source(app: App, secret: Secret, key: str) -> Fragment:
    name = key or next(iter(secret.keys))
    return fragment("env_secret.yaml.j2", app=app, secret=secret, key=name)


def settings(app: App) -> Iterator[Setting]:
    for secret in app.secrets.values():
        yield from _origin(secret)
        yield from _external(secret)
        yield from _job_settings(secret)


def _origin(secret: Secret) -> Iterator[Setting]:
    path = ("secrets", secret.key)
    yield Setting(
        (*path, "existingSecret"),
        "",
        or_empty(DNS_SUBDOMAIN),
        "A Secret of yours to use. Nothing is made then.",
        ("my-secret",),
    )
    for name in secret.keys:
        yield Setting(
            (*path, "existingSecretKeys", name), name, ref("configKey"), f"Its key that holds {name}."
        )
    for name, key in secret.keys.items():
        about = f" {key.description}" if key.description else ""
        value = {"anyOf": [{"const": ""}, {"type": "string", "minLength": key.minLength, "maxLength": 65536}]}
        help_ = f"{name}, given.{about} Empty leaves it to `generate`. At least {key.minLength} characters."
        yield Setting((*path, "values", name), "", value, help_, secret=True)
    yield Setting(
        (*path, "generate"),
        secret.generate,
        {"type": "string", "enum": ["job", "lookup", "none"]},
        "Who makes it when nobody brought it: a hook Job that creates it once and is safe under Argo CD and "
        "Flux; Helm itself, which asks the cluster for what is there (not under Argo CD, where the answer is "
        "always nothing); or nobody.",
    )


def _external(secret: Secret) -> Iterator[Setting]:
    path = ("secrets", secret.key, "externalSecret")
    yield Setting(
        (*path, "enabled"), False, {"type": "boolean"}, "Let the External Secrets Operator bring it."
    )
    name, kinds = or_empty(DNS_SUBDOMAIN), ["SecretStore", "ClusterSecretStore"]
    yield Setting((*path, "secretStoreRef", "name"), "", name, "The store that holds it.")
    yield Setting(
        (*path, "secretStoreRef", "kind"),
        "SecretStore",
        {"type": "string", "enum": kinds},
        "Whose store it is: the namespace's or the cluster's.",
    )
    yield Setting(
        (*path, "remoteKey"),
        "",
        {"type": "string", "maxLength": 1024},
        "Its name there; empty means the Secret's name.",
    )
    yield Setting((*path, "refreshInterval"), "1h", ref("duration"), "How often it is read.")


def _job_settings(secret: Secret) -> Iterator[Setting]:
    path = ("secrets", secret.key, "job")
    small = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}}
    yield Setting(
        (*path, "serviceAccountName"),
        "",
        or_empty(DNS_SUBDOMAIN),
        "An account that may get and create Secrets, for installers that may not make roles. "
        "Empty makes one for the Job.",
    )
    count = {"type": "integer", "minimum": 0, "maximum": 100}
    yield Setting((*path, "backoffLimit"), 2, count, "Retries of the Job.")
    deadline = {"type": "integer", "minimum": 1, "maximum": 86400}
    yield Setting((*path, "activeDeadlineSeconds"), 180, deadline, "Seconds until the Job is given up.")
    yield Setting((*path, "resources"), small, ref("resourceRequirements"), "Requests and limits of the Job.")
    yield Setting((*path, "annotations"), {}, ref("annotations"), "Annotations of the Job and its role.")
    yield Setting((*path, "podAnnotations"), {}, ref("annotations"), "Annotations of its pod.")
    yield Setting((*path, "podLabels"), {}, ref("labels"), "Labels of its pod.")


def rules(app: App) -> Iterator[Rule]:
    return secret_rules(app)
