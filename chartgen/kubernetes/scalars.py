"""Small draft-07 schemas for single values, as tight as a pattern can be.

Every pattern means the same in Go's RE2, ECMA 262 and Python (no look-around, no `\\d`), and length
limits stand beside it. The grammars are those of Kubernetes (apimachinery/pkg/util/validation,
pkg/apis/core/validation of kubernetes/kubernetes), of the distribution project for images, and of
robfig/cron for schedules. A `$comment` that begins with "must be" is what a person is told when the
pattern is not met. `ALL` names each of them; `definitions.py` serves them by those names too.
"""

from __future__ import annotations

from typing import Any, Final

from chartgen.kubernetes import addresses, cron
from chartgen.settings import Schema

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]"
_MULTIPLIER = "([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,3})?"
_SIZE_UNIT = "([KMGTPE]i|[kMGTPE]|[eE]\\+?[0-9]{1,3})"
_IMAGE_PART = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*"
_DOMAIN = "[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?"
_REGISTRY = rf"({_DOMAIN}(\.{_DOMAIN})*|\[[0-9a-fA-F:]+\])(:[0-9]{{1,5}})?"
_SEGMENT = r"([^/.][^/]*|\.[^/.][^/]*|\.\.[^/]+|\.)"  # a path segment that is not `..`


def _text(pattern: str, longest: int, shortest: int = 1, *, says: str) -> dict[str, Any]:
    """A string of `shortest` to `longest` characters; `says` names the kind of thing that it is."""
    least = {"minLength": shortest} if shortest else {}
    words = f"must be {says}"
    return {"$comment": words, "type": "string", **least, "maxLength": longest, "pattern": f"^{pattern}$"}


def _amount(pattern: str, number: str, least: int = 0, *, says: str) -> dict[str, Any]:
    """A number, or a string with a suffix."""
    kinds = ["string", number]
    return {**_text(pattern, 64, 0, says=says), "type": kinds, "minimum": least}


def _whole(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


QUANTITY: Final[Schema] = _amount(
    rf"\+?([0-9]+(\.[0-9]*)?|\.[0-9]+){_MULTIPLIER}", "number", says="a quantity such as 100m, 1.5 or 2Gi"
)
ANY_QUANTITY: Final[Schema] = {  # a metric may be below zero, a resource may not
    "$comment": "must be a quantity such as 100m, 1.5 or 2Gi",
    "type": ["string", "number"],
    "pattern": rf"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+){_MULTIPLIER}$",
}
BYTES: Final[Schema] = _amount(  # 512m of memory would be half a byte
    rf"\+?([0-9]+|([0-9]+(\.[0-9]*)?|\.[0-9]+){_SIZE_UNIT})",
    "integer",
    says="a number of bytes such as 512Mi or 1.5Gi",
)
_DIGIT = r"([A-Za-z0-9+/][\r\n]*)"  # Go's decoder of base64 skips line ends
BASE64: Final[Schema] = {
    "$comment": "must be base64",
    "type": "string",
    "pattern": rf"^[\r\n]*({_DIGIT}{{4}})*({_DIGIT}{{2}}(=[\r\n]*){{2}}|{_DIGIT}{{3}}=[\r\n]*)?$",
}
STORAGE_SIZE: Final[Schema] = _amount(
    rf"([0-9]*[1-9][0-9]*|([0-9]*[1-9][0-9]*(\.[0-9]*)?|[0-9]*\.[0-9]*[1-9][0-9]*){_SIZE_UNIT})",
    "integer",
    1,
    says="a size such as 10Gi",
)
PORT: Final[Schema] = _whole(1, 65535)
PORT_NAME: Final[Schema] = _text(
    "([0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*",
    15,
    says="a port name: lower case letters, digits and single '-', with a letter in it",
)
PORT_OR_NAME: Final[Schema] = {
    **PORT_NAME,
    **PORT,
    "$comment": "must be a port from 1 to 65535, or a port name of at most 15 characters",
    "type": ["integer", "string"],
}
DNS_LABEL: Final[Schema] = _text(
    _LABEL, 63, says="a DNS label: lower case letters, digits and '-', a letter or digit at both ends"
)
DNS_SUBDOMAIN: Final[Schema] = _text(
    _SUBDOMAIN,
    253,
    says="a DNS name: lower case letters, digits, '-' and '.', a letter or digit at both ends",
)
SERVICE_NAME: Final[Schema] = _text(
    "[a-z]([-a-z0-9]*[a-z0-9])?",
    63,
    says="a Service name: lower case letters, digits and '-', a letter first",
)
LABEL_KEY: Final[Schema] = _text(
    rf"({_SUBDOMAIN}/)?{_QUALIFIED}",
    317,
    says="a label key: letters, digits, '-', '_' and '.', perhaps after a domain and '/'",
)
LABEL_VALUE: Final[Schema] = _text(
    "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
    63,
    0,
    says="a label value: letters, digits, '-', '_', '.', a letter or digit at both ends",
)
ANNOTATION_KEY: Final[Schema] = _text(
    rf"({_DOMAIN}(\.{_DOMAIN})*/)?{_QUALIFIED}",
    317,
    says="an annotation key: letters, digits, '-', '_' and '.', perhaps after a domain and '/'",
)  # the server lowers the key before it looks, so capitals may stand in the prefix
LABELS: Final[Schema] = {"type": "object", "propertyNames": LABEL_KEY, "additionalProperties": LABEL_VALUE}
RESOURCE_NAME: Final[Schema] = {
    **_text(
        rf"(cpu|memory|ephemeral-storage|hugepages-[1-9][0-9]*[KMG]i|{_SUBDOMAIN}/{_QUALIFIED})",
        317,
        says="a resource: cpu, memory, ephemeral-storage, hugepages-2Mi, or with a domain as nvidia.com/gpu",
    ),
    "not": {"type": "string", "pattern": "^requests[.]"},
}
ANNOTATIONS: Final[Schema] = {
    "type": "object",
    "propertyNames": ANNOTATION_KEY,
    "additionalProperties": {"type": "string"},
}
# what Go, Prometheus and the Gateway API all read (GEP-2257)
DURATION: Final[Schema] = _text(
    "([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?([0-9]{1,5}ms)?",
    23,
    2,
    says="a duration such as 30s, 5m or 1h30m",
)
_SCHEDULE = "a schedule of five fields such as '0 3 * * *', or a word such as @daily, no range backwards"
CRON: Final[Schema] = {**_text(cron.PATTERN, 256, says=_SCHEDULE), "not": {"pattern": cron.BACKWARDS}}
TIME_ZONE: Final[Schema] = _text(
    "[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", 64, says="a time zone such as Etc/UTC or Europe/Berlin"
)
IP: Final[Schema] = _text(f"({addresses.IPV4}|{addresses.IPV6})", 45, says="an IP address")
CIDR: Final[Schema] = _text(
    addresses.NETWORK, 43, says="a network such as 10.0.0.0/8 or fd00::/8, without bits behind its length"
)
URL: Final[Schema] = _text(
    "[a-z][a-z0-9+.-]*://[!-~]+", 2048, says="a URL with a scheme, such as redis://host:6379"
)
HTTP_URL: Final[Schema] = _text(
    rf"https?://{_REGISTRY}([/?#][!-~]*)?", 2048, says="a URL that starts with http:// or https://"
)
HOSTNAME: Final[Schema] = DNS_SUBDOMAIN
HOSTNAME_OR_WILDCARD: Final[Schema] = _text(
    rf"(\*\.)?{_SUBDOMAIN}", 253, says="a host name such as app.example.com or *.example.com"
)
HTTP_PATH: Final[Schema] = _text("/[!-~]*", 1024, says="a path that starts with '/' and has no spaces")
IMAGE_REGISTRY: Final[Schema] = _text(
    _REGISTRY, 255, says="a registry host such as registry.example.com:5000, without a scheme"
)
IMAGE_REPOSITORY: Final[Schema] = _text(
    rf"({_REGISTRY}/)?{_IMAGE_PART}(/{_IMAGE_PART})*",
    255,
    says="an image name such as library/nginx, without a tag",
)
IMAGE_TAG: Final[Schema] = _text(
    "[A-Za-z0-9_][A-Za-z0-9_.-]*", 128, says="an image tag: letters, digits, '_', '.' and '-'"
)
IMAGE_DIGEST: Final[Schema] = _text(
    "(sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})",
    135,
    says="a digest such as sha256: and 64 hexadecimal digits",
)
ENV_NAME: Final[Schema] = _text(
    r"([-_a-zA-Z][-._a-zA-Z0-9]*|\.[-_a-zA-Z0-9][-._a-zA-Z0-9]*)",
    253,
    says="a variable name: letters, digits, '_', '-' and '.', no digit first",
)
CONFIG_KEY: Final[Schema] = _text(
    r"([-_a-zA-Z0-9][-._a-zA-Z0-9]*|\.[-_a-zA-Z0-9][-._a-zA-Z0-9]*)",
    253,
    says="a key of letters, digits, '-', '_' and '.'",
)
FILE_MODE: Final[Schema] = _whole(0, 0o777)
MOUNT_PATH: Final[Schema] = _text("/[^:]*", 4096, says="an absolute path without ':'")
SUB_PATH: Final[Schema] = _text(rf"{_SEGMENT}(/{_SEGMENT})*/?", 4096, says="a relative path without '..'")
COUNT_OR_PERCENT: Final[Schema] = {
    "$comment": "must be a count or a percentage such as 25%",
    "type": ["integer", "string"],
    "minimum": 0,
    "maximum": 2147483647,
    "maxLength": 4,
    "pattern": "^(100|[1-9]?[0-9])%$",
}
USER_ID: Final[Schema] = _whole(0, 2147483647)
SECONDS: Final[Schema] = _whole(0, 2147483647)
POSITIVE: Final[Schema] = _whole(1, 2147483647)

ALL: Final[dict[str, Schema]] = {
    "annotationKey": ANNOTATION_KEY,
    "annotations": ANNOTATIONS,
    "anyQuantity": ANY_QUANTITY,
    "base64": BASE64,
    "bytes": BYTES,
    "cidr": CIDR,
    "configKey": CONFIG_KEY,
    "countOrPercent": COUNT_OR_PERCENT,
    "cron": CRON,
    "dnsLabel": DNS_LABEL,
    "dnsSubdomain": DNS_SUBDOMAIN,
    "duration": DURATION,
    "envName": ENV_NAME,
    "fileMode": FILE_MODE,
    "hostname": HOSTNAME,
    "hostnameOrWildcard": HOSTNAME_OR_WILDCARD,
    "httpPath": HTTP_PATH,
    "httpUrl": HTTP_URL,
    "imageDigest": IMAGE_DIGEST,
    "imageRegistry": IMAGE_REGISTRY,
    "imageRepository": IMAGE_REPOSITORY,
    "imageTag": IMAGE_TAG,
    "ip": IP,
    "labelKey": LABEL_KEY,
    "labelValue": LABEL_VALUE,
    "labels": LABELS,
    "mountPath": MOUNT_PATH,
    "port": PORT,
    "portName": PORT_NAME,
    "portOrName": PORT_OR_NAME,
    "positive": POSITIVE,
    "quantity": QUANTITY,
    "resourceName": RESOURCE_NAME,
    "seconds": SECONDS,
    "serviceName": SERVICE_NAME,
    "storageSize": STORAGE_SIZE,
    "subPath": SUB_PATH,
    "timeZone": TIME_ZONE,
    "url": URL,
    "userId": USER_ID,
}


def or_empty(schema: Schema) -> Schema:
    """The string schema `schema`, with the empty string ("not set") accepted as well."""
    kept = {k: v for k, v in schema.items() if k != "minLength"}
    return {**kept, "pattern": f"^$|{schema['pattern']}"} if "pattern" in schema else kept


def or_template(schema: Schema) -> Schema:
    """`schema`, or a string holding a template expression that is judged once it is rendered."""
    return {"anyOf": [schema, {"type": "string", "pattern": "\\{\\{"}]}
