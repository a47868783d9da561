"""What only an API server would refuse, as pure functions of a value.

Each answers with a sentence that says what is wrong, or with '' when the value is fine. The rules are
those of kubernetes/kubernetes, named beside each: apimachinery/pkg/util/validation (here `util`),
pkg/apis/core/validation (`core`), pkg/apis/batch/validation (`batch`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chartgen import shipped
from chartgen.errors import near_miss
from chartgen.kubernetes import cron, scalars

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_DATA = 1024 * 1024  # bytes of a ConfigMap's or Secret's values: MaxSecretSize
MAX_ANNOTATIONS = 256 * 1024  # bytes of keys and values: TotalAnnotationSizeLimitB
# pods of a CronJob's Job and of a StatefulSet carry the name and 11 more characters in a label of 63
_SUFFIXED = 52


def _against(scalar: str, text: str) -> str:
    """What the scalar schema called `scalar` has against `text`."""
    schema = scalars.ALL[scalar]
    if not text and schema.get("minLength"):
        return "must not be empty"
    if len(text) > schema["maxLength"]:
        return f"{_short(text)} has {len(text)} characters, at most {schema['maxLength']} are allowed"
    return "" if re.fullmatch(schema["pattern"], text) else f"{_short(text)} is not {_said(scalar)}"


def _said(scalar: str) -> str:
    return str(scalars.ALL[scalar]["$comment"]).removeprefix("must be ")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def dns_label(text: str) -> str:
    """A container, volume or namespace name (util.IsDNS1123Label)."""
    return _against("dnsLabel", text)


def dns_subdomain(text: str) -> str:
    """The name of most objects (util.IsDNS1123Subdomain)."""
    return _against("dnsSubdomain", text)


def service_name(text: str) -> str:
    """The name of a Service (util.IsDNS1035Label); the oldest versions know no other rule."""
    return _against("serviceName", text)


def host_name(text: str) -> str:
    """A host of an Ingress or HTTPRoute, perhaps `*.example.com`; an IP address is none."""
    return _against("hostnameOrWildcard", text) or (
        f"{text!r} is an IP address, and a host name is wanted" if not ip(text) else ""
    )


def port_name(text: str) -> str:
    """The name of a container's port, and a port referred to by name (util.IsValidPortName)."""
    return _against("portName", text)


def port(number: int) -> str:
    """A port number (util.IsValidPortNum)."""
    return "" if 1 <= number <= 65535 else f"{number} is not a port, which is 1 to 65535"


def port_to_be_found(wanted: str | int, names: Iterable[str]) -> str:
    """A probe's, hook's or Service's target port: a number, or one of the container's port `names`."""
    known = list(names)
    if isinstance(wanted, int):
        return port(wanted)
    if wanted in known:
        return ""
    hint = near_miss(wanted, known) or "it names none"
    return f"no port of the container is called {wanted!r}; {hint}"


def label_key(text: str) -> str:
    """The key of a label (util.IsQualifiedName)."""
    return _against("labelKey", text) or _long_prefix(text)


def label_value(text: str) -> str:
    """The value of a label (util.IsValidLabelValue)."""
    return _against("labelValue", text)


def annotation_key(text: str) -> str:
    """The key of an annotation (core.ValidateAnnotations lowers it first)."""
    return _against("annotationKey", text) or _long_prefix(text)


def _long_prefix(text: str) -> str:
    prefix = text.partition("/")[0] if "/" in text else ""
    return f"{_short(prefix)} before '/' has more than 253 characters" if len(prefix) > 253 else ""


def annotations_size(annotations: Mapping[str, str]) -> str:
    """Keys and values of all annotations of an object together (core.ValidateAnnotationsSize)."""
    size = sum(_bytes(key) + _bytes(value) for key, value in annotations.items())
    return _over(size, MAX_ANNOTATIONS, "annotations")


def env_name(text: str, version: str = "1.29") -> str:
    """The name of an environment variable, as Kubernetes `version` has it.

    Up to 1.31 util.IsEnvVarName; from 1.32 on (gate RelaxedEnvironmentVariableValidation, on by
    default) any printable ASCII but `=` (util.IsRelaxedEnvVarName).
    """
    if int(version.split(".")[1]) < 32:
        return _against("envName", text)
    if not text:
        return "must not be empty"
    fine = all(" " <= letter <= "~" and letter != "=" for letter in text)
    return "" if fine else f"{_short(text)} is not a variable name: printable ASCII without '='"


def config_key(text: str) -> str:
    """A key of a ConfigMap or Secret (util.IsConfigMapKey)."""
    return _against("configKey", text)


def config_map_size(obj: Mapping[str, Any]) -> str:
    """The values of a ConfigMap together (core.ValidateConfigMap); `binaryData` counts decoded."""
    size = sum(map(_bytes, _values(obj, "data"))) + sum(map(_decoded, _values(obj, "binaryData")))
    return _over(size, MAX_DATA, "the values of the ConfigMap")


def config_map_keys(obj: Mapping[str, Any]) -> str:
    """No key may be in `data` and in `binaryData` (core.ValidateConfigMap)."""
    both = sorted(set(obj.get("data") or ()) & set(obj.get("binaryData") or ()))
    return f"{', '.join(map(repr, both))} in both data and binaryData" if both else ""


def secret_size(obj: Mapping[str, Any]) -> str:
    """The values of a Secret together (core.ValidateSecret): `stringData` replaces `data` by key."""
    texts = obj.get("stringData") or {}
    kept = {key: value for key, value in (obj.get("data") or {}).items() if key not in texts}
    size = sum(map(_bytes, texts.values())) + sum(map(_decoded, kept.values()))
    return _over(size, MAX_DATA, "the values of the Secret")


def _values(obj: Mapping[str, Any], field: str) -> list[str]:
    return list((obj.get(field) or {}).values())


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _decoded(base64: str) -> int:
    digits = sum(1 for letter in base64 if letter not in "\r\n=")
    return digits * 3 // 4


def _over(size: int, most: int, what: str) -> str:
    return f"{what}: {size} bytes, at most {most} are allowed" if size > most else ""


def quantity(value: object) -> str:
    """An amount of a resource: a number, or a string such as `100m`, `1.5Gi` (pkg/api/resource)."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return f"{value!r} is not {_said('quantity')}"
    if isinstance(value, str):
        return _against("quantity", value)
    return "" if value >= 0 else f"{value} is below zero"


def schedule(text: str) -> str:
    """The schedule of a CronJob (batch.validateScheduleFormat over robfig/cron's ParseStandard)."""
    return cron.refused(text)


def time_zone(text: str) -> str:
    """The time zone of a CronJob (batch.validateTimeZone): one that the server has by that very name."""
    if text.lower() == "local":
        return "'Local' is not a time zone: name one, such as Etc/UTC"
    known = shipped.read("data/time_zones.txt").decode().split()
    said = "" if text in known else f"no time zone is called {_short(text)}; {near_miss(text, known)}"
    return _against("timeZone", text) or said.removesuffix("; ")


def mount_path(text: str) -> str:
    """Where a volume is mounted: not empty, without ':' (API reference of VolumeMount); ours: absolute."""
    return _against("mountPath", text)


def sub_path(text: str) -> str:
    """The path inside a volume that is mounted: relative, no `..` (core.validateLocalDescendingPath)."""
    return _against("subPath", text)


def item_path(text: str) -> str:
    """The path of a projected key (core.validateLocalNonReservedPath): nor may it begin with `..`."""
    begins = f"{_short(text)} begins with '..'" if text.startswith("..") else ""
    return _against("subPath", text) or begins


def ip(text: str) -> str:
    """An IPv4 or IPv6 address."""
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return f"{_short(text)} is not an IP address"
    return ""


def cluster_ip(text: str) -> str:
    """The address of a Service, None for one without, or nothing for one that the server chooses."""
    return "" if text in ("", "None") else ip(text)


def cidr(text: str) -> str:
    """A network, as ipBlock wants it: with its length, and no address bits behind it."""
    import ipaddress

    if "/" not in text:
        return f"{_short(text)} is not {_said('cidr')}"
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        return f"{_short(text)} is not a network: {error}"
    return ""


def object_name(kind: str, text: str) -> str:
    """The name of an object of `kind`, by the rule that the server has for that kind."""
    if kind == "Service":
        return service_name(text)
    if kind == "Namespace":
        return dns_label(text)
    if kind in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"):
        wrong = text in ("", ".", "..") or "/" in text or "%" in text  # ValidatePathSegmentName
        return f"{_short(text)} is not a name: not empty, no '/' or '%', not '.' or '..'" if wrong else ""
    longest = {"CronJob": _SUFFIXED, "StatefulSet": _SUFFIXED, "Job": 63}.get(kind, 253)
    if len(text) > longest:
        return f"{_short(text)} has {len(text)} characters, a {kind} at most {longest}"
    return dns_subdomain(text)
