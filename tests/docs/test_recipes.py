"""The two recipes of CONTRIBUTING.md, carried out word for word in a copy of the package."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chartgen import documents as yaml
from tests.docs.documents import ROOT, Block, blocks, section

BLOCK, CHECK = "Add a block, or an object to one", "Add a check"
WORDS = 350  # of a recipe, its code counted: more is not followed in a minute

pytestmark = pytest.mark.xdist_group("recipes")


def recipe(title: str) -> list[Block]:
    return list(blocks(section((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), title)))


def apply(block: Block, root: Path) -> None:
    """What a person does with a block: a new file, or the marked lines of one that is there."""
    path = root / block.file
    if block.language != "diff":
        assert not path.exists(), f"{block.file} is there already"
        path.write_text(block.text, encoding="utf-8")
        return
    lines = block.text.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] != "+")
    new = "".join(line[1:] for line in lines if line[0] != "-")
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{block.file} has these lines {text.count(old)} times:\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def run(root: Path, *command: str) -> str:
    """A command of the copy, which must succeed; what it printed."""
    # A pytest within must not tidy up the folders of the one around it.
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTEST_DEBUG_TEMPROOT": str(root)}
    done = subprocess.run(
        [sys.executable, *command], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def chartgen(root: Path, *arguments: str) -> str:
    return run(root, "-c", "from chartgen.cli import main; main()", *arguments)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which both recipes were followed, and `make chart` after them."""
    root = tmp_path_factory.mktemp("project")
    for name in ("chartgen", "apps", "values", "tests", "ci"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "expected"))
    for name in ("chartgen.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    for block in [*recipe(BLOCK), *recipe(CHECK)]:
        apply(block, root)
    chartgen(root, "generate")
    return root


@pytest.mark.parametrize("title", [BLOCK, CHECK])
def test_a_recipe_fits_in_a_minute(title: str) -> None:
    text = section((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), title)
    assert len(text.split()) <= WORDS
    assert len({block.file for block in recipe(title)}) <= 5


def test_the_code_of_the_recipes_passes_style_types_and_its_own_tests(copy: Path) -> None:
    steps = [*recipe(BLOCK), *recipe(CHECK)]
    touched = sorted({block.file for block in steps if block.file.endswith(".py")})
    run(copy, "-m", "ruff", "check", *touched)
    run(copy, "-m", "ruff", "format", "--check", *touched)
    run(copy, "-m", "mypy", *touched)
    tests = [name for name in touched if name.startswith("tests/")]
    assert "4 passed" in run(copy, "-m", "pytest", "-q", *tests)
    # What holds all blocks, and all checks, holds the new ones.
    run(copy, "-m", "pytest", "-q", "tests/unit/blocks", "tests/unit/checks/test_runner.py")


def test_a_block_that_is_added_stands_in_the_values_the_schema_and_the_readme(copy: Path) -> None:
    chart = copy / "charts/ushadow"
    values = yaml.load((chart / "values.yaml").read_text(encoding="utf-8"), "values.yaml").data
    assert values["buildInfo"] == {"commit": ""}
    schema = json.loads((chart / "values.schema.json").read_text(encoding="utf-8"))
    assert schema["properties"]["buildInfo"]["properties"]["commit"]["maxLength"] == 64
    assert "| `buildInfo.commit` |" in (chart / "README.md").read_text(encoding="utf-8")
    assert (chart / "templates/build-info-configmap.yaml").is_file()
    assert "checks passed" in chartgen(copy, "lint")


def test_a_component_cannot_take_the_name_of_the_block_that_was_added(copy: Path, tmp_path: Path) -> None:
    app = tmp_path / "app.yaml"
    text = (copy / "apps/ushadow/app.yaml").read_text(encoding="utf-8")
    app.write_text(text.replace("  frontend:\n", "  build-info:\n"), encoding="utf-8")
    code = f"from chartgen.disk import read_app; from pathlib import Path; read_app(Path({str(app)!r}))"
    with pytest.raises(AssertionError, match="'build-info' is a block of every chart's values"):
        run(copy, "-c", code)


def test_a_check_that_is_added_passes_our_chart_and_finds_the_fault_it_is_about(copy: Path) -> None:
    assert "budgets" in chartgen(copy, "lint", "--list")
    assert "checks passed" in chartgen(copy, "lint", "--strict")
    overlay = copy / "values/production.yaml"
    before = overlay.read_text(encoding="utf-8")
    overlay.write_text(before.replace("  pdb:\n", "  pdb:\n    maxUnavailable: 0\n"), encoding="utf-8")
    said = chartgen(copy, "lint")
    overlay.write_text(before, encoding="utf-8")
    assert (
        "budgets: PodDisruptionBudget/ushadow-frontend spec.maxUnavailable: 0 forbids every eviction" in said
    )
