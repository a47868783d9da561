"""What is said of objects, beyond what pairs.yaml holds."""

from __future__ import annotations

import pytest

from chartgen.changes import Level
from chartgen.kubernetes.immutable import FREE, IMMUTABLE
from chartgen.kubernetes.store import kinds as known_kinds
from tests.unit.diff.stage import DEPLOYMENT, between, chart, compared, kinds, only

HEAD = "apiVersion: {}\nkind: {}\nmetadata: {{name: shop}}\n"
ROLE = HEAD.format("rbac.authorization.k8s.io/v1", "Role")
SECRET = HEAD.format("v1", "Secret") + "stringData:\n  key: "


def changed(old: str, new: str, text: str = DEPLOYMENT) -> tuple[str, str]:
    """An object, and the same with a piece of text in place of another."""
    assert old in text
    return text, text.replace(old, new, 1)


def test_every_workload_that_kubernetes_serves_is_in_one_of_the_tables() -> None:
    """Of a kind that is in none, nobody said what may change."""
    groups: tuple[str, ...] = (
        "v1",
        "apps/v1",
        "batch/v1",
        "autoscaling/v2",
        "policy/v1",
        "networking.k8s.io/v1",
    )
    groups += ("rbac.authorization.k8s.io/v1", "storage.k8s.io/v1", "scheduling.k8s.io/v1")
    # What a server or a kubelet makes, and no chart.
    made = {"Node", "Event", "Binding", "ComponentStatus", "CSINode", "Eviction"}
    served = {(group.rpartition("/")[0], kind) for group in groups for kind in known_kinds()[group]}
    told = {
        key for key in served if key[1] not in made and not key[1].endswith(("List", "Review", "Options"))
    }
    assert told - IMMUTABLE.keys() - FREE == set()
    assert not IMMUTABLE.keys() & FREE


def test_lots_that_are_drawn_anew_rotate_a_secret_and_those_that_are_looked_up_do_not() -> None:
    drawn = SECRET + "{{ randAlphaNum 12 | quote }}\n"
    looked = '{{- $old := lookup "v1" "Secret" .Release.Namespace "shop" }}\n' + drawn
    assert between(drawn, drawn).verdict == "loses data"
    # What the cluster answers decides, and it is not here.
    assert between(looked, looked).verdict == "cannot be told"
    assert [file for file, _ in between(looked, looked).doubts] == ["templates/a.yaml"]


def test_a_template_that_speaks_of_lookup_and_does_not_call_it_is_no_doubt() -> None:
    said = SECRET + '{{ "lookup" | quote }} # {{/* lookup */}}\n'
    assert between(said, said).verdict == "safe"


@pytest.mark.parametrize(
    "clock", ["now | unixEpoch | quote", '(now | date "2006") | quote', "$.Release.Revision | quote"]
)
def test_what_is_another_one_with_each_upgrade_restarts_pods(clock: str) -> None:
    text = DEPLOYMENT.replace(
        "labels: {app: shop}}, spec", f"labels: {{app: shop}}, annotations: {{a: {{{{ {clock} }}}}}}}}, spec"
    )
    assert between(text, text).verdict == "restarts pods"


def test_what_a_chart_makes_only_when_it_is_installed_goes_with_the_upgrade() -> None:
    claim = HEAD.format("v1", "PersistentVolumeClaim")
    text = f"{{{{ if .Release.IsInstall }}}}\n{claim}{{{{ end }}}}\n"
    assert between(text, text).verdict == "loses data"


def test_lots_that_a_helper_draws_are_found_too() -> None:
    files = {"templates/_helpers.tpl": '{{ define "key" }}{{ uuidv4 }}{{ end }}'}
    made = chart(SECRET + '{{ include "key" . | quote }}\n', files=files)
    found = only(compared(made, made))
    assert found.kind == "secret rotated"
    assert "made anew by every upgrade" in found.what


def test_what_a_secret_holds_is_never_told() -> None:
    old, new = SECRET + '"the-old-one"\n', SECRET + '"the-new-one"\n'
    assert "the-" not in repr(between(old, new))
    sealed = (f"immutable: true\n{text}" for text in (old, new))
    assert "the-" not in repr(between(*sealed))


def test_a_claim_that_helm_leaves_behind_is_told_without_a_loss() -> None:
    kept = HEAD.format("v1", "PersistentVolumeClaim").replace(
        "shop", "shop, annotations: {helm.sh/resource-policy: keep}"
    )
    found = only(between(f"{kept}spec: {{}}\n", ""))
    assert (found.kind, found.level, found.effects) == ("data left behind", Level.MAJOR, ())


def test_a_hook_that_does_something_else_breaks_nothing() -> None:
    head = HEAD.format("batch/v1", "Job").replace("shop", "shop, annotations: {helm.sh/hook: pre-upgrade}")
    hook = head + (
        "spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: 'acme/shop:1'}]}}}\n"
    )
    found = between(*changed("shop:1", "shop:2", hook))
    assert (kinds(found), found.verdict) == (["hook changed", "image changed"], "safe")


def test_names_that_others_wrote_down_weigh_more_than_those_of_the_chart_alone() -> None:
    service = HEAD.format("v1", "Service") + "spec: {ports: [{port: 80}]}\n"
    config = HEAD.format("v1", "ConfigMap") + "data: {a: b}\n"
    renamed = only(between(service, service.replace("shop}", "web}")))
    assert (renamed.kind, renamed.level, renamed.new) == ("entry removed", Level.MAJOR, "web")
    renamed = only(between(config, config.replace("shop}", "web}")))
    assert (renamed.kind, renamed.level) == ("object renamed", Level.MINOR)
    assert kinds(between(config, "")) == ["object removed"]
    assert kinds(between("", config)) == ["object added"]


@pytest.mark.parametrize(
    "old,new,kind",
    [
        (("", "pods", "get"), ("", "pods", "get, list"), "rights widened"),
        (("", "pods", "get"), ("*", "pods", "get"), "rights widened"),
        (("", "pods", "get"), ("", "'*'", "get"), "rights widened"),
        (("", "pods", "get, list"), ("", "pods", "get"), "rights narrowed"),
        (("", "pods", "'*'"), ("", "pods", "get, delete"), "rights narrowed"),
        (("", "pods", "get, list"), ("", "pods", "list, get"), ""),
    ],
)
def test_rights_get_wider_or_narrower_or_stay(old: tuple[str, ...], new: tuple[str, ...], kind: str) -> None:
    rules = [f"rules: [{{apiGroups: ['{g}'], resources: [{r}], verbs: [{v}]}}]\n" for g, r, v in (old, new)]
    found = between(*(ROLE + text for text in rules))
    assert [k for k in kinds(found) if k.startswith("rights")] == ([kind] if kind else [])


def test_a_binding_that_is_new_gives_rights() -> None:
    role = "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}\n"
    binding = HEAD.format("rbac.authorization.k8s.io/v1", "ClusterRoleBinding") + role
    found = between("", f"{binding}subjects: [{{kind: ServiceAccount, name: shop, namespace: shop}}]\n")
    widened = next(change for change in found.changes if change.kind == "rights widened")
    assert widened.what == "ServiceAccount/shop gets ClusterRole/admin"


POD = "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, "
HELD = "allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}"
RESTRICTED = DEPLOYMENT.replace("spec: {containers", f"spec: {{{POD}containers").replace(
    "[{name: web", f"[{{securityContext: {{{HELD}}}, name: web"
)


@pytest.mark.parametrize(
    "old,new,standard",
    [
        ("runAsNonRoot: true, ", "", "baseline"),
        ("drop: [ALL]", "drop: [ALL], add: [SYS_ADMIN]", "privileged"),
        ("drop: [ALL]", "drop: [KILL]", "baseline"),
        ("allowPrivilegeEscalation: false", "privileged: true", "privileged"),
        ("readOnlyRootFilesystem: true, ", "", ""),
    ],
)
def test_a_weaker_security_context_is_seen_and_so_is_a_lower_standard(
    old: str, new: str, standard: str
) -> None:
    found = between(*changed(old, new, RESTRICTED))
    assert "security weakened" in kinds(found)
    lowered = [change.new for change in found.changes if change.kind == "pod standard lowered"]
    assert lowered == ([standard] if standard else [])


def test_a_tighter_security_context_is_no_weaker_one() -> None:
    assert kinds(between(DEPLOYMENT, RESTRICTED)) == ["pods restart"]


def test_an_image_of_another_repository_weighs_more_than_another_tag() -> None:
    for new, level in (("acme/shop:2", Level.PATCH), ("acme/store:1", Level.MINOR)):
        found = between(*changed("acme/shop:1", new))
        image = next(change for change in found.changes if change.kind == "image changed")
        assert (image.old, image.new, image.level) == ("acme/shop:1", new, level)


def test_two_renderings_that_are_equal_are_safe_and_ask_for_no_version() -> None:
    found = between(DEPLOYMENT, DEPLOYMENT)
    assert (found.changes, found.verdict, found.level) == ((), "safe", None)


def test_a_change_is_told_once_with_all_the_values_that_it_was_seen_under() -> None:
    template = DEPLOYMENT.replace("acme/shop:1", "acme/shop:{{ .Values.tag }}")
    old, new = (chart(template, values=f"tag: '{tag}'\nother: 1\n") for tag in (1, 2))
    restarts = [c for c in compared(old, new, {"other": 2}).changes if c.kind == "pods restart"]
    assert [change.overlays for change in restarts] == [("default values", "case 1")]
    restarts = [c for c in compared(old, new, {"tag": "3"}).changes if c.kind == "pods restart"]
    assert [change.overlays for change in restarts] == [("default values",)]
