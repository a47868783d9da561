"""The folder: the seed's names and numbers, and a place for everything that the seed could not know."""

from __future__ import annotations

import pytest

from chartgen.manifest import Manifest, parse
from chartgen.raw import Folder, applied, folder, in_clear_text, without_helm
from tests.apps.made import APPS, app, overlays, render

SEED = [
    "00-namespace.yaml",
    "10-config-pvc.yaml",
    "12-init-config-job.yaml",
    "15-secret.yaml",
    "20-backend-deployment.yaml",
    "25-backend-service.yaml",
    "30-frontend-deployment.yaml",
    "35-frontend-service.yaml",
    "40-ingress.yaml",
]
INGRESS = {"ingress": {"enabled": True, "hosts": [{"host": "a.example.com"}]}}


def written(name: str, values: dict[str, object] | None = None) -> Folder:
    found = applied(render(name, values).manifests)
    hidden = in_clear_text(found)
    return folder([each for each in found if each not in hidden], f"{name}-namespace", app(name))


def objects(made: Folder) -> list[Manifest]:
    return [
        each for file in made.files if file.path.endswith(".yaml") for each in parse(file.text, file.path)
    ]


def test_ushadow_has_the_files_of_the_seed_and_those_it_could_not_know() -> None:
    files = [file.path for file in written("ushadow", {**INGRESS, "rbac": {"create": True}}).files]
    assert [name for name in files if name in SEED] == SEED
    assert [name for name in files if name not in SEED] == [
        "05-serviceaccount.yaml",
        "06-rbac.yaml",
        "08-initial-config-configmap.yaml",
        "08-seed-script-configmap.yaml",
        "10-data-pvc.yaml",
        "Kustomization",
    ]


def test_what_production_has_besides_stands_beside_its_component() -> None:
    files = [file.path for file in written("ushadow", overlays("ushadow")["production"]).files]
    assert {"27-backend-networkpolicy.yaml", "32-frontend-hpa.yaml", "33-frontend-pdb.yaml"} < set(files)


def test_the_secret_is_made_by_a_job_and_stands_in_no_file() -> None:
    made = written("ushadow")
    found = parse(made.by_path["15-secret.yaml"].text, "x")
    assert [each.kind for each in found] == ["ServiceAccount", "Role", "RoleBinding", "ConfigMap", "Job"]
    assert [each.label for each in objects(made) if each.kind == "Secret"] == []


@pytest.mark.parametrize("name", APPS)
def test_every_object_of_every_application_is_in_one_file_and_every_file_in_the_kustomization(
    name: str,
) -> None:
    for values in overlays(name).values():
        rendering = render(name, values)
        made = written(name, values)
        hidden = in_clear_text(rendering.manifests)
        shown = [each for each in applied(rendering.manifests) if each not in hidden]
        wanted = without_helm(shown, f"{name}-namespace")
        found = [each for each in objects(made) if each.kind != "Namespace"]
        assert sorted(each.digest for each in found) == sorted(each.digest for each in wanted)
        (listed,) = parse(made.by_path["Kustomization"].text, "x")
        assert listed.data["resources"] == sorted(f.path for f in made.files if f.path.endswith(".yaml"))
        assert made == written(name, values)


@pytest.mark.parametrize("name", APPS)
def test_all_of_a_secret_is_in_one_file(name: str) -> None:
    for values in overlays(name).values():
        for file in written(name, values).files:
            whose = "create-" in file.text and "name: create-secret" in file.text
            assert not whose or file.path == "15-secret.yaml"


def test_components_that_are_added_later_rename_no_file_of_those_before() -> None:
    files = [file.path for file in written("many").files]
    numbers = [name[:2] for name in files if name.endswith(("deployment.yaml", "daemonset.yaml"))]
    assert numbers[:5] == ["20", "30", "60", "70", "90"]
    assert set(numbers[5:]) == {"90"}


def test_the_namespaces_that_the_objects_live_in_are_made() -> None:
    elsewhere = written("web", overlays("web")["everything"])
    (first, second) = parse(elsewhere.by_path["00-namespace.yaml"].text, "x")
    assert [first.name, second.name] == ["elsewhere", "web-namespace"]
    (alone,) = parse(written("web").by_path["00-namespace.yaml"].text, "x")
    assert alone.data == {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "web-namespace"}}
    made = folder(render("web").manifests, "default", app("web"))
    assert "default" not in made.by_path["00-namespace.yaml"].text


def test_what_is_off_stands_there_as_comments_and_never_over_what_is_on() -> None:
    ingress = [each for each in render("ushadow", INGRESS).manifests if each.kind == "Ingress"]
    found = render("ushadow").manifests
    text = folder(found, "x", app("ushadow"), ingress).by_path["40-ingress.yaml"].text
    assert all(line.startswith("#") for line in text.splitlines())
    uncommented = "\n".join(line.removeprefix("#")[1:] for line in text.splitlines()[2:])
    assert parse(uncommented, "x")[0].label == "Ingress/ushadow"
    on = folder([*found, *ingress], "x", app("ushadow"), ingress)
    assert parse(on.by_path["40-ingress.yaml"].text, "x")[0].label == "Ingress/ushadow"


def test_templates_whose_names_would_be_one_file_are_two() -> None:
    def at(source: str) -> Manifest:
        (found,) = parse(f"{{apiVersion: v1, kind: Other, metadata: {{name: {source}}}}}", source)
        return found

    made = folder([at("templates/a/b.yaml"), at("templates/a-b.yaml")], "default", app("web"))
    assert [file.path for file in made.files] == ["45-a-b-2.yaml", "45-a-b.yaml", "Kustomization"]
