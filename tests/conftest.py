"""What every test run does: hypothesis repeats itself in CI; the end tells what was missing, and counted."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import settings

from tests.need import MISSING

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def missing_tools(reports: list[pytest.TestReport]) -> Counter[str]:
    """What `need` said, to the number of tests that skipped for it."""
    reasons = (report.longrepr[2] for report in reports if isinstance(report.longrepr, tuple))
    return Counter(reason.removeprefix("Skipped: ") for reason in reasons if MISSING in reason)


def counted(reports: list[pytest.TestReport]) -> dict[str, list[str]]:
    """What tests recorded as `counted: ...`, by that name: a test that tested nothing would show."""
    found: dict[str, list[str]] = {}
    for name, value in [pair for report in reports for pair in report.user_properties]:
        if name.startswith("counted: "):
            found.setdefault(name.removeprefix("counted: "), []).append(str(value))
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, lines in sorted(counted(terminalreporter.stats.get("passed", [])).items()):
        terminalreporter.section(name)
        for line in sorted(lines):
            terminalreporter.write_line(line)
    missing = missing_tools(terminalreporter.stats.get("skipped", []))
    if missing:
        terminalreporter.section("tools that were missing", yellow=True)
        for reason, tests in sorted(missing.items()):
            terminalreporter.write_line(f"{tests:>4} skipped: {reason}")
