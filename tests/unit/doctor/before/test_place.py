"""What the place is: its version, the namespace, the kinds it serves, rights, names."""

from __future__ import annotations

from chartgen.doctor.before import apis, names, namespace, rights, version
from chartgen.doctor.snapshot import Unread
from chartgen.manifest import Manifest
from tests.unit.doctor.ground import DENIED, INSTALL, SERVED, site
from tests.unit.doctor.stage import only, told

# ---- Version


def test_the_version_of_the_cluster_is_told_with_what_the_chart_takes() -> None:
    found = site(plan={"demanded": ">=1.29.0-0"})
    assert told(version.examine(found)) == [("fine", "", "Kubernetes v1.34.1; the chart takes >=1.29.0-0")]
    assert only(version.examine(site())).what == "Kubernetes v1.34.1; the chart takes any"


def test_what_helm_has_against_it_is_wrong() -> None:
    said = "chart requires kubeVersion: >=1.29.0-0"
    found = only(version.examine(site(plan={"refusal": said}, version="v1.27.3")))
    assert (found.state.value, found.what) == ("wrong", f"Kubernetes v1.27.3: {said}")


def test_a_cluster_that_does_not_say_its_version_could_not_be_told() -> None:
    found = only(version.examine(site(version="", plan={"demanded": ">=1.29"})))
    assert (found.state.value, found.cure) == ("could not tell", "kubectl version")


# ---- Namespace

LEAVING = Manifest(
    {"kind": "Namespace", "metadata": {"name": "shop"}, "status": {"phase": "Terminating"}}, "cluster"
)


def test_a_namespace_is_there_or_the_person_may_make_it() -> None:
    assert only(namespace.examine(site())).what == "is there"
    found = only(namespace.examine(site(namespace=None)))
    assert (found.state.value, found.what.partition(":")[0]) == ("fine", "is not there")


def test_a_namespace_that_nobody_may_make_or_that_is_going_is_wrong() -> None:
    found = only(namespace.examine(site(namespace=None, may_not=("create namespaces",))))
    assert found.what == "is not there, and you may not make one"
    assert found.cure.splitlines()[-1] == "kubectl create namespace shop"
    gone = only(namespace.examine(site(namespace=LEAVING)))
    assert gone.what.startswith("is being deleted")
    assert gone.cure == "kubectl wait --for=delete namespace/shop --timeout=5m"


# ---- Kinds

ROUTE = "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: shop}}"


def test_kinds_that_are_served_are_fine() -> None:
    assert told(apis.examine(site(ROUTE))) == [("fine", "", "the cluster has all 1 kinds that are made")]


def test_a_kind_or_a_group_that_is_not_served_is_told_with_what_brings_it() -> None:
    lacking = {**SERVED, "gateway.networking.k8s.io/v1": None}
    for served in (lacking, {**lacking, "gateway.networking.k8s.io/v1": {}}):
        found = only(apis.examine(site(ROUTE, served=served)))
        assert (found.state.value, found.subject) == ("wrong", "gateway.networking.k8s.io/v1 HTTPRoute")
        assert found.cure == (
            "install the Gateway API and a controller for it, then see:\n"
            "kubectl api-resources --api-group=gateway.networking.k8s.io\nor do without:\n"
            f"{INSTALL} --set httpRoute.enabled=false --namespace shop"
        )


def test_a_group_that_was_not_to_be_read_is_not_fine() -> None:
    served = {**SERVED, "gateway.networking.k8s.io/v1": Unread("timeout")}
    assert told(apis.examine(site(ROUTE, served=served))) == [
        ("could not tell", "gateway.networking.k8s.io/v1 HTTPRoute", "timeout")
    ]


# ---- Rights

RBAC = "apiVersion: rbac.authorization.k8s.io/v1"
HOOK = "annotations: {helm.sh/hook: pre-install}"
JOB = f"""---
apiVersion: batch/v1
kind: Job
metadata: {{name: shop-create-secrets, {HOOK}}}
spec:
  template:
    spec:
      containers:
        - name: create-secret
          image: a:1
          command: [sh, /scripts/create-secret.sh]
          env: [{{name: SECRET_NAME, value: shop-secrets}}]
"""
GIVES = "rules: [{apiGroups: [''], resources: [secrets], verbs: [get, create], resourceNames: [a]}]"
ROLE = f"---\n{RBAC}\nkind: Role\nmetadata: {{name: shop}}\n{GIVES}\n"
HOOKED = f"---\n{RBAC}\nkind: Role\nmetadata: {{name: shop-create-secrets, {HOOK}}}\nrules: []\n"


def test_who_may_make_everything_is_told_so() -> None:
    assert told(rights.examine(site(ROLE))) == [
        ("fine", "", "you may make all 1 objects, and keep the release")
    ]


def test_who_may_not_make_the_hooks_role_is_told_of_the_roads_without_it() -> None:
    may_not = ("create roles.rbac.authorization.k8s.io",)
    found = only(rights.examine(site(HOOKED + JOB, may_not=may_not, plan={"secrets": ("auth",)})))
    assert found.subject == "Role/shop-create-secrets"
    assert found.what == "you may not create roles.rbac.authorization.k8s.io in namespace shop"
    assert found.cure.splitlines()[:4] == [
        "bring the key in a Secret of yours:",
        f"{INSTALL} --set secrets.auth.existingSecret=SECRET --namespace shop",
        "or name an account that may make Secrets:",
        f"{INSTALL} --set secrets.auth.job.serviceAccountName=ACCOUNT --namespace shop",
    ]


def test_a_role_of_the_chart_can_be_done_without() -> None:
    may_not = ("create roles.rbac.authorization.k8s.io", "patch roles.rbac.authorization.k8s.io")
    found = only(rights.examine(site(ROLE, may_not=may_not)))
    assert found.what == "you may not create and patch roles.rbac.authorization.k8s.io in namespace shop"
    assert f"{INSTALL} --set rbac.create=false --namespace shop" in found.cure


def test_a_role_that_gives_more_than_the_person_has_is_refused_unless_they_may_escalate() -> None:
    lacking = ("create secrets/a", "escalate roles.rbac.authorization.k8s.io")
    found = only(rights.examine(site(ROLE, may_not=lacking)))
    assert found.what == "gives what you may not do yourself, so you may not make it: create secrets/a"
    assert only(rights.examine(site(ROLE, may_not=lacking[:1]))).state.value == "fine"


def test_who_may_not_keep_the_release_is_told() -> None:
    found = only(rights.examine(site(ROLE, may_not=("create secrets",))))
    assert (found.subject, found.what) == (
        "Helm's record of the release",
        "you may not create secrets in namespace shop",
    )


def test_rights_that_could_not_be_asked_are_not_fine() -> None:
    assert {state for state, _, _ in told(rights.examine(site(ROLE, may=DENIED)))} == {"could not tell"}


# ---- Names

CONFIG = "{kind: ConfigMap, metadata: {name: shop-files}}"


def owned(release: str, space: str = "shop") -> str:
    notes = f"annotations: {{meta.helm.sh/release-name: {release}, meta.helm.sh/release-namespace: {space}}}"
    labels = "labels: {app.kubernetes.io/managed-by: Helm}"
    return f"{{kind: ConfigMap, metadata: {{name: shop-files, {labels}, {notes}}}}}"


def test_names_that_are_free_or_this_releases_are_fine() -> None:
    assert only(names.examine(site(CONFIG))).what == "1 of 1 names are free"
    found = only(names.examine(site(CONFIG, there=owned("shop"))))
    assert (found.state.value, found.what) == (
        "fine",
        "0 of 1 names are free, 1 are this release's already",
    )


def test_an_object_that_helm_did_not_make_can_be_taken_over() -> None:
    found = only(names.examine(site(CONFIG, there=CONFIG)))
    assert (found.state.value, found.subject) == ("wrong", "ConfigMap/shop-files")
    assert found.cure.splitlines()[-1] == f"{INSTALL} --namespace shop --take-ownership"


def test_an_object_of_another_release_is_not_to_be_taken() -> None:
    for there in (owned("other"), owned("shop", "elsewhere")):
        found = only(names.examine(site(CONFIG, there=there)))
        assert found.what.startswith("is there, and belongs to release ")
        assert "--take-ownership" not in found.cure


def test_an_object_on_its_way_out_is_waited_for() -> None:
    leaving = "{kind: ConfigMap, metadata: {name: shop-files, deletionTimestamp: x}}"
    found = only(names.examine(site(CONFIG, there=leaving)))
    assert found.what == "is there, and is being deleted"
    assert "wait --for=delete configmap/shop-files" in found.cure


def test_an_object_that_may_not_be_read_is_not_fine() -> None:
    place = site(CONFIG)
    blind = site(CONFIG, objects=dict.fromkeys(place.objects, DENIED))
    assert {state for state, _, _ in told(names.examine(blind))} == {"could not tell"}
