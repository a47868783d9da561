"""What the namespace demands: a Pod Security Standard, quotas, limits."""

from __future__ import annotations

import pytest

from chartgen.diagnoses import Diagnosis
from chartgen.doctor.before import limits, quotas, standard
from chartgen.doctor.snapshot import Unread
from chartgen.manifest import Manifest
from tests.unit.doctor.ground import INSTALL, site
from tests.unit.doctor.stage import only, told

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-web, labels: {app.kubernetes.io/component: web}}
spec:
  replicas: 2
  template:
    spec:
      initContainers: [{name: first, image: a:1, resources: {requests: {cpu: 300m}}}]
      containers:
        - {name: web, image: a:1, resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 1Gi}}}
"""

# ---- Pod Security


def enforcing(level: str) -> Manifest:
    labels = {"pod-security.kubernetes.io/enforce": level} if level else {}
    return Manifest({"kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}, "cluster")


def under(level: str, text: str = WEB) -> list[Diagnosis]:
    return list(standard.examine(site(text, namespace=enforcing(level))))


def test_a_namespace_that_enforces_nothing_or_little_is_fine() -> None:
    for level in ("", "privileged", "baseline"):
        assert [d.state.value for d in under(level)] == ["fine"]


def test_restricted_is_kept_by_a_value_or_the_namespace_allows_more() -> None:
    (found,) = under("restricted")
    assert found.subject == "Deployment/shop-web"
    assert "initContainers[0].securityContext.runAsNonRoot must be true" in found.what
    assert found.cure.splitlines()[1::2] == [
        f"{INSTALL} --set podSecurity=restricted --namespace shop",
        "kubectl label namespace shop --overwrite pod-security.kubernetes.io/enforce=baseline",
    ]


def test_baseline_refuses_what_reaches_the_node() -> None:
    (found,) = under(
        "baseline", WEB.replace("      initContainers", "      hostNetwork: true\n      initContainers")
    )
    assert (
        found.what == "its pods would be refused under baseline: hostNetwork shares a namespace with the node"
    )


def test_a_level_that_is_none_is_taken_for_restricted_by_the_server() -> None:
    assert under("strict")[0].state.value == "wrong"


def test_pods_that_keep_restricted_are_fine() -> None:
    own = "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}"
    kept = WEB.replace("{name: web,", f"{{name: web, {own},").replace(
        "{name: first,", f"{{name: first, {own},"
    )
    pod = "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}"
    kept = kept.replace("      initContainers", f"      {pod}\n      initContainers")
    assert told(under("restricted", kept)) == [
        ("fine", "Namespace/shop", "enforces restricted, and every pod keeps it")
    ]


# ---- Quotas


def quota(hard: str, used: str = "{}", spec: str = "") -> str:
    status = f"{{hard: {hard}, used: {used}}}"
    return f"{{kind: ResourceQuota, metadata: {{name: q}}, spec: {{{spec}}}, status: {status}}}"


def counted(hard: str, used: str = "{}", text: str = WEB, more: str = "") -> Diagnosis:
    return only(quotas.examine(site(text, lists=f"{quota(hard, used)}\n{more}")))


def test_without_a_quota_there_is_room() -> None:
    assert only(quotas.examine(site(WEB))).what == "the namespace has no quota"


def test_a_pod_asks_for_its_containers_or_for_the_largest_that_runs_before_them() -> None:
    assert counted("{requests.cpu: 600m}").state.value == "fine"
    found = counted("{requests.cpu: 599m}")
    assert found.what == "requests.cpu: 600m needed, 599m of 599m left"
    assert found.cure.splitlines()[-1] == (
        "kubectl --namespace shop patch resourcequota q "
        """--patch '{"spec": {"hard": {"requests.cpu": "600m"}}}'"""
    )


def test_what_is_used_already_is_not_left() -> None:
    found = counted("{pods: 3}", "{pods: 2}")
    assert found.what == "pods: 2 needed, 1 of 3 left"
    assert '"pods": "4"' in found.cure


def test_what_is_there_already_was_counted_before() -> None:
    there = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: shop-web}}"
    place = site(WEB, there=there, lists=quota("{pods: 2}", "{pods: 2}"))
    assert only(quotas.examine(place)).state.value == "fine"


def test_a_scaler_says_how_many_pods_there_are_at_first() -> None:
    scaler = """---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: shop-web}
spec: {scaleTargetRef: {kind: Deployment, name: shop-web}, minReplicas: 5}
"""
    assert counted("{pods: 4}", text=WEB + scaler).what == "pods: 5 needed, 4 of 4 left"


JOB = """---
apiVersion: batch/v1
kind: Job
metadata: {name: NAME, annotations: {helm.sh/hook: HOOK}}
spec: {template: {spec: {containers: [{name: j, image: a:1, resources: {requests: {cpu: 1}}}]}}}
"""


def test_a_job_that_runs_before_the_rest_is_done_by_then() -> None:
    first = JOB.replace("HOOK", "pre-install").replace("NAME", "a")
    assert counted("{pods: 2}", text=WEB + first).state.value == "fine"
    last = JOB.replace("HOOK", "post-install").replace("NAME", "b")
    assert counted("{pods: 2}", text=WEB + last).what == "pods: 3 needed, 2 of 2 left"
    assert counted("{pods: 3}", text=WEB + first + last).state.value == "fine"


MAP = "{kind: ConfigMap, metadata: {name: a}}"
CLAIM = """
kind: PersistentVolumeClaim
metadata: {name: a}
spec: {resources: {requests: {storage: 2Gi}}}
"""


@pytest.mark.parametrize(
    "text,hard,what",
    [
        (MAP, "{configmaps: 0}", "configmaps: 1 needed, 0 of 0 left"),
        (MAP, "{count/configmaps: 0}", "count/configmaps: 1 needed, 0 of 0 left"),
        (WEB, "{count/deployments.apps: 0}", "count/deployments.apps: 1 needed, 0 of 0 left"),
        ("{kind: Secret, metadata: {name: a}}", "{secrets: 1}", "secrets: 2 needed, 1 of 1 left"),
        (
            "{kind: Service, metadata: {name: a}, spec: {type: LoadBalancer, ports: [{port: 1}]}}",
            "{services.loadbalancers: 0}",
            "services.loadbalancers: 1 needed, 0 of 0 left",
        ),
        (
            CLAIM,
            "{requests.storage: 1Gi}",
            "requests.storage: 2Gi needed, 1Gi of 1Gi left",
        ),
    ],
)  # fmt: skip
def test_a_quota_counts_objects_and_storage(text: str, hard: str, what: str) -> None:
    assert counted(hard, text=text).what == what


def test_a_quota_of_cpu_demands_that_every_container_says_how_much() -> None:
    found = counted("{limits.cpu: 10, limits.memory: 99Gi}")
    assert found.what == (
        "demands limits.cpu, limits.memory of every container, and some say none: "
        "Deployment/shop-web (first), Deployment/shop-web (web)"
    )
    assert found.cure.splitlines()[-1] == (
        f"{INSTALL} --set web.resources.limits.cpu=1 --set web.resources.limits.memory=256Mi --namespace shop"
    )


def test_a_limit_range_says_it_for_them() -> None:
    defaults = (
        "---\n{kind: LimitRange, metadata: {name: d}, spec: {limits: [{type: Container, default: {cpu: 1}}]}}"
    )
    assert counted("{limits.cpu: 2}", more=defaults).state.value == "fine"
    assert counted("{limits.cpu: 1}", more=defaults).what == "limits.cpu: 2 needed, 1 of 1 left"


def test_a_quota_of_a_scope_and_one_that_may_not_be_read_are_not_fine() -> None:
    scoped = site(WEB, lists=quota("{pods: 0}", spec="scopes: [Terminating]"))
    assert only(quotas.examine(scoped)).state.value == "could not tell"
    from chartgen.doctor import foresee

    blind = foresee(site(WEB, unread={"ResourceQuota": "forbidden"}))
    assert [d.what for d in blind.diagnoses if d.examination == "quota"] == ["forbidden"]


# ---- Limits


def within(limit: str, text: str = WEB) -> Diagnosis:
    lists = f"{{kind: LimitRange, metadata: {{name: r}}, spec: {{limits: [{limit}]}}}}"
    return only(limits.examine(site(text, lists=lists)))


def test_what_is_within_the_limits_is_fine() -> None:
    assert within("{type: Container, max: {memory: 1Gi}, min: {memory: 256Mi}}").state.value == "fine"
    assert only(limits.examine(site(WEB))).what == "the namespace has no LimitRange"


@pytest.mark.parametrize(
    "limit,what,setting",
    [
        (
            "{type: Container, max: {memory: 512Mi}}",
            "asks for limits.memory 1Gi, and LimitRange/r allows at most 512Mi",
            "web.resources.limits.memory=512Mi",
        ),
        (
            "{type: Container, min: {memory: 300Mi}}",
            "asks for requests.memory 256Mi, and LimitRange/r allows at least 300Mi",
            "web.resources.requests.memory=300Mi",
        ),
    ],
)
def test_what_is_beyond_a_limit_is_told_with_what_is_allowed(limit: str, what: str, setting: str) -> None:
    found = within(limit)
    assert (found.subject, found.what) == ("Deployment/shop-web (web)", what)
    assert found.cure.splitlines()[-1] == f"{INSTALL} --set {setting} --namespace shop"


def test_a_claim_may_be_too_large() -> None:
    found = within("{type: PersistentVolumeClaim, max: {storage: 1Gi}}", CLAIM)
    assert found.what == "asks for storage 2Gi, and LimitRange/r allows at most 1Gi"
    assert "persistence.VOLUME.size=1Gi" in found.cure


def test_bounds_of_whole_pods_are_not_computed_and_never_fine() -> None:
    lists = "{kind: LimitRange, metadata: {name: r}, spec: {limits: [{type: Pod, max: {cpu: 1}}]}}"
    assert [d.state.value for d in limits.examine(site(WEB, lists=lists))] == ["could not tell"]


def test_a_namespace_that_may_not_be_read_says_nothing_of_its_standard() -> None:
    from chartgen.doctor import foresee

    found = foresee(site(WEB, namespace=Unread("forbidden")))
    assert [d.state.value for d in found.diagnoses if d.examination in ("standard", "namespace")] == [
        "could not tell"
    ] * 2
