"""The Secret is the same whichever method makes it, so that the next method, and Helm with it, adopts it."""

from __future__ import annotations

from typing import Any

from chartgen.manifest import Case, Release, Rendering
from tests.apps import made

EXTERNAL = {"secrets": {"auth": {"externalSecret": {"enabled": True, "secretStoreRef": {"name": "vault"}}}}}
OWNED = {"meta.helm.sh/release-name": "u", "meta.helm.sh/release-namespace": "home"}


def objects(given: dict[str, Any]) -> dict[str, Any]:
    (answer,) = made.session("ushadow").render([Case(given, Release("u", "home"))])
    assert isinstance(answer, Rendering), answer.message
    return {f"{m.kind}/{m.name}": m.data for m in answer.manifests}


def test_an_external_secret_goes_with_its_method_and_leaves_a_secret_that_helm_adopts() -> None:
    external = objects(EXTERNAL)["ExternalSecret/u-ushadow-secrets"]
    # Kept, it would write its key over the next one for ever. Source: helm, pkg/action/resource_policy.go.
    assert "annotations" not in external["metadata"]
    target = external["spec"]["target"]
    assert (target["creationPolicy"], target["deletionPolicy"]) == ("Orphan", "Retain")
    given = objects({"secrets": {"auth": {"values": {"AUTH_SECRET_KEY": "k" * 32}}}})
    own = given["Secret/u-ushadow-secrets"]["metadata"]
    metadata = target["template"]["metadata"]
    assert metadata["labels"].items() <= own["labels"].items()
    assert metadata["annotations"].items() >= {**own["annotations"], **OWNED}.items()


def test_the_job_knows_where_the_release_is_when_the_secret_is_elsewhere() -> None:
    job = objects({"namespaceOverride": "elsewhere"})["Job/u-ushadow-create-secrets"]
    env = {each["name"]: each["value"] for each in job["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert (env["SECRET_NAMESPACE"], env["RELEASE_NAMESPACE"]) == ("elsewhere", "home")
