"""Changes as one HTML page, old beside new: no script, nothing from elsewhere, everything escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from chartgen.changes import Level
from chartgen.report.escape import scalar, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chartgen.changes import Change, Comparison

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border: 1px solid #8884; padding: .4rem .6rem; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
code { font: 13px ui-monospace, monospace; white-space: pre-wrap; }
.major { border-left: 4px solid #c0392b; } .minor { border-left: 4px solid #b7791f; }
.patch { border-left: 4px solid #2c7a7b; } .old code { color: #c0392b; } .new code { color: #2c7a7b; }
.verdict { font-weight: 600; } small { opacity: .75; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render(comparison: Comparison, *, color: bool = False) -> str:
    """The whole page. Its policy lets a browser load nothing."""
    del color
    title = f"{_text(comparison.base)} → {_text(comparison.new)}"
    lines = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        f'<p class="verdict">helm upgrade: {_text(comparison.verdict)}</p>',
        *_body(comparison),
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"


def _body(comparison: Comparison) -> Iterator[str]:
    if not comparison.changes:
        yield "<p>Nothing is different.</p>"
    for level in Level:
        changes = comparison.of(level)
        if changes:
            yield f"<h2>{level.value} ({len(changes)})</h2>"
            yield f"<table><tr><th>where</th><th>{_text(comparison.base)}</th>"
            yield f"<th>{_text(comparison.new)}</th><th>what it means</th></tr>"
            yield from (_row(change, comparison) for change in changes)
            yield "</table>"
    for name, why in comparison.untold:
        yield f"<p>Not compared under <code>{_text(name)}</code>: {_text(why)}</p>"
    for file, why in comparison.doubts:
        yield f"<p>Not known: <code>{_text(file)}</code>: {_text(why)}</p>"


def _row(change: Change, comparison: Comparison) -> str:
    everywhere = not change.overlays or set(change.overlays) == set(comparison.overlays)
    notes = [effect.value for effect in change.effects]
    notes += [] if everywhere else [f"under {', '.join(change.overlays)}"]
    said = [_text(change.what), *(f"<strong>{_text(note)}</strong>" for note in notes)]
    said += [f"<small>{_text(change.hint)}</small>"] if change.hint else []
    cells = [
        ("old", f"<code>{_text(change.old)}</code>"),
        ("new", f"<code>{_text(change.new)}</code>"),
        ("what", "<br>".join(said)),
    ]
    where = f"<code>{_text(change.place)}</code><br><small>{change.kind}</small>"
    row = [f'<td class="{name}">{cell}</td>' for name, cell in ((change.level.value, where), *cells)]
    return f"<tr>{''.join(row)}</tr>"


def _text(said: str) -> str:
    return escape(visible(scalar(said)))
