"""`chartgen diff` and a registry: a version, or the last one that was published."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import run
from tests.registry.publisher import NAME, packed
from tests.registry.servers import Server
from tests.registry.test_pull import push


def test_a_published_version_and_the_last_one_are_charts_like_any_other(
    server: Server, tmp_path: Path
) -> None:
    files = [packed(tmp_path, version) for version in ("8.9.0", "8.10.0", "8.11.0-rc.1")]
    push(tmp_path, server, *files)
    url = f"oci://{server.host}/{NAME}"
    for reference, version in ((f"{url}:8.9.0", "8.9.0"), (url, "8.10.0")):
        words = ("diff", reference, files[2].name, "--plain-http", "--retries", "0")
        ran = run(*words, cwd=tmp_path, env={"HOME": str(tmp_path)})
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(f"shop {version} -> shop 8.11.0-rc.1: ")
