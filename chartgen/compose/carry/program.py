"""What runs: image, command, working directory, how it stops and starts again."""

from __future__ import annotations

import math
from typing import Any

from chartgen.compose import plain
from chartgen.compose.images import image
from chartgen.compose.interpolate import HELD
from chartgen.compose.merge import pairs, texts
from chartgen.compose.naming import slug
from chartgen.compose.notation import FormError, seconds, words
from chartgen.compose.parts import Carried, Parts
from chartgen.compose.tree import Map
from chartgen.errors import Problem

KEYS = (
    "image", "build", "pull_policy", "command", "entrypoint", "working_dir", "stop_grace_period", "restart",
    "x-ushadow",
)  # fmt: skip
_PULL = {"always": "Always", "never": "Never", "missing": "IfNotPresent", "if_not_present": "IfNotPresent"}
MOVING = ("", "latest")


def carry(of: Carried) -> Parts:
    return (
        _image(of) + _build(of) + _command(of) + _working_dir(of) + _grace(of) + _restart(of) + _ushadow(of)
    )


def _image(of: Carried) -> Parts:
    text, build = plain.text_of(of.service.get("image", "")), of.service.get("build")
    where = of.service.where("image")
    if not text and not build:
        problem = Problem(
            of.service.tree.where, f"{of.service.name} has neither image nor build", "name its image"
        )
        return Parts(problems=(problem,))
    if not text:
        return Parts({"image": {"repository": f"{slug(of.plan.project.name)}/{slug(of.service.name)}"}})
    try:
        found = image(text)
    except FormError as error:
        return Parts(problems=(Problem(where, error.what, error.hint),))
    if build:
        return Parts({"image": found})
    moving = "digest" not in found and found.get("tag", "") in MOVING
    if not moving:
        return Parts({"image": {**found, **_policy(of)}})
    advice = "name a version, or what runs changes by itself"
    notice = of.lost("image", f"{text} is whatever was pushed last", advice, "note")
    return Parts({"image": {**found, "tag": "latest", "pullPolicy": "Always"}}, notices=(notice,))


def _policy(of: Carried) -> dict[str, str]:
    policy = _PULL.get(str(of.service.get("pull_policy", "")), "")
    return {"pullPolicy": policy} if policy not in ("", "IfNotPresent") else {}


def _build(of: Carried) -> Parts:
    build, pull = of.service.map("build"), str(of.service.get("pull_policy", ""))
    notices = []
    if build:
        where = f"{build.get('context', '.')}"
        advice = "build and push it, then set registry, repository and tag"
        notices.append(
            of.lost("build", f"its image is built from {where}, and a cluster builds none", advice, "note")
        )
        lost = [k for k in build if k not in ("context", "dockerfile", "target", "args") and k[:2] != "x-"]
        if lost:
            notices.append(
                of.lost(
                    "build", f"build.{', build.'.join(lost)} stays with compose", "give it to what builds"
                )
            )
    if pull and pull not in _PULL and not (build and pull == "build"):
        notices.append(
            of.lost("pull_policy", f"pull_policy {pull}", "image.pullPolicy is Always, IfNotPresent or Never")
        )
    found = {key: plain.text_of(build[key]) for key in ("context", "dockerfile", "target") if key in build}
    args = {name: plain.text_of(value) for name, value in (pairs(build.get("args")) or {}).items()}
    hidden = [name for name, value in args.items() if HELD.search(value)]
    if hidden:
        notices.append(
            of.lost("build", f"build.args {', '.join(hidden)}", "give them to what builds, as secrets")
        )
    known = {name: value for name, value in args.items() if name not in hidden}
    block: dict[str, Any] = {**found, **({"args": known} if known else {})}
    return Parts({"build": block} if found and not of.first else {}, notices=tuple(notices))


def _command(of: Carried) -> Parts:
    found: dict[str, Any] = {}
    problems, notices = [], []
    for key, name in (("entrypoint", "command"), ("command", "args")):
        written = of.service.get(key)
        if written is None:
            continue
        try:
            split = words(written)
        except FormError as error:
            problems.append(Problem(of.service.where(key), error.what, error.hint))
            continue
        given = [of.texts.text(word, "", before) for before, word in zip(("", *split), split, strict=False)]
        if given and given != [""]:
            found[name] = given
        elif key == "entrypoint":
            advice = "write the whole command line under entrypoint"
            notices.append(of.lost(key, "an empty entrypoint, which takes the image's away", advice))
    return Parts(found, notices=tuple(notices), problems=tuple(problems))


def _working_dir(of: Carried) -> Parts:
    folder = plain.text_of(of.service.get("working_dir", ""))
    return Parts({"workingDir": folder} if folder else {})


def _grace(of: Carried) -> Parts:
    written = of.service.get("stop_grace_period")
    if written is None:
        return Parts()
    try:
        return Parts({} if of.first else {"terminationGracePeriodSeconds": math.ceil(seconds(written))})
    except FormError as error:
        return Parts(problems=(Problem(of.service.where("stop_grace_period"), error.what, error.hint),))


def _restart(of: Carried) -> Parts:
    restart = plain.text_of(of.service.get("restart", ""))
    once = restart in ("no", "false") or restart.startswith("on-failure")
    if not once or of.first or of.service.job:
        return Parts()
    what = f"restart: {restart}: it is started again whenever it ends"
    advice = "if it is to end, let others wait for it with service_completed_successfully"
    return Parts(notices=(of.lost("restart", what, advice),))


def _ushadow(of: Carried) -> Parts:
    """What ushadow says of a service: its name and description, and what it needs of others."""
    found = of.plan.about(of.service.name)
    about = plain.text_of(found.get("description") or found.get("display_name"))
    notices = []
    for key in ("requires", "optional", "provides", "exposes"):
        words = [str(v.get("name", v)) if isinstance(v, Map) else str(v) for v in texts(found.get(key))]
        shown = ", ".join(word for word in words if slug(word) not in of.texts.external)
        if shown:
            advice = "ushadow wires it when it deploys the service; with Helm, set the variables it would"
            notices.append(of.lost("x-ushadow", f"x-ushadow {key}: {shown}", advice, "note"))
    return Parts({"description": about} if about and not of.first else {}, notices=tuple(notices))
