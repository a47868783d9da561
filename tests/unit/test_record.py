"""What is said of a package beside it: its digest, every file, and every image that its pods run."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from chartgen import __version__, package
from chartgen.chart import Chart, ChartFile
from chartgen.engine.choose import choose
from chartgen.manifest import Case, Rendering
from chartgen.record import Image, images, name_beside, record
from chartgen.sbom import bill_of
from tests.need import need

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "package-record.schema.json"
SUM = "sha256:" + "ab" * 32
PODS = """
kind: Pod
apiVersion: v1
metadata: {name: one}
spec:
  initContainers: [{name: first, image: acme/init:2}]
  containers: [{name: a, image: {{ .Values.image | quote }}}]
---
kind: CronJob
apiVersion: batch/v1
metadata: {name: two}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: acme/init:2}]}}}}}
"""
CHART = Chart.of(
    ChartFile(path, text.encode())
    for path, text in {
        "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\nappVersion: 2.5\ndescription: A shop\n",
        "values.yaml": "image: acme/shop:1\n",
        "templates/pods.yaml": PODS,
    }.items()
)
PACKED = package.archive(CHART)


@pytest.fixture(scope="module")
def used() -> tuple[Image, ...]:
    need("helm_python")
    cases = [Case(), Case({"image": f"r.test:5000/acme/shop@{SUM}"}, overlay="values/pinned.yaml")]
    answers = choose("embedded").open(PACKED).render(cases)
    return images(answer for answer in answers if isinstance(answer, Rendering))


def test_every_image_of_every_pod_is_found_with_the_values_it_is_used_with(used: tuple[Image, ...]) -> None:
    assert used == (
        Image("acme/init:2", ("default values", "values/pinned.yaml")),
        Image("acme/shop:1", ("default values",)),
        Image(f"r.test:5000/acme/shop@{SUM}", ("values/pinned.yaml",)),
    )


@pytest.mark.parametrize(
    "reference,repository,tag,digest",
    [
        ("shop", "shop", "", ""),
        ("shop:1", "shop", "1", ""),
        ("r.test:5000/acme/shop", "r.test:5000/acme/shop", "", ""),
        ("r.test:5000/acme/shop:1", "r.test:5000/acme/shop", "1", ""),
        (f"acme/shop:1@{SUM}", "acme/shop", "1", SUM),
        (f"r.test:5000/shop@{SUM}", "r.test:5000/shop", "", SUM),
    ],
)
def test_a_reference_is_taken_apart(reference: str, repository: str, tag: str, digest: str) -> None:
    image = Image(reference, ())
    assert (image.repository, image.tag, image.digest) == (repository, tag, digest)


def test_the_record_says_what_is_in_the_package(used: tuple[Image, ...]) -> None:
    made = json.loads(record(CHART, PACKED, 7, used))
    assert made["package"] == {
        "file": "shop-1.0.0.tgz",
        "size": len(PACKED),
        "digest": f"sha256:{sha256(PACKED).hexdigest()}",
        "epoch": 7,
    }
    assert made["versions"] == {"chart": "1.0.0", "app": "2.5", "kubernetes": None, "chartgen": __version__}
    assert made["files"] == [
        {"path": file.path, "size": len(file.data), "sha256": sha256(file.data).hexdigest()}
        for file in package.opened(PACKED)
    ]
    assert made["images"][1:] == [
        {"image": "acme/shop:1", "digest": None, "usedWith": ["default values"]},
        {"image": f"r.test:5000/acme/shop@{SUM}", "digest": SUM, "usedWith": ["values/pinned.yaml"]},
    ]


def test_the_record_is_what_its_schema_describes_and_nothing_more(used: tuple[Image, ...]) -> None:
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    made = json.loads(record(CHART, PACKED, 0, used))
    validator.validate(made)
    for key in made:
        assert not validator.is_valid({name: value for name, value in made.items() if name != key}), key
    assert not validator.is_valid({**made, "when": "now"})


def test_what_stands_beside_a_package_is_called_after_it() -> None:
    assert name_beside(CHART, ".json") == "shop-1.0.0.json"
    assert name_beside(CHART, ".cdx.json") == "shop-1.0.0.cdx.json"


# The bill of materials.


def published_schema() -> jsonschema.Draft7Validator:
    """CycloneDX's own, as its library carries it."""
    import cyclonedx.schema

    folder = Path(cyclonedx.schema.__file__).parent / "_res"
    names = ("bom-1.6", "spdx", "jsf-0.82")
    texts = {name: json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text("utf-8")) for name in names}
    registry: Registry[Any] = Registry().with_resources(
        [(text["$id"], Resource.from_contents(text)) for text in texts.values()]
    )
    return jsonschema.Draft7Validator(texts["bom-1.6"], registry=registry)


def test_the_bill_is_valid_and_names_the_chart_and_its_images(used: tuple[Image, ...]) -> None:
    need("cyclonedx")
    bill = json.loads(bill_of(CHART, PACKED, used))
    published_schema().validate(bill)
    subject = bill["metadata"]["component"]
    assert (subject["name"], subject["version"], subject["purl"]) == ("shop", "1.0.0", "pkg:helm/shop@1.0.0")
    assert subject["hashes"] == [{"alg": "SHA-256", "content": sha256(PACKED).hexdigest()}]
    assert [(one["name"], one["version"], one["purl"]) for one in bill["components"]] == [
        ("acme/init", "2", "pkg:oci/init?repository_url=acme/init&tag=2"),
        ("acme/shop", "1", "pkg:oci/shop?repository_url=acme/shop&tag=1"),
        (
            "r.test:5000/acme/shop",
            SUM,
            f"pkg:oci/shop@{SUM}?repository_url=r.test:5000/acme/shop",
        ),
    ]
    uses = {one["ref"]: sorted(one.get("dependsOn", ())) for one in bill["dependencies"]}
    assert uses["chart"] == [image.reference for image in used]


def test_the_bill_has_no_time_and_a_number_that_follows_from_the_rest(used: tuple[Image, ...]) -> None:
    need("cyclonedx")
    bill = bill_of(CHART, PACKED, used)
    assert bill == bill_of(CHART, PACKED, used)
    assert "timestamp" not in json.loads(bill)["metadata"]
    numbers = {
        json.loads(made)["serialNumber"]
        for made in (bill, bill_of(CHART, PACKED, used[1:]), bill_of(CHART, PACKED + b"0", used))
    }
    assert len(numbers) == 3


def test_an_invalid_bill_would_be_seen() -> None:
    need("cyclonedx")
    assert not published_schema().is_valid({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": 1})
