"""Build the pinned tools, or say where they are.

python3 -m ci.tools build [NAME...]     all that tests need, or those named; nothing to do takes a blink
python3 -m ci.tools build bench         those that only `make bench` compares with
python3 -m ci.tools env                 shell lines: export HELM_3=... for each one there is
python3 -m ci.tools list                name, version, path
"""

from __future__ import annotations

import operator
import os
import shlex
import shutil
import sys

from ci import systems
from ci.tools import build, debian_registry, pins

NAMES = (*(tool.name for tool in pins.TOOLS), "checkov", "systems", debian_registry.NAME)
BENCH = tuple(tool.name for tool in pins.TOOLS if tool.bench)


def build_all(names: list[str]) -> None:
    names = [one for name in names for one in (BENCH if name == "bench" else (name,))]
    if unknown := sorted(set(names) - set(NAMES)):
        sys.exit(f"chartgen tools: no tool is called {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    root = pins.cache()
    wanted = names or [name for name in NAMES if name not in BENCH]
    tools = [tool for tool in pins.TOOLS if tool.name in wanted]
    go = build.go_release() if tools else ""
    for tool in tools:
        build.build(tool, go, root)
    if "checkov" in wanted:
        build.build_checkov(root)
    # Without these one test skips, and says so: a machine that cannot have them has its tools all the same.
    if "systems" in names or ("systems" in wanted and os.geteuid() == 0 and shutil.which("apt-get")):
        for system in systems.SYSTEMS:
            systems.make(system, root)
    # Elsewhere its tests skip, and say so.
    if debian_registry.NAME in names or (debian_registry.NAME in wanted and shutil.which("apt-get")):
        debian_registry.make(root)


def paths() -> dict[str, tuple[str, str, str]]:
    """Tool name to (variable, version, path) for those that are in the cache."""
    root = pins.cache()
    found = {tool.name: (tool, pins.built(tool, root)) for tool in pins.TOOLS}
    rows = {
        name: (tool.variable, pins.version(tool), str(path)) for name, (tool, path) in found.items() if path
    }
    if checkov := pins.checkov(root):
        rows["checkov"] = ("CHECKOV", "locked", str(checkov))
    if debian_registry.command(root):
        rows[debian_registry.NAME] = ("", "Debian's", str(debian_registry.place(root)))
    return rows


def main(arguments: list[str]) -> None:
    match arguments:
        case ["build", *names]:
            build_all(names)
        case ["env"]:
            for variable, _, path in filter(operator.itemgetter(0), paths().values()):
                print(f"export {variable}={shlex.quote(path)}")
        case ["list"]:
            rows = paths()
            if not systems.missing(pins.cache()):
                rows["systems"] = ("", "locked", str(pins.cache() / "systems"))
            for name in NAMES:
                _, version, path = rows.get(name, ("", "not built:", f"python3 -m ci.tools build {name}"))
                print(f"{name:<18} {version:<12} {path}")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
