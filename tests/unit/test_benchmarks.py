"""The benchmarks measure what they say: real processes, failures told, ratios of the right things."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import subjects, table, tools, works
from benchmarks.measure import Command, Cost, FailedError, Measured, Watch, Work, environment, measured
from benchmarks.publishing import anew
from chartgen.disk import read_app


@pytest.fixture
def watch() -> Iterator[Watch]:
    with Watch(environment({})) as one:
        yield one


def python(code: str, output: str = "", fine: tuple[int, ...] = (0,)) -> Command:
    return Command((sys.executable, "-I", "-S", "-c", code), output, fine)


def cost(wall: float, cpu: float = 1.0, memory: float = 10.0) -> Measured:
    return Measured((Cost(wall, cpu, memory), Cost(wall + 1, cpu + 1, memory)))


def test_a_process_has_a_clock_a_processor_and_a_peak(watch: Watch, tmp_path: Path) -> None:
    idle = watch.run(python("pass"), tmp_path)
    busy = watch.run(python("x = b'x' * (64 << 20); sum(range(300_000))"), tmp_path)
    assert min(idle.wall, idle.cpu) > 0
    assert busy.memory - idle.memory > 60
    assert idle.memory < 30  # not that of the process that started it


def test_output_goes_where_it_was_asked_to(watch: Watch, tmp_path: Path) -> None:
    watch.run(python("print('made')", "made.txt"), tmp_path)
    assert (tmp_path / "made.txt").read_text() == "made\n"


def test_a_command_that_fails_has_no_cost_and_says_why(watch: Watch, tmp_path: Path) -> None:
    failing = "import sys; sys.exit(print('no such thing', file=sys.stderr) or 3)"
    with pytest.raises(FailedError, match="exit 3: no such thing"):
        watch.run(python(failing), tmp_path)
    assert watch.run(python(failing, fine=(0, 3)), tmp_path).wall > 0
    with pytest.raises(FailedError, match="no-such-program: exit 127"):
        watch.run(Command(("/no-such-program", "x")), tmp_path)


def test_works_take_turns_and_the_first_turn_does_not_count(watch: Watch, tmp_path: Path) -> None:
    def told(name: str) -> Work:
        command = python(f"open('log', 'a').write('{name}')")
        return Work(name, (command, command), tmp_path)

    found = measured([told("a"), told("b")], 2, watch)
    assert (tmp_path / "log").read_text() == "aabb" * 3
    assert [len(one.runs) for one in found.values()] == [2, 2]


def test_a_work_that_fails_is_tried_once_and_leaves_the_others(watch: Watch, tmp_path: Path) -> None:
    bad = Work("bad", (python("open('log', 'a').write('x'); raise SystemExit('broken')"),), tmp_path)
    found = measured([bad, Work("good", (python("pass"),), tmp_path)], 2, watch)
    assert found["bad"].failed.endswith("exit 1: broken")
    assert (tmp_path / "log").read_text() == "x"
    assert len(found["good"].runs) == 2


def test_costs_of_a_chain_add_up_and_the_highest_peak_stays() -> None:
    assert Cost(1, 2, 30) + Cost(10, 20, 3) == Cost(11, 22, 30)
    assert Measured((Cost(3, 1, 5), Cost(1, 9, 5), Cost(2, 4, 8))).least == Cost(1, 1, 5)
    assert Measured((Cost(3, 1, 5), Cost(1, 9, 5), Cost(2, 4, 8))).middle == Cost(2, 4, 5)


def pair(what: str, subject: str = "ushadow", instead: str = "", folder: Path = Path()) -> works.Pair:
    theirs = Work(f"{what}: {instead}", (), folder) if instead else None
    return works.Pair(subject, what, Work(what, (), folder), instead, theirs)


def test_a_line_has_both_costs_and_their_ratio() -> None:
    results = {"make": cost(0.5, 0.25), "make: chain": cost(1.0, 1.0)}
    ours = ("500 (1000)", "250 (750)", "10")
    theirs = ("1000 (1500)", "1000 (1500)", "10")
    assert table.row(pair("make", instead="chain"), results) == (
        "make", "0.50", "0.25", *ours, "chain", *theirs,
    )  # fmt: skip
    alone = table.row(pair("make"), results)
    assert alone == ("make", "", "", *ours, "", "", "", "")


def test_what_failed_says_so_in_its_line() -> None:
    results = {"make": cost(1), "make: chain": Measured(failed="helm: exit 1: no chart")}
    assert table.row(pair("make", instead="chain"), results)[6] == "chain: helm: exit 1: no chart"
    results = {"make": Measured(failed="exit 3: no engine"), "make: chain": cost(1)}
    assert table.row(pair("make", instead="chain"), results) == ("make: exit 3: no engine", *[""] * 9)


def test_the_table_lines_up_under_each_subject() -> None:
    pairs = [pair("make"), pair("a longer line"), pair("make", "other")]
    shown = table.text(pairs, {"make": cost(1), "a longer line": cost(2)})
    first, second = shown.split("\nother\n")
    rows = [line for line in first.splitlines() if line.startswith("|")]
    assert first.startswith("ushadow\n\n| what ")
    assert len(rows) == 4
    assert len({len(row) for row in rows}) == 1
    assert second.count("| make ") == 1


def test_goals_are_held_against_the_least_of_each() -> None:
    named = {"generate": "ours", "imports": "bare", "road": "make", "chain": "chain"}
    results = {"ours": cost(0.15, 0.15), "bare": cost(0.1, 0.1), "make": cost(0.6, 0.4), "chain": cost(1, 1)}
    found = list(table.goals(results, named))
    assert [(round(goal.is_, 2), goal.at_most, goal.reached) for goal in found] == [
        (1.5, 1.6, True), (1.5, 1.6, True), (0.6, 0.5, False), (0.4, 0.5, True),
    ]  # fmt: skip
    assert str(found[2]).startswith("FAIL  the road")
    assert str(found[3]).startswith("pass  the road")
    assert list(table.goals({"ours": cost(1)}, named)) == []
    assert (
        list(table.goals({**results, "bare": Measured(failed="x"), "chain": Measured(failed="x")}, named))
        == []
    )


def test_growth_is_judged_by_the_component_start_up_aside() -> None:
    start = cost(0.1, 0.1)
    assert [g.is_ for g in table.linear({10: cost(1, 1.1), 100: cost(1, 10.1)}, start)] == [pytest.approx(1)]
    assert not next(table.linear({10: cost(1, 1.1), 100: cost(1, 20.1)}, start)).reached
    assert list(table.linear({10: cost(1), 100: Measured(failed="too large")}, start)) == []


def test_everything_is_there_for_a_program() -> None:
    goal = table.Goal("fast", 1.0, 2.0)
    found = table.data(
        {"processors": "2"}, {"helm": "v4"}, {"kompose": "not built"}, {"make": cost(1)}, [goal]
    )
    again = json.loads(json.dumps(found))
    assert again["results"]["make"]["runs"][0] == {"wall": 1, "cpu": 1.0, "memory": 10.0}
    assert again["goals"] == [{"what": "fast", "is_": 1.0, "at_most": 2.0, "reached": True}]
    assert again["missing"] == {"kompose": "not built"}


ALL = {
    tool: f"/bin/{tool}" for tool in ("helm-3", "helm-4", "kubeconform", "kube-score", "helm-docs", "kompose")
}


def test_the_road_stands_beside_the_chain_of_each_helm(tmp_path: Path) -> None:
    (tmp_path / "chart").mkdir()
    subject = subjects.Subject("shop", tmp_path, "chart", ("a.yaml", "b.yaml", "c.yaml"), "compose.yaml")
    found = list(works.pairs(subject, tools.Tools(ALL, {}, {}), "schemas"))
    road = {p.instead.partition(":")[0]: p.theirs for p in found if p.what.endswith("make")}
    assert sorted(road) == ["helm-3", "helm-4"]
    chain = [Path(command.words[0]).name for command in (road["helm-4"] or pytest.fail("no chain")).commands]
    checks = ["helm-4"] * 6 + ["kubeconform"] * 3 + ["kube-score"]
    assert chain == ["kompose", "helm-docs", *checks, "helm-4"]


def test_without_tools_the_lines_stand_alone(tmp_path: Path) -> None:
    (tmp_path / "chart").mkdir()
    subject = subjects.Subject("shop", tmp_path, "chart", ("a.yaml",))
    found = list(works.pairs(subject, tools.Tools({}, {}, {}), ""))
    assert {p.instead for p in found if not p.what.startswith("generate")} == {""}


def test_the_subjects_are_applications_that_load(tmp_path: Path) -> None:
    made = [subjects.ushadow(tmp_path), subjects.many(tmp_path), subjects.many(tmp_path, 7)]
    folders = ["apps/ushadow", "app", "app"]
    counts = [len(read_app(one.folder / app).components) for one, app in zip(made, folders, strict=True)]
    assert counts == [2, 30, 7]
    assert all((one.folder / overlay).is_file() for one in made for overlay in one.overlays)
    assert (made[0].folder / made[0].compose).is_file()


def test_a_push_goes_to_another_place_in_each_run(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "shop-0.1.0.tgz").touch()
    command = anew(
        sys.executable, "-I", "-S", "-c", "import sys; print(*sys.argv[1:])", "*.tgz", "oci://h/p$$", "a b"
    )
    said = []
    for _ in range(2):
        watch.run(replace(command, output="said"), tmp_path)
        said.append((tmp_path / "said").read_text().split(" ", 2))
    assert [(file, rest) for file, _, rest in said] == [("shop-0.1.0.tgz", "a b\n")] * 2
    first, second = (int(target.removeprefix("oci://h/p")) for _, target, _ in said)
    assert first != second
