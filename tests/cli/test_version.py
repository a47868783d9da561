"""`chartgen version`: which chartgen this is, and which version a chart has to have."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartgen import documents
from tests.cli.conftest import Call
from tests.cli.test_diff import git, released, replace

__all__ = ["released"]
APP = "apps/shop/app.yaml"


@pytest.fixture
def changed(released: Path) -> Path:
    """A project in which shop runs another application, which asks for 0.1.1."""
    replace(APP, "1.4.0", "1.5.0")
    return released


@pytest.fixture
def broken(released: Path) -> Path:
    """A project in which shop's only component has another name, which asks for 0.2.0."""
    replace(APP, "  web:", "  shop:")
    replace(APP, "component: web", "component: shop")
    for overlay in ("dev", "production"):
        replace(f"values/{overlay}.yaml", "web:", "shop:")
    return released


def test_without_a_chart_it_is_about_chartgen_itself(chartgen: Call) -> None:
    ran = chartgen("version")
    assert [line.split()[0] for line in ran.out.splitlines()] == ["chartgen", "python", "engine"]
    assert chartgen("version", "--write").code == 2


def test_it_says_what_was_released_what_is_asked_for_and_what_an_upgrade_does(
    changed: Path, chartgen: Call
) -> None:
    ran = chartgen("version", "shop")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "shop: 0.1.0 was released; a minor change asks for 0.1.1",
        "app.yaml says 0.1.0; the version is 0.1.1",
        "helm upgrade: restarts pods",
    ]


def test_nothing_changed_asks_for_nothing(released: Path, chartgen: Call) -> None:
    ran = chartgen("version", "shop", "--check")
    assert ran.out.startswith("shop: 0.1.0 was released; nothing changed asks for 0.1.0\n")
    assert (ran.code, chartgen("version", "shop", "--short").out) == (0, "0.1.0\n")


def test_a_lower_version_is_refused_with_the_changes_that_forbid_it(broken: Path, chartgen: Call) -> None:
    for asked in (
        ("--check",),
        ("--to", "0.1.1"),
        ("--to", "0.1.1", "--write"),
        ("--to", "0.2.0-0.dev.1", "--to", "0.1.9"),
    ):
        ran = chartgen("version", "shop", *asked)
        assert ran.code == 1
        assert "is too low after 0.1.0: 0.2.0 is the least" in ran.err
        assert "major setting removed: web.image.repository: values that set it are refused" in ran.err
    assert "version: 0.1.0\n" in Path(APP).read_text()


def test_a_higher_version_is_taken(changed: Path, chartgen: Call) -> None:
    assert chartgen("version", "shop", "--to", "1.0.0", "--short") == (0, "1.0.0\n", "")
    assert chartgen("version", "shop", "--to", "0.1.1-rc.1", "--short") == (0, "0.1.1-rc.1\n", "")
    replace(APP, "version: 0.1.0", "version: 3.0.0")
    assert chartgen("version", "shop", "--check", "--short") == (0, "3.0.0\n", "")


def test_what_is_written_is_one_scalar_and_a_section_of_the_changelog(changed: Path, chartgen: Call) -> None:
    file = Path(APP)
    text = file.read_bytes().replace(b"version: 0.1.0\n", b"version:  '0.1.0' # of the chart\r\n")
    file.write_bytes(text)
    ran = chartgen("version", "shop", "--write", "--date", "2026-01-31")
    assert ran.code == 0, ran.err
    assert file.read_bytes() == text.replace(b"'0.1.0'", b"'0.1.1'")
    log = Path("apps/shop/CHANGELOG.md").read_text()
    assert log.startswith("# Changelog\n\n## 0.1.1 - 2026-01-31\n\n### Changed\n\n- ")
    assert "- `Chart.yaml appVersion`: the application was 1.4.0 and is 1.5.0\n" in log
    # The second time there is nothing to do, and what a person made of the section stays.
    replace("apps/shop/CHANGELOG.md", "the application was", "The application was")
    edited = Path("apps/shop/CHANGELOG.md").read_bytes()
    again = chartgen("version", "shop", "--write")
    assert (again.code, again.out.splitlines()[-1]) == (0, "apps/shop/app.yaml: it says 0.1.1 already")
    assert Path("apps/shop/CHANGELOG.md").read_bytes() == edited


def test_a_shape_that_only_its_author_should_change_is_left_alone(changed: Path, chartgen: Call) -> None:
    replace(APP, "version: 0.1.0\n", "version:\n  0.1.0\n")
    before = Path(APP).read_bytes()
    ran = chartgen("version", "shop", "--write")
    assert (ran.code, "write it by hand: version: 0.1.1" in ran.err) == (1, True)
    assert Path(APP).read_bytes() == before
    assert not Path("apps/shop/CHANGELOG.md").exists()


def test_branches_get_pre_releases_that_count_their_commits(changed: Path, chartgen: Call) -> None:
    assert chartgen("version", "shop", "--dev", "7", "--short").out == "0.1.1-0.dev.7\n"
    git("commit", "-qam", "more")
    git("commit", "-qm", "and more", "--allow-empty")
    assert chartgen("version", "shop", "--dev", "auto", "--short").out == "0.1.1-0.dev.2\n"
    for wrong in ("x", "-1", "01"):
        assert chartgen("version", "shop", "--dev", wrong).code == 2
    assert chartgen("version", "shop", "--dev", "1", "--to", "1.0.0").code == 2


def test_a_branch_without_changes_still_sorts_after_the_last_release(released: Path, chartgen: Call) -> None:
    assert chartgen("version", "shop", "--dev", "1", "--short").out == "0.1.1-0.dev.1\n"


def test_a_base_of_ones_own_and_what_is_no_version(changed: Path, chartgen: Call) -> None:
    assert chartgen("version", "shop", "--base", "git:HEAD", "--short").out == "0.1.1\n"
    ran = chartgen("version", "shop", "--to", "v2")
    assert (ran.code, "--to: 'v2' is not a semantic version" in ran.err) == (1, True)


def test_the_newest_tag_counts_and_pre_releases_and_other_charts_do_not(
    changed: Path, chartgen: Call
) -> None:
    for tag in ("v0.0.9", "shop-0.0.10", "shop-0.2.0-rc.1", "wiki-9.0.0", "shop-banana"):
        git("tag", tag)
    assert chartgen("version", "shop", "--short").out == "0.1.1\n"


def test_what_the_changelog_says_of_the_version_is_in_the_chart(changed: Path, chartgen: Call) -> None:
    assert chartgen("version", "shop", "--write").code == 0
    assert chartgen("generate", "shop").code == 0
    log = Path("charts/shop/CHANGELOG.md")
    assert log.read_bytes() == Path("apps/shop/CHANGELOG.md").read_bytes()
    head = documents.load(Path("charts/shop/Chart.yaml").read_text(), "Chart.yaml").data
    changes = documents.load(head["annotations"]["artifacthub.io/changes"], "changes").data
    assert all(set(change) == {"kind", "description"} for change in changes)
    assert any("the application was 1.4.0 and is 1.5.0" in change["description"] for change in changes)
    assert chartgen("lint", "shop").code == 0


def test_a_changelog_of_another_version_says_nothing_of_this_one(released: Path, chartgen: Call) -> None:
    Path("apps/shop/CHANGELOG.md").write_text("# Changelog\n\n## 0.0.1\n\n- first\n")
    assert chartgen("generate", "shop").code == 0
    assert "artifacthub.io/changes" not in Path("charts/shop/Chart.yaml").read_text()
    assert Path("charts/shop/CHANGELOG.md").exists()
