"""`chartgen manifests`: what a chart makes, as a folder for kubectl, in which nobody's edit is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chartgen.manifest import Manifest, parse
from tests.cli.command import ROOT, Ran
from tests.need import need

Call = Callable[..., Ran]


@pytest.fixture(autouse=True)
def engine() -> None:
    need("helm_python")


def objects(folder: str) -> list[Manifest]:
    return [each for path in sorted(Path(folder).glob("*.yaml")) for each in parse(path.read_text(), "x")]


def of_kind(folder: str, kind: str) -> Manifest:
    (found,) = [each for each in objects(folder) if each.kind == kind]
    return found


def edit(path: str, old: str, new: str) -> None:
    file = Path(path)
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def secret(name: str) -> None:
    """The application in `name` has a key that nobody makes."""
    file = Path(f"apps/{name}/app.yaml")
    file.write_text(file.read_text() + "secrets: {key: {generate: job, keys: {KEY: {}}}}\n")


def test_the_folders_of_all_charts_are_written_and_are_then_up_to_date(charts: Path, chartgen: Call) -> None:
    assert chartgen("manifests") == (0, "k8s/shop: 6 new\nk8s/wiki: 4 new\n", "")
    assert sorted(path.name for path in Path("k8s/shop").iterdir()) == [
        ".chartgen",
        "00-namespace.yaml",
        "05-serviceaccount.yaml",
        "20-web-deployment.yaml",
        "25-web-service.yaml",
        "40-ingress.yaml",
        "Kustomization",
    ]
    assert chartgen("manifests") == (0, "k8s/shop: up to date\nk8s/wiki: up to date\n", "")
    assert chartgen("manifests", "--check") == (0, "up to date\n", "")


def test_the_manifests_that_are_committed_are_what_the_chart_makes(
    chartgen: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert chartgen("manifests", "--check") == (0, "up to date\n", "")


def test_the_folder_that_the_project_names_is_written_and_another_one_on_request(
    charts: Path, chartgen: Call
) -> None:
    edit("chartgen.yaml", "    chart: charts/wiki", "    chart: charts/wiki\n    manifests: deploy/wiki")
    assert chartgen("manifests", "wiki").out == "deploy/wiki: 4 new\n"
    assert chartgen("manifests", "wiki", "-o", "elsewhere").out == "elsewhere: 4 new\n"


def test_values_release_namespace_and_kubernetes_are_the_persons(charts: Path, chartgen: Call) -> None:
    asked = ["-f", "values/dev.yaml", "-f", "values/production.yaml", "--set", "web.image.tag=v9"]
    ran = chartgen("manifests", "shop", *asked, "-n", "green", "--release", "blue", "--kube-version", "1.29")
    assert (ran.code, ran.err) == (0, "")
    deployment = of_kind("k8s/shop", "Deployment")
    assert (deployment.name, deployment.namespace) == ("blue-shop-web", "green")
    assert deployment.data["spec"]["replicas"] == 3
    assert deployment.data["spec"]["template"]["spec"]["containers"][0]["image"].endswith("acme/shop:v9")
    assert of_kind("k8s/shop", "Namespace").name == "green"


def test_the_way_in_is_a_comment_until_a_value_turns_it_on(charts: Path, chartgen: Call) -> None:
    chartgen("manifests", "shop")
    assert [each.label for each in objects("k8s/shop") if each.kind == "Ingress"] == []
    assert "#   name: shop\n" in Path("k8s/shop/40-ingress.yaml").read_text()
    on = ("--set", "ingress.enabled=true", "--set", "ingress.hosts[0].host=a.example.com")
    assert chartgen("manifests", "shop", *on).out == "k8s/shop: 1 changed\n"
    assert of_kind("k8s/shop", "Ingress").data["spec"]["rules"][0]["host"] == "a.example.com"


def test_an_edit_is_kept_and_shown_and_a_file_of_others_is_left_alone(charts: Path, chartgen: Call) -> None:
    chartgen("manifests", "shop")
    edit("k8s/shop/25-web-service.yaml", "ClusterIP", "LoadBalancer")
    Path("k8s/shop/50-mine.yaml").write_text("mine: yes\n")
    Path("k8s/shop/30-removed.yaml").write_text("what somebody put there\n")
    ran = chartgen("manifests", "shop", "--set", "web.service.type=NodePort")
    assert ran.code == 1
    assert ran.out.startswith("k8s/shop: up to date\nk8s/shop/25-web-service.yaml: kept, because")
    assert ran.err == (
        "Error: edited files were kept: k8s/shop/25-web-service.yaml\n"
        "move the edit into app.yaml, a values file, or a file of your own beside it, then "
        "`chartgen manifests --force`\n"
    )
    assert "LoadBalancer" in Path("k8s/shop/25-web-service.yaml").read_text()
    assert chartgen("manifests", "shop", "--check").code == 1
    assert chartgen("manifests", "shop", "--force").code == 0
    assert "LoadBalancer" not in Path("k8s/shop/25-web-service.yaml").read_text()
    assert Path("k8s/shop/50-mine.yaml").read_text() == "mine: yes\n"
    assert Path("k8s/shop/30-removed.yaml").read_text() == "what somebody put there\n"


def test_a_folder_that_somebody_else_wrote_is_never_written_over(charts: Path, chartgen: Call) -> None:
    Path("k8s/wiki").mkdir(parents=True)
    Path("k8s/wiki/20-app-deployment.yaml").write_text("by hand\n")
    ran = chartgen("manifests", "wiki")
    assert (ran.code, ran.out.splitlines()[0]) == (1, "k8s/wiki: 3 new")
    assert Path("k8s/wiki/20-app-deployment.yaml").read_text() == "by hand\n"


def test_what_is_not_made_any_more_goes_unless_it_was_edited(charts: Path, chartgen: Call) -> None:
    on = (
        "--set",
        "networkPolicy.enabled=true",
        "--set",
        "web.pdb.enabled=true",
        "--set",
        "web.replicaCount=2",
    )
    chartgen("manifests", "shop", *on)
    edit("k8s/shop/27-web-networkpolicy.yaml", "NetworkPolicy", "NetworkPolicy # mine")
    ran = chartgen("manifests", "shop")
    assert (ran.code, Path("k8s/shop/23-web-pdb.yaml").exists()) == (1, False)
    assert "mine" in Path("k8s/shop/27-web-networkpolicy.yaml").read_text()


def test_what_is_out_of_date_is_shown_and_nothing_is_written(charts: Path, chartgen: Call) -> None:
    chartgen("manifests", "shop")
    before = {path: path.read_bytes() for path in Path("k8s/shop").iterdir()}
    ran = chartgen("manifests", "shop", "--check", "--set", "web.replicaCount=2")
    assert (ran.code, ran.out.splitlines()[0]) == (1, "k8s/shop/20-web-deployment.yaml: changed")
    assert "\n-  replicas: 1\n+  replicas: 2\n" in ran.out
    assert ran.err == "Error: 1 file is not what the chart makes\nrun `chartgen manifests`\n"
    assert {path: path.read_bytes() for path in Path("k8s/shop").iterdir()} == before


def test_a_secret_is_made_in_the_cluster_or_brought_and_never_written(charts: Path, chartgen: Call) -> None:
    secret("wiki")
    assert chartgen("generate").code == 0
    assert chartgen("manifests", "wiki").code == 0
    assert [each.kind for each in parse(Path("k8s/wiki/15-secret.yaml").read_text(), "x")] == [
        "ServiceAccount",
        "Role",
        "RoleBinding",
        "ConfigMap",
        "Job",
    ]
    given = ("--set", "secrets.key.values.KEY=correct-horse-battery-staple-of-old")
    ran = chartgen("manifests", "wiki", "-o", "given", *given)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "Error: wiki: secrets would stand in the files\n"
        "  templates/key-secret.yaml Secret/wiki-key: holds what is secret\n"
        "      bring one (existingSecret), have the Job make it (generate: job), or leave it out: "
        "--without-secrets\n"
    )
    assert not Path("given").exists()
    assert chartgen("manifests", "wiki", "-o", "given", *given, "--without-secrets").code == 0
    texts = [path.read_text() for path in Path("given").iterdir()]
    assert [text for text in texts if "correct-horse" in text] == []


def test_a_password_outside_of_a_secret_is_refused(charts: Path, chartgen: Call) -> None:
    ran = chartgen("manifests", "shop", "--set", "web.env.DB_PASSWORD=hunter2hunter2", "--without-secrets")
    assert (ran.code, ran.out, Path("k8s").exists()) == (1, "", False)
    assert "DB_PASSWORD is a literal that everybody who sees the object can read" in ran.err
    assert "hunter2" not in ran.err


@pytest.mark.parametrize(
    "flags,code,told",
    [
        (["--check", "--force"], 2, "--check writes nothing, --force writes over edits: give one of them"),
        (["-o", "x"], 2, "a folder, values and a release are those of one chart"),
        (["-f", "values/dev.yaml"], 2, "name the chart"),
        (["shpo"], 2, "did you mean 'shop'?"),
        (["shop", "--set", "web.replicaCount=-1"], 1, "Helm refuses the chart"),
        (["shop", "--kube-version", "1.2"], 2, "'1.2' is not known here"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(
    flags: list[str], code: int, told: str, charts: Path, chartgen: Call
) -> None:
    ran = chartgen("manifests", *flags)
    assert (ran.code, ran.out, Path("k8s").exists()) == (code, "", False)
    assert told in ran.err


def test_without_a_chart_the_way_to_one_is_told(project: Path, chartgen: Call) -> None:
    ran = chartgen("manifests", "shop")
    assert (ran.code, ran.err) == (
        1,
        "Error: charts/shop: there is no such chart yet\n`chartgen generate` writes it\n",
    )
