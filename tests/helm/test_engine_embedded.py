"""The embedded Helm: what it needs, and where it must not be used."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from chartgen import schema
from chartgen.engine import Engine
from chartgen.engine import embedded as module
from chartgen.engine.choose import choose
from chartgen.errors import RenderError, ToolError
from chartgen.manifest import Case, Rendering
from tests.helm.corpus import chart

Engines = Callable[[str], Engine]


def test_it_knows_its_helm(engine_of: Engines) -> None:
    engine = engine_of("embedded")
    assert (engine.name, engine.version) == ("embedded", "4.2.3")


def test_a_fork_after_use_is_refused_instead_of_hanging(engine_of: Engines) -> None:
    engine_of("embedded").open(chart("traps"))
    code = """
import os, sys
from chartgen.engine.choose import choose
from chartgen.errors import ToolError
from chartgen.manifest import Case
from tests.helm.corpus import chart
session = choose("embedded").open(chart("traps"))
child = os.fork()
if child == 0:
    try:
        next(session.render([Case()]))
    except ToolError as error:
        os._exit(7 if "another process" in error.message else 8)
    os._exit(9)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", code], timeout=60, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (7, b"")


def test_a_fork_before_use_works(engine_of: Engines) -> None:
    engine_of("embedded")
    code = """
import os, sys
from tests.helm.corpus import chart
archive = chart("traps")
child = os.fork()
if child == 0:
    from chartgen.engine.choose import choose
    from chartgen.manifest import Case, Rendering
    (answer,) = choose("embedded").open(archive).render([Case()])
    os._exit(7 if isinstance(answer, Rendering) else 8)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", code], timeout=60, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (7, b"")


def test_importing_the_engine_does_not_load_the_library() -> None:
    code = (
        "import sys, chartgen.engine.choose, chartgen.engine.embedded, chartgen.engine.binary; "
        "print({'helm_python', 'jsonschema', 'jsonschema_rs'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_threads_may_share_a_session(engine_of: Engines) -> None:
    session = engine_of("embedded").open(chart("traps"))
    wrong: list[Any] = []

    def work(thread: int) -> None:
        cases = [Case({"name": f"{thread}-{n}"}) for n in range(40)]
        for n, answer in enumerate(session.render(cases)):
            if not isinstance(answer, Rendering) or f"{thread}-{n}\n" not in answer.notes:
                wrong.append((thread, n, answer))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "helm_python", None)
    with pytest.raises(ToolError) as caught:
        choose("embedded")
    assert caught.value.message.startswith("the embedded Helm does not load: ")
    assert caught.value.hint == "pip install 'chartgen[embedded]'"
    assert caught.value.exit_code == 3


def test_a_library_that_does_not_load_is_the_same_as_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "helm_python.py").write_text("raise OSError('GLIBC_2.34 not found')\n")
    monkeypatch.delitem(sys.modules, "helm_python", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ToolError, match=r"GLIBC_2\.34 not found"):
        module.Embedded()
    monkeypatch.delitem(sys.modules, "helm_python", raising=False)


def test_a_chart_that_helm_cannot_load_is_refused_when_opened(engine_of: Engines) -> None:
    with pytest.raises(
        RenderError, match=r"Helm cannot load this chart: validation: chart\.metadata\.version"
    ):
        engine_of("embedded").open(chart("traps", Chart_yaml="apiVersion: v2\nname: traps\nversion: x\n"))


def test_an_error_that_is_not_the_charts_is_a_tool_error(
    engine_of: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    import helm_python

    def panics(*_: object) -> str:
        raise helm_python.HelmPanicError("runtime error")

    session = engine_of("embedded").open(chart("traps"))
    monkeypatch.setattr(helm_python._native, "call_string", panics)
    with pytest.raises(ToolError, match="the embedded Helm did not render: runtime error"):
        next(iter(session.render([Case()])))


def test_the_schema_is_compiled_once_for_all_cases(
    engine_of: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = Mock(wraps=schema.compiled)
    monkeypatch.setattr(schema, "compiled", compiled)
    session = engine_of("embedded").open(chart("stock"))
    assert len(list(session.render([Case({"replicaCount": n}) for n in range(20)]))) == 20
    compiled.assert_called_once()


def test_no_file_is_left_behind_by_lint(
    engine_of: Engines, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine_of("embedded").open(chart("traps")).lint(Case())
    assert list(tmp_path.iterdir()) == []
