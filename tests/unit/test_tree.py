"""The tree anybody may clone: no registry's address, no path of one machine, every target explained."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.need import need

ROOT = Path(__file__).resolve().parents[2]
# Written in halves, so that this file does not find itself.
HOSTS = (
    ("pypi", ".org"),
    ("python", "hosted.org"),
    ("proxy.golang", ".org"),
    ("sum.golang", ".org"),
    ("crates", ".io"),
    ("npmjs", ".org"),
    ("npmjs", ".com"),
    ("maven", ".org"),
    ("deb.debian", ".org"),
)
MACHINE = (("/", "work/"), ("/tmp", "/venv"), ("/root", "/go"), ("/root", "/."))
BANNED = tuple(left + right for left, right in (*HOSTS, *MACHINE))


def kept_files() -> list[Path]:
    """The files git keeps, or would on the next `git add`."""
    listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run([need("git"), *listing], cwd=ROOT, capture_output=True, check=True)
    paths = (ROOT / name for name in done.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def banned_in(text: str) -> list[str]:
    return [word for word in BANNED if word in text]


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in kept_files()}
    found = {str(path.relative_to(ROOT)): words for path, text in texts.items() if (words := banned_in(text))}
    assert found == {}


def test_what_is_banned_is_seen() -> None:
    assert banned_in("--index-url https://" + "pypi" + ".org/simple") == ["pypi" + ".org"]
    assert banned_in("cd /" + "work/main") == ["/" + "work/"]
    assert banned_in("image: docker.io/library/mongo, /workspace/x") == []


def test_every_make_target_has_a_line_in_the_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    shown = subprocess.run([need("make")], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert sorted(re.findall(r"^  make ([a-z-]+) +\S", shown, re.MULTILINE)) == sorted(phony[1].split())


def test_every_shell_script_passes_shellcheck() -> None:
    shellcheck = need("shellcheck")
    scripts = [str(path) for path in kept_files() if re.match(rb"#!.*\b(ba|da)?sh\b", path.read_bytes()[:60])]
    assert str(ROOT / ".ci" / "run") in scripts
    done = subprocess.run(
        [shellcheck, "-x", "--severity=warning", *scripts],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)
