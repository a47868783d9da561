"""What is wrong with the settings and rules that an application brings itself."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from chartgen.model.app import App, OwnRule, OwnSetting
from chartgen.model.field import camel
from chartgen.model.reference import BOOLEANS, RESERVED, Found, Path, known

# The comparisons that a clause of a rule can make, and what each takes beside a path.
OPS = {
    "is": "a value",
    "is not": "a value",
    "above": "a number",
    "above setting": "a path",
    "is setting": "a path",
    "is not setting": "a path",
    "longer than": "a number",
    "empty": "",
    "set": "",
    "has": "a value",
    "has not": "a value",
}


_EXAMPLES = {
    "": "remove the value",
    "a value": "for example [banner.colour, is, red]",
    "a number": "for example [web.replicaCount, above, 1]",
    "a path": "for example [metrics.timeout, above setting, metrics.interval]",
}


def own_problems(app: App) -> Iterator[Found]:
    """Every problem of `own`."""
    if (app.own.settings or app.own.rules) and not app.own.folder:
        yield (
            ("own",),
            "settings or rules without a folder",
            "name the folder of the templates that read them",
        )
    for dotted, setting in app.own.settings.items():
        yield from _setting(app, dotted, setting)
    for i, rule in enumerate(app.own.rules):
        yield from _rule(("own", "rules", i), rule)


def _setting(app: App, dotted: str, setting: OwnSetting) -> Iterator[Found]:
    path: Path = ("own", "settings", dotted)
    yield from _free(app, path, dotted)
    if bool(setting.renamed_from) != bool(setting.until):
        yield path, "renamed_from and until go together", "what it was called, and when the old name goes"
    if not setting.renamed_from:
        return
    yield from _free(app, (*path, "renamed_from"), setting.renamed_from)
    around = (other for other in app.own.settings if _overlap(other, setting.renamed_from))
    for other in itertools.islice(around, 1):
        what = f"{setting.renamed_from!r} is still the name of a setting, or of a level above one"
        yield (*path, "renamed_from"), what, f"{other!r} is in its way"
    first = next(s for s in app.own.settings.values() if s.renamed_from == setting.renamed_from)
    if first is not setting:
        yield (
            (*path, "renamed_from"),
            f"two settings were {setting.renamed_from!r}",
            "an old name has one new one",
        )
    if setting.until and _numbers(setting.until) <= _numbers(app.version):
        what = f"the old name goes in {setting.until}, and this is {app.version}"
        yield (*path, "until"), what, "remove renamed_from and until"


def _overlap(one: str, other: str) -> bool:
    """Whether a dotted path is another, or leads into it."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _free(app: App, path: Path, dotted: str) -> Iterator[Found]:
    parts = dotted.split(".")
    if parts[0] in RESERVED - {"global"} or parts[0] in {camel(c) for c in app.components}:
        yield path, f"{parts[0]!r} is taken", "put it under a key of your own"
    for part in parts:
        if part.lower() in BOOLEANS:
            yield path, f"{part!r} is a boolean in YAML", "choose another name"


def _numbers(version: str) -> tuple[int, ...]:
    """The three numbers of a semantic version; a pre-release counts as its release."""
    return tuple(int(n) for n in version.partition("+")[0].partition("-")[0].split("."))


def _rule(path: Path, rule: OwnRule) -> Iterator[Found]:
    if not rule.refuses:
        yield (*path, "refuses"), "nothing is refused", "give at least one clause"
    for i, clause in enumerate(rule.refuses):
        yield from _clause((*path, "refuses", i), clause)


def _clause(path: Path, clause: tuple[object, ...]) -> Iterator[Found]:
    if len(clause) not in (2, 3) or not all(isinstance(part, str) for part in clause[:2]):
        yield path, "a clause is [path, op] or [path, op, value]", "for example [web.replicaCount, above, 1]"
        return
    op = str(clause[1])
    unknown = list(known(path, "comparison", op, OPS))
    yield from unknown
    if unknown:
        return
    value = clause[2] if len(clause) == 3 else None
    fits = {
        "": len(clause) == 2,
        "a value": isinstance(value, str | int),
        "a number": isinstance(value, int) and not isinstance(value, bool),
        "a path": isinstance(value, str),
    }
    if not fits[OPS[op]]:
        wanted = OPS[op] or "nothing"
        yield path, f"{op!r} compares with {wanted}", _EXAMPLES[OPS[op]]
