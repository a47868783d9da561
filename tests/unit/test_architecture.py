"""The shape of chartgen, held by reading its source: who may import what, who may touch the world, how long.

A *unit* is a module or package straight under chartgen/ (`chart`, `blocks`), or a module within one that
stands further left than the rest of it (`kubernetes.validation`). MAY_IMPORT has a line for each: when this
test fails for an import you want, first ask whether it points the right way (ARCHITECTURE.md); when it
does, add the word here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Right to left as in the sentence of ARCHITECTURE.md. `?` marks an import for types alone.
MAY_IMPORT = """
frozen      :
shipped     :
errors      :
scalars     :
findings    :
diagnoses   :
process     : errors
settings    : errors
rules       : errors settings
nodes       : errors
emit        : scalars
documents   : emit errors nodes scalars
chart       : documents errors
template    : errors
setflags    : documents errors
values      : chart documents errors rules setflags settings
manifest    : chart documents errors
kubernetes  : documents errors settings
schema_words: errors kubernetes
schema      : chart documents errors kubernetes rules schema_words settings values
kubernetes.validation: documents errors kubernetes schema schema_words
model       : documents errors
bytecode    :
render      : bytecode chart documents errors model
renames     : render settings
first       : chart render renames rules settings
blocks      : chart documents errors kubernetes model renames render rules settings values
contract    : chart documents errors kubernetes renames rules schema settings values
metadata    : changelog chart documents errors model
valuesfile  : documents errors rules settings values
readme      : documents errors model render rules settings values
package     : chart documents errors
record      : chart manifest package
sbom        : chart errors package record
signing     : chart documents errors package process
generate    : blocks changelog chart contract documents errors first kubernetes metadata model package readme
              render rules schema settings values valuesfile
git         : errors process
helm_metadata: chart package
repository  : chart documents emit errors helm_metadata package
connection  : errors
oci         : chart connection documents errors helm_metadata package process
helmignore  : errors
project     : documents errors kubernetes model
compose     : documents errors model nodes
disk        : changelog chart documents errors model package helmignore
raw         : chart documents manifest model
snapshot    : documents engine? errors manifest
engine      : chart documents errors findings manifest package process schema values
doctor      : diagnoses errors kubernetes manifest model
deploy      : connection errors manifest
images      : errors model process
cluster     : doctor errors manifest process
checks      : chart contract documents errors engine? findings kubernetes kubernetes.validation manifest model
              rules schema settings template values
changes     :
versions    : changes
changelog   : changes errors
diff        : changes chart checks contract engine errors kubernetes kubernetes.validation manifest package
              rules schema setflags settings values verify versions
coverage    : chart engine errors manifest package report template
report      : changelog changes diagnoses documents findings
verify      : chart checks contract documents engine errors findings first kubernetes kubernetes.validation
              manifest package renames rules schema schema_words setflags settings template values
"""
# The command line stands left of everything, and may use it all.
TOP = "cli"
# What stands right of everything: how a value is declared, our own files, and the version.
EVERYWHERE = {"frozen", "shipped", "__version__"}
# What makes a module of a package a block, or a check: it defines this function. The rest are shared pieces.
MEMBERS = {"blocks": "files", "checks": "check", "diff": "compare", "doctor": "examine"}
# What reaches outside the process or makes two runs differ, and the modules that are there to do so.
WORLD: Mapping[str, tuple[str, ...]] = {
    "subprocess": ("process",),
    "os": ("cli", "disk", "engine.binary", "engine.embedded", "bytecode", "process"),
    "shutil": ("disk", "engine.binary", "engine.temporary", "process"),
    "tempfile": ("disk", "engine.binary", "engine.temporary", "signing.gpg", "signing.cosign", "images.run"),
    "time": ("cli",),
    "datetime": ("cli", "helm_metadata"),
    "random": ("verify",),
    "secrets": (),
    "uuid": ("sbom",),  # for a number that follows from what it is for
    "socket": (),
    "http": ("connection",),
    "urllib.request": ("connection",),
    "click": ("cli",),
}
# Calls that write, by name. bytecode keeps compiled templates, as Python keeps its .pyc files.
WRITES = frozenset({"write_text", "write_bytes", "mkdir", "unlink", "rmdir", "touch", "symlink_to", "chmod"})
# A tool that signs reads what it is to sign from a folder that goes away with it.
WRITERS = ("disk", "engine.binary", "engine.temporary", "signing.gpg", "bytecode")
SPEAKS = frozenset({"print", "input", "exit", "quit", "breakpoint"})
VAGUE = frozenset({"utils", "util", "helpers", "common", "core", "base", "manager", "handler", "misc"})
MODULE_LINES, FUNCTION_LINES = 250, 40


class Import(NamedTuple):
    """`module` (without `chartgen.`) imports `name` in `line`; `typing` when for types alone."""

    module: str
    name: str
    line: int
    typing: bool


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def sources() -> Mapping[str, str]:
    """Module name without `chartgen.` to its text; a package by the name of its folder."""
    package = ROOT / "chartgen"
    files = {path.relative_to(package).as_posix(): path for path in sorted(package.rglob("*.py"))}
    return {
        module_name(name): path.read_text(encoding="utf-8")
        for name, path in files.items()
        if name not in ("__init__.py", "__main__.py")  # `python -m chartgen` is the command line
    }


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).removeprefix("typing.") == "TYPE_CHECKING"


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def imports(module: str, text: str) -> Iterator[Import]:
    """Every import of a module, those inside functions too."""
    tree = ast.parse(text)
    typing = {id(inner) for node in ast.walk(tree) if _is_type_checking(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        for name in _names(node):
            yield Import(module, name, getattr(node, "lineno", 0), id(node) in typing)


@cache
def table() -> dict[str, set[str]]:
    joined = re.sub(r"\n +", " ", MAY_IMPORT.strip())
    rows = (line.partition(":") for line in joined.splitlines())
    return {unit.strip(): set(allowed.split()) for unit, _, allowed in rows}


def unit(module: str) -> str:
    """The longest name in the table that is `module` or a package around it; else its first word."""
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in names if name in table()), parts[0])


def direction_faults(modules: Mapping[str, str]) -> list[str]:
    """Imports between units that the table does not have."""
    faults = []
    for found in (item for module, text in modules.items() for item in imports(module, text)):
        target = unit(found.name.removeprefix("chartgen."))
        own = unit(found.module)
        if not found.name.startswith("chartgen.") or own in (TOP, target) or target in EVERYWHERE:
            continue
        may = table().get(own)
        if may is None:
            faults.append(f"chartgen/{own} is new: give it a line in MAY_IMPORT")
        elif target not in may and not (found.typing and f"{target}?" in may):
            faults.append(
                f"{found.module}:{found.line} imports {found.name}: {own} may import {sorted(may)} only"
            )
    return sorted(set(faults))


def members(modules: Mapping[str, str]) -> set[str]:
    """The modules that are a block, a check or an examination."""
    inside = [module for module in modules if unit(module) in MEMBERS and "." in module]
    marks = {module: f"\ndef {MEMBERS[unit(module)]}(" for module in inside}
    return {module for module, mark in marks.items() if mark in f"\n{modules[module]}"}


def member_faults(modules: Mapping[str, str]) -> list[str]:
    """Imports of a member of a package from within it, other than by the package's __init__."""
    known, faults = members(modules), []
    for found in (item for module, text in modules.items() for item in imports(module, text)):
        package, *rest = found.module.split(".")
        name = found.name.removeprefix("chartgen.")
        target = next((member for member in known if f"{name}.".startswith(f"{member}.")), "")
        if rest and package in MEMBERS and unit(target) == package and target != found.module:
            where = f"{found.module}:{found.line} imports {found.name}"
            faults.append(f"{where}: two {package} never import each other")
    return faults


def _is_within(module: str, homes: tuple[str, ...]) -> bool:
    return any(module == home or module.startswith(f"{home}.") for home in homes)


def world_faults(modules: Mapping[str, str]) -> list[str]:
    """Imports that let a pure module reach outside, or differ from run to run."""
    return [
        f"{found.module}:{found.line} imports {world}: only {list(homes) or 'nobody'} may"
        for module, text in modules.items()
        for found in imports(module, text)
        for world, homes in WORLD.items()
        if f"{found.name}.".startswith(f"{world}.") and not _is_within(module, homes)
    ]


def _called(node: ast.AST) -> tuple[str, str]:
    """What a call calls: ('', 'print') for a bare name, ('path', 'mkdir') for an attribute of something."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return "", name
        case ast.Call(func=ast.Attribute(value=value, attr=name)):
            return ast.unparse(value), name
    return "", ""


def call_faults(modules: Mapping[str, str]) -> list[str]:
    """Calls that print, read from a person, end the process, or write a file, where they have no business."""
    faults = []
    for module, text in modules.items():
        for node in ast.walk(ast.parse(text)):
            owner, name = _called(node)
            where = f"{module}:{getattr(node, 'lineno', 0)} calls {name}"
            if not _is_within(module, (TOP,)) and (
                (not owner and name in SPEAKS) or (owner, name) == ("sys", "exit")
            ):
                faults.append(f"{where}: only the command line speaks and exits")
            if not _is_within(module, WRITERS) and (
                (owner and name in WRITES) or (owner, name) == ("", "open")
            ):
                faults.append(f"{where}: only {list(WRITERS)} open and write files")
    return faults


def size_faults(modules: Mapping[str, str]) -> list[str]:
    faults = [
        f"{module}: {len(text.splitlines())} lines, {MODULE_LINES} are the most: is a module missing?"
        for module, text in modules.items()
        if len(text.splitlines()) > MODULE_LINES
    ]
    for module, text in modules.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    faults.append(
                        f"{module}:{node.lineno} {node.name}: {lines} lines, {FUNCTION_LINES} are the most"
                    )
    return faults


def none(faults: list[str]) -> None:
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def test_imports_point_the_right_way() -> None:
    none(direction_faults(sources()))


def test_the_table_itself_has_no_circle() -> None:
    graph = {own: {word for word in may if not word.endswith("?")} for own, may in table().items()}
    assert set(TopologicalSorter(graph).static_order()) == set(graph)


def test_two_blocks_and_two_checks_never_import_each_other() -> None:
    none(member_faults(sources()))


def test_only_the_edges_reach_outside() -> None:
    none(world_faults(sources()))


def test_only_the_command_line_speaks_and_only_the_edges_write() -> None:
    none(call_faults(sources()))


def test_no_module_and_no_function_is_longer_than_a_reader_holds_in_mind() -> None:
    none(size_faults(sources()))


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [module for module in sources() if VAGUE & set(module.split("."))] == []


@pytest.mark.parametrize(
    "module,text,fault",
    [
        ("chart", "from chartgen.model import App", "chart:1 imports chartgen.model.App: chart may import "),
        (
            "chart",
            "def f():\n    from chartgen import model",
            "chart:2 imports chartgen.model: chart may import ",
        ),
        (
            "checks.x",
            "from chartgen.engine import open",
            "checks.x:1 imports chartgen.engine.open: checks may import ",
        ),
        ("novel", "import chartgen.chart", "chartgen/novel is new: give it a line in MAY_IMPORT"),
    ],
)
def test_an_import_the_wrong_way_is_seen(module: str, text: str, fault: str) -> None:
    assert [found[: len(fault)] for found in direction_faults({module: text})] == [fault]


@pytest.mark.parametrize(
    "module,text",
    [
        ("checks.x", "if TYPE_CHECKING:\n    from chartgen.engine import Session"),
        ("cli.lint", "from chartgen import engine"),
        ("chart", "import re\nfrom chartgen.errors import Problem"),
        ("report.sarif", "import chartgen\nfrom chartgen import __version__"),
    ],
)
def test_an_import_the_right_way_passes(module: str, text: str) -> None:
    assert direction_faults({module: text}) == []


def test_one_block_that_imports_another_is_seen() -> None:
    blocks = {"blocks.storage": "def files(): ...", "blocks.shape": "def claim(): ..."}
    seed = "from chartgen.blocks.storage import settings\nfrom chartgen.blocks.shape import claim"
    fault = "blocks.seed:1 imports chartgen.blocks.storage.settings: two blocks never import each other"
    assert member_faults({**blocks, "blocks.seed": seed}) == [fault]
    assert member_faults({**blocks, "blocks.seed": "from chartgen.blocks import storage"}) == [
        "blocks.seed:1 imports chartgen.blocks.storage: two blocks never import each other"
    ]
    assert member_faults({**blocks, "blocks": "from chartgen.blocks import shape, storage"}) == []


def test_reaching_outside_is_seen() -> None:
    assert world_faults({"chart": "from os import path"}) == [
        f"chart:1 imports os: only {list(WORLD['os'])} may"
    ]
    assert world_faults({"chart": "import random"}) == ["chart:1 imports random: only ['verify'] may"]
    assert world_faults({"cli.lint": "import os, click", "process": "import subprocess"}) == []
    assert world_faults({"chart": "import osmosis"}) == []


def test_speaking_and_writing_are_seen() -> None:
    assert call_faults({"chart": "print(1)"}) == [
        "chart:1 calls print: only the command line speaks and exits"
    ]
    assert call_faults({"chart": "import sys\nsys.exit(1)"}) == [
        "chart:2 calls exit: only the command line speaks and exits"
    ]
    written = f"chart:1 calls write_text: only {list(WRITERS)} open and write files"
    assert call_faults({"chart": "p.write_text('')"}) == [written]
    assert call_faults({"disk": "p.write_text('')", "cli.lint": "print(1)"}) == []


def test_length_is_seen() -> None:
    long_function = "def f():\n" + "    x = 1\n" * 40
    assert size_faults({"chart": long_function}) == ["chart:1 f: 41 lines, 40 are the most"]
    assert size_faults({"chart": "x = 1\n" * 251}) == [
        "chart: 251 lines, 250 are the most: is a module missing?"
    ]
    assert size_faults({"chart": "x = 1\n" * 250}) == []
