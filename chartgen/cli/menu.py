"""One of several, chosen with the arrow keys of a terminal."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from chartgen.report.escape import visible

# What keys send, with the two forms that terminals have of an arrow. Source: xterm, "Control Sequences".
_UP, _DOWN = ("\x1b[A", "\x1bOA", "k", "\x10"), ("\x1b[B", "\x1bOB", "j", "\x0e")
_FIRST, _LAST = ("\x1b[H", "\x1bOH", "\x1b[1~"), ("\x1b[F", "\x1bOF", "\x1b[4~")
_TAKE, _LEAVE = ("\r", "\n"), ("q", "\x1b", "\x04", "")
_KEYS = {**dict.fromkeys(_UP, -1), **dict.fromkeys(_DOWN, 1)}
_WITHIN_A_KEY = 0.05  # seconds between the characters that one key sends


def possible() -> bool:
    """Whether there is a person, with a terminal that can be drawn on."""
    return sys.stdin.isatty() and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def choose(title: str, lines: Sequence[str]) -> int:
    """The number of the line that a person takes. Raises click.Abort when they take none."""
    chosen, drawn = 0, 0
    with _keys_at_once():
        click.echo(f"{title} (arrow keys, then Enter; q leaves)", err=True)
        while True:
            drawn = _draw(lines, chosen, drawn)
            key = _key()
            if key in _TAKE:
                return chosen
            if key in _LEAVE:
                raise click.Abort
            if key in _FIRST or key in _LAST:
                chosen = 0 if key in _FIRST else len(lines) - 1
            chosen = min(max(chosen + _KEYS.get(key, 0), 0), len(lines) - 1)


def _draw(lines: Sequence[str], chosen: int, before: int) -> int:
    """Draws over the lines `before`, and says how many it took: those that fit, around the chosen."""
    columns, height = _size()
    rows = max(1, min(len(lines), height - 2))
    first = min(max(0, chosen - rows // 2), len(lines) - rows)
    text = f"\x1b[{before}A" if before else ""
    for number, line in enumerate(lines[first : first + rows], first):
        mark, on, off = (">", "\x1b[7m", "\x1b[0m") if number == chosen else (" ", "", "")
        text += f"\r\x1b[K{on}{f'{mark} {visible(line)}'[: max(columns - 1, 3)]}{off}\n"
    click.echo(text, err=True, nl=False, color=True)
    return rows


def _size() -> tuple[int, int]:
    """Columns and lines; what is usual where the terminal does not tell."""
    try:
        found = os.get_terminal_size(sys.stderr.fileno())
    except OSError:
        return 80, 24
    return found.columns or 80, found.lines or 24


def _key() -> str:
    """What one key sends; nothing at the end of the input."""
    found = os.read(sys.stdin.fileno(), 1)
    while found == b"\x1b" or (found[:1] == b"\x1b" and not _whole(found)):
        if not select.select([sys.stdin], [], [], _WITHIN_A_KEY)[0]:
            break
        found += os.read(sys.stdin.fileno(), 1)
    return found.decode("ascii", "replace")


def _whole(found: bytes) -> bool:
    """Whether an escape sequence is at its end: CSI by its last character, others after one."""
    if found[1:2] == b"[":
        return len(found) > 2 and 0x40 <= found[-1] <= 0x7E
    return len(found) > (2 if found[1:2] == b"O" else 1)


@contextmanager
def _keys_at_once() -> Iterator[None]:
    """Keys come without Enter and are not shown; control-C interrupts as ever. As before, however it ends."""
    import termios
    import tty

    screen = sys.stdin.fileno()
    before = termios.tcgetattr(screen)
    try:
        tty.setcbreak(screen, termios.TCSADRAIN)
        yield
    finally:
        termios.tcsetattr(screen, termios.TCSADRAIN, before)
