"""Image references, and what is known of images that everybody uses."""

from __future__ import annotations

import re
from typing import Any

from chartgen.compose.notation import FormError

# Registry, repository, tag and digest. Source: the distribution project, "reference" grammar.
_IMAGE = re.compile(
    r"((?P<registry>[^/]*[.:][^/]*|localhost)/)?(?P<repository>[^:@]+)"
    r"(:(?P<tag>[^@]+))?(@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_REPOSITORY = re.compile(r"[a-z0-9]+((\.|_|__|-+|/)[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
# Last words of a repository, the port that the image listens on, and whether it is a store of data.
_KNOWN: tuple[tuple[str, int, bool], ...] = (
    ("postgres|postgresql|postgis|timescaledb|pgvector", 5432, True),
    ("mysql|mariadb|percona|percona-server", 3306, True),
    ("mongo|mongodb", 27017, True),
    ("redis|valkey|keydb|redis-stack|redis-stack-server|dragonfly", 6379, True),
    ("memcached", 11211, False),
    ("rabbitmq", 5672, True),
    ("elasticsearch|opensearch", 9200, True),
    ("clickhouse-server|clickhouse", 8123, True),
    ("influxdb", 8086, True),
    ("cassandra", 9042, True),
    ("couchdb", 5984, True),
    ("neo4j", 7687, True),
    ("minio", 9000, True),
    ("etcd", 2379, True),
    ("zookeeper", 2181, True),
    ("kafka", 9092, True),
    ("nats", 4222, True),
    ("qdrant", 6333, True),
    ("meilisearch", 7700, True),
    ("cockroach", 26257, True),
    ("prometheus", 9090, True),
    ("nginx|httpd|caddy|traefik|wordpress|nextcloud|adminer|phpmyadmin|drupal|joomla", 80, False),
    ("grafana", 3000, False),
    ("mailhog|mailpit", 1025, False),
)
_SCHEMES = {
    "http": 80, "ws": 80, "https": 443, "wss": 443, "postgres": 5432, "postgresql": 5432, "mysql": 3306,
    "mariadb": 3306, "redis": 6379, "mongodb": 27017, "amqp": 5672, "nats": 4222, "smtp": 25, "ldap": 389,
}  # fmt: skip


def image(text: str) -> dict[str, Any]:
    """The parts of an image as app.yaml has them. Raises FormError."""
    matched = _IMAGE.fullmatch(text)
    found = {key: value for key, value in matched.groupdict().items() if value} if matched else {}
    repository, tag = found.get("repository", ""), found.get("tag", "")
    if not _REPOSITORY.fullmatch(repository) or (tag and not _TAG.fullmatch(tag)):
        raise FormError(f"{text!r} is no image", "write [registry/]repository[:tag][@digest], in lower case")
    if found.get("registry") == "docker.io":
        del found["registry"]
        found["repository"] = repository.removeprefix("library/")
    order = ("registry", "repository", "tag", "digest")
    return {key: found[key] for key in order if key in found}


def _known(repository: str) -> tuple[int, bool] | None:
    last = repository.rpartition("/")[2]
    for names, port, stateful in _KNOWN:
        if re.fullmatch(names, last):
            return port, stateful
    return None


def usual_port(repository: str) -> int:
    """The port that an image of this name listens on; 0 when that is not known."""
    known = _known(repository)
    return known[0] if known else 0


def is_store(repository: str) -> bool:
    """Whether an image of this name keeps data, and must not run twice on the same."""
    known = _known(repository)
    return known is not None and known[1]


def can_call(repository: str) -> int:
    """How likely an image of this name holds a shell and curl or python3: least is likeliest."""
    last = repository.rpartition("/")[2]
    if re.fullmatch("nginx|httpd|wordpress|nextcloud|drupal|grafana|python|php|jenkins|gitea|airflow", last):
        return 0
    return 2 if _known(repository) else 1


def wants_empty_folder(repository: str) -> bool:
    """Whether an image of this name refuses a folder with anything in it, as `lost+found` on a new disk."""
    last = repository.rpartition("/")[2]
    return re.fullmatch(_KNOWN[0][0] + "|" + _KNOWN[1][0], last) is not None


def scheme_port(scheme: str) -> int:
    """The port that a URL means when it names none; 0 when that is not known."""
    return _SCHEMES.get(scheme.lower().split("+")[0], 0)
