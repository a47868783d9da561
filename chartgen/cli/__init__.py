"""The command line: the only place that prints, reads the environment, or exits."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from chartgen import __version__
from chartgen.errors import ChartgenError, near_miss

# Command to module; one file each, imported when the command is asked for.
COMMANDS = {
    "init": "chartgen.cli.init",
    "generate": "chartgen.cli.generate",
    "compose": "chartgen.cli.compose",
    "lint": "chartgen.cli.lint",
    "verify": "chartgen.cli.verify",
    "template": "chartgen.cli.template",
    "manifests": "chartgen.cli.manifests",
    "snapshot": "chartgen.cli.snapshot",
    "diff": "chartgen.cli.diff",
    "package": "chartgen.cli.package",
    "push": "chartgen.cli.push",
    "release": "chartgen.cli.release",
    "pull": "chartgen.cli.pull",
    "verify-release": "chartgen.cli.verify_release",
    "index": "chartgen.cli.index",
    "sign": "chartgen.cli.sign",
    "make": "chartgen.cli.make",
    "images": "chartgen.cli.images",
    "deploy": "chartgen.cli.deploy",
    "doctor": "chartgen.cli.doctor",
    "schema": "chartgen.cli.schema",
    "completion": "chartgen.cli.completion",
    "version": "chartgen.cli.version",
}
# What a shell says of a program that was ended by SIGINT and SIGPIPE.
INTERRUPTED, UNREAD = 130, 141


class Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        with _reader():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _reader():
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not ctx.resilient_parsing and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"No such command {args[0]!r}: {near_miss(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


@contextmanager
def _reader() -> Iterator[None]:
    """Ends quietly when who reads our output has gone. click would make 1 of it: that the chart is wrong."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python would try once more, and say so
        raise click.exceptions.Exit(UNREAD) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="chartgen %(version)s")
def cli() -> None:
    """One description of an application in, one Helm chart that can be trusted out.

    \b
    Examples:
      chartgen init shop --image acme/shop:1.4.0 --port 8080   start a new application
      chartgen generate                                        write the charts
      chartgen generate --check                                say what is out of date, write nothing
      chartgen lint                                            check every chart with every overlay
      chartgen verify                                          search for values that break a chart
      chartgen diff last                                       say what changed since the last release
      chartgen package                                         pack what was checked
      chartgen push oci://ghcr.io/acme/charts                  publish what was packed
      chartgen release oci://ghcr.io/acme/charts               all of it, from a commit to a published chart
      chartgen make                                            generate, lint and package in one go
      chartgen images build --push                             build the images from source
      chartgen deploy                                          have a running ushadow deploy it to a cluster

    Exit codes: 0 fine, 1 the input or the chart is wrong, 2 usage, 3 could not find out.
    """


def main() -> None:
    """Runs the command line and exits."""
    # A command lives shortly and leaves little garbage in circles. To look for it as often as Python does,
    # and once more at the end, would take a tenth of the time.
    gc.set_threshold(100_000)
    try:
        sys.exit(cli.main(prog_name="chartgen", standalone_mode=False) or 0)
    except ChartgenError as error:
        from chartgen.cli.failures import complain

        complain(error)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    finally:
        gc.freeze()
