"""`chartgen pull`: the bytes that were published, by version, by digest, or the last; and no half of them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.command import Ran, run
from tests.registry.faults import FETCH, LOOK, Fault, Proxy
from tests.registry.publisher import NAME, Publisher, artifact, packed
from tests.registry.servers import Server


def pull(home: Path, reference: str, *more: str) -> Ran:
    return run("pull", reference, "--plain-http", "--retries", "0", *more, cwd=home, env={"HOME": str(home)})


def push(home: Path, server: Server, *files: Path) -> None:
    names = [file.name for file in files]
    assert run("push", server.url, *names, "--plain-http", cwd=home, env={"HOME": str(home)}).code == 0


def digest(data: bytes) -> str:
    return f"sha256:{sha256(data).hexdigest()}"


def test_a_version_a_digest_and_the_last_one(server: Server, tmp_path: Path) -> None:
    versions = ("5.9.0", "5.10.0", "5.11.0-rc.1")
    for version in versions:
        packed(tmp_path, version)
    # Below a path of its own: other tests publish higher versions below theirs.
    below = f"oci://{server.host}/last"
    names = [f"shop-{version}.tgz" for version in versions]
    assert run("push", below, *names, "--plain-http", cwd=tmp_path, env={"HOME": str(tmp_path)}).code == 0
    (tmp_path / "to").mkdir()
    url = f"{below}/shop"
    for reference, version in (
        (f"{url}:5.9.0", "5.9.0"),
        (f"{url}@{artifact('5.11.0-rc.1').digest}", "5.11.0-rc.1"),
        (url, "5.10.0"),
    ):
        ran = pull(tmp_path / "to", reference)
        file = tmp_path / "to" / f"shop-{version}.tgz"
        tag = "" if "@" in reference else f":{version}"
        where = f"{url}{tag}@{artifact(version).digest}"
        assert ran == (0, f"{file.name} {digest(file.read_bytes())} from {where}\n", "")
        assert file.read_bytes() == (tmp_path / file.name).read_bytes()


def test_provenance_comes_along(server: Server, tmp_path: Path) -> None:
    file = packed(tmp_path, "6.0.0")
    file.with_name(f"{file.name}.prov").write_text("what signs it\n")
    push(tmp_path, server, file)
    assert pull(tmp_path, f"oci://{server.host}/{NAME}:6.0.0", "-d", "to").code == 0
    assert (tmp_path / "to" / f"{file.name}.prov").read_text() == "what signs it\n"


def test_a_version_that_is_not_there_is_told_with_the_nearest(server: Server, tmp_path: Path) -> None:
    push(tmp_path, server, packed(tmp_path, "7.0.1"))
    ran = pull(tmp_path, f"oci://{server.host}/{NAME}:7.0.2")
    assert ran.code == 1
    assert ran.err.startswith(
        f"Error: oci://{server.host}/{NAME}:7.0.2: there is no such version\ndid you mean"
    )
    ran = pull(tmp_path, f"oci://{server.host}/charts/none")
    assert (ran.code, "no version was published there yet" in ran.err) == (1, True)


@pytest.mark.parametrize(
    "trick,phase", [("wrong_bytes", LOOK), ("wrong_bytes", FETCH), ("half", FETCH), ("wrong_digest", LOOK)]
)
def test_other_bytes_are_not_written(
    trick: str, phase: str, faulty: tuple[Server, Proxy], tmp_path: Path
) -> None:
    server, proxy = faulty
    version = f"8.{len(trick)}.{len(phase)}"
    assert Publisher(server.host).publish(version, artifact(version)) == "published"
    proxy.arm(Fault(trick, trick=trick), phase)
    ran = pull(tmp_path, f"oci://{proxy.host}/{NAME}:{version}")
    assert (ran.code, proxy.struck, list(tmp_path.iterdir())) == (3, 1, [])


def test_a_chart_that_says_it_is_another_is_not_written(server: Server, tmp_path: Path) -> None:
    """Published by hand under a tag that is not its version."""
    assert Publisher(server.host).publish("9.9.9", artifact("9.0.0")) == "published"
    ran = pull(tmp_path, f"oci://{server.host}/{NAME}:9.9.9")
    assert ran.code == 1
    assert f"oci://{server.host}/{NAME}:9.9.9 holds the chart shop 9.0.0" in ran.err
    assert list(tmp_path.iterdir()) == []
