"""`create-secret.sh` in an image or a pod that lacks something: it says what, and does nothing by halves."""

from __future__ import annotations

import pytest

from tests.need import need
from tests.secret.api_server import ApiServer
from tests.secret.conftest import Pod


@pytest.mark.parametrize("shell", ["dash", "busybox", "bash"])
def test_busybox_wget_is_refused_because_it_cannot_verify(pod: Pod, server: ApiServer, shell: str) -> None:
    image = pod(shell, None)
    (image.folder / "bin/wget").symlink_to(need("busybox"))
    ran = image.run(server)
    assert ran.code == 1
    assert "The image lacks curl, python3 and GNU wget, one of which must ask the API server" in ran.err
    assert "(BusyBox wget will not do: it cannot verify the server against the cluster's CA)" in ran.err
    assert server.seen == []


def test_a_missing_tool_is_named(pod: Pod, server: ApiServer) -> None:
    image = pod("dash", "curl")
    (image.folder / "bin/awk").unlink()
    (image.folder / "bin/mktemp").unlink()
    ran = image.run(server)
    assert ran.code == 1
    lacking = "create-secret: The image lacks {}: choose one that has a shell with its usual tools.\n"
    assert ran.err == lacking.format("awk") + lacking.format("mktemp")


@pytest.mark.parametrize("lost", ["token", "ca.crt"])
def test_a_pod_without_a_service_account_is_told(pod: Pod, server: ApiServer, lost: str) -> None:
    image = pod("dash", "curl")
    (image.folder / "account" / lost).write_text("")
    ran = image.run(server)
    assert ran.code == 1
    assert f"No readable {image.folder}/account/{lost}: the pod needs automountServiceAccountToken" in ran.err
    assert server.seen == []


@pytest.mark.parametrize("shell", ["dash", "busybox", "bash"])
def test_a_source_of_randomness_that_runs_dry_makes_no_short_key(
    pod: Pod, server: ApiServer, shell: str
) -> None:
    image = pod(shell, "curl")
    (image.folder / "bin/head").unlink()
    (image.folder / "bin/head").write_text("#!/bin/sh\nprintf short\n")
    (image.folder / "bin/head").chmod(0o755)
    ran = image.run(server)
    assert ran.code == 1
    assert "Could not get 48 random characters from /dev/urandom" in ran.err
    assert server.methods == ["GET"]
