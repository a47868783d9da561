"""Labels and annotations, which are annotations of the pods."""

from __future__ import annotations

import re

from chartgen.compose.interpolate import HELD
from chartgen.compose.parts import Carried, Parts

KEYS = ("labels", "annotations", "label_file")
# Source: Kubernetes documentation, "Annotations", syntax and character set.
_PREFIX = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/"
_KEY = re.compile(rf"({_PREFIX})?[A-Za-z0-9]([-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?")


def carry(of: Carried) -> Parts:
    found, refused = {}, []
    for name, value in of.service.labels.items():
        if _KEY.fullmatch(name) and not HELD.search(value):
            found[name] = value
        else:
            refused.append(name)
    notices = []
    if refused:
        advice = "Kubernetes takes names of 63 letters, digits and -_. after a prefix, and no passwords there"
        notices.append(of.lost("labels", f"the labels {', '.join(refused)}", advice))
    routed = [name for name in found if name.startswith(("traefik.", "caddy"))]
    if routed:
        advice = "set ingress or httpRoute, and what they cannot say on the proxy's own objects"
        what = f"{routed[0]} and the like: no proxy reads them on pods"
        notices.append(of.lost("labels", what, advice))
        found = {name: value for name, value in found.items() if name not in routed}
    if of.first:
        return Parts(notices=tuple(notices))
    return Parts({"annotations": found} if found else {}, notices=tuple(notices))
