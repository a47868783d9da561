from __future__ import annotations

import base64
import gzip
import json
import random

from chartgen.checks.sizes import check, release, stored
from tests.unit.checks.stage import chart, scene, told

CONFIG = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {x: %s}\n---\n"
SECRET = "kind: Secret\napiVersion: v1\nmetadata: {name: a}\ndata: {x: %s}\n---\n"
KIB = 1024


def noise(size: int) -> str:
    return base64.b64encode(random.Random(1).randbytes(size)).decode()


def test_small_objects_in_a_small_release() -> None:
    assert list(check(scene(CONFIG % "y", chart=chart()))) == []


def test_what_client_side_apply_cannot_take() -> None:
    assert list(check(scene(CONFIG % ("y" * 255 * KIB)))) == []
    assert told(check(scene(CONFIG % ("y" * 257 * KIB)))) == [
        (
            "warning",
            "ConfigMap/a",
            "257 KiB: client-side apply, the default of kubectl and Argo CD, fails over 256 KiB",
        )
    ]


def test_what_the_api_server_refuses() -> None:
    what = "the values of the ConfigMap: 1049600 bytes, at most 1048576 are allowed"
    assert told(check(scene(CONFIG % ("y" * 1025 * KIB)))) == [("error", "ConfigMap/a", what)]


def test_a_secret_is_measured_as_the_bytes_it_means() -> None:
    encoded = base64.b64encode(b"y" * 1000 * KIB).decode()
    assert [f.severity.value for f in check(scene(SECRET % encoded))] == ["warning"]
    over = base64.b64encode(b"y" * 1025 * KIB).decode()
    assert [f.severity.value for f in check(scene(SECRET % over))] == ["error"]


def test_other_objects_count_whole() -> None:
    big = "kind: Other\napiVersion: x/v1\nmetadata: {name: a}\nspec: {x: %s}" % ("y" * 1600 * KIB)
    assert [f.severity.value for f in check(scene(big))] == ["error"]


def test_a_release_that_helm_could_not_store() -> None:
    text = CONFIG % "y"
    assert list(check(scene(text, chart=chart(files__a_txt="y" * 1500 * KIB)))) == []
    assert list(check(scene(text, chart=chart(files__a_txt=noise(400 * KIB))))) == []
    (finding,) = check(scene(text, chart=chart(files__a_txt=noise(880 * KIB))))
    assert str(finding.place) == "Chart.yaml"
    assert finding.what.startswith("Helm keeps a release in one Secret: about 1,")


def test_the_estimate_is_what_gzip_and_base64_make_of_it() -> None:
    raw = json.dumps(release(scene(CONFIG % noise(9000)), chart(files__a_txt=noise(9000)))).encode()
    exact = len(base64.b64encode(gzip.compress(raw, 9)))
    assert abs(stored(raw) - exact) <= 32
