"""What there is to cover in a chart: every way that one of its templates can go, numbered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartgen.chart import Chart, ChartFile
from chartgen.errors import ChartgenError
from chartgen.frozen import Frozen
from chartgen.package import opened
from chartgen.template import BranchPoint, Template, branches, parse
from chartgen.template.branches import Way
from chartgen.template.tree import Comment, Node, Text
from chartgen.template.walk import definitions

_TEMPLATE = re.compile(r"(charts/[^/]+/)*templates/.+")
_PACKED = re.compile(r"((?:charts/[^/]+/)*charts/)[^/]+\.tgz")


class Point(Frozen):
    """A branch point of the file `template`; its ways have the numbers `first`, `first` + 1 and so on.

    Beside what `template.branches` knows there is the kind "define", with the one way "called".
    """

    template: str
    at: BranchPoint
    first: int

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + len(self.at.ways))

    @property
    def is_own(self) -> bool:
        """Whether it stands in the chart itself, and not in a chart that it depends on."""
        return not self.template.startswith("charts/")


def unpacked(chart: Chart) -> Chart:
    """The chart with packed dependencies as folders, which means the same to Helm.

    Raises ChartgenError for one that cannot be read.
    """
    files: list[ChartFile] = []
    waiting = list(chart.files)
    while waiting:
        file = waiting.pop()
        packed = _PACKED.fullmatch(file.path)
        if not packed:
            files.append(file)
            continue
        try:
            inner = opened(file.data)
        except ChartgenError as error:
            raise ChartgenError(f"{file.path}: {error.message}", error.hint) from None
        folder = file.path.removesuffix(".tgz")
        waiting.extend(ChartFile(f"{folder}/{found.path}", found.data) for found in inner)
    return Chart(chart.name, chart.version, tuple(sorted(files)))


def templates(chart: Chart) -> tuple[Template, ...]:
    """The parsed templates, those of dependencies included. Raises ChartgenError for the first bad one."""
    found = []
    for file in chart.files:
        if _TEMPLATE.fullmatch(file.path):
            try:
                text = file.text
            except UnicodeDecodeError:
                raise ChartgenError(f"{file.path}: this template is not UTF-8", "save it as UTF-8") from None
            found.append(parse(text, file.path))
    return tuple(found)


def points(parsed: tuple[Template, ...]) -> tuple[Point, ...]:
    """Every branch point by file and place."""
    found, first = [], 0
    for template in parsed:
        at = sorted([*branches(template), *_defined(template)], key=lambda p: (p.start, -p.end))
        for point in at:
            found.append(Point(template.name, point, first))
            first += len(point.ways)
    return tuple(found)


def _defined(template: Template) -> Iterator[BranchPoint]:
    for node in definitions(template):
        if not blank(node.body):
            place = template.place(node.start)
            way = Way("called", node.body_start, node.body_end, node.start, *place)
            yield BranchPoint("define", node.start, node.end, *place, node.name, (way,))


def blank(nodes: tuple[Node, ...]) -> bool:
    """Whether Go takes a template for empty: such a one never replaces another of its name."""
    return all(isinstance(n, Comment) or (isinstance(n, Text) and not n.text.strip()) for n in nodes)
