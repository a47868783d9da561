"""`chartgen version`: which chartgen this is."""

from __future__ import annotations

import click

from chartgen import __version__


@click.command("version")
def command() -> None:
    """Print the version of chartgen, of Python, and of the Helm that it would use.

    \b
    Example:
      chartgen version
    """
    import platform

    click.echo(f"chartgen {__version__}")
    click.echo(f"python {platform.python_version()}")
    click.echo(f"engine {_engine()}")


def _engine() -> str:
    from chartgen.engine.choose import choose
    from chartgen.errors import ChartgenError

    try:
        engine = choose()
    except ChartgenError as error:
        return f"none: {error.message}"
    return f"{engine.name} {engine.version}"
