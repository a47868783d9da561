"""Write chartgen/data/definitions.json: the types a values file passes through to Kubernetes.

    python -m ci.kubernetes_definitions          # needs the development dependency kubernetes-validate

The types of the oldest supported Kubernetes, stripped of words and nulls, with the refinements of
`kubernetes_refined.yaml`, the routes of `gateway_route.yaml` and our scalars. The same bytes each run.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from chartgen.kubernetes import scalars
from ci import kubernetes_source as source

if TYPE_CHECKING:
    from ci.kubernetes_source import Json

HERE = Path(__file__).parent
TARGET = HERE.parent / "chartgen" / "data" / "definitions.json"
INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"


def short(full: str) -> str:
    """`io.k8s.api.core.v1.PodDNSConfig` -> `podDNSConfig`; leading capitals fall together (`tcpSocket`)."""
    if full == QUANTITY:
        return "quantity"
    word = full.rsplit(".", 1)[-1]
    capitals = re.match(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]", word)
    return word if capitals is None else capitals[0].lower() + word[capitals.end() :]


def expanded(schema: Any) -> Any:
    """`schema` with the notation of our files (a word alone is a reference) spelled out."""
    if isinstance(schema, list):
        return [expanded(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    written = {key: expanded(value) for key, value in schema.items()}
    if isinstance(schema.get("$ref"), str) and "/" not in schema["$ref"]:
        written["$ref"] = f"#/definitions/{schema['$ref']}"
    if isinstance(schema.get("items"), str):
        written["items"] = {"$ref": f"#/definitions/{schema['items']}"}
    return written


def field(note: str | list[str] | Json) -> Json:
    if isinstance(note, str):
        return {"$ref": f"#/definitions/{note}"}
    if isinstance(note, list):
        return {"type": "string", "enum": note}
    return dict(expanded(note))


def plain(schema: Json) -> Json:
    """The published `schema`, already bare, without nulls and formats, its references short."""
    if "$ref" in schema:
        name = source.name_of(schema["$ref"])
        return {"type": ["integer", "string"]} if name == INT_OR_STRING else field(short(name))
    kept = {key: _plain_part(key, value) for key, value in schema.items() if key != "format"}
    if isinstance(kept.get("type"), list):
        types = [word for word in kept["type"] if word != "null"]
        kept["type"] = types[0] if len(types) == 1 else types
    return kept


def _plain_part(key: str, value: Any) -> Any:
    if key == "properties":
        return {name: plain(part) for name, part in value.items()}
    return plain(value) if key in ("items", "additionalProperties") and isinstance(value, dict) else value


def refined(name: str, schema: Json, notes: Json) -> Json:
    """The definition `name` made of the published `schema` and what `notes` says about it."""
    made = plain(source.bare(schema))
    properties = made.get("properties", {})
    for gone in notes["drop"].get(name, ()):
        del properties[gone]
    for known, note in notes["fields"].get(name, {}).items():
        if known not in properties:
            raise SystemExit(f"kubernetes_refined.yaml: {name} has no field {known!r}")
        properties[known] = field(note)
    also: Json = expanded(notes["also"].get(name, {}))
    return made | also


def published(notes: Json) -> dict[str, Json]:
    """Every type that the roots of `notes` lead to, refined, by short name."""
    types = source.types(source.versions()[0])
    todo = [f"{group}.{kind}" for group, kinds in notes["roots"].items() for kind in kinds]
    done: dict[str, Json] = {}
    while todo:
        full = todo.pop()
        name = short(full)
        if name in done or name in scalars.ALL:
            continue
        done[name] = refined(name, types[full], notes)
        known = {short(other): other for other in source.refs(types[full])}
        todo += [known[other] for other in source.refs(done[name]) if other in known]
    return done


def definitions() -> dict[str, Json]:
    """All definitions by name, sorted, every reference among them resolved."""
    notes: Json = yaml.safe_load((HERE / "kubernetes_refined.yaml").read_text("utf-8"))
    routes = expanded(yaml.safe_load((HERE / "gateway_route.yaml").read_text("utf-8")))
    found = published(notes) | expanded(notes["made"]) | routes | small()
    _refuse_loose_ends(found, notes)
    return {name: found[name] for name in sorted(found)}


def small() -> dict[str, Json]:
    """Our scalars; one that is made of others (labels, of keys and values) refers to them."""
    known = {json.dumps(schema): name for name, schema in scalars.ALL.items()}
    known[json.dumps(scalars.DNS_SUBDOMAIN)] = "dnsSubdomain"

    def part(value: Any) -> Any:
        name = known.get(json.dumps(value))
        return {"$ref": f"#/definitions/{name}"} if name else value

    return {name: {key: part(value) for key, value in schema.items()} for name, schema in scalars.ALL.items()}


def _refuse_loose_ends(found: dict[str, Json], notes: Json) -> None:
    missing = {name for schema in found.values() for name in source.refs(schema)} - set(found)
    unused = {name for part in ("fields", "drop", "also") for name in notes[part]} - set(found)
    if missing or unused:
        raise SystemExit(f"no such definition: {sorted(missing)}; refined but unused: {sorted(unused)}")


def text() -> str:
    """One definition a line, so that a change of one of them is a change of one line."""
    lines = (f"{json.dumps(name)}:{_compact(schema)}" for name, schema in definitions().items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _compact(schema: Json) -> str:
    return json.dumps(schema, separators=(",", ":"), sort_keys=True)


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text(), "utf-8")
    print(f"{TARGET.name}: {len(definitions())} definitions, {TARGET.stat().st_size} bytes")
