"""What the Go compiler needs and cannot have is told as such, with exit 3; wrong code is another matter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ci.tools.compiler import compiled

ROOT = Path(__file__).resolve().parents[2]
# As go 1.26 says it.
GONE = {
    "nobody there": 'Get "https://proxy.test/x.mod": dial tcp 127.0.0.1:9: connect: connection refused',
    "no name": 'Get "https://proxy.test/x.mod": dial tcp: lookup proxy.test: no such host',
    "switched off": "module lookup disabled by GOPROXY=off",
    "refused": "reading https://proxy.test/x.mod: 403 Forbidden",
    "cut off": 'Get "https://proxy.test/x.zip": unexpected EOF',
    "not trusted": 'Get "https://proxy.test/x": tls: failed to verify certificate: x509: unknown authority',
}
WRONG = {
    "syntax": "./main.go:3:1: syntax error: unexpected EOF, expecting }",
    "a name": "./main.go:9:2: undefined: certificate",
    "sums": "verifying module: checksum mismatch",
}


def ended(line: str, folder: Path, code: int = 1) -> int | str | None:
    """How a build ends whose compiler says `line`; 0 when it goes on."""
    go = folder / "go"
    go.write_text(
        f"#!/bin/sh\necho 'go: downloading x v1'>&2\necho '{line}' >&2\nexit {code}\n", encoding="utf-8"
    )
    go.chmod(0o755)
    try:
        compiled("etcd", [str(go), "build"], folder, os.environ)
    except SystemExit as ended:
        return ended.code
    return 0


@pytest.mark.parametrize("line", GONE.values(), ids=GONE)
def test_a_module_that_cannot_be_had_is_named_with_what_to_do(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(line, tmp_path) == 3
    told = capsys.readouterr().err
    assert f"chartgen: a module of etcd cannot be had: {line}" in told
    assert "or set GOPROXY to one that does.\n  The same command then goes on" in told


@pytest.mark.parametrize("line", WRONG.values(), ids=WRONG)
def test_code_that_does_not_compile_is_no_matter_of_the_network(line: str, tmp_path: Path) -> None:
    assert ended(line, tmp_path) == "chartgen: etcd did not build (see above)"


def test_a_build_that_works_says_what_go_says_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended("dial tcp: tried again", tmp_path, code=0) == 0
    assert capsys.readouterr().err == "go: downloading x v1\ndial tcp: tried again\n"


def test_a_password_in_the_proxys_address_is_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended("reading https://me:hush@proxy.test/x.mod: 403 Forbidden", tmp_path) == 3
    told = capsys.readouterr().err
    assert "https://proxy.test/x.mod" in told
    assert "hush" not in told


@pytest.mark.parametrize("what", [("ci.tools", "build", "helm-4"), ("ci.cluster", "stage", "state")])
def test_a_machine_without_go_is_told_what_to_install(what: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *what],
        cwd=ROOT,
        env={"PATH": str(tmp_path), "CHARTGEN_CACHE": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 3, done.stderr
    assert "Go 1.26 or newer is needed to build programs: install it, or put it in PATH." in done.stderr
    assert list(tmp_path.iterdir()) == []
