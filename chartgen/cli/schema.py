"""`chartgen schema`: what app.yaml and chartgen.yaml may hold, for editors and for people."""

from __future__ import annotations

import json
from pathlib import Path

import click

from chartgen.disk import write_file


@click.command("schema")
@click.option("--docs", metavar="DIR", help="Write schemas and reference documents into this folder instead.")
@click.option("--of", "what", type=click.Choice(["app", "project"]), default="app", help="Which document.")
@click.option("--reference", is_flag=True, help="Print the reference in Markdown instead of the schema.")
def command(docs: str | None, what: str, reference: bool) -> None:
    """Print the JSON Schema of app.yaml, which editors complete and check by.

    \b
    Examples:
      chartgen schema > app.schema.json
      chartgen schema --of project --reference
      chartgen schema --docs docs
    """
    found = texts()
    if docs is None:
        click.echo(found[f"{what}-reference.md" if reference else f"{what}.schema.json"], nl=False)
        return
    for name, text in found.items():
        write_file(Path(docs) / name, text.encode())
        click.echo(Path(docs) / name)


def texts() -> dict[str, str]:
    """Schema and reference of both documents, by file name."""
    from chartgen.model import App, describe
    from chartgen.project import Project

    found = {}
    for key, of, name in (("app", App, "app.yaml"), ("project", Project, "chartgen.yaml")):
        found[f"{key}.schema.json"] = (
            json.dumps(describe.schema(of, name), indent=2, ensure_ascii=False) + "\n"
        )
        found[f"{key}-reference.md"] = describe.reference(of, name)
    return found
