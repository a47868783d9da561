"""The steps of a release that ask about the project: is what would be published committed, and is it right?

They write nothing but values that break a chart, as `chartgen verify` does.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from chartgen import git
from chartgen.cli.generate import generated
from chartgen.cli.judging import judge_generated
from chartgen.cli.lint import exit_code
from chartgen.cli.package import Verified
from chartgen.cli.planned import CHARTS, in_sync
from chartgen.cli.releasing import Job, Work
from chartgen.errors import ChartgenError, Problem, ToolError
from chartgen.report import FORMATS

if TYPE_CHECKING:
    from chartgen.findings import Report

_LISTED = 20  # files


def tree(work: Work, job: Job) -> str:
    """Nothing is left to commit: what is published can be found in git."""
    root = work.place.root
    job.commit = git.head(root)
    if left := git.uncommitted(root, _within(work)):
        problems = [Problem("", line) for line in left[:_LISTED]]
        more = f", the first {_LISTED} of which are" if len(left) > _LISTED else ":"
        what = f"{len(left)} {'file is' if len(left) == 1 else 'files are'} not committed{more}"
        raise ChartgenError(what, "commit them, or put them away with `git stash -u`", problems)
    return f"all is committed, {job.commit[:12]}"


def _within(work: Work) -> str:
    """The folder of packages, as git is to pass it over: below the project, it is what a release makes."""
    below = os.path.relpath(work.folder, work.place.root)
    return "" if below == "." or below.startswith("..") else below


def sync(work: Work, job: Job) -> str:
    """The chart is what app.yaml makes."""
    (made,) = generated(work.place, (job.entry.name,))
    in_sync([made.plan], CHARTS, color=False)
    job.generated = made
    return f"{job.entry.chart} is what {job.entry.app} says"


def lint(work: Work, job: Job) -> str:
    """Every check, under every overlay, for every Kubernetes version."""
    place, made = work.place, job.generated
    assert made, "sync comes first"
    judged = judge_generated(place, job.entry, work.engine, made.app, made.chart, place.project.strict)
    _stop(judged.report, "chartgen lint")
    assert judged.staged, "a chart that was not opened has not passed"
    job.verified = Verified(judged.staged, judged.answers)
    checks, versions = len(judged.report.outcomes), len(judged.report.kube_versions)
    return f"{checks} checks passed under {len(judged.answers)} values, on {versions} versions of Kubernetes"


def verify(work: Work, job: Job) -> str:
    """The search for values that break it, within the budget."""
    from chartgen.cli.verify import CORPUS, Watch, searched
    from chartgen.verify.search import Wish

    staged, answers = job.sound
    overlays: dict[str, Any] = {a.case.overlay: dict(a.case.values) for a in answers if a.case.overlay}
    watch = Watch(job.entry.name, work.budget)
    subject = (staged.chart, overlays, str(work.place.path(CORPUS) / job.entry.name))
    wish = Wish(kube_versions=work.place.project.kubeVersions)
    found = searched(subject, wish, work.engine, staged.session, watch, keeps=not work.dry_run)
    _stop(found.report, "chartgen verify")
    tried, planned = found.tally.done, sum(found.tally.planned.values())
    of = f" of {planned:,}, then the time was up" if found.tally.stopped else ""
    return f"{tried:,} documents{of}: none of them breaks it"


def source(work: Work, job: Job) -> str:
    """What is packed is what git has: at the tag of the version, or else at the commit that will get one."""
    from chartgen.cli.verify_release import rebuilt_at

    root, chart = work.place.root, job.chart
    job.revision = git.tags(root, chart.name).get(chart.version) or job.commit
    hint = "a file that git ignores or changes is no part of a release; raise the version if its tag is older"
    rebuilt_at(work.place, job.entry, job.revision, chart, str(work.place.path(job.entry.chart)), hint)
    return f"git has the same at {job.revision[:40]}"


def _stop(report: Report, name: str) -> None:
    """Shows what is wrong. Raises ChartgenError when something is, ToolError when it is not known."""
    code = exit_code(report)
    if not code:
        return
    click.echo(FORMATS["text"](report, color=False), nl=False)
    if code == 1:
        raise ChartgenError(f"{report.subject}: {name} finds what is wrong with it", "nothing was published")
    raise ToolError(f"{report.subject}: {name} could not find out all", "nothing was published")
