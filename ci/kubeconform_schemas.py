"""Write the schemas that kubernetes-validate carries as a folder that kubeconform reads.

    python -m ci.kubeconform_schemas DIR [VERSION...]     # every supported version when none is named
    kubeconform -strict -kubernetes-version 1.31.0 -schema-location LOCATION FILE...

LOCATION is what `location(DIR)` says: DIR, `{{.NormalizedKubernetesVersion}}-standalone{{.StrictSuffix}}`
and `{{.ResourceKind}}{{.KindSuffix}}.json`, with slashes between them. The schemas come straight from the
package's own strict ones, and no refinement of ours stands in between: so what kubeconform says is a second
opinion on `chartgen lint`. Each file is whole by itself, without descriptions. A folder is written beside
its place and moved there when it is complete; one that is there already is kept.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from ci import kubernetes_source as source
from ci.kubernetes_source import Json


def location(folder: Path) -> str:
    """What kubeconform wants as -schema-location."""
    names = (
        "{{.NormalizedKubernetesVersion}}-standalone{{.StrictSuffix}}/{{.ResourceKind}}{{.KindSuffix}}.json"
    )
    return f"{folder}/{names}"


def place(version: str) -> str:
    """The folder of `1.31` as kubeconform asks for it under -strict."""
    return f"v{version}.0-standalone-strict"


def file_name(group_version: Json) -> str:
    """`deployment-apps-v1.json`, `pod-v1.json`: kubeconform takes the first word of a group."""
    group, version = str(group_version["group"]).split(".")[0], group_version["version"]
    suffix = f"-{group}-{version}" if group else f"-{version}"
    return f"{group_version['kind'].lower()}{suffix}.json"


def whole(root: str, types: dict[str, Json]) -> Json:
    """The schema of the type `root` with all that it leads to, as the package has them."""
    todo, found = [root], dict[str, Json]()
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = wordless(types[name])
            todo += source.refs(types[name])
    return {"$ref": f"#/$defs/{root}", "$defs": found}


def wordless(schema: Any) -> Any:
    if isinstance(schema, list):
        return [wordless(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: part for key, part in schema.items() if key != "description" or not isinstance(part, str)}
    return {key: wordless(part) for key, part in told.items()}


def schemas(version: str) -> dict[str, Json]:
    """File name -> schema, for every kind that the package knows in `version`."""
    types = source.types(version)
    made: dict[str, Json] = {}
    for name, schema in sorted(types.items()):
        kinds: list[Json] = schema.get("x-kubernetes-group-version-kind", [])
        if len(kinds) == 1 and "metadata" in schema.get("properties", {}):
            made[file_name(kinds[0])] = whole(name, types)
    return made


def write(folder: Path, version: str) -> Path:
    """The complete folder of `version` under `folder`, made unless it is there."""
    target = folder / place(version)
    if target.is_dir():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder, prefix=f".{target.name}-"))
    try:
        for name, schema in schemas(version).items():
            (made / name).write_text(_text(schema), "utf-8")
        made.chmod(0o755)
        if not target.is_dir():
            made.replace(target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return target


def _text(schema: Any) -> str:
    return json.dumps(schema, separators=(",", ":"), sort_keys=True)


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    folder, *wanted = arguments
    unknown = set(wanted) - set(source.versions())
    if unknown:
        print(
            f"not known: {', '.join(sorted(unknown))}; known: {', '.join(source.versions())}", file=sys.stderr
        )
        return 2
    for version in wanted or source.versions():
        print(write(Path(folder), version))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
