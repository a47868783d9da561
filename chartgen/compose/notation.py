"""The short forms of compose: ports, mounts, words of a command, sizes, times."""

from __future__ import annotations

import re
import shlex
from typing import Any

from chartgen.compose import plain
from chartgen.compose.tree import Map
from chartgen.frozen import Frozen

_UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_BYTES = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([kmgtp]?)(?:i?b)?", re.IGNORECASE)
_TIME = re.compile(r"([0-9]+(?:\.[0-9]*)?)(ns|us|µs|ms|h|m|s)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PORT = re.compile(
    r"(?:(?P<host>\[[0-9a-fA-F:.]+\]|[0-9a-zA-Z.]*):)??(?:(?P<published>[0-9]*(?:-[0-9]+)?):)?"
    r"(?P<target>[0-9]+(?:-[0-9]+)?)(?:/(?P<protocol>[a-zA-Z]+))?"
)


class FormError(Exception):
    """A text that is not in the form it has to have: what is wrong, and what is wanted."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


class PortUse(Frozen):
    """One port of a container, and where it is published (0: nowhere, or where the machine likes)."""

    target: int
    published: int = 0
    protocol: str = "tcp"
    host: str = ""
    name: str = ""


class MountUse(Frozen):
    """One mount of a service: bind, volume, tmpfs, or what else compose knows."""

    kind: str
    source: str
    target: str
    read_only: bool = False
    subpath: str = ""
    size: str = ""
    options: tuple[str, ...] = ()  # what else is said of it


def size(value: Any) -> int:
    """Bytes of `64m`, `1.5gb` or a number; units count in 1024. Raises FormError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value)
    matched = _BYTES.fullmatch(str(value).strip())
    if not matched:
        raise FormError(f"{value!r} is no amount of bytes", "for example 512m or 2gb")
    return int(float(matched[1]) * 1024 ** _UNITS[matched[2].lower()])


def quantity(amount: int) -> str:
    """Bytes as Kubernetes writes them: `512Mi`. Compose counts `512M` in 1024, Kubernetes would in 1000."""
    for power, unit in ((4, "Ti"), (3, "Gi"), (2, "Mi"), (1, "Ki")):
        if amount and not amount % 1024**power:
            return f"{amount // 1024**power}{unit}"
    return str(amount)


def seconds(value: Any) -> float:
    """Seconds of `1m30s`, `1.5s` or `90`. Raises FormError."""
    text = plain.text_of(value).strip()
    if re.fullmatch(r"[0-9]+", text):
        return float(text)
    if not text or _TIME.sub("", text):
        raise FormError(f"{value!r} is no length of time", "for example 30s or 1m30s")
    return sum(float(number) * _SECONDS[unit] for number, unit in _TIME.findall(text))


def words(value: Any) -> tuple[str, ...]:
    """A command as a list; a text is split as a shell does, without running one. Raises FormError."""
    if isinstance(value, list):
        return tuple(plain.text_of(item) for item in value)
    try:
        return tuple(shlex.split(plain.text_of(value)))
    except ValueError as error:
        what = f"{plain.text_of(value)[:60]!r} has a quote that is never closed"
        raise FormError(what, "write the command as a list") from error


def ports(value: Any) -> tuple[PortUse, ...]:
    """The ports of one entry of `ports` or `expose`; a range is several. Raises FormError."""
    if isinstance(value, Map):
        return _long(value)
    matched = _PORT.fullmatch(plain.text_of(value).strip())
    if not matched:
        hint = "write [[ADDRESS:]PUBLISHED:]PORT[/PROTOCOL], in quotes"
        raise FormError(f"{plain.text_of(value)!r} is no port", hint)
    protocol = (matched["protocol"] or "tcp").lower()
    return _spread(
        matched["target"], matched["published"] or "", protocol, (matched["host"] or "").strip("[]")
    )


def _long(value: Map) -> tuple[PortUse, ...]:
    target, published = (plain.text_of(value.get(key, "")) for key in ("target", "published"))
    if not re.fullmatch(r"[0-9]+", target) or not re.fullmatch(r"([0-9]+(-[0-9]+)?)?", published):
        raise FormError("a port without a number as its target", "target: 8080")
    protocol = plain.text_of(value.get("protocol", "tcp")).lower()
    name, host = (plain.text_of(value.get(key, "")) for key in ("name", "host_ip"))
    return _spread(target, published, protocol, host, name)


def _spread(target: str, published: str, protocol: str, host: str, name: str = "") -> tuple[PortUse, ...]:
    first, last = _ends(target)
    start, end = _ends(published) if published else (0, 0)
    if published and last - first != end - start and last != first:
        raise FormError(f"{published}:{target} are ranges of another length", "make both equally long")
    if not 0 < first <= last <= 65535 or end > 65535 or last - first > 1000:
        raise FormError(f"{target} is no range of ports", "ports go from 1 to 65535, 1,000 in a range")
    numbers = range(first, last + 1)
    return tuple(PortUse(n, start + n - first if published else 0, protocol, host, name) for n in numbers)


def _ends(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def mount(value: Any) -> MountUse:
    """One entry of `volumes`. Raises FormError."""
    if isinstance(value, Map):
        return _long_mount(value)
    text = plain.text_of(value)
    parts = _parts(text)
    if len(parts) == 1:
        return MountUse("volume", "", parts[0])
    source, target, mode = (*parts, "")[:3]
    if len(parts) > 3 or not target.startswith("/"):
        raise FormError(f"{text!r} is no mount", "write SOURCE:/PATH or SOURCE:/PATH:ro")
    bind = source.startswith((".", "/", "~")) or "\\" in source or re.match(r"[A-Za-z]:", source) is not None
    words = tuple(word for word in mode.split(",") if word not in ("", "ro", "rw"))
    kind, read_only = "bind" if bind else "volume", "ro" in mode.split(",")
    return MountUse(kind, source, target.rstrip("/") or "/", read_only, options=words)


def _parts(text: str) -> list[str]:
    """SOURCE, TARGET and MODE; the colon of a drive (`C:\\data`) is none of ours."""
    drive = re.match(r"[A-Za-z]:[\\/]", text)
    head = text[:2] if drive else ""
    first, *rest = text[len(head) :].split(":")
    return [head + first, *rest]


def _long_mount(value: Map) -> MountUse:
    kind, source, target = (plain.text_of(value.get(key, "")) for key in ("type", "source", "target"))
    if not target.startswith("/"):
        raise FormError(f"a mount of type {kind} without an absolute target", "target: /data")
    options = value.get(kind) if isinstance(value.get(kind), Map) else Map()
    found = options or Map()
    return MountUse(
        kind,
        source,
        target.rstrip("/") or "/",
        plain.truth(value.get("read_only", False)),
        plain.text_of(found.get("subpath", "")),
        plain.text_of(found.get("size", "")),
        _options(value),
    )


def _options(value: Map) -> tuple[str, ...]:
    """What a mount in long form says that has no meaning in a pod."""
    known = ("type", "source", "target", "read_only", "x-options", "bind", "volume", "tmpfs", "image")
    told = [key for key in value if key not in known]
    for kind in ("bind", "volume", "tmpfs", "image"):
        entry = value.get(kind)
        keys = entry if isinstance(entry, Map) else ()
        told += [f"{kind}.{key}" for key in keys if key not in ("subpath", "size", "create_host_path")]
    return (*told, *(word for word in plain.text_of(value.get("x-options")).split(",") if word))


def mount_target(value: Any, key: str) -> str:
    """Where an entry of `volumes`, `devices`, `secrets` or `configs` appears in the container."""
    if key in ("secrets", "configs"):
        root = "/run/secrets/" if key == "secrets" else "/"
        source = value.get("source", "") if isinstance(value, Map) else value
        return plain.text_of(
            value.get("target") if isinstance(value, Map) and "target" in value else root + str(source)
        )
    if isinstance(value, Map):
        return plain.text_of(value.get("target", ""))
    parts = _parts(plain.text_of(value))
    return parts[0] if len(parts) == 1 else parts[1]
