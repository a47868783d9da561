"""`chartgen completion`: completion for the shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print a script that completes commands and options in SHELL.

    \b
    Examples:
      eval "$(chartgen completion bash)"
      chartgen completion fish > ~/.config/fish/completions/chartgen.fish
    """
    from chartgen.cli import cli

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(cli, {}, "chartgen", "_CHARTGEN_COMPLETE").source())
