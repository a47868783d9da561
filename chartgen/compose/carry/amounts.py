"""How many, and how much of the machine each may take."""

from __future__ import annotations

import re
from typing import Any

from chartgen.compose import plain
from chartgen.compose.notation import FormError, quantity, size
from chartgen.compose.parts import Carried, Parts, united
from chartgen.compose.tree import Map
from chartgen.errors import Problem

KEYS = ("deploy", "scale", "cpus", "cpu_quota", "cpu_period", "mem_limit", "mem_reservation", "gpus")
_KEPT = ("replicas", "mode", "resources")
_ADVICE = {
    "placement": "set nodeSelector, affinity or topologySpreadConstraints",
    "update_config": "set strategy.rollingUpdate",
    "rollback_config": "helm upgrade --rollback-on-failure rolls back",
    "restart_policy": "Kubernetes always starts a program again, ever more slowly",
    "endpoint_mode": "every Service has one address; clusterIP None gives those of the pods",
    "labels": "set labels or annotations of the workload",
}


def carry(of: Carried) -> Parts:
    deploy = of.service.map("deploy")
    lost = tuple(
        of.lost("deploy", f"deploy.{key}", _ADVICE.get(key, "there is nothing like it"))
        for key in deploy
        if key not in _KEPT and not key.startswith("x-")
    )
    return _replicas(of, deploy) + _resources(of) + Parts(notices=lost)


def _replicas(of: Carried, deploy: Map) -> Parts:
    mode = str(deploy.get("mode", "replicated"))
    count = plain.number(of.service.get("scale", deploy.get("replicas", 1)))
    where = deploy.mark("replicas") if "replicas" in deploy else of.service.where("scale")
    if of.first or of.service.job:
        return Parts()
    if mode == "global":
        return Parts({"kind": "DaemonSet"})
    if mode != "replicated":
        advice = "make it a job, or let others wait for its end"
        return Parts(notices=(of.lost("deploy", f"deploy.mode {mode}", advice),))
    if count is None or count < 0:
        return Parts(problems=(Problem(where, "the number of replicas is no whole number", "replicas: 2"),))
    return Parts({"scaling": {"replicas": count}} if count != 1 else {})


def _resources(of: Carried) -> Parts:
    found: dict[str, Any] = {}
    parts = Parts()
    for name, part in (("limits", "limits"), ("requests", "reservations")):
        entry = of.service.map("deploy", "resources", part)
        try:
            amounts = {**_usual(of, name), **_amounts(entry)}
        except FormError as error:
            parts += Parts(problems=(Problem(entry.where, error.what, error.hint),))
            continue
        found = united(found, {name: amounts} if amounts else {})
        other = [
            key for key in entry if key not in ("cpus", "memory", "devices") and not key.startswith("x-")
        ]
        for key in other:
            advice = "Kubernetes has such limits on its nodes"
            parts += Parts(notices=(of.lost("deploy", f"deploy.resources.{part}.{key}", advice),))
    devices = of.service.map("deploy", "resources", "reservations").get("devices") or ()
    gpus = _devices(of, [*devices, *_gpus(of)])
    block = united(found, gpus.component)
    return parts + Parts({"resources": block} if block else {}, notices=gpus.notices)


def _usual(of: Carried, name: str) -> dict[str, str]:
    """Amounts that stand beside `deploy`. Raises FormError."""
    memory = of.service.get("mem_limit" if name == "limits" else "mem_reservation")
    found = {"memory": quantity(size(memory))} if memory not in (None, 0, "0") else {}
    if name == "limits" and of.service.get("cpus") not in (None, 0, "0"):
        found = {"cpu": _cpu(of.service.get("cpus")), **found}
    quota, period = (plain.number(of.service.get(key)) for key in ("cpu_quota", "cpu_period"))
    if name == "limits" and quota and quota > 0 and "cpu" not in found:
        found = {"cpu": _cpu(quota / (period or 100_000)), **found}
    return found


def _amounts(entry: Map) -> dict[str, str]:
    found = {}
    if entry.get("cpus") is not None:
        found["cpu"] = _cpu(entry["cpus"])
    if entry.get("memory") is not None:
        found["memory"] = quantity(size(entry["memory"]))
    return found


def _cpu(value: Any) -> str:
    text = plain.text_of(value)
    if not re.fullmatch(r"[0-9]*\.?[0-9]+", text) or float(text) <= 0:
        raise FormError(f"{text!r} is no number of processors", "for example 0.5")
    milli = round(float(text) * 1000) or 1
    return f"{milli}m" if milli % 1000 else str(milli // 1000)


def _gpus(of: Carried) -> list[Any]:
    gpus = of.service.get("gpus")
    if gpus == "all":
        return [Map("", [("count", "all", ""), ("driver", "nvidia", "")])]
    return list(gpus) if isinstance(gpus, list) else []


def _devices(of: Carried, devices: list[Any]) -> Parts:
    found: dict[str, Any] = {}
    notices = []
    for device in devices:
        count, driver = device.get("count", 1), device.get("driver", "nvidia")
        number = plain.number(count) or 1
        if driver not in ("nvidia", "amd.com", "amd"):
            advice = "name the resource of its device plugin under resources.limits"
            notices.append(of.lost("deploy", f"a device of {driver}", advice))
            continue
        name = "nvidia.com/gpu" if driver == "nvidia" else "amd.com/gpu"
        found["limits"] = {name: str(max(number, 1))}
        if count in ("all", -1) or "device_ids" in device:
            what = "which of the machine's graphics processors: one is asked for"
            notices.append(of.lost("deploy", what, "raise the number", "note"))
    return Parts(found, notices=tuple(notices))
