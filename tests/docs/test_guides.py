"""The guides: commands run, values are accepted, and what they say of a volume is what happens to it.

kubectl lines reach for a cluster, so they are held against a table of its commands and options (shell.py);
where a kubectl is installed, that table is held against it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chartgen import documents as yaml
from chartgen.contract import read
from chartgen.disk import read_app
from chartgen.generate import generate
from chartgen.schema import compiled
from chartgen.values import coalesce, merge
from tests.docs import shell
from tests.docs.documents import ROOT, Block, blocks, section
from tests.docs.test_recipes import apply
from tests.need import need
from tests.seed.conftest import tool_folder
from tests.seed.volume import SCRIPT, Outcome, Shell, Volume, mode

GUIDES = ROOT / "docs/guides"


def guide(name: str) -> str:
    return (GUIDES / name).read_text(encoding="utf-8")


def parts(name: str, language: str) -> list[Block]:
    return [block for block in blocks(guide(name)) if block.language == language]


def lines(name: str, program: str) -> list[str]:
    found = [line for block in parts(name, "sh") for line in block.commands]
    return [line for line in found if line.startswith(f"{program} ")]


def ushadow() -> Mapping[str, Any]:
    return generate(read_app(ROOT / "apps/ushadow")).default_values


# ---- A new application


@pytest.mark.xdist_group("guides")
def test_a_person_with_an_image_gets_to_a_packed_chart_by_following_the_guide(tmp_path: Path) -> None:
    env = shell.environment(tmp_path / "tools")
    home = tmp_path / "home"
    home.mkdir()
    for block in blocks(guide("new-application.md")):
        if block.language == "diff":
            apply(block, home)
            continue
        for line in block.commands if block.language == "sh" else ():
            if line.startswith("helm "):
                shell.helm_accepts(line, home, env)
            else:
                done = shell.run(line, home, env)
                assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    assert (home / "dist/shop-0.1.0.tgz").is_file()
    assert (home / "charts/shop/.chartgen.json").is_file()
    assert (home / "tests/snapshot/expected/shop/default/deployment-shop-app.yaml").is_file()
    made = shell.run("chartgen template shop", home, env).stdout
    assert "name: SESSION_KEY" in made
    assert "postgresql://database.databases.svc.cluster.local:5432/shop" in made


def test_lint_says_what_the_guide_says_is_missing_at_first(tmp_path: Path) -> None:
    env = shell.environment(tmp_path / "tools")
    (first,) = [line for line in lines("new-application.md", "chartgen") if " init " in line]
    done = shell.run(f"{first} && chartgen generate && chartgen lint", tmp_path, env)
    assert done.returncode == 0
    assert re.findall(r"warning metadata: (\w+):", done.stdout) == ["icon", "maintainers"]


WITH_HELM = ["overlays.md", "seeding.md", "troubleshooting.md", "upgrading.md"]


# ---- Overlays


def test_the_overlays_that_the_guide_names_are_those_of_the_project() -> None:
    (shown,) = [b.text for b in parts("overlays.md", "yaml")]
    project = yaml.load((ROOT / "chartgen.yaml").read_text(encoding="utf-8"), "chartgen.yaml").data
    assert yaml.load(shown, "overlays.md").data["charts"] == {"ushadow": project["charts"]["ushadow"]}


def test_the_table_of_overlays_says_what_they_set() -> None:
    def of(name: str) -> Any:
        overlay = yaml.load((ROOT / f"values/{name}.yaml").read_text(encoding="utf-8"), name).data
        return coalesce(ushadow(), overlay)

    dev, staging, production = of("dev"), of("staging"), of("production")
    every = (dev, staging, production)
    assert [v["backend"]["image"]["pullPolicy"] for v in every] == ["Never", "IfNotPresent", "IfNotPresent"]
    assert [v["persistence"]["config"]["retain"] for v in every] == [False, True, True]
    assert [v["persistence"]["data"]["retain"] for v in every] == [False, True, True]
    assert [v["secrets"]["auth"]["existingSecret"] for v in every] == ["", "", "ushadow-auth"]
    assert [v["secrets"]["auth"]["generate"] for v in every] == ["job"] * 3
    assert {v["external"][name]["url"] != "" for v in (dev,) for name in ("mongodb", "redis")} == {True}
    assert staging["external"] == ushadow()["external"]
    assert {e["existingSecret"] for e in production["external"].values()} == {"ushadow-databases"}
    assert [v["ingress"]["enabled"] and bool(v["ingress"]["tls"]) for v in every] == [False, True, True]
    assert [v["podSecurity"] for v in every] == ["baseline", "restricted", "restricted"]
    assert [v["frontend"]["autoscaling"]["enabled"] for v in every] == [False, False, True]
    assert (dev["frontend"]["replicaCount"], staging["frontend"]["replicaCount"]) == (1, 1)
    scaled = production["frontend"]["autoscaling"]
    assert (scaled["minReplicas"], scaled["maxReplicas"]) == (2, 5)
    assert [v["rbac"]["create"] for v in every] == [False, True, False]
    assert [v["networkPolicy"]["enabled"] for v in every] == [False, False, True]


def test_the_secrets_that_production_needs_have_the_keys_that_it_reads() -> None:
    made = " ".join(lines("overlays.md", "kubectl"))
    external = ushadow()["external"]
    keys = {service["existingSecretKey"] for service in external.values()}
    assert set(re.findall(r"--from-file=(\w+)", made)) == keys
    assert "--from-literal=AUTH_SECRET_KEY=" in made
    assert re.findall(r"generic (\S+)", made) == ["ushadow-auth", "ushadow-databases"]


@pytest.mark.parametrize("name", WITH_HELM)
def test_helm_accepts_every_line_of_the_guides(name: str, tmp_path: Path) -> None:
    env = shell.environment(tmp_path)
    for line in lines(name, "helm"):
        shell.helm_accepts(line, ROOT, env)


# ---- kubectl


@pytest.mark.parametrize(
    "name", ["git-sync.md", "gitops.md", "overlays.md", "seeding.md", "troubleshooting.md", "upgrading.md"]
)
def test_every_kubectl_line_is_one_of_the_table(name: str) -> None:
    found = lines(name, "kubectl")
    assert found
    for line in found:
        shell.kubectl_knows(line)


@pytest.mark.parametrize(
    "line",
    [
        "kubectl create map x",
        "kubectl logs x --tail=3",
        "kubectl -n a exec b --stdin -- sh --container",
        "kubectl",
    ],
)
def test_a_line_that_the_table_does_not_have_is_told(line: str) -> None:
    with pytest.raises(AssertionError):
        shell.kubectl_knows(line)


def test_the_table_is_what_kubectl_says_where_there_is_one(tmp_path: Path) -> None:
    """Without a kubectl nothing is asked: the lines are held against the table all the same."""
    program = shutil.which("kubectl")
    for command, options in shell.KUBECTL.items() if program else ():
        shown = shell.run(f"{program} {command} --help", tmp_path, shell.environment(tmp_path)).stdout
        assert {option for option in options if f"{option}=" not in shown} == set(), command


# ---- Seeding


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    """A volume that dash seeds; that every shell does the same is shown in tests/seed."""
    tools = tool_folder("dash", need("dash"), tmp_path / "tools")
    made = Volume(Shell("dash", (need("dash"),), tools), tmp_path)
    made.path.mkdir()
    return made


def table() -> dict[str, str]:
    """What the log says, to what the guide says it means."""
    text = section(guide("seeding.md"), "Read the log")
    return dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", text, re.MULTILINE))


def test_the_values_of_the_seeding_guide_are_accepted_by_the_chart() -> None:
    chart = generate(read_app(ROOT / "apps/ushadow"))
    contract = read(chart)
    accepts = compiled(contract.schema)
    shown = [yaml.load(block.text, "seeding.md").data for block in parts("seeding.md", "yaml")]
    assert len(shown) == 5
    for document in shown:
        values = coalesce(chart.default_values, merge([document]))
        assert accepts.errors(values) == ()
        assert [rule.sentence for rule in contract.rules if not rule.accepts(values)] == []


def test_the_guide_lists_the_protected_paths_of_ushadow_and_one_more() -> None:
    shown = next(b.text for b in parts("seeding.md", "yaml") if "protectedPaths" in b.text)
    listed = yaml.load(shown, "seeding.md").data["seed"]["config"]["protectedPaths"]
    assert listed == [*ushadow()["seed"]["config"]["protectedPaths"], "providers/private/"]


def test_the_guide_explains_every_row_that_the_script_can_print() -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    titles = dict(re.findall(r"(\w+)\) title='([^']+)'", script))
    (codes,) = re.findall(r"^  for code in ([a-z ]+); do$", script, re.MULTILINE)
    assert {titles.get(code, code) for code in codes.split()} == set(table())


def test_each_row_of_the_log_means_what_the_guide_says(volume: Volume) -> None:
    before = {"kept": "1", "edited": "1", "deleted": "1", "old": "1", "edited-old": "1"}
    volume.source("chart", before)
    volume.seed()
    (volume.path / "edited").write_text("mine")
    (volume.path / "edited-old").write_text("mine")
    (volume.path / "deleted").unlink()
    (volume.path / "theirs").write_text("mine")
    (volume.path / "file").write_text("mine")
    now = {"old": "2", "edited-old": "2", "theirs": "1", "new": "1", "SECRETS/key": "1", "file/in": "1"}
    volume.source("chart", now)
    volume.settings["SEED_PROTECTED"] = "SECRETS/"
    expected = {
        "kept": "kept",
        "edited": "kept, edited",
        "deleted": "deleted by you, left deleted",
        "old": "differs from seed",
        "edited-old": "kept, edited",
        "theirs": "not ours",
        "new": "seeded",
        "SECRETS/key": "protected",
        "file/in": "could not write",
    }
    first = volume.seed()
    assert first.rows == expected
    assert "(file is not a folder)" in first.out
    updated = volume.seed(SEED_POLICY="updateUnmodified")
    assert updated.rows == expected | {"old": "updated", "edited-old": "new version beside it", "new": "kept"}
    assert set(first.rows.values()) | set(updated.rows.values()) == set(table())
    assert volume.files() == {
        "kept": "1", "edited": "mine", "old": "2", "edited-old": "mine", "edited-old.chart-new": "2",
        "theirs": "mine", "new": "1", "file": "mine",
    }  # fmt: skip


def test_the_last_line_is_one_of_the_three_that_the_guide_explains(volume: Volume) -> None:
    told = re.findall(r"^- `([^`]+)`", section(guide("seeding.md"), "Read the log"), re.MULTILINE)
    volume.source("chart", {"a/b": "1"})
    (volume.path / "a").write_text("in the way")
    never = volume.seed()
    assert (never.code, never.err.strip()) == (1, f"seed: {told[2]}")
    (volume.path / "a").unlink()
    assert last(volume.seed()) == told[0]
    volume.source("chart", {"x/y": "1"})
    (volume.path / "x").write_text("in the way")
    later = volume.seed()
    assert (later.code, last(later)) == (0, told[1])
    assert volume.seed(SEED_MODE="gate").err.strip() == f"seed: {told[2]}"


def last(outcome: Outcome) -> str:
    return outcome.out.splitlines()[-1]


def test_the_job_adds_what_is_missing_and_changes_nothing_whatever_the_policy(volume: Volume) -> None:
    volume.source("chart", {"a": "1"})
    assert volume.seed(SEED_MODE="gate").rows == {"a": "seeded"}
    volume.source("chart", {"a": "2", "b": "1"})
    outcome = volume.seed(SEED_MODE="gate", SEED_POLICY="updateUnmodified")
    assert outcome.rows == {"a": "differs from seed", "b": "seeded"}
    assert volume.files() == {"a": "1", "b": "1"}


def commands(volume: Volume) -> list[str]:
    """What the guide has kubectl run in the pod, for a volume that is mounted elsewhere."""
    inside = [line.partition(" -- ")[2] for line in lines("seeding.md", "kubectl") if " exec " in line]
    return [line.replace("/config/", f"{volume.path}/") for line in inside]


def test_taking_the_version_that_lies_beside_makes_it_the_file(volume: Volume) -> None:
    volume.source("chart", {"README.md": "1"})
    volume.seed()
    (volume.path / "README.md").write_text("mine")
    volume.source("chart", {"README.md": "2"})
    volume.seed(SEED_POLICY="updateUnmodified")
    subprocess.run(["sh", "-ec", commands(volume)[0]], check=True)
    assert volume.files() == {"README.md": "2"}
    assert volume.seed(SEED_POLICY="updateUnmodified").rows == {"README.md": "kept"}


@pytest.mark.parametrize("state", ["untouched", "edited", "deleted"])
def test_taking_away_a_file_and_its_record_brings_the_new_version(volume: Volume, state: str) -> None:
    volume.source("chart", {"README.md": "1", "x/README.md": "1"})
    volume.seed()
    if state == "edited":
        (volume.path / "README.md").write_text("mine")
    if state == "deleted":
        (volume.path / "README.md").unlink()
        volume.seed()
    volume.source("chart", {"README.md": "2", "x/README.md": "2"})
    subprocess.run(["sh", "-ec", commands(volume)[1]], check=True)
    assert volume.seed().rows == {"README.md": "seeded", "x/README.md": "differs from seed"}
    assert volume.files() == {"README.md": "2", "x/README.md": "1"}


def test_the_command_in_the_charts_readme_brings_a_file_in_a_folder_back(volume: Volume) -> None:
    text = generate(read_app(ROOT / "apps/ushadow")).by_path["README.md"].text
    (line,) = [line for block in blocks(text) for line in block.commands if " exec " in line]
    volume.source("chart", {"notes/first.md": "1", "notes/first.md2": "1", "more notes/first.md": "1"})
    volume.seed()
    (volume.path / "notes/first.md").unlink()
    volume.seed()
    subprocess.run(
        ["sh", "-ec", line.partition(" -- ")[2].replace("/config/", f"{volume.path}/")], check=True
    )
    again = dict.fromkeys(("notes/first.md2", "more notes/first.md"), "kept")
    assert volume.seed().rows == {"notes/first.md": "seeded", **again}


def test_without_its_folder_of_records_everything_counts_as_not_ours_and_what_was_removed_returns(
    volume: Volume,
) -> None:
    volume.source("chart", {"a": "1", "b": "1"})
    volume.seed()
    (volume.path / "b").unlink()
    volume.seed()
    assert [path.name.rpartition(".")[2] for path in volume.manifests()] == ["final"]
    shutil.rmtree(volume.state)
    assert volume.seed().rows == {"a": "not ours", "b": "seeded"}


def test_the_key_is_remembered_by_a_salted_fingerprint_and_another_one_stops_both(volume: Volume) -> None:
    text = section(guide("seeding.md"), "The key")
    sentence = re.search(r"^> (.+)$", text, re.MULTILINE)
    assert sentence
    volume.source("chart", {"a": "1"})
    named = {"SEED_KEY_NAME": "AUTH_SECRET_KEY", "SEED_VOLUME": "config"}
    volume.seed(SEED_KEY="the first key", **named)
    assert mode(volume.state / "key") == 0o600
    for run_mode in ("init", "gate"):
        outcome = volume.seed(SEED_KEY="another", SEED_MODE=run_mode, **named)
        assert (outcome.code, sentence[1] in outcome.err, "Nothing was changed" in outcome.err) == (
            1,
            True,
            True,
        )
    accepted = {**named, "SEED_ACCEPT_NEW_KEY": "true"}
    assert volume.seed(SEED_KEY="another", **accepted).code == 0
    assert volume.seed(SEED_KEY="a third", **accepted).code == 0, (
        "as long as it stands, every key is accepted"
    )


def test_seeded_files_can_be_read_by_every_user_and_a_folder_that_is_there_keeps_its_mode(
    volume: Volume,
) -> None:
    volume.source("chart", {"a": "1"})
    (volume.root / "chart/a").chmod(0o600)
    (volume.path / "open").mkdir(mode=0o755)
    volume.seed(SEED_DIRECTORIES="0700 open\n0700 closed")
    assert (mode(volume.path / "a"), mode(volume.path / "open"), mode(volume.path / "closed")) == (
        0o644, 0o755, 0o700,
    )  # fmt: skip


def test_long_tables_leave_out_what_is_as_it_should_be(volume: Volume) -> None:
    volume.source("chart", {f"f{n}": "1" for n in range(51)} | {"SECRETS/x": "1"})
    volume.settings["SEED_PROTECTED"] = "SECRETS/"
    volume.seed()
    (volume.path / "f7").unlink()
    assert volume.seed().rows == {"f7": "deleted by you, left deleted"}
