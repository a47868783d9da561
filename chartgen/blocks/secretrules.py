"""What secrets do not allow: two that bring one, a key that is missing, an account that is not there yet."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.model import App, Secret
from chartgen.rules import Clause, Rule
from chartgen.settings import Path


def secret_rules(app: App) -> Iterator[Rule]:
    for secret in app.secrets.values():
        yield from _origin_rules(("secrets", secret.key), secret)
        yield from _key_rules(("secrets", secret.key), secret)
        yield from _account_rules(("secrets", secret.key), secret)


def _origin_rules(path: Path, secret: Secret) -> Iterator[Rule]:
    dotted = ".".join(path)
    existing, external = (*path, "existingSecret"), (*path, "externalSecret")
    brought = Clause((*external, "enabled"), "is", True)
    yield Rule(
        f"{dotted}: generate is none and nothing was brought. Set existingSecret, externalSecret or values.",
        (
            Clause((*path, "generate"), "is", "none"),
            Clause(existing, "empty"),
            Clause((*external, "enabled"), "is", False),
            *(Clause((*path, "values", name), "empty") for name in secret.keys),
        ),
    )
    yield Rule(
        f"{dotted}.externalSecret: secretStoreRef.name says which store, and is empty.",
        (brought, Clause((*external, "secretStoreRef", "name"), "empty")),
    )
    yield Rule(
        f"{dotted}: existingSecret and externalSecret both bring the Secret, use one.",
        (Clause(existing, "set"), brought),
    )


def _key_rules(path: Path, secret: Secret) -> Iterator[Rule]:
    dotted, existing = ".".join(path), (*path, "existingSecret")
    first, *rest = secret.keys
    for name in secret.keys:
        yield Rule(
            f"{dotted}: existingSecret is used as it is, so values.{name} would be ignored. Remove one.",
            (Clause(existing, "set"), Clause((*path, "values", name), "set")),
        )
        yield Rule(
            f"{dotted}.existingSecretKeys.{name}: says how existingSecret calls its key, and there is none.",
            (Clause((*path, "existingSecretKeys", name), "is not", name), Clause(existing, "empty")),
        )
    for other in rest:
        for one, two in ((first, other), (other, first)):
            yield Rule(
                f"{dotted}.values: give all keys or none; {two} is missing.",
                (Clause((*path, "values", one), "set"), Clause((*path, "values", two), "empty")),
            )


def _account_rules(path: Path, secret: Secret) -> Iterator[Rule]:
    """The Job runs before anything is installed, so under no account that is installed with it."""
    own = (*path, "job", "serviceAccountName")
    job = (
        Clause((*path, "generate"), "is", "job"),
        Clause((*path, "existingSecret"), "empty"),
        Clause((*path, "externalSecret", "enabled"), "is", False),
        Clause((*path, "values", next(iter(secret.keys))), "empty"),  # as all others are then
        Clause(("serviceAccount", "create"), "is", True),
        Clause(own, "set"),
    )
    said = f"{'.'.join(own)}: the Job runs before the chart's own account"
    named = ("serviceAccount", "name")
    yield Rule(
        f"{said} is there. Name another one, or bring that one and set serviceAccount.create to false.",
        (*job, Clause(named, "is setting", own)),
    )
    yield Rule(
        f"{said}, which is called as fullnameOverride says, is there. Name another one.",
        (*job, Clause(named, "empty"), Clause(("fullnameOverride",), "is setting", own)),
    )
