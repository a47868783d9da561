"""A container of a component, its own or a sidecar's, and its settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartgen.blocks.shape import PodParts, listing
from chartgen.kubernetes.definitions import ref
from chartgen.kubernetes.scalars import IMAGE_DIGEST, IMAGE_REGISTRY, IMAGE_TAG, or_empty
from chartgen.model import App, Component, EnvFrom, Image, Port, Sidecar
from chartgen.model.field import camel
from chartgen.render import Fragment, fragment
from chartgen.rules import Clause, Rule
from chartgen.settings import Path, Setting

# A value of the environment: a scalar, or where it comes from. Helm turns `--set a=1` into an integer.
_FROM = {
    "type": "object",
    "properties": {"valueFrom": {"$ref": "#/definitions/envVarSource"}},
    "required": ["valueFrom"],
    "additionalProperties": False,
}
ENV = {
    "type": "object",
    "propertyNames": {"$ref": "#/definitions/envName"},
    "additionalProperties": {"anyOf": [{"type": ["string", "number", "boolean"]}, _FROM]},
}


def container(app: App, component: Component, parts: PodParts, sidecar: str = "") -> Fragment:
    """The container of a component, or the one of its sidecar called `sidecar`."""
    of = component.sidecars[sidecar] if sidecar else component
    values = f".Values.{component.key}" + (f".sidecars.{camel(sidecar)}" if sidecar else "")
    names = [name for name, value in of.env.items() if isinstance(value, EnvFrom)]
    return fragment(
        "container.yaml.j2",
        app=app,
        v=values,
        name=sidecar or component.name,
        main=not sidecar,
        working_dir=bool(of.workingDir),
        ports=of.ports,
        sources={name: parts.env[sidecar or component.name, name] for name in names},
        restricted={} if sidecar else component.security.restricted.env,
        mounts=listing(
            "volumeMounts", parts.mounts.get(sidecar or component.name, ()), f"{values}.extraVolumeMounts"
        ),
    )


def container_settings(component: Component) -> Iterator[Setting]:
    """The settings of a component's own container and of its sidecars."""
    yield from _settings((component.key,), component, component.security.container)
    for name, sidecar in component.sidecars.items():
        yield from _settings((component.key, "sidecars", camel(name)), sidecar, {})


def container_rules(component: Component) -> Iterator[Rule]:
    """What the security contexts of a component's own container and of its sidecars do not allow.

    Source: kubernetes/kubernetes, pkg/apis/core/validation, ValidateSecurityContext.
    """
    key = component.key
    for path in ((key,), *((key, "sidecars", camel(name)) for name in component.sidecars)):
        yield Rule(
            f"{'.'.join(path)}.securityContext.privileged: with podSecurity restricted no container is.",
            (
                Clause(("podSecurity",), "is", "restricted"),
                Clause((*path, "securityContext", "privileged"), "is", True, inside=True),
            ),
        )


def _settings(path: Path, of: Component | Sidecar, security: Mapping[str, Any]) -> Iterator[Setting]:
    yield from image_settings((*path, "image"), of.image)
    yield from _program(path, of)
    yield from port_settings(path, of.ports)
    literals = {name: _exact(value) for name, value in of.env.items() if not isinstance(value, EnvFrom)}
    # Everybody who may see the pods reads what stands in them: a secret comes by reference alone.
    hidden = [name for name, value in of.env.items() if isinstance(value, EnvFrom) and value.secret]
    schema = {**ENV, "properties": dict.fromkeys(hidden, _FROM)} if hidden else ENV
    yield Setting(
        (*path, "env"),
        literals,
        schema,
        "Environment variables: a string, number or boolean, or `valueFrom` as Kubernetes spells it. "
        "A variable that the chart sets itself can be overridden here. "
        "`$(NAME)` stands for a variable that comes before in the pod.",
        ({"LOG_LEVEL": "debug"}, {"TOKEN": {"valueFrom": {"secretKeyRef": {"name": "api", "key": "token"}}}}),
    )
    yield Setting(
        (*path, "envFrom"),
        [],
        {"type": "array", "items": ref("envFromSource")},
        "Secrets and ConfigMaps whose keys all become environment variables.",
    )
    yield Setting(
        (*path, "resources"), dict(of.resources), ref("resourceRequirements"), "Requests and limits."
    )
    yield Setting(
        (*path, "securityContext"),
        dict(security),
        ref("securityContext"),
        "Security context of the container.",
    )
    yield Setting(
        (*path, "extraVolumeMounts"),
        [],
        {"type": "array", "items": ref("volumeMount")},
        "More mounts of the container.",
    )


def _program(path: Path, of: Component | Sidecar) -> Iterator[Setting]:
    """What is run, and where. Working directories stand in the values of those that have one."""
    strings = {"type": "array", "items": {"type": "string"}}
    yield Setting((*path, "command"), list(of.command), strings, "Entrypoint, instead of the image's.")
    yield Setting((*path, "args"), list(of.args), strings, "Arguments, instead of the image's.")
    if of.workingDir:
        folder = {"type": "string", "pattern": "^/"}
        yield Setting((*path, "workingDir"), of.workingDir, folder, "Working directory.")


def _exact(value: str | int | bool) -> str | int | bool:
    """Helm carries numbers as doubles: a whole number that needs more digits than those have is a text."""
    return value if isinstance(value, str) or abs(value) <= 2**53 else str(value)


def image_settings(path: Path, image: Image) -> Iterator[Setting]:
    """Registry, repository, tag, digest and pull policy of an image."""
    tag = {**or_empty(IMAGE_TAG), "type": ["string", "integer"], "minimum": 0}
    yield Setting(
        (*path, "registry"), image.registry, or_empty(IMAGE_REGISTRY), "Registry; global.imageRegistry wins."
    )
    yield Setting((*path, "repository"), image.repository, ref("imageRepository"), "Repository.")
    yield Setting(
        (*path, "tag"), image.tag, tag, "Tag; empty means the appVersion of the chart.", ("v1.0.0",)
    )
    yield Setting((*path, "digest"), image.digest, or_empty(IMAGE_DIGEST), "Digest; wins over the tag.")
    yield Setting(
        (*path, "pullPolicy"), image.pullPolicy, ref("imagePullPolicy"), "When the image is pulled."
    )


def port_settings(path: Path, ports: Mapping[str, Port]) -> Iterator[Setting]:
    """The ports that a container listens on."""
    for name, port in ports.items():
        yield Setting(
            (*path, "containerPorts", camel(name)), port.port, ref("port"), f"Port {name} of the container."
        )
