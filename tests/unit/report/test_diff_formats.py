"""A comparison in every format: nothing that a chart says is trusted."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
import yaml

from chartgen.changes import Change, Comparison, Effect, Level
from chartgen.report import DIFF_FORMATS

EVIL = "<script>alert(1)</script>\x1b[31m\u202e`a`|[x](y) {{ fail }} @team \ud800"
COMPARISON = Comparison(
    "shop 1.0.0",
    "shop 1.1.0",
    (
        Change("immutable field", "Deployment/shop spec.selector", "a server refuses to change it",
               Level.MAJOR, "delete it", (Effect.BREAKS,), "a", "b", ("default values",)),
        Change("setting added", "web.host", "The host.", Level.MINOR, news="added"),
        Change("object changed", "Service/shop", "differs in spec.ports", Level.PATCH,
               overlays=("default values", "dev")),
    ),
    ("default values", "dev"),
    (("prod", "it needs a password"),),
)  # fmt: skip
HOSTILE = Comparison(
    f"shop {EVIL}", EVIL, (Change("setting added", EVIL, EVIL, Level.MAJOR, EVIL, (), EVIL, EVIL, (EVIL,)),),
    ("a",), ((EVIL, EVIL),),
)  # fmt: skip
EMPTY = Comparison("shop 1.0.0", "shop 1.0.0", ())


def test_text_says_the_verdict_first_then_each_change_with_what_to_do() -> None:
    assert (
        DIFF_FORMATS["text"](COMPARISON)
        == """\
shop 1.0.0 -> shop 1.1.0: 1 major, 1 minor, 1 patch
helm upgrade: breaks the upgrade, cannot be told

major immutable field: Deployment/shop spec.selector: a server refuses to change it  (breaks the upgrade; \
under default values)
    a -> b
    delete it

minor setting added: web.host: The host.

patch object changed: Service/shop: differs in spec.ports

NOT COMPARED under prod: it needs a password
"""
    )


def test_json_has_everything() -> None:
    found = json.loads(DIFF_FORMATS["json"](COMPARISON))
    assert (found["level"], found["verdict"]) == ("major", ["breaks the upgrade", "cannot be told"])
    assert found["not compared"] == [{"overlay": "prod", "reason": "it needs a password"}]
    assert [change["kind"] for change in found["changes"]] == [
        "immutable field",
        "setting added",
        "object changed",
    ]
    assert found["changes"][0]["old"] == "a"
    assert json.loads(DIFF_FORMATS["json"](EMPTY))["level"] == "none"


def test_markdown_folds_what_is_small() -> None:
    text = DIFF_FORMATS["markdown"](COMPARISON)
    assert text.startswith(
        "## shop 1.0.0 → shop 1.1.0\n\n`helm upgrade`: **breaks the upgrade, cannot be told**. "
    )
    assert "### Breaking changes\n\n- `Deployment/shop spec.selector`: a server refuses" in text
    assert "<details><summary>Small changes (1)</summary>\n\n- `Service/shop`: differs" in text


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [name for name, _ in attrs if name in ("href", "src") or name.startswith("on")]


@pytest.mark.parametrize("comparison", [COMPARISON, HOSTILE, EMPTY])
def test_html_has_no_script_nothing_from_elsewhere_and_is_closed(comparison: Comparison) -> None:
    text = DIFF_FORMATS["html"](comparison)
    page = Page()
    page.feed(text)
    known = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "tr", "th", "td"}
    assert set(page.tags) <= known | {"code", "br", "small", "strong"}
    assert page.links == []
    assert "default-src 'none'" in text
    assert text.endswith("</body></html>\n")


@pytest.mark.parametrize("name", DIFF_FORMATS)
def test_what_a_chart_says_does_nothing_in_any_format(name: str) -> None:
    text = DIFF_FORMATS[name](HOSTILE)
    assert "\x1b" not in text
    assert "\u202e" not in text
    text.encode()
    if name in ("markdown", "html", "changelog"):
        assert "<script>" not in text.replace("`` <script>", "")


def test_the_annotation_is_what_artifact_hub_reads() -> None:
    found = yaml.safe_load(DIFF_FORMATS["annotation"](COMPARISON))
    assert found == [
        {"kind": "added", "description": "`web.host`: The host."},
        {
            "kind": "changed",
            "description": "**Breaking:** `Deployment/shop spec.selector`: a server refuses to change it "
            "(delete it)",
        },
    ]
    assert yaml.safe_load(DIFF_FORMATS["annotation"](EMPTY)) == []


def test_the_changelog_is_headed_by_the_newer_version() -> None:
    assert DIFF_FORMATS["changelog"](COMPARISON).startswith("## 1.1.0\n\n### Added\n")
    assert DIFF_FORMATS["changelog"](EMPTY) == "## 1.0.0\n"


@pytest.mark.parametrize("name", DIFF_FORMATS)
def test_only_text_has_colours(name: str) -> None:
    assert ("\x1b" in DIFF_FORMATS[name](COMPARISON, color=True)) == (name == "text")
