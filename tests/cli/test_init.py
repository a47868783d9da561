"""`chartgen init`: what it writes works as it is, and what is there stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chartgen import documents
from tests.cli.command import Ran, state
from tests.cli.terminal import Terminal
from tests.need import need

Call = Callable[..., Ran]
HERE = "apps/shop/app.yaml\nchartgen.yaml\nNext: chartgen generate, then chartgen lint.\n"


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    return tmp_path / "empty"


def app(name: str = "shop") -> dict[str, object]:
    path = Path("apps", name, "app.yaml")
    return dict(documents.load(path.read_bytes(), str(path)).data)


FLAGS = [
    [],
    ["--port", "8080"],
    ["--port", "8080", "--health", "/healthz"],
    ["--volume", "/var/lib/shop"],
    [
        "--port",
        "80",
        "--volume",
        "/data",
        "--health",
        "/",
        "--description",
        "Sells: things, 'all' of {{ them }}",
    ],
]


@pytest.mark.parametrize("flags", FLAGS, ids=lambda flags: " ".join(flags[::2]) or "plain")
def test_a_new_application_generates_lints_and_packs_as_it_is(
    flags: list[str], empty: Path, chartgen: Call
) -> None:
    need("helm_python")
    assert chartgen("init", "shop", "--image", "acme/shop:1.4.0", *flags) == (0, HERE, "")
    assert chartgen("generate").code == 0
    lint = chartgen("lint")
    assert (lint.code, " error " in lint.out) == (0, False)
    # Only what nobody but its author can say is left to say.
    warnings = [line.partition("warning ")[2] for line in lint.out.splitlines() if "warning " in line]
    assert [w for w in warnings if w] == [
        "metadata: icon: is missing",
        "metadata: maintainers: nobody is named",
    ]
    assert chartgen("package").out.startswith("dist/shop-0.1.0.tgz sha256:")
    assert chartgen("generate", "--check").code == 0


def test_the_answers_stand_where_they_belong(empty: Path, chartgen: Call) -> None:
    image = f"registry.example.com:5000/acme/shop:1.4.0@sha256:{'a' * 64}"
    ran = chartgen("init", "shop", "--image", image, "--port", "80", "--health", "/up", "--volume", "/data")
    assert ran.code == 0
    assert Path("apps/shop/app.yaml").read_text().startswith("# What this application is. ")
    assert app() == {
        "apiVersion": "chartgen/v1",
        "name": "shop",
        "version": "0.1.0",
        "appVersion": "1.4.0",
        "description": "The application shop",
        "components": {
            "app": {
                "image": {
                    "registry": "registry.example.com:5000",
                    "repository": "acme/shop",
                    "digest": f"sha256:{'a' * 64}",
                },
                "ports": {"http": {"port": 80}},
                "probes": {"liveness": {"path": "/up"}, "readiness": {"path": "/up"}},
                "volumes": {"data": {"path": "/data"}},
            }
        },
        "volumes": {"data": {"size": "1Gi", "accessModes": ["ReadWriteOnce"], "retain": True}},
        "routes": [{"path": "/", "component": "app"}],
    }


@pytest.mark.parametrize(
    "image,parts,tag",
    [
        ("redis:7", {"repository": "redis"}, "7"),
        ("acme/shop:1.4.0", {"repository": "acme/shop"}, "1.4.0"),
        ("localhost/shop:1", {"registry": "localhost", "repository": "shop"}, "1"),
        ("localhost:5000/shop:1", {"registry": "localhost:5000", "repository": "shop"}, "1"),
        ("ghcr.io/a/b/c:v1", {"registry": "ghcr.io", "repository": "a/b/c"}, "v1"),
    ],
)
def test_an_image_is_taken_apart(
    image: str, parts: dict[str, str], tag: str, empty: Path, chartgen: Call
) -> None:
    assert chartgen("init", "shop", "--image", image).code == 0
    found = documents.load(Path("apps/shop/app.yaml").read_bytes(), "app.yaml").data
    assert found["components"]["app"]["image"] == parts
    assert found["appVersion"] == tag


FAULTS = {
    ("shop", "--image", "acme/shop"): "--image: 'acme/shop' has no tag, which says what to run",
    ("shop", "--image", "acme/shop@sha256:" + "a" * 64): "has no tag, which says what to run",
    ("shop", "--image", "acme/shop:1@sha256:a"): "is no image",
    ("shop", "--image", ":1"): "is no image",
    ("shop", "--image", "acme/Shop:1"): "  --image: 'acme/Shop' is not valid here",
    ("shop", "--image", "a:1", "--health", "/"): "--health needs the --port that answers",
    ("shop", "--image", "a:1", "--port", "0"): "0 is not in the range 1<=x<=65535",
    ("shop", "--image", "a:1", "--volume", "data"): "  --volume: 'data' is not ",
    ("shop", "--image", "a:1", "--volume", "/a/../b"): "  --volume: '/a/../b' is not ",
    ("shop", "--image", "a:1", "--port", "1", "--health", "up"): "  --health: 'up' is not ",
    ("Shop", "--image", "a:1"): "  NAME: 'Shop' is not valid here",
    ("../evil", "--image", "a:1"): "  NAME: '../evil' is not valid here",
    ("{{ x }}", "--image", "a:1"): "  NAME: '{{ x }}' is not valid here",
    ("a\nb", "--image", "a:1"): "  NAME: 'a\\nb' ",
    ("x" * 41, "--image", "a:1"): "41 characters, 40 at most",
    ("shop",): "missing --image",
    ("--image", "a:1"): "missing NAME",
}


@pytest.mark.parametrize("arguments", FAULTS, ids=lambda arguments: " ".join(arguments)[:40])
def test_answers_that_cannot_be_are_told_by_their_names_and_nothing_is_written(
    arguments: tuple[str, ...], empty: Path, chartgen: Call
) -> None:
    ran = chartgen("init", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert FAULTS[arguments] in ran.err
    assert list(empty.iterdir()) == []


def test_all_answers_that_cannot_be_are_told_at_once(empty: Path, chartgen: Call) -> None:
    ran = chartgen("init", "Shop", "--image", "Acme:1", "--volume", "data", "--port", "1", "--health", "up")
    assert ran.err.startswith("Error: no application can be made of this\n")
    told = [line for line in ran.err.splitlines() if line.startswith(("  --", "  NAME"))]
    assert {line.split(":")[0].strip() for line in told} == {"NAME", "--image", "--volume", "--health"}


# A project that is there


@pytest.mark.parametrize("text", [b"", b"mine\n"])
def test_an_application_that_is_there_is_never_written_over(text: bytes, empty: Path, chartgen: Call) -> None:
    Path("apps/shop").mkdir(parents=True)
    Path("apps/shop/app.yaml").write_bytes(text)
    before = state(empty)
    assert chartgen("init", "shop", "--image", "a:1") == (
        1,
        "",
        "Error: apps/shop/app.yaml: already there\nchoose another name; nothing was written\n",
    )
    assert state(empty) == before


PROJECTS = {
    "as it is made": (
        "apiVersion: chartgen/v1\ncharts:\n  wiki:\n    app: apps/wiki\n    chart: charts/wiki\n"
    ),
    "with comments and what follows": (
        "# Ours.\napiVersion: chartgen/v1\ncharts:  # all of them\n  # the first\n  wiki:\n"
        "    app: apps/wiki\n    chart: charts/wiki # here\n\n  # the last\n\n# Where to.\n"
        "destination: out  # not dist\n"
    ),
    "with four spaces and no last line break": (
        "charts:\n    wiki:\n        app: apps/wiki\n        chart: charts/wiki\napiVersion: chartgen/v1\n"
        "strict: true"
    ),
    "in one line each": "apiVersion: chartgen/v1\ncharts:\n  wiki: {app: apps/wiki, chart: charts/wiki}",
}


@pytest.mark.parametrize("shape", PROJECTS)
def test_a_project_gets_one_chart_more_and_keeps_every_line(shape: str, empty: Path, chartgen: Call) -> None:
    Path("chartgen.yaml").write_text(PROJECTS[shape])
    assert chartgen("init", "shop", "--image", "a:1") == (0, HERE, "")
    lines = Path("chartgen.yaml").read_text().splitlines()
    before = PROJECTS[shape].splitlines()
    assert [line for line in lines if line in before] == before
    new = [line for line in lines if line not in before]
    assert [line.strip() for line in new] == ["shop:", "app: apps/shop", "chart: charts/shop"]
    data = documents.load(Path("chartgen.yaml").read_bytes(), "chartgen.yaml").data
    assert data["charts"]["shop"] == {"app": "apps/shop", "chart": "charts/shop"}
    assert list(data["charts"]) == ["wiki", "shop"]


CLOSED = {
    "a flow mapping": "apiVersion: chartgen/v1\ncharts: {wiki: {app: a, chart: b}}\n",
    "a flow mapping over lines": "apiVersion: chartgen/v1\ncharts: {\n  wiki: {app: a, chart: b}\n}\n",
    "all in one": "{apiVersion: chartgen/v1, charts: {wiki: {app: a, chart: b}}}\n",
    "an anchor": "apiVersion: chartgen/v1\ncharts: &all\n  wiki: {app: a, chart: b}\n",
    "a key in quotes": "apiVersion: chartgen/v1\n'charts':\n  wiki: {app: a, chart: b}\n",
    "a mapping on the next line": "apiVersion: chartgen/v1\ncharts:\n  {wiki: {app: a, chart: b}}\n",
    "lines that look like it": "charts:\n  {wiki: {app: a, chart: b}}\napiVersion: chartgen/v1\n",
    "what looks like one line of it": "apiVersion: chartgen/v1\n? charts\n: wiki: {app: a, chart: b}\n",
}


@pytest.mark.parametrize("shape", CLOSED)
def test_a_project_in_another_shape_is_left_alone_and_what_to_add_is_told(
    shape: str, empty: Path, chartgen: Call
) -> None:
    Path("chartgen.yaml").write_text(CLOSED[shape])
    before = state(empty)
    ran = chartgen("init", "shop", "--image", "a:1")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "Error: chartgen.yaml: not in a shape that can be added to\nadd by hand, and try again:\n"
        "    charts:\n      shop:\n        app: apps/shop\n        chart: charts/shop\n"
    )
    assert state(empty) == before


def test_a_project_that_has_the_chart_or_is_wrong_is_left_alone(empty: Path, chartgen: Call) -> None:
    Path("chartgen.yaml").write_text("apiVersion: chartgen/v1\ncharts:\n  shop: {app: a, chart: b}\n")
    assert chartgen("init", "shop", "--image", "a:1").err == (
        "Error: chartgen.yaml: it has a chart called shop\nchoose another name; nothing was written\n"
    )
    Path("chartgen.yaml").write_text("charts: [\n")
    assert chartgen("init", "shop", "--image", "a:1").code == 1
    Path("chartgen.yaml").write_bytes(b"# \xff\n")
    assert "is not UTF-8" in chartgen("init", "shop", "--image", "a:1").err
    assert [path.name for path in empty.iterdir()] == ["chartgen.yaml"]


def test_the_project_above_is_added_to_unless_a_folder_is_named(
    empty: Path, chartgen: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chartgen("init", "shop", "--image", "a:1").code == 0
    Path("deep").mkdir()
    monkeypatch.chdir("deep")
    assert chartgen("init", "wiki", "--image", "a:1").out.startswith(
        "../apps/wiki/app.yaml\n../chartgen.yaml\n"
    )
    assert chartgen("init", "blog", "--image", "a:1", "-d", "own").out.startswith("own/apps/blog/app.yaml\n")
    assert chartgen("init", "news", "--image", "a:1", "-d", "own").code == 0
    assert chartgen("generate", "--config", "own/chartgen.yaml").out.count(" new\n") == 2
    monkeypatch.chdir("..")
    assert [line.split(":")[0] for line in chartgen("generate").out.splitlines()] == [
        "charts/shop",
        "charts/wiki",
    ]


def test_a_hidden_project_file_is_added_to(empty: Path, chartgen: Call) -> None:
    assert chartgen("init", "shop", "--image", "a:1").code == 0
    Path("chartgen.yaml").rename(".chartgen.yaml")
    assert chartgen("init", "wiki", "--image", "a:1").out.splitlines()[1] == ".chartgen.yaml"
    assert not Path("chartgen.yaml").exists()


# On a terminal


def test_what_is_not_given_is_asked(empty: Path) -> None:
    with Terminal("init", cwd=empty) as it:
        for question, answer in [
            ("Name: ", "shop"),
            ("Image of its first component, with its tag: ", "acme/shop:1.4.0"),
            ("Port it listens on (0 for none) [8080]: ", "3000"),
            ("HTTP path that answers when it is well (empty for none): ", "/up"),
            ("Path to keep on a volume (empty for none): ", ""),
        ]:
            it.wait_for(question)
            it.type(f"{answer}\n")
        assert it.end() == 0
    assert it.shown.endswith(HERE)
    found = documents.load((empty / "apps/shop/app.yaml").read_bytes(), "app.yaml").data
    assert found["components"]["app"]["ports"] == {"http": {"port": 3000}}
    assert "volumes" not in found


def test_what_is_given_is_not_asked(empty: Path) -> None:
    with Terminal("init", "shop", "--volume", "/data", cwd=empty) as it:
        it.wait_for("Image")
        it.type("acme/shop:1\n")
        it.wait_for("Port")
        it.type("0\n")
        assert it.end() == 0
    assert "Name" not in it.shown
    assert "HTTP path" not in it.shown
    with Terminal("init", "blog", "--port", "80", "--health", "/", "--volume", "/b", cwd=empty) as it:
        it.wait_for("Image")
        it.type("acme/blog:1\n")
        assert it.end() == 0
    with Terminal("init", "wiki", "--image", "acme/wiki:1", cwd=empty) as it:
        assert it.end() == 0
    assert it.shown.startswith("apps/wiki/app.yaml\n")
