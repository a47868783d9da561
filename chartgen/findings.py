"""What a check has to say, and how a run of checks ended."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from chartgen.frozen import Frozen


class Severity(StrEnum):
    ERROR = "error"  # the chart or the app is wrong: exit 1
    WARNING = "warning"  # works, and will hurt: exit 1 only under --strict
    INFO = "info"  # worth knowing


class Status(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"  # could not find out: never success


class Place(Frozen):
    """Where a finding stands: a file of the app or chart, a line (1-based, 0 unknown), a path inside."""

    file: str
    line: int = 0
    path: str = ""

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}" if self.line else self.file
        return f"{at} {self.path}".strip()


class Finding(Frozen):
    """One thing a check found: where, what, and what to do next."""

    check: str
    place: Place
    what: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    overlay: str = ""  # the values overlay it was seen under, "" when it does not depend on one
    kube_versions: tuple[str, ...] = ()  # the Kubernetes versions it was seen under, () when all

    def under(self, overlay: str) -> Finding:
        return replace(self, overlay=overlay)


class Outcome(Frozen):
    """How one check ended. `reason` says why a check could not run."""

    check: str
    status: Status
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    seconds: float = 0.0
    help: str = ""  # what the check asks, one sentence


class Report(Frozen):
    """All outcomes of one run, with the chart they are about and what it was looked at under."""

    subject: str
    outcomes: tuple[Outcome, ...]
    overlays: tuple[str, ...] = ()
    kube_versions: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(sorted(f for o in self.outcomes for f in o.findings))
