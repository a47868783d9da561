"""A text at a path of a file that a person wrote: added or changed, and nothing else."""

from __future__ import annotations

import pytest

from chartgen.cli.rewrite import placed
from chartgen.errors import ChartgenError

PATH = ("backend", "image", "digest")
CASES = {
    "changed": ("backend:\n  image:\n    digest: old # why\n", "backend:\n  image:\n    digest: new # why\n"),
    "changed in quotes": (
        "backend:\n  image:\n    digest: 'old'\n", "backend:\n  image:\n    digest: 'new'\n",
    ),
    "below the deepest key": (
        "# a\nbackend:\n  image:\n    # b\n    tag: x\nother: 1\n",
        "# a\nbackend:\n  image:\n    digest: new\n    # b\n    tag: x\nother: 1\n",
    ),
    "a level that is lacking": (
        "backend:\n    port: 1\n", "backend:\n    image:\n      digest: new\n    port: 1\n",
    ),
    "all of it": ("a: 1\n", "a: 1\nbackend:\n  image:\n    digest: new\n"),
    "an empty file": ("", "backend:\n  image:\n    digest: new\n"),
    "comments alone": ("# nothing yet\n", "# nothing yet\nbackend:\n  image:\n    digest: new\n"),
    "no line break at the end": ("a: 1", "a: 1\nbackend:\n  image:\n    digest: new\n"),
    "a key without a value": ("backend:\n", "backend:\n  image:\n    digest: new\n"),
    "a key without a value before another": (
        "backend:\n  image:\nb: 1\n", "backend:\n  image:\n    digest: new\nb: 1\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_only_what_is_meant_is_different(name: str) -> None:
    before, after = CASES[name]
    assert placed(before.encode(), "v.yaml", PATH, "new").decode() == after


@pytest.mark.parametrize(
    "text",
    ["backend: {image: {tag: x}}\n", "backend:\n  image: {tag: x}\n", "x: &a {image: {}}\nbackend: *a\n",
     "backend:\n  image:\n    digest: |\n      old\n", "backend: 1\n"],
)  # fmt: skip
def test_a_shape_for_its_author_is_refused_with_the_line_to_write(text: str) -> None:
    with pytest.raises(ChartgenError, match=r"v\.yaml: not in a shape that can be changed"):
        placed(text.encode(), "v.yaml", PATH, "new")
