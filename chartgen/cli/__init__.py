"""The command line: the only place that prints, reads the environment, or exits."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from chartgen import __version__
from chartgen.errors import ChartgenError

# Command to module; one file each, imported when the command is asked for.
COMMANDS = {
    "init": "chartgen.cli.init",
    "generate": "chartgen.cli.generate",
    "lint": "chartgen.cli.lint",
    "template": "chartgen.cli.template",
    "snapshot": "chartgen.cli.snapshot",
    "package": "chartgen.cli.package",
    "schema": "chartgen.cli.schema",
    "completion": "chartgen.cli.completion",
    "version": "chartgen.cli.version",
}


class Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from chartgen.errors import near_miss

            raise click.UsageError(f"{error.message} {near_miss(args[0], COMMANDS)}".strip(), ctx) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="chartgen %(version)s")
def cli() -> None:
    """One description of an application in, one Helm chart that can be trusted out.

    \b
    Examples:
      chartgen init shop --image acme/shop --port 8080   start a new application
      chartgen generate                                  write the charts
      chartgen generate --check                          say what is out of date, write nothing
      chartgen lint                                      check every chart with every overlay
      chartgen package                                   pack what was checked

    Exit codes: 0 fine, 1 the input or the chart is wrong, 2 usage, 3 could not find out.
    """


def main() -> None:
    """Runs the command line and exits."""
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except ChartgenError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader has gone: nothing more can be said, and Python must not try at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _say(text: str) -> None:
    click.echo(f"Error: {text}", err=True)
