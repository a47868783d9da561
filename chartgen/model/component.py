"""A component: one program of the application, and what its pods need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chartgen.frozen import Frozen
from chartgen.model.data import Build, FileMount
from chartgen.model.field import (
    ABSOLUTE,
    ENV_NAME,
    NAME,
    PORT_NAME,
    QUANTITY,
    SUB_PATH,
    VARIABLE,
    camel,
    field,
)


class Image(Frozen):
    """A container image, in the parts that a user may want to change one at a time."""

    repository: str = field(
        "Repository without registry and tag.",
        pattern=r"[a-z0-9]+((\.|_|__|-+|/)[a-z0-9]+)*",
        max_length=255,
        examples=("acme/shop/api",),
    )
    registry: str = field(
        "Registry host, empty for the default of the cluster.",
        "",
        pattern=r"([a-zA-Z0-9.-]+(:[0-9]+)?)?",
        examples=("registry.example.com",),
    )
    tag: str = field("Tag; empty means the appVersion.", "", pattern=r"([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?")
    digest: str = field("Digest, wins over the tag.", "", pattern=r"(sha256:[a-f0-9]{64})?")
    pullPolicy: str = field(
        "When the image is pulled.", "IfNotPresent", enum=("IfNotPresent", "Always", "Never")
    )


class EnvFrom(Frozen):
    """An environment variable whose value is known when the chart is installed. Exactly one source."""

    external: str = field("URL of this external service.", "")
    secret: str = field("A key of this secret.", "")
    key: str = field("Which key of the secret; needed when it has several.", "", pattern=r"[-._a-zA-Z0-9]*")
    component: str = field("Where this component is reached.", "")
    port: str = field("Which port of the component; empty for its first.", "")
    form: str = field("How the component is written.", "host", enum=("host", "hostport", "url"))
    fieldPath: str = field("A field of the pod.", "", examples=("metadata.namespace",))
    path: str = field("Appended to a component's URL.", "", form=ABSOLUTE)


class Port(Frozen):
    """A port that a component listens on."""

    port: int = field("Port of the container.", minimum=1, maximum=65535)
    servicePort: int = field("Port of the Service; 0 means the same.", 0, minimum=0, maximum=65535)
    protocol: str = field("Transport protocol.", "TCP", enum=("TCP", "UDP", "SCTP"))
    exposed: bool = field("Whether the Service has it.", True)

    @property
    def service_port(self) -> int:
        return self.servicePort or self.port


class Probe(Frozen):
    """How Kubernetes asks a component whether it is well. Exactly one of path, command, or neither (TCP)."""

    path: str = field("HTTP path to GET.", "", form=ABSOLUTE)
    port: str = field("Name of the port; empty for the first.", "")
    command: tuple[str, ...] = field("Command to run instead of a request.", ())
    initialDelaySeconds: int = field("Seconds before the first probe.", 0, minimum=0)
    periodSeconds: int = field("Seconds between probes.", 10, minimum=1)
    timeoutSeconds: int = field("Seconds until a probe counts as failed.", 5, minimum=1)
    failureThreshold: int = field("Failures in a row that count.", 3, minimum=1)


class Probes(Frozen):
    startup: Probe | None = field("Holds the others back until the program has started.", None)
    liveness: Probe | None = field("Restarts the container when it fails.", None)
    readiness: Probe | None = field("Takes the pod out of its Service while it fails.", None)


class Mount(Frozen):
    """Where a volume of the application appears in the container."""

    path: str = field("Absolute path in the container.", form=ABSOLUTE)
    subPath: str = field("Folder of the volume to mount.", "", form=SUB_PATH)
    readOnly: bool = field("Mount it read-only.", False)


class Dns(Frozen):
    policy: str = field(
        "DNS policy.", "", enum=("", "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")
    )
    ndots: int | None = field("Dots a name needs to be tried as it is first.", None, minimum=0, maximum=15)
    nameservers: tuple[str, ...] = field("Addresses of more name servers.", ())
    searches: tuple[str, ...] = field("More domains to search.", ())
    options: Mapping[str, str] = field("Options of the resolver; an empty text where one has no value.", {})


class Restricted(Frozen):
    """What the image needs to run under the restricted Pod Security Standard."""

    runAsUser: int | None = field("User id; unset where the image names a user.", None, minimum=1)
    runAsGroup: int | None = field("Group id.", None, minimum=1)
    fsGroup: int | None = field("Group that owns the volumes.", None, minimum=1)
    env: Mapping[str, str] = field("Environment that only then is set.", {}, keys=ENV_NAME)
    scratch: Mapping[str, str] = field(
        "Writable empty folders: name to absolute path.", {}, keys=NAME, form=ABSOLUTE
    )
    copies: Mapping[str, str] = field(
        "Folders of the image that the program writes into, copied to a scratch volume first.",
        {},
        keys=NAME,
        form=ABSOLUTE,
    )
    sysctls: Mapping[str, str] = field("Safe sysctls the pod needs.", {}, keys=r"[a-z0-9._-]+")


class Security(Frozen):
    pod: Mapping[str, Any] = field("Security context of the pod, as Kubernetes spells it.", {})
    container: Mapping[str, Any] = field("Security context of the container.", {})
    restricted: Restricted = field("What changes under `podSecurity: restricted`.", Restricted)


class Scaling(Frozen):
    replicas: int = field("Pods to run.", 1, minimum=0)
    maxReplicas: int = field("Offer autoscaling up to this many; 0 offers none.", 0, minimum=0)
    singleton: bool = field("The program is not safe to run twice: more replicas are refused.", False)


class Sidecar(Frozen):
    """A second container in the pods of a component."""

    image: Image = field("Its image.")
    command: tuple[str, ...] = field("Entrypoint.", ())
    args: tuple[str, ...] = field("Arguments.", ())
    env: Mapping[str, str | int | bool | EnvFrom] = field("Environment.", {}, keys=VARIABLE)
    ports: Mapping[str, Port] = field("Ports it listens on.", {}, keys=PORT_NAME)
    volumes: Mapping[str, Mount] = field("Volumes of the application it mounts.", {}, keys=NAME)
    scratch: Mapping[str, str] = field(
        "Scratch folders of the component it shares.", {}, keys=NAME, form=ABSOLUTE
    )
    resources: Mapping[str, Any] = field("Requests and limits.", {})
    files: Mapping[str, FileMount] = field("Files and secrets that are mounted read-only.", {}, keys=NAME)
    workingDir: str = field("Working directory, instead of the image's.", "", form=ABSOLUTE)
    init: bool = field("Runs to its end before the component starts, at every start of a pod.", False)


class Component(Frozen):
    """One program of the application."""

    name: str
    image: Image = field("Its image.")
    build: Build | None = field("Where its image is built from.", None)
    kind: str = field(
        "What runs it.", "Deployment", enum=("Deployment", "StatefulSet", "DaemonSet", "CronJob")
    )
    description: str = field("One line for people.", "")
    command: tuple[str, ...] = field("Entrypoint, instead of the image's.", ())
    args: tuple[str, ...] = field("Arguments, instead of the image's.", ())
    workingDir: str = field("Working directory, instead of the image's.", "", form=ABSOLUTE)
    env: Mapping[str, str | int | bool | EnvFrom] = field("Environment.", {}, keys=VARIABLE)
    aliases: tuple[str, ...] = field(
        "Plain names that it answers to as well, whatever the release is called.", (), pattern=NAME
    )
    annotations: Mapping[str, str] = field("Annotations of its pods.", {})
    ports: Mapping[str, Port] = field("Ports by name; the first is the main one.", {}, keys=PORT_NAME)
    probes: Probes = field("Health.", Probes)
    resources: Mapping[str, Any] = field("Requests and limits.", {})
    volumes: Mapping[str, Mount] = field("Volumes of the application it mounts.", {}, keys=NAME)
    scratch: Mapping[str, str] = field("Empty folders: name to absolute path.", {}, keys=NAME, form=ABSOLUTE)
    sharedMemory: str = field("Size of /dev/shm; empty leaves it to the node.", "", pattern=f"({QUANTITY})?")
    files: Mapping[str, FileMount] = field("Files and secrets that are mounted read-only.", {}, keys=NAME)
    dns: Dns = field("Name resolution.", Dns)
    hostAliases: Mapping[str, tuple[str, ...]] = field("Entries of /etc/hosts: address to names.", {})
    security: Security = field("Security contexts.", Security)
    scaling: Scaling = field("How many pods.", Scaling)
    sidecars: Mapping[str, Sidecar] = field("Containers beside it.", {}, keys=NAME)
    schedule: str = field("When a CronJob runs.", "", examples=("0 3 * * *",))
    terminationGracePeriodSeconds: int = field("Seconds to stop in.", 30, minimum=0)
    preStopSleep: int = field("Seconds to wait before stopping, so that traffic drains.", 0, minimum=0)
    kubernetesAccess: bool = field("Whether it talks to the Kubernetes API (see rbac).", False)

    @property
    def key(self) -> str:
        """Its key in the values."""
        return camel(self.name)

    @property
    def containers(self) -> Mapping[str, Component | Sidecar]:
        """Its containers: its own under its name, then its sidecars."""
        return {self.name: self, **self.sidecars}

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the secrets that its environment and its files read, each once."""
        values = (v for c in self.containers.values() for v in c.env.values() if isinstance(v, EnvFrom))
        files = self.file_mounts.values()
        return tuple(
            dict.fromkeys([*(v.secret for v in values if v.secret), *(f.secret for f in files if f.secret)])
        )

    @property
    def file_mounts(self) -> Mapping[str, FileMount]:
        """The file mounts of all its containers; one name is one source."""
        return {name: mount for c in self.containers.values() for name, mount in c.files.items()}

    @property
    def listens(self) -> Mapping[str, Port]:
        """The ports of all its containers."""
        return {name: port for c in self.containers.values() for name, port in c.ports.items()}

    @property
    def exposed(self) -> Mapping[str, Port]:
        """The ports of its Service."""
        return {name: port for name, port in self.listens.items() if port.exposed}

    @property
    def serves(self) -> bool:
        """Whether it has a Service."""
        return bool(self.exposed)

    @property
    def mounts(self) -> Mapping[str, Mount]:
        """The volumes of the application that its pods mount, in any container; its own mounts first."""
        found: dict[str, Mount] = {}
        for container in self.containers.values():
            for name, mount in container.volumes.items():
                found.setdefault(name, mount)
        return found

    @property
    def scales(self) -> bool:
        return self.kind in ("Deployment", "StatefulSet")
