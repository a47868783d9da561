"""Where each command of the guides is run: in a walk on a cluster, or by a test that is named here.

A walk is done by tests/cluster/test_guides.py, block by block and in order. A block of `sh` in docs/guides
that is in no walk and has no test here fails tests/docs/test_walks.py.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tests.docs.documents import ROOT, Block, blocks

GUIDES = ROOT / "docs/guides"


class Step(NamedTuple):
    """Sections of a guide that are walked; all of them when none is named. `left` are not."""

    guide: str
    sections: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def has(self, section: str) -> bool:
        return section not in self.left and (not self.sections or section in self.sections)


# One installation, from its first day to its last.
LIFE = (
    Step("quickstart.md"),
    Step("configuration.md"),
    Step("deployment.md", left=("With Helm, from a package",)),
    Step("upgrading.md", ("Upgrades, and the way out when one stops half way", "The upgrade failed")),
    Step("upgrading.md", ("Another way to bring the key",)),
    Step("storage.md"),
)
MIGRATION = (Step("migrating.md"),)
WALKS: Mapping[str, tuple[Step, ...]] = {"life": LIFE, "migration": MIGRATION}

# What a walk shows on the way, beside that each command ends well: words in what a section prints.
SHOWN: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("quickstart.md", "Look first"): ("fine version: Kubernetes v1.", "fine services: MONGODB_URI"),
    ("quickstart.md", "Install"): ("STATUS: deployed",),
    ("quickstart.md", "Verify"): ("ushadow-config", "The volume is completely seeded.", ".seed"),
    ("quickstart.md", "What you write stays"): ("\nmine\n",),
    ("quickstart.md", "Take it away, and bring it back"): ("ushadow-data", "ushadow-secrets", "\nmine\n"),
    ("configuration.md", "Values"): ("url: mongodb://mongodb:27017/ushadow", "\ndebug\n", "refused, as it"),
    ("configuration.md", "Databases"): ("COULD NOT TELL", "its URL lies in Secret/ushadow-databases"),
    ("upgrading.md", "The upgrade failed"): ("Rollback was a success",),
    ("storage.md", "Another class, another size"): ("is there with 1Gi, and is to grow to 5Gi",),
    ("storage.md", "Delete it for good"): ('"ushadow-config" deleted', '"ushadow-secrets" deleted'),
    ("migrating.md", "See what is there"): ("ushadow-config-pvc",),
    ("migrating.md", "Say what stays"): ("WRONG names: ", "ushadow-config-pvc: is there and bound"),
    ("migrating.md", "Verify"): ("1 not ours", "The volume is completely seeded."),
    ("migrating.md", "The way back"): ("Bound",),
}
# What other tests run: a guide, or a section of one, to a test that does.
HELM_LINES = "tests/docs/test_guides.py::test_helm_accepts_every_line_of_the_guides"
DOCTOR = "tests/cluster/test_doctor.py"
ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("deployment.md", "With Helm, from a package"): "tests/cluster/test_published.py",
    ("compose.md", ""): "tests/cli/test_init_compose.py::test_its_chart_generates_and_lints_without_edits",
    ("deploying.md", ""): "tests/docs/test_deploying_guide.py::test_every_command_does_what_the_guide_says",
    ("diff.md", ""): "tests/docs/test_diff_guide.py::test_every_command_exists",
    ("git-sync.md", ""): "tests/cluster/test_git_sync.py",
    ("gitops.md", ""): "tests/docs/test_gitops_guide.py"
    "::test_every_manifest_and_command_of_the_guide_is_used_on_a_cluster",
    ("images.md", ""): "tests/docs/test_images_guide.py::test_every_command_does_what_the_guide_says",
    ("kubectl.md", ""): "tests/cluster/test_kubectl.py::test_version_1_and_then_version_2_by_the_guide",
    ("manifests.md", ""): "tests/cluster/test_manifests.py",
    ("new-application.md", ""): "tests/docs/test_guides.py"
    "::test_a_person_with_an_image_gets_to_a_packed_chart_by_following_the_guide",
    ("overlays.md", ""): "tests/cluster/test_overlays.py::test_data_survives_every_step_with_every_overlay",
    ("publishing.md", ""): "tests/docs/test_publishing_guide.py::test_every_command_does_what_the_guide_says",
    ("seeding.md", ""): "tests/docs/test_guides.py"
    "::test_taking_away_a_file_and_its_record_brings_the_new_version",
    ("signing.md", ""): "tests/signing/test_guide.py::test_who_follows_the_guide_signs_and_verifies",
    ("verify.md", ""): "tests/docs/test_readme.py::test_every_chartgen_line_is_understood",
    ("coverage.md", ""): "tests/docs/test_readme.py::test_every_chartgen_line_is_understood",
    ("upgrading.md", "Helm was killed"): "tests/cluster/test_interrupted.py"
    "::test_a_helm_that_was_killed_in_an_upgrade_goes_on_after_a_rollback",
    ("upgrading.md", "No volume"): "tests/cluster/test_failures.py"
    "::test_a_claim_that_no_class_serves_ends_at_the_gates_deadline",
    ("upgrading.md", "Another name"): "tests/cluster/test_life.py"
    "::test_another_release_on_the_same_volume_is_stopped_before_it_takes_another_key",
    ("troubleshooting.md", "Before an install"): "tests/cluster/test_preflight.py"
    "::test_what_is_in_the_way_is_named_and_its_cure_clears_it",
    ("troubleshooting.md", "After an install"): f"{DOCTOR}::test_a_release_that_runs_is_fine",
    ("troubleshooting.md", "A release that is pending"): f"{DOCTOR}"
    "::test_a_killed_helm_is_named_and_the_road_out_leads_out",
    ("troubleshooting.md", "An image that cannot be had"): f"{DOCTOR}"
    "::test_an_image_that_cannot_be_pulled_is_named_while_helm_waits_and_after_its_pod_is_gone",
    ("troubleshooting.md", "A namespace that refuses the pods"): f"{DOCTOR}"
    "::test_a_namespace_that_forbids_the_pods_is_named_and_the_command_cures_it",
    ("troubleshooting.md", "A volume that is not bound"): f"{DOCTOR}"
    "::test_a_claim_that_no_class_serves_is_named_and_the_commands_cure_it",
    ("troubleshooting.md", "Seeding that does not come to its end"): f"{DOCTOR}"
    "::test_a_config_map_that_is_not_there_is_named_and_the_commands_cure_it",
    ("troubleshooting.md", "Another key"): f"{DOCTOR}::test_another_key_is_named_as_what_stops_the_backend",
    # No class of the test's cluster grows, so the line is only put before Helm.
    ("troubleshooting.md", "A volume that cannot be written"): HELM_LINES,
}


def sections(guide: str) -> Iterator[tuple[str, Block]]:
    """Each fenced block of a guide, with the title of the section that it stands in."""
    text = (GUIDES / guide).read_text(encoding="utf-8")
    lines = text.splitlines()
    fenced = False
    titles: list[str] = []
    for line in lines:
        fenced = fenced != line.lstrip().startswith("```")
        found = None if fenced else re.fullmatch(r"#+ (.+)", line)
        titles.append(found[1] if found else titles[-1] if titles else "")
    for block in blocks(text):
        yield titles[block.line - 1], block


def walked(guide: str, section: str) -> bool:
    return any(step.guide == guide and step.has(section) for walk in WALKS.values() for step in walk)


def elsewhere(guide: str, section: str) -> str:
    return ELSEWHERE.get((guide, section)) or ELSEWHERE.get((guide, ""), "")


def readers(guide: str) -> list[str]:
    """The tests that read a guide by its name."""
    paths = [path for path in sorted((ROOT / "tests").rglob("*.py")) if path.name != "walks.py"]
    found = [path for path in paths if f"guides/{guide}" in path.read_text(encoding="utf-8")]
    return [path.relative_to(ROOT).as_posix() for path in found]


def exists(test: str) -> bool:
    """Whether there is such a test: a file, or a function in one."""
    file, _, name = test.partition("::")
    if not (ROOT / file).is_file():
        return False
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    tests = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return name in tests if name else any(one.startswith("test_") for one in tests)
