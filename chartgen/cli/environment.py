"""The environment of a component, as the chart gives it under some values: for `chartgen deploy`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chartgen.cli.failures import each, progress
from chartgen.cli.options import Place
from chartgen.cli.stage import accepted, engine_for, opened
from chartgen.deploy.configuration import configuration, secrets
from chartgen.deploy.plan import has_password
from chartgen.disk import read_app, read_values
from chartgen.errors import ChartgenError, Problem, UsageError, near_miss
from chartgen.frozen import Frozen
from chartgen.generate import generate
from chartgen.manifest import Case, Release
from chartgen.model import App
from chartgen.model.component import EnvFrom
from chartgen.model.field import ENV_NAME, camel
from chartgen.project import ChartEntry
from chartgen.values import get, merge, parse_set

_KEY_BYTES = 32


class Given(Frozen):
    """What a component is configured with; `secret` says of each secret name where the chart takes it."""

    app: str
    component: str
    config: Mapping[str, str]
    secret: Mapping[str, str]
    generated: tuple[str, ...]

    def given(self) -> dict[str, str]:
        """The secrets that the environment has."""
        return {name: os.environ[name] for name in self.secret if os.environ.get(name)}

    def secrets(self) -> dict[str, str]:
        """All secrets, new ones where the chart would make them. Raises ChartgenError for what is lacking."""
        return secrets(self.secret, os.environ, self.generated, lambda: os.urandom(_KEY_BYTES).hex())


def environment(
    place: Place, entry: ChartEntry, component: str | None, namespace: str, options: Mapping[str, Any]
) -> Given:
    """Renders the chart that app.yaml says. Raises ChartgenError."""
    app = read_app(place.path(entry.app))
    chosen = component or next(iter(app.components), "")
    if chosen not in app.components:
        raise UsageError(f"{chosen}: {app.name} has no such component", near_miss(chosen, app.components))
    files, sets = options["files"], options["sets"]
    values = merge(each(files, lambda file: read_values(Path(file), waits=True)))
    for expression in sets:
        values = parse_set(expression, values)
    engine = engine_for(place, options["helm"])
    staged = opened(entry, generate(app), engine)
    case = Case(values, Release(name=entry.name, namespace=namespace))
    (rendering,) = accepted(staged.session.render([case]))
    progress("")
    found = configuration(rendering.manifests, chosen)
    pairs = _pairs(options["pairs"], found.secret)
    more = dict.fromkeys(_named(options["secrets"]), "--secret")
    config = {name: value for name, value in {**found.config, **pairs}.items() if name not in more}
    return Given(app.name, chosen, config, {**found.secret, **more}, tuple(_generated(app, chosen, values)))


def _pairs(pairs: tuple[str, ...], secret: Mapping[str, str]) -> dict[str, str]:
    """`--env NAME=VALUE`. Raises UsageError with all that is wrong."""
    problems = []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not re.fullmatch(ENV_NAME, name):
            problems.append(Problem("--env", f"{name[:40]!r} is no NAME=VALUE", "letters, digits and '_'"))
        elif name in secret or has_password(value):
            what = f"{name} is secret: in an argument, everybody on this machine could read it"
            problems.append(
                Problem("--env", what, f"set {name} in the environment, and give --secret {name}")
            )
    if problems:
        raise UsageError("that cannot be given", problems=problems)
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def _named(names: tuple[str, ...]) -> tuple[str, ...]:
    lacking = [name for name in names if not os.environ.get(name)]
    if lacking:
        raise ChartgenError(
            f"--secret: no value for {', '.join(name.partition('=')[0] for name in lacking)}",
            "--secret takes the name of a variable that is set in the environment",
        )
    return names


def _generated(app: App, component: str, values: Mapping[str, Any]) -> list[str]:
    """The variables whose secret the chart would make itself."""
    env = app.components[component].env
    return [
        name
        for name, source in env.items()
        if isinstance(source, EnvFrom)
        and source.secret in app.secrets
        and app.secrets[source.secret].generate != "none"
        and not get(values, ("secrets", camel(source.secret), "existingSecret"))
    ]
