"""What comes before what: depends_on, and hooks.

Kubernetes starts all pods at once and starts again what fails. A Service leads nowhere until its pods are
ready, so who waits for a healthy service waits for its address to answer. Only what has to have ended before
others begin needs a place of its own: it becomes a container that runs first in each of their pods.
"""

from __future__ import annotations

from chartgen.compose import plain
from chartgen.compose.parts import Carried, Parts
from chartgen.compose.tree import Map

KEYS = ("depends_on", "external_links", "pre_start", "post_start", "pre_stop", "triggers")


def carry(of: Carried) -> Parts:
    notices = []
    for name, how in of.service.depends_on.items():
        other = of.plan.services.get(name)
        if other and how.get("condition") == "service_healthy" and not other.map("healthcheck").get("test"):
            what = f"it waits for {name} to be healthy, which has no healthcheck here"
            advice = "write one, or its Service counts as ready when it has started"
            notices.append(of.lost("depends_on", what, advice, "note"))
        if plain.truth(how.get("restart", False)):
            what = f"it is started again with {name}"
            notices.append(of.lost("depends_on", what, "kubectl rollout restart does it", "note"))
    for key in ("post_start", "pre_stop"):
        if of.service.get(key):
            name = "postStart" if key == "post_start" else "preStop"
            notices.append(of.lost(key, key, f"set {of.name}.lifecycle.{name}, which takes one command"))
    if of.service.get("external_links"):
        advice = "name them under external, with their address"
        notices.append(of.lost("external_links", "external_links", advice))
    if of.service.get("pre_start"):
        advice = "write it as a service that ends, and wait for it with service_completed_successfully"
        notices.append(of.lost("pre_start", "pre_start", advice))
    return _schedule(of) + Parts(notices=tuple(notices))


def _schedule(of: Carried) -> Parts:
    """Of a job: a CronJob has one schedule."""
    if not of.service.job:
        return Parts()
    schedules = of.service.map("triggers").get("schedule") or ()
    crons = [str(entry.get("cron") if isinstance(entry, Map) else entry) for entry in schedules]
    advice = "make another job of it"
    notices = [of.lost("triggers", f"its schedule {cron}: a CronJob has one", advice) for cron in crons[1:]]
    for entry in schedules[:1]:
        lost = [key for key in entry if key != "cron"] if isinstance(entry, Map) else []
        if lost:
            advice = f"set {of.name}.timeZone and {of.name}.concurrencyPolicy"
            notices.append(of.lost("triggers", f"{', '.join(lost)} of its schedule", advice))
    return Parts({"kind": "CronJob", "schedule": crons[0]}, notices=tuple(notices))
