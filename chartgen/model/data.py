"""What an application keeps, hides and reaches: volumes, secrets, seeds and external services."""

from __future__ import annotations

from collections.abc import Mapping

from chartgen.frozen import Frozen
from chartgen.model.field import (
    ABSOLUTE,
    ENV_NAME,
    LINE,
    MODE,
    NAME,
    QUANTITY,
    RELATIVE,
    VOLUME_PATH,
    camel,
    field,
)


class FileMount(Frozen):
    """Files that the chart brings, or one key of a secret, read-only in the container."""

    path: str = field("Absolute path in the container.", form=ABSOLUTE)
    folder: str = field("Folder beside app.yaml whose files the chart brings.", "", form=RELATIVE)
    file: str = field(
        "The one file of the folder that is mounted, at `path`; empty mounts them all, below it.",
        "",
        pattern=f"({VOLUME_PATH})?",
    )
    secret: str = field("The secret whose key is mounted as a file at `path`, instead of a folder.", "")
    key: str = field("Which key of the secret; needed when it has several.", "", pattern=r"[-._a-zA-Z0-9]*")
    mode: str = field("Mode of the files.", "0444", pattern=MODE)


class Build(Frozen):
    """Where an image is built from; the chart never builds, what builds reads it here."""

    context: str = field("Folder that is built, as who builds sees it.", ".", pattern=LINE)
    dockerfile: str = field("Its recipe, in that folder; empty means Dockerfile.", "")
    target: str = field("The stage that is built; empty means the last.", "")
    args: Mapping[str, str] = field("Arguments of the build.", {}, keys=ENV_NAME)


class Volume(Frozen):
    """Storage that outlives a pod."""

    name: str
    size: str = field("How much is asked for.", "1Gi", pattern=QUANTITY)
    accessModes: tuple[str, ...] = field(
        "How it may be mounted.",
        ("ReadWriteOnce",),
        enum=("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"),
    )
    retain: bool = field("Keep it when the release is uninstalled.", True)
    enabled: bool = field("Whether it is a claim by default; otherwise it is an emptyDir.", True)
    perReplica: bool = field("One claim for each replica of a StatefulSet.", False)
    description: str = field("What is in it.", "")

    @property
    def key(self) -> str:
        return camel(self.name)

    @property
    def once(self) -> bool:
        """Whether only one node at a time can write to it."""
        return not {"ReadWriteMany", "ReadOnlyMany"} & set(self.accessModes)


class SecretKey(Frozen):
    length: int = field("Characters that are generated.", 64, minimum=16, maximum=1024)
    minLength: int = field("Characters that a given value needs at least.", 32, minimum=0, maximum=1024)
    description: str = field("What it is for.", "")


class Secret(Frozen):
    """Values that must stay hidden, and where they come from."""

    name: str
    keys: Mapping[str, SecretKey] = field("Keys of the Secret.", keys=ENV_NAME)
    objectName: str = field(
        "Suffix of the Secret's name; empty means its name here.", "", pattern=f"({NAME})?"
    )
    generate: str = field("Who makes it when the user brings none.", "job", enum=("job", "lookup", "none"))
    image: str = field("Component whose image runs the Job that makes it (a shell and curl or python3).", "")

    @property
    def key(self) -> str:
        return camel(self.name)

    @property
    def suffix(self) -> str:
        return self.objectName or self.name


class Seed(Frozen):
    """Files that a volume starts with. What the application or a person changed is never overwritten."""

    name: str
    volume: str = field("The volume to seed.")
    component: str = field("The component that owns the volume, and whose image runs the script.")
    folder: str = field("Folder beside app.yaml whose files are packed with the chart.", "", form=RELATIVE)
    imagePath: str = field("Folder of the image whose files are seeded too.", "", form=ABSOLUTE)
    configMap: str = field("Suffix of the ConfigMap's name.", "", pattern=f"({NAME})?")
    job: str = field("Suffix of the hook Job's name.", "", pattern=f"({NAME})?")
    directories: Mapping[str, str] = field(
        "Directories to create: path to mode.", {}, keys=VOLUME_PATH, pattern=MODE
    )
    protected: tuple[str, ...] = field(
        "Paths never touched; a trailing / means all below.", (), pattern=f"{VOLUME_PATH}/?"
    )
    keySecret: str = field("Secret whose key the volume remembers by a fingerprint.", "")

    @property
    def key(self) -> str:
        return camel(self.name)

    @property
    def config_map(self) -> str:
        return self.configMap or f"seed-{self.name}"

    @property
    def job_name(self) -> str:
        return self.job or f"seed-{self.name}"


class GitSync(Frozen):
    """Files of a git repository that a component reads, and never writes."""

    name: str
    component: str = field("The component that reads them.")
    path: str = field("Folder of its container where they appear, over the image's own.", form=ABSOLUTE)
    description: str = field("What they are.", "")

    @property
    def key(self) -> str:
        return camel(self.name)

    @property
    def volume(self) -> str:
        """The name of the pod's volume that they lie on, and of the container that keeps them there."""
        return f"git-sync-{self.name}"


class External(Frozen):
    """A service that the application needs and does not bring."""

    name: str
    scheme: str = field("Scheme of its URL.", pattern=r"[a-z][a-z0-9+.-]*", examples=("mongodb",))
    host: str = field(
        "Host by default: a Service's name, or a full host name.", pattern=r"[a-z0-9]([-.a-z0-9]*[a-z0-9])?"
    )
    namespace: str = field(
        "Namespace of that Service; empty when host is a full name.", "", pattern=f"({NAME})?"
    )
    port: int = field("Port by default; 0 leaves it out.", 0, minimum=0, maximum=65535)
    path: str = field("Path of the URL by default.", "", form=ABSOLUTE)
    secretKey: str = field("Key of an existing Secret that holds the URL.", "url", pattern=r"[-._a-zA-Z0-9]+")
    description: str = field("What it is for.", "")

    @property
    def key(self) -> str:
        return camel(self.name)

    def url(self, domain: str) -> str:
        """The URL by default; the cluster's `domain` counts when the host is the name of a Service."""
        host = f"{self.host}.{self.namespace}.svc.{domain}" if self.namespace else self.host
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{host}{port}{self.path}"
