"""Running the script up to its N-th call of a tool, and what must be true of a volume wherever it stopped."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.seed.volume import Outcome, Volume, applet, run

# Every tool call is a step with three moments: before, half way (cp has written a part of a file; ln, mv or
# rm has done one of several), and after. At the wanted moment the shim runs $AT: a kill, or another run.
SHIM = """#!/bin/dash
read -r step <{root}/step
step=$((step + 1))
echo $step >{root}/step
echo {tool} >>{root}/calls
[ "$step.before" != "$WHEN" ] || eval "$AT"
if [ "$step.half" = "$WHEN" ]; then
  {half}
  eval "$AT"
fi
{real} "$@"
status=$?
[ "$step.after" != "$WHEN" ] || eval "$AT"
exit $status
"""
HALF = {
    "cp": 'for to; do :; done; [ ! -d "$to" ] || to=$to/$(basename "$2"); head -c 3 "$2" >"$to"',
    "ln": 'for to; do :; done; {real} -- "$2" "$to"',
    "mv": 'for to; do :; done; {real} "$1" -- "$3" "$to"',
    "rm": 'for last; do :; done; {real} -rf -- "$last"',
}
KILL = "kill -9 0"  # the whole process group: the script, this shim and the tool


def stepping(volume: Volume) -> Volume:
    """The same volume, whose tools count their calls and read from WHEN and AT what to do at one of them."""
    folder = volume.root / "steps"
    folder.mkdir()
    for tool in volume.tools():
        real = applet((volume.shell.tools / tool).resolve(), tool)
        half = HALF.get(tool, ":").replace("{real}", real)
        (folder / tool).write_text(SHIM.format(root=volume.root, tool=tool, real=real, half=half))
        (folder / tool).chmod(0o755)
    return replace(volume, shell=replace(volume.shell, tools=folder))


def run_to(volume: Volume, when: str, at: str, **settings: str) -> Outcome:
    """Runs a stepping volume; `when` is STEP.before, STEP.half or STEP.after."""
    (volume.root / "step").write_text("0\n")
    steps = {"WHEN": when, "AT": at, "PATH": f"{volume.shell.tools}:/usr/bin:/bin"}
    return run(["setsid", "--wait", *volume.command()], volume.environment(settings) | steps)


def calls(volume: Volume, template: Path, **settings: str) -> Iterator[str]:
    """The moment before each call of a run that starts from `template`, and the one after the last."""
    yield from (when for when in moments(volume, template, **settings) if not when.endswith("half"))


def moments(volume: Volume, template: Path, **settings: str) -> Iterator[str]:
    """Every moment of a run that starts from `template`, in order.

    After a call is before the next: between them the script changes nothing but its own temporary file.
    """
    (volume.root / "calls").unlink(missing_ok=True)
    restore(volume, template)
    assert run_to(volume, "never", ":", **settings).code == 0
    tools = (volume.root / "calls").read_text().split()
    for step, tool in enumerate(tools, 1):
        yield f"{step}.before"
        if tool in HALF:
            yield f"{step}.half"
    yield f"{len(tools)}.after"


def restore(volume: Volume, template: Path) -> None:
    shutil.rmtree(volume.path, ignore_errors=True)
    subprocess.run(["cp", "-a", str(template), str(volume.path)], check=True)
