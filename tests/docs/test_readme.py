"""The README's first five minutes, and what every document says: commands exist, links lead somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from chartgen.cli import COMMANDS, cli
from tests.docs import shell
from tests.docs.documents import ROOT, all_documents, blocks, links, prose
from tests.need import need

README = (ROOT / "README.md").read_text(encoding="utf-8")
_INLINE = re.compile(r"(?<!`)`((?:chartgen|helm|make|kubectl) [^`]+)`(?!`)")
# These show a form, not a command to type.
FORMS = ("chartgen COMMAND --help", "chartgen doctor", "helm install", "helm template", "helm test")


def shown(text: str, program: str) -> Iterator[str]:
    """The command lines of a program in a text: of its shell blocks, and between backticks."""
    found = [line for block in blocks(text) if block.language == "sh" for line in block.commands]
    found += _INLINE.findall(prose(text))
    typed = (line for line in found if line.startswith(f"{program} ") and "..." not in line)
    return (line for line in typed if line not in FORMS)


def examples(name: str) -> list[str]:
    """The lines below `Examples:` in the help of a command."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    text = (command.help or "").partition("Example")[2]
    lines = (re.sub(r"\s{2,}.*$", "", line.strip()) for line in text.splitlines()[1:])
    return [re.sub(r'^eval "\$\((.*)\)"$', r"\1", line) for line in lines if "chartgen " in line]


def everywhere() -> list[tuple[str, str]]:
    """Every chartgen line of a document or of a help text, each once, with where it stands."""
    found = {
        line: path.name for path in all_documents() for line in shown(path.read_text("utf-8"), "chartgen")
    }
    found |= {line: f"{name} --help" for name in COMMANDS for line in examples(name)}
    text = (cli.help or "").partition("Examples:")[2].partition("Exit codes")[0]
    found |= {
        re.sub(r"\s{3,}.*$", "", line.strip()): "--help" for line in text.splitlines() if line.strip("\b ")
    }
    return sorted(found.items())


# ---- The first five minutes


@pytest.mark.xdist_group("make chart")
def test_a_fresh_clone_makes_its_chart_with_one_command_and_no_helm(tmp_path: Path) -> None:
    """The slow one: a whole set-up, with nothing of ours cached but what pip itself keeps."""
    git, make = need("git"), need("make")
    subprocess.run([git, "clone", "-q", str(ROOT), str(tmp_path / "clone")], check=True, capture_output=True)
    env = shell.environment(tmp_path / "tools")
    env["PATH"] = ":".join(path for path in env["PATH"].split(":")[1:] if not (Path(path) / "helm").exists())
    done = shell.run(f"{make} chart VENV={tmp_path}/venv", tmp_path / "clone", env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "checks passed" in done.stdout
    assert re.search(r"dist/ushadow-\d+\.\d+\.\d+\.tgz sha256:[0-9a-f]{64}$", done.stdout, re.MULTILINE)
    again = shell.run(f"{make} chart VENV={tmp_path}/venv", tmp_path / "clone", env)
    assert again.stdout.splitlines()[-1] == done.stdout.splitlines()[-1]


@pytest.mark.parametrize("line", sorted(set(shown(README, "make"))))
def test_every_make_line_of_the_readme_is_a_target(line: str, tmp_path: Path) -> None:
    done = shell.run(
        f"{need('make')} --dry-run {line.removeprefix('make ')}", ROOT, shell.environment(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    helped = shell.run(f"{need('make')} help", ROOT, shell.environment(tmp_path)).stdout
    assert set(line.split()[1:]) <= set(re.findall(r"^  make ([\w-]+)", helped, re.MULTILINE))


@pytest.mark.parametrize("line", sorted(set(shown(README, "helm"))))
def test_helm_accepts_every_line_of_the_readme(line: str, tmp_path: Path) -> None:
    shell.helm_accepts(line, ROOT, shell.environment(tmp_path))


def test_every_shell_line_of_the_readme_is_one_that_a_test_looks_at() -> None:
    lines = [line for block in blocks(README) if block.language == "sh" for line in block.commands]
    assert {shlex.split(line)[0] for line in lines} <= {"make", "helm", "chartgen"}
    assert "make chart" in lines
    assert "make test" in lines


def test_the_example_of_the_readme_is_generated_linted_and_packed(tmp_path: Path) -> None:
    (example,) = [block for block in blocks(README) if block.note == ("tested", "app.yaml")]
    assert len(example.text.splitlines()) == 15
    env = shell.environment(tmp_path / "tools")
    project = tmp_path / "project"
    (project / "apps/shop").mkdir(parents=True)
    (project / "apps/shop/app.yaml").write_text(example.text, encoding="utf-8")
    config = "apiVersion: chartgen/v1\ncharts: {shop: {app: apps/shop, chart: charts/shop}}\n"
    (project / "chartgen.yaml").write_text(config, encoding="utf-8")
    for command in ("generate", "lint", "package"):
        done = shell.run(f"chartgen {command}", project, env)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (project / "dist/shop-0.1.0.tgz").is_file()


def test_the_table_of_commands_is_what_the_commands_are() -> None:
    rows = re.findall(r"^\| `(chartgen [^`]+)` \| (.+) \|$", README, re.MULTILINE)
    assert len(rows) >= 13
    for line, does in rows:
        shell.chartgen_parses(line)
        command = cli.get_command(click.Context(cli), line.split()[1])
        assert command is not None
        options = {name for parameter in command.params for name in parameter.opts}
        assert set(re.findall(r"`(--?[\w-]+)", does)) <= options
    formats = re.search(r"`--format text`, `json`, `sarif` or `junit`", rows[2][1])
    assert formats, "the formats of lint"
    for name in ("text", "json", "sarif", "junit"):
        shell.chartgen_parses(f"chartgen lint --format {name}")


# ---- Every document


def test_the_modules_that_the_architecture_names_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    cells = re.findall(r"\| (`[a-z_/.]+`(?:, `[a-z_/.]+`)*) \|", text)
    named = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    assert len(named) > 12
    missing = {n for n in named if not any((ROOT / "chartgen" / f).exists() for f in (n, f"{n}.py"))}
    assert missing == set()


def test_every_relative_link_leads_to_something() -> None:
    dead = []
    for path in all_documents():
        text = path.read_text(encoding="utf-8")
        anchors = {slug(title) for title in re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)}
        for link in links(text):
            target, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            if target and not (path.parent / target).exists():
                dead.append(f"{path.relative_to(ROOT)}: {link}")
            if not target and anchor not in anchors:
                dead.append(f"{path.relative_to(ROOT)}: {link}")
    assert dead == []


def slug(title: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("line,place", everywhere(), ids=lambda value: value)
def test_every_chartgen_line_is_understood(line: str, place: str) -> None:
    shell.chartgen_parses(line)


@pytest.mark.parametrize(
    "line", ["chartgen generat", "chartgen lint --formt text", "chartgen template", "chartgen init --port x"]
)
def test_a_line_that_is_not_understood_is_told(line: str) -> None:
    with pytest.raises((AssertionError, click.UsageError)):
        shell.chartgen_parses(line)


# Not cheap, or not here: a cluster, a registry, a Helm or a key that is not there, another application, tags,
# questions, a reader's own files. What needs a registry has one in test_publishing_guide.py, and what is in a
# walk (walks.py) a cluster.
DEAR = re.compile(
    r"chartgen (lint|verify|doctor|deploy|images|diff|sign|release|push|pull|index|version .|"
    r".*--(helm|sign)\b|.* ingress\.yaml\b|\w+ shop|init$)"
)


def test_what_is_cheap_of_them_runs(tmp_path: Path) -> None:
    """In a copy of the project, one after another, as a reader of the help would try them."""
    env = shell.environment(tmp_path / "tools") | {"HOME": str(tmp_path)}
    (tmp_path / ".config/fish/completions").mkdir(parents=True)
    (tmp_path / "compose.yaml").write_text("services: {web: {image: 'acme/web:1', ports: ['80:80']}}\n")
    first = (
        f"cp -R {ROOT}/apps {ROOT}/values {ROOT}/chartgen.yaml . && chartgen generate && chartgen snapshot -u"
    )
    tried = [line for line, _ in everywhere() if not DEAR.match(line)]
    assert len(tried) > 12
    for line in [first, *tried]:
        done = shell.run(f"{line} -d new" if " init " in line else line, tmp_path, env)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    assert (tmp_path / "new/apps/wiki/app.yaml").is_file()


def test_the_completion_of_a_shell_is_for_that_shell(tmp_path: Path) -> None:
    env = shell.environment(tmp_path)
    for name in ("bash", "zsh", "fish"):
        assert (
            f"_CHARTGEN_COMPLETE={name}_complete"
            in shell.run(f"chartgen completion {name}", ROOT, env).stdout
        )
