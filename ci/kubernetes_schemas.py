"""Write chartgen/data/kubernetes.tsv: what every supported Kubernetes says of its objects.

    python -m ci.kubernetes_schemas              # needs the development dependency kubernetes-validate

A line is `name TAB when TAB JSON`, sorted. A name with slashes is a kind (`apps/v1/Deployment`) and its
JSON the name of its type; any other is a type. `when` says which minor versions the line is for:
nothing (all), `29-32`, or `every`: what all versions have in common, so that an object that fits it fits
each of them and is validated once. Types are stored once however many versions share them; descriptions
and `x-kubernetes-*` are gone. Stricter than published: quantities, base64 and the range of int32,
which the server checks while it decodes. The same bytes each run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from chartgen.kubernetes import scalars
from ci import kubernetes_source as source
from ci.kubernetes_source import Json

TARGET = Path(__file__).parent.parent / "chartgen" / "data" / "kubernetes.tsv"
EVERY = "every"
PREFIXES = (
    "io.k8s.api.",
    "io.k8s.apimachinery.pkg.apis.",
    "io.k8s.apimachinery.pkg.",
    "io.k8s.apiextensions-apiserver.pkg.apis.",
    "io.k8s.kube-aggregator.pkg.apis.",
)
QUANTITY = "api.resource.Quantity"
OURS: dict[str, Json] = {
    QUANTITY: dict(scalars.ANY_QUANTITY),
    "util.intstr.IntOrString": {"type": ["integer", "string"]},
}


def short(full: str) -> str:
    """`io.k8s.api.core.v1.Pod` -> `core.v1.Pod`."""
    prefix = next((prefix for prefix in PREFIXES if full.startswith(prefix)), "")
    return full.removeprefix(prefix)


def told(name: str, schema: Json) -> Json:
    """The published `schema` of the type `name` as we keep it."""
    if name in OURS:
        return OURS[name]
    kept = _told(source.bare(schema))
    if name == "core.v1.Secret":  # a value that is not shown in a message
        kept["properties"]["stringData"]["additionalProperties"]["writeOnly"] = True
    return kept


def _told(schema: Json) -> Json:
    if "$ref" in schema:
        return {"$ref": f"#/definitions/{short(source.name_of(schema['$ref']))}"}
    kept = {key: _told_part(key, value) for key, value in schema.items() if key != "format"}
    if schema.get("format") == "int32":
        kept |= {"minimum": -(2**31), "maximum": 2**31 - 1}
    if schema.get("format") == "byte":
        kept |= {key: scalars.BASE64[key] for key in ("$comment", "pattern")} | {"writeOnly": True}
    return kept


def _told_part(key: str, value: Any) -> Any:
    if key == "properties":
        return {name: _told(part) for name, part in value.items()}
    return _told(value) if key in ("items", "additionalProperties") and isinstance(value, dict) else value


def common(parts: list[Json]) -> Json | None:
    """A schema that accepts nothing but what all of `parts` accept; None when we cannot say."""
    first = parts[0]
    if all(part == first for part in parts):
        return first
    keys = {key for part in parts for key in part}
    if "$ref" in keys or not keys <= {"type", "properties", "required", "additionalProperties", "items"}:
        return None
    types = set.intersection(*({*_types(part)} for part in parts))
    closed = all(part.get("additionalProperties") == first.get("additionalProperties") for part in parts)
    if not types or not closed or ("properties" in keys and first.get("additionalProperties") is not False):
        return None
    made: Json = {"type": sorted(types)}
    made |= {key: first[key] for key in ("additionalProperties",) if key in first}
    made |= {"required": sorted({n for part in parts for n in part.get("required", ())})}
    if "items" in keys:
        items = common([part["items"] for part in parts])
        return made | {"items": items} if items is not None else None
    made["properties"] = _shared([part.get("properties", {}) for part in parts])
    return made


def _types(part: Json) -> list[str]:
    types = part.get("type", [])
    return [types] if isinstance(types, str) else types


def _shared(fields: list[Json]) -> Json:
    met = {n: common([part[n] for part in fields]) for n in fields[0] if all(n in part for part in fields)}
    return {name: schema for name, schema in met.items() if schema is not None}


def spans(by_version: dict[str, Json]) -> list[tuple[str, Json]]:
    """The distinct schemas of a type with the versions each is for: `[('29-32', ...), ('33-37', ...)]`."""
    found: list[tuple[list[str], Json]] = []
    for version, schema in by_version.items():
        if found and found[-1][1] == schema and _follows(found[-1][0][-1], version):
            found[-1][0].append(version)
        else:
            found.append(([version], schema))
    return [(f"{minor(versions[0])}-{minor(versions[-1])}", schema) for versions, schema in found]


def minor(version: str) -> int:
    return int(version.split(".")[1])


def _follows(before: str, after: str) -> bool:
    return minor(after) == minor(before) + 1


def lines() -> list[str]:
    versions = source.versions()
    types = {version: source.types(version) for version in versions}
    made: list[str] = []
    for full in sorted({full for version in versions for full in types[version]}, key=short):
        name = short(full)
        published = {version: types[version][full] for version in versions if full in types[version]}
        kind = _kind(next(iter(published.values())))
        if kind:
            made.append(f'{kind}\t\t"{name}"')
        found = spans({version: told(name, schema) for version, schema in published.items()})
        if len(found) == 1 and len(published) == len(versions):
            found = [("", found[0][1])]
        elif len(published) == len(versions):
            shared = common([schema for _, schema in found])
            found += [(EVERY, shared)] if shared is not None else []
        made += [f"{name}\t{when}\t{_compact(schema)}" for when, schema in found]
    return sorted(made)


def _kind(schema: Json) -> str:
    """`apps/v1/Deployment` when the type is an object that can be applied, else nothing."""
    fields = schema.get("properties", {})
    meta = source.name_of(fields.get("metadata", {}).get("$ref", ""))
    if not meta.endswith((".ObjectMeta", ".ListMeta")) or "enum" not in fields.get("apiVersion", {}):
        return ""
    (*versions, version), (kind,) = fields["apiVersion"]["enum"], fields["kind"]["enum"]
    return "" if versions or kind == "Status" else f"{version}/{kind}"


def _compact(schema: Json) -> str:
    return json.dumps(schema, separators=(",", ":"), sort_keys=True)


def text() -> str:
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, versions {', '.join(source.versions())}")
