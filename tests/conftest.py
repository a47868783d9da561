"""What every test run does: hypothesis repeats itself in CI; tools that were missing are told at the end."""

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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = missing_tools(terminalreporter.stats.get("skipped", []))
    if missing:
        terminalreporter.section("tools that were missing", yellow=True)
        for reason, tests in sorted(missing.items()):
            terminalreporter.write_line(f"{tests:>4} skipped: {reason}")
