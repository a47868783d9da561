"""The guide to coverage: its example runs, and what it shows is what is printed."""

from __future__ import annotations

import pytest

from tests.docs.documents import ROOT, blocks
from tests.need import need


def test_the_example_runs_and_sums_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    need("helm_python")
    (example,) = [b for b in blocks((ROOT / "docs/guides/coverage.md").read_text()) if b.language == "python"]
    monkeypatch.chdir(ROOT)
    exec(compile(example.text, "coverage.md", "exec"), {})
    said = capsys.readouterr().out.splitlines()
    assert said[-1].startswith("ushadow: ")
    assert said[-1].endswith("under the threshold of 100%")
    assert any(line.startswith("templates/ingress.yaml:") for line in said)
