"""NOTES.txt: what a person reads after an install."""

from __future__ import annotations

from collections.abc import Iterable

from chartgen.blocks.shape import main_port
from chartgen.chart import ChartFile
from chartgen.model import App
from chartgen.renames import conditions
from chartgen.render import chart_file
from chartgen.settings import Setting

# Ports whose address a browser opens.
_WEB = ("http", "web", "www", "ui")


def notes(app: App, settings: Iterable[Setting]) -> ChartFile:
    """The notes of a chart with these settings."""
    main = app.main
    port = main_port(main) if main else ""
    return chart_file(
        "templates/NOTES.txt",
        "notes.txt.j2",
        app=app,
        main=main,
        port=port,
        web=port.startswith(_WEB),
        claims=[v for v in app.volumes.values() if not v.perReplica],
        own=[v for v in app.volumes.values() if v.perReplica],
        untagged=[c for c in app.components.values() if not c.image.tag],
        renamed=conditions(settings),
    )
