"""What is shared with others: storage, images, the way in, and the services of other namespaces."""

from __future__ import annotations

import pytest

from chartgen.diagnoses import Diagnosis
from chartgen.doctor import foresee
from chartgen.doctor.before import claims, pulls, routes, services
from chartgen.doctor.before.wanted import DNS
from chartgen.doctor.hosts import service
from chartgen.doctor.site import Key, Site
from chartgen.doctor.snapshot import Unread
from tests.unit.doctor.ground import DENIED, INSTALL, SERVED, manifests, site
from tests.unit.doctor.stage import only, told

# ---- Claims

CLASSES = """
kind: StorageClass
metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: ebs.csi.aws.com
allowVolumeExpansion: true
---
kind: StorageClass
metadata: {name: slow}
provisioner: example.com/nfs
"""


def claim(spec: str = "", size: str = "1Gi", modes: str = "[ReadWriteOnce]") -> str:
    asked = f"accessModes: {modes}, resources: {{requests: {{storage: {size}}}}}"
    return f"{{kind: PersistentVolumeClaim, metadata: {{name: shop-data}}, spec: {{{asked}, {spec}}}}}"


def claimed(text: str, there: str = "", lists: str = CLASSES) -> Diagnosis:
    return only(claims.examine(site(text, there=there, lists=lists)))


def test_the_class_of_a_claim_is_told_with_whether_it_can_grow() -> None:
    assert claimed(claim()).what == "1Gi of class fast, the default; it can grow"
    found = claimed(claim("storageClassName: slow"))
    assert (found.state.value, found.what) == (
        "fine",
        "1Gi of class slow; it can never grow (allowVolumeExpansion is off)",
    )


def test_a_class_that_is_not_there_is_told_with_the_near_miss() -> None:
    found = claimed(claim("storageClassName: fsat"))
    assert found.what == "there is no StorageClass fsat; did you mean 'fast'?"
    assert found.cure.splitlines()[-1] == f"{INSTALL} --set global.storageClass=CLASS --namespace shop"


def test_without_a_default_a_claim_must_name_its_class() -> None:
    assert claimed(claim(), lists=CLASSES.replace('"true"', '"false"')).what == (
        "names no StorageClass, and the cluster has no default"
    )


def test_what_is_known_of_a_provisioner_says_whether_several_nodes_can_mount_it() -> None:
    found = claimed(claim(modes="[ReadWriteMany]"))
    told = "class fast, the default (ebs.csi.aws.com) makes volumes for one node at a time"
    assert found.what == f"wants ReadWriteMany, and {told}"
    unknown = claimed(claim("storageClassName: slow", modes="[ReadWriteMany]"))
    assert unknown.state.value == "could not tell"


def test_a_volume_made_by_hand_and_classes_that_may_not_be_read_are_not_fine() -> None:
    assert claimed(claim("volumeName: pv")).state.value == "could not tell"
    assert claimed(claim('storageClassName: ""')).state.value == "could not tell"
    blind = foresee(site(claim(), unread={"StorageClass": "forbidden"}))
    assert [d.what for d in blind.diagnoses if d.examination == "claims"] == ["forbidden"]


@pytest.mark.parametrize(
    "asked,there,what,setting",
    [
        (
            claim(),
            claim("storageClassName: fast", "3Gi"),
            "is there with 3Gi, which cannot shrink to 1Gi",
            "size=3Gi",
        ),
        (
            claim("storageClassName: slow"),
            claim("storageClassName: fast"),
            "is there with class fast, which cannot become slow",
            "storageClass=fast",
        ),
        (
            claim(modes="[ReadWriteMany]"),
            claim("storageClassName: fast"),
            "is there with ReadWriteOnce, which cannot become ReadWriteMany",
            "'persistence.VOLUME.accessModes={ReadWriteOnce}'",
        ),
        (
            claim(size="2Gi"),
            claim("storageClassName: slow"),
            "is there with 1Gi, and is to grow to 2Gi, which class slow does not do",
            "allowVolumeExpansion",
        ),
    ],
)
def test_a_claim_that_is_there_cannot_become_everything(
    asked: str, there: str, what: str, setting: str
) -> None:
    found = claimed(asked, there)
    assert (found.state.value, found.what) == ("wrong", what)
    assert setting in found.cure


def test_a_claim_that_is_there_stays_or_grows_where_its_class_lets_it() -> None:
    assert claimed(claim(), claim("storageClassName: fast")).what == "is there: 1Gi of class fast"
    grown = claimed(claim(size="2Gi"), claim("storageClassName: fast"))
    assert (grown.state.value, grown.what) == ("fine", "is there with 1Gi, and is to grow to 2Gi")


def test_a_volume_that_outlived_its_key_is_told() -> None:
    job = """
apiVersion: batch/v1
kind: Job
metadata: {name: j}
spec:
  template:
    spec:
      containers:
        - {name: c, command: [sh, /scripts/create-secret.sh], env: [{name: SECRET_NAME, value: keys}]}
"""
    text, old = f"{claim()}\n---{job}", claim("storageClassName: fast")
    lines = told(claims.examine(site(text, there=old, lists=CLASSES)))
    assert lines[0] == (
        "could not tell",
        "Secret/keys",
        "is made anew, while PersistentVolumeClaim/shop-data may hold what an older key encrypted",
    )
    kept = f"{old}\n---\n{{kind: Secret, metadata: {{name: keys}}}}"
    assert [s for s, _, _ in told(claims.examine(site(text, there=kept, lists=CLASSES)))] == ["fine"]


def test_the_claims_of_a_stateful_set_are_its_templates() -> None:
    text = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec: {volumeClaimTemplates: [{metadata: {name: data}, spec: {storageClassName: none}}]}
"""
    assert claimed(text).subject == "PersistentVolumeClaim/data-db"


# ---- Images

POD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-web}
spec:
  template:
    spec:
      imagePullSecrets: [{name: pull}]
      containers: [{name: web, image: IMAGE, imagePullPolicy: POLICY}]
"""


def node(name: str, *had: str) -> str:
    listed = f"[{{names: [{', '.join(had)}]}}]"
    return f"---\n{{kind: Node, metadata: {{name: {name}}}, status: {{images: {listed}}}}}\n"


def image(name: str, lists: str, policy: str = "IfNotPresent") -> Diagnosis:
    text = POD.replace("      imagePullSecrets: [{name: pull}]\n", "")
    return only(pulls.examine(site(text.replace("IMAGE", name).replace("POLICY", policy), lists=lists)))


@pytest.mark.parametrize(
    "name,had",
    [
        ("acme/shop:1", "docker.io/acme/shop:1"),
        ("nginx", "docker.io/library/nginx:latest"),
        ("ghcr.io/acme/shop:1", "ghcr.io/acme/shop:1"),
        ("localhost:5000/shop:1", "localhost:5000/shop:1"),
        ("acme/shop:1@sha256:ab", "docker.io/acme/shop@sha256:ab"),
    ],
)
def test_an_image_that_every_node_has_is_fine_whatever_it_is_called(name: str, had: str) -> None:
    found = image(name, node("a", f"'{had}'"))
    assert (found.state.value, found.what) == ("fine", "is on 1 of 1 node")


def test_an_image_that_a_node_lacks_only_a_pull_tells() -> None:
    found = image("acme/shop:1", node("a", "docker.io/acme/shop:1") + node("b"))
    assert found.state.value == "could not tell"
    assert found.what.startswith("is on 1 of 2 nodes")
    assert image("acme/shop:1", "").state.value == "could not tell"


def test_an_image_that_may_not_be_pulled_must_be_on_a_node() -> None:
    assert image("acme/shop:1", node("a"), "Never").state.value == "wrong"
    full = ", ".join(["{names: [a]}"] * 50)
    many = f"{{kind: Node, metadata: {{name: a}}, status: {{images: [{full}]}}}}"
    assert image("acme/shop:1", many, "Never").what == (
        "is on 0 of 1 node, as far as they say: whether a node gets it, only a pull tells"
    )


def test_nodes_that_may_not_be_read_tell_nothing() -> None:
    text = POD.replace("      imagePullSecrets: [{name: pull}]\n", "").replace("IMAGE", "a:1")
    found = only(pulls.examine(site(text, unread={"Node": "forbidden"})))
    assert (found.state.value, found.what) == ("could not tell", "only a pull tells: forbidden")


def pulling(there: str) -> Diagnosis:
    first, _ = pulls.examine(site(POD, there=there))
    return first


def test_a_pull_secret_is_there_and_of_its_type() -> None:
    secret = "{kind: Secret, metadata: {name: pull}, type: TYPE}"
    assert pulling(secret.replace("TYPE", "kubernetes.io/dockerconfigjson")).state.value == "fine"
    other = pulling(secret.replace("TYPE", "Opaque"))
    assert other.what == "is of type Opaque: a pull secret is of type kubernetes.io/dockerconfigjson"
    assert other.cure.splitlines()[1] == "kubectl --namespace shop delete secret pull"
    none = pulling("")
    assert none.what == "is not there, and images are pulled with it"
    assert "create secret docker-registry pull" in none.cure
    place = site(POD)
    blind = site(POD, objects=dict.fromkeys(place.objects, DENIED))
    assert next(pulls.examine(blind)).state.value == "could not tell"


# ---- The way in

INGRESS = "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: shop}, spec: {SPEC}}"
NGINX = "{kind: IngressClass, metadata: {name: nginx, annotations: {ingressclass.kubernetes.io/is-default-class: 'IS'}}, spec: {controller: k8s.io/nginx}}"  # noqa: E501


def ingress(spec: str = "", lists: str = "") -> Diagnosis:
    return only(routes.examine(site(INGRESS.replace("SPEC", spec), lists=lists)))


def test_an_ingress_is_served_by_its_class_or_by_the_default() -> None:
    assert (
        ingress("ingressClassName: nginx", NGINX).what == "class nginx is there, for controller k8s.io/nginx"
    )
    assert ingress("", NGINX.replace("IS", "true")).what == "names no class; nginx is the default"


@pytest.mark.parametrize(
    "spec,lists,what",
    [
        ("ingressClassName: ngnix", NGINX, "there is no IngressClass ngnix; did you mean 'nginx'?"),
        ("", "", "names no class, and the cluster has none"),
        ("", NGINX, "names no class, and none is the default of nginx"),
    ],
)
def test_an_ingress_that_nobody_serves_is_told(spec: str, lists: str, what: str) -> None:
    found = ingress(spec, lists)
    assert (found.state.value, found.what) == ("wrong", what)
    assert found.cure.splitlines()[-1] == f"{INSTALL} --set ingress.className=CLASS --namespace shop"


GATEWAY = "gateway.networking.k8s.io/v1"
ROUTE = (
    f"{{apiVersion: {GATEWAY}, kind: HTTPRoute, metadata: {{name: shop}}, spec: {{parentRefs: [PARENT]}}}}"
)


def gateway(parent: str, there: str = "", **more: object) -> Diagnosis:
    return only(routes.examine(site(ROUTE.replace("PARENT", parent), there=there, **more)))  # type: ignore[arg-type]


def test_a_route_hangs_on_a_gateway_that_takes_it() -> None:
    there = (
        f"{{apiVersion: {GATEWAY}, kind: Gateway, metadata: {{name: g}}, spec: {{listeners: [{{name: a}}]}}}}"
    )
    assert gateway("{name: g}", there).state.value == "fine"
    elsewhere = gateway("{name: g, namespace: infra}", there)
    assert elsewhere.what == ("takes routes of its own namespace alone, infra, and HTTPRoute/shop is in shop")
    opened = there.replace("{name: a}", "{name: a, allowedRoutes: {namespaces: {from: All}}}")
    assert gateway("{name: g, namespace: infra}", opened).state.value == "fine"
    assert gateway("{name: g}").what == "is not in namespace shop, and HTTPRoute/shop hangs on it"


def test_without_gateways_the_kinds_tell_and_this_could_not() -> None:
    assert gateway("{name: g}", served={**SERVED, GATEWAY: None}).state.value == "could not tell"
    assert only(routes.examine(site())).what == "no Ingress and no route is asked for"


# ---- Services


def talking(url: str, variable: str = "MONGODB_URI") -> str:
    env = f"env: [{{name: {variable}, value: '{url}'}}]"
    spec = f"template: {{spec: {{containers: [{{name: web, image: a:1, {env}}}]}}}}"
    return f"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: w}}, spec: {{{spec}}}}}"


SERVICE = "{kind: Service, metadata: {name: mongodb}, spec: {selector: {app: db}, ports: [{port: 27017}]}}"
READY = "{kind: EndpointSlice, metadata: {name: s}, endpoints: [{addresses: [a]}, {addresses: [b], conditions: {ready: false}}]}"  # noqa: E501
EXTERNALS = {"externals": {"MONGODB_URI": "mongodb"}}


def reaching(url: str, there: str = SERVICE, slices: str = READY, policies: str = "") -> Diagnosis:
    place = site(talking(url), there=there, plan=EXTERNALS)
    behind = {key: manifests(slices) for key in place.objects if key.kind == "Service" and key != DNS}
    spaces = {key.namespace: manifests(policies) for key in behind}
    text = talking(url)
    whole = site(text, there=there, plan=EXTERNALS, behind=behind, policies=spaces)
    return [*services.examine(whole)][-1]


@pytest.mark.parametrize(
    "host",
    ["mongodb", "mongodb.db", "mongodb.db.svc", "mongodb.db.svc.cluster.local", "mongodb.db.svc.corp."],
)
def test_a_service_with_something_ready_behind_it_is_fine(host: str) -> None:
    found = reaching(f"mongodb://user:pw@{host}:27017/shop")
    assert (found.state.value, found.what) == ("fine", "Service/mongodb is there, 1 ready behind it")
    assert "pw" not in found.subject


def test_the_port_of_a_scheme_goes_without_saying() -> None:
    assert reaching("mongodb://mongodb/shop").subject == "MONGODB_URI mongodb:27017"


def test_a_service_that_is_not_there_or_has_another_port_is_told_with_the_setting() -> None:
    none = reaching("mongodb://mongodb.db.svc:27017", there="")
    assert none.what == "there is no Service mongodb in namespace db"
    assert none.cure.splitlines()[-1] == f"{INSTALL} --set external.mongodb.url=URL --namespace shop"
    assert reaching("mongodb://mongodb:1").what == "Service/mongodb has no port 1, only 27017"


def test_a_service_with_nothing_ready_behind_it_is_told() -> None:
    found = reaching("mongodb://mongodb", slices=READY.replace("{addresses: [a]}, ", ""))
    assert (found.state.value, found.what) == ("wrong", "no pod behind Service/mongodb is ready")


def test_a_policy_in_the_way_is_told_and_one_about_others_is_not() -> None:
    policy = "{kind: NetworkPolicy, metadata: {name: p}, spec: {podSelector: {matchLabels: {app: APP}}}}"
    found = reaching("mongodb://mongodb", policies=policy.replace("APP", "db"))
    assert found.state.value == "could not tell"
    assert "NetworkPolicy/p of namespace shop decides who gets in" in found.what
    assert reaching("mongodb://mongodb", policies=policy.replace("APP", "web")).state.value == "fine"


@pytest.mark.parametrize("host", ["db.example.com", "10.0.0.1", "cluster0.mongodb.net", "example.com"])
def test_what_is_outside_could_not_be_told(host: str) -> None:
    found = reaching(f"mongodb://{host}:27017", there="")
    assert found.state.value == "could not tell"
    assert found.what.startswith("is outside the cluster")


def test_a_service_that_stands_for_a_host_outside_could_not_be_told() -> None:
    there = SERVICE.replace("selector", "type: ExternalName, externalName: db.example.com, selector")
    assert "stands for db.example.com" in reaching("mongodb://mongodb", there=there).what


def test_a_url_in_a_secret_is_not_looked_into() -> None:
    env = "env: [{name: MONGODB_URI, valueFrom: {secretKeyRef: {name: dbs, key: MONGODB_URI}}}]"
    spec = f"template: {{spec: {{containers: [{{name: web, {env}}}]}}}}"
    text = f"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: w}}, spec: {{{spec}}}}}"
    found = [*services.examine(site(text, plan=EXTERNALS))][-1]
    assert (found.state.value, found.subject) == ("could not tell", "MONGODB_URI")


def test_the_charts_own_service_is_not_asked_for() -> None:
    own = f"{talking('http://shop-web:80')}\n---\n{{kind: Service, metadata: {{name: shop-web}}}}"
    assert [d.subject for d in services.examine(site(own))] == ["DNS"]


def dns(found: object, behind: object) -> Diagnosis:
    place: Site = site(objects={DNS: found}, behind={DNS: behind})  # type: ignore[dict-item]
    return only(services.examine(place))


def test_the_dns_of_the_cluster_is_ready_or_told() -> None:
    (here,) = manifests("{kind: Service, metadata: {name: kube-dns}}")
    assert dns(here, manifests(READY)).what == "1 ready behind Service kube-dns"
    assert dns(here, ()).state.value == "wrong"
    assert dns(None, ()).state.value == "could not tell"
    assert dns(Unread("no"), ()).state.value == "could not tell"
    assert dns(here, Unread("no")).what == "no"


def test_a_name_of_a_pod_leads_to_its_service() -> None:
    assert service("db-0.db.data.svc.cluster.local", "shop") == (Key("v1", "Service", "data", "db"), True)
    assert service("redis.data", "shop") == (Key("v1", "Service", "data", "redis"), False)
    assert service("localhost", "shop") == (None, True)
