"""What a chart says about itself: `Chart.yaml`, `.helmignore`, and a line for each block of its values."""

from __future__ import annotations

from typing import Any

from chartgen import changelog
from chartgen.model import App

# Only where a chart itself lies: a file to seed may be called anything.
HELMIGNORE = """\
# What a package of this chart leaves out: what version control and editors leave beside it.
/.git/
/.gitignore
/.idea/
/.vscode/
/.DS_Store
/*.swp
/*.orig
/*~
/templates/*.swp
/templates/*.orig
/templates/*~
# What chartgen remembers of the files it wrote.
/.chartgen.json
"""


def chart(app: App) -> dict[str, Any]:
    """`Chart.yaml` as data, with the annotations that Artifact Hub shows."""
    people = [
        {k: v for k, v in (("name", m.name), ("email", m.email), ("url", m.url)) if v}
        for m in app.maintainers
    ]
    optional: dict[str, Any] = {
        "kubeVersion": app.kubeVersion,
        "home": app.home,
        "icon": app.icon,
        "keywords": list(app.keywords),
        "sources": list(app.sources),
        "maintainers": people,
        "annotations": _annotations(app),
    }
    return {
        "apiVersion": "v2",
        "name": app.name,
        "description": app.description,
        "type": "application",
        "version": app.version,
        "appVersion": app.appVersion,
        **{key: value for key, value in optional.items() if value},
    }


def _annotations(app: App) -> dict[str, str]:
    """Source: Artifact Hub documentation, "Helm annotations"."""
    from chartgen import documents

    links = [{"name": "source", "url": url} for url in app.sources]
    images = [{"name": c.name, "image": _image(app, c.image)} for c in app.components.values()]
    found = {
        "artifacthub.io/category": app.category,
        "artifacthub.io/license": app.license,
        "artifacthub.io/prerelease": "true" if "-" in app.version.split("+")[0] else "",
        "artifacthub.io/links": documents.dump(links) if links else "",
        "artifacthub.io/images": documents.dump(images),
        "artifacthub.io/changes": _changes(app),
    }
    return {key: value for key, value in found.items() if value}


def log(app: App) -> str:
    """The changelog that lies beside app.yaml; "" when there is none."""
    data = dict(app.files).get(changelog.NAME, b"")
    return data.decode("utf-8", "replace")


def _changes(app: App) -> str:
    """What the changelog says of the version, as Artifact Hub shows it."""
    from chartgen import documents

    found = changelog.read(log(app), app.version)
    listed = [{"kind": entry.news, "description": entry.text} for entry in found]
    return documents.dump(listed) if listed else ""


def _image(app: App, image: Any) -> str:
    registry = f"{image.registry}/" if image.registry else ""
    reference = f"@{image.digest}" if image.digest else f":{image.tag or app.appVersion}"
    return f"{registry}{image.repository}{reference}"


def about(app: App) -> dict[str, str]:
    """A line for each top-level key of the values that needs one."""
    components = {
        c.key: f"{c.name}: {c.description or 'a component of the application.'}"
        for c in app.components.values()
    }
    blocks = {
        "persistence": "Volumes. What is on them outlives pods, upgrades and, with `retain`, the release.",
        "seed": "Files that a volume starts with. What somebody wrote is never overwritten.",
        "secrets": "Secrets, and where each comes from.",
        "external": "Services that the application needs and this chart does not bring.",
        "ingress": "The way in through an Ingress controller.",
        "httpRoute": "The way in through the Gateway API.",
        "networkPolicy": "Who may talk to whom.",
        "serviceAccount": "Who the pods are.",
        "rbac": "What they may ask of the Kubernetes API.",
        "tests": "What `helm test` runs.",
        "global": "Shared with a parent chart.",
    }
    return {**blocks, **components}
