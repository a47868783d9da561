"""The person may do what Helm does in their name: make each object, and keep the release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chartgen.diagnoses import Diagnosis, State
from chartgen.doctor.before import wanted
from chartgen.doctor.scripts import makes_secrets
from chartgen.doctor.site import Right, Site, kind_of
from chartgen.doctor.snapshot import Unread
from chartgen.manifest import Manifest

NAME = "rights"
HELP = "You may make every object that is going to be made."


def examine(site: Site) -> Iterator[Diagnosis]:
    items = [item for item in site.plan.regular if kind_of(site.served, item)]
    wrong = [*_storage(site), *_makes(site, items), *_gives(site, items)]
    yield from wrong
    if not wrong:
        yield Diagnosis(NAME, State.FINE, "", f"you may make all {len(items)} objects, and keep the release")


def _storage(site: Site) -> Iterator[Diagnosis]:
    asked = [Right(verb, "", "secrets", site.at.namespace) for verb in wanted.KEPT]
    yield from _lines(site, "Helm's record of the release", asked, _ask(site))


def _makes(site: Site, items: list[Manifest]) -> Iterator[Diagnosis]:
    """A line for each resource that may not be made, with the objects of it."""
    groups: dict[tuple[str, str, str], list[Manifest]] = {}
    for item in items:
        kind = kind_of(site.served, item)
        key = (item.api_version.rpartition("/")[0], kind.plural if kind else "", site.key(item).namespace)
        groups.setdefault(key, []).append(item)
    for (group, plural, space), found in groups.items():
        verbs = dict.fromkeys(v for item in found for v in (wanted.HOOK if item.hooks else wanted.REGULAR))
        asked = [Right(verb, group, plural, space) for verb in verbs]
        names = ", ".join(dict.fromkeys(item.label for item in found))
        yield from _lines(site, names, asked, _cure(site, found))


def _gives(site: Site, items: list[Manifest]) -> Iterator[Diagnosis]:
    """Roles that hold more than the person may do."""
    for item in items:
        given = list(wanted.granted(site, item))
        if any(site.rights.get(right) is True for right in wanted.beyond(site, item)) or not given:
            continue
        lacking = [str(right) for right in given if site.rights.get(right) is False]
        if lacking:
            what = f"gives what you may not do yourself, so you may not make it: {', '.join(lacking)}"
            yield Diagnosis(NAME, State.WRONG, item.label, what, _cure(site, [item]))


def _lines(site: Site, subject: str, asked: list[Right], cure: str) -> Iterator[Diagnosis]:
    answers: Mapping[Right, bool | Unread] = {
        right: site.rights.get(right, Unread("it was not asked for")) for right in asked
    }
    lacking = [right for right, answer in answers.items() if answer is False]
    unread = [answer.reason for answer in answers.values() if isinstance(answer, Unread)]
    if lacking:
        verbs = " and ".join(right.verb for right in lacking)
        what = f"you may not {verbs} {str(lacking[0]).partition(' ')[2]} in {_where(lacking[0])}"
        yield Diagnosis(NAME, State.WRONG, subject, what, cure)
    elif unread:
        yield Diagnosis(NAME, State.UNKNOWN, subject, unread[0])


def _where(right: Right) -> str:
    return f"namespace {right.namespace}" if right.namespace else "the cluster"


def _cure(site: Site, items: list[Manifest]) -> str:
    """The values by which the chart does without, where it offers that; or else whom to ask."""
    kinds = {item.kind for item in items}
    if kinds & {"Role", "RoleBinding", "ServiceAccount"}:
        if all(item.hooks for item in items) and any(makes_secrets(item) for item in site.plan.manifests):
            name = site.plan.secrets[0] if len(site.plan.secrets) == 1 else "NAME"
            own = site.install(f"secrets.{name}.existingSecret=SECRET")
            account = site.install(f"secrets.{name}.job.serviceAccountName=ACCOUNT")
            return (
                f"bring the key in a Secret of yours:\n{own}\n"
                f"or name an account that may make Secrets:\n{account}\nor {_ask(site)}"
            )
        if kinds & {"Role", "RoleBinding"}:
            return f"do without:\n{site.install('rbac.create=false')}\nor {_ask(site)}"
    return _ask(site)


def _ask(site: Site) -> str:
    words = ("create", "rolebinding", "installer", "--clusterrole=admin", "--user=USER")
    return f"ask who administers the namespace for the right:\n{site.at.kubectl(*words)}"
