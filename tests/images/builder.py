"""This is a fake: a docker or a podman that builds nothing. It writes down what it is called with, and leaves
the files that the real one would. FAKE_BUILDER names the folder of its record, FAKE_FAILS the words that
fail."""

from __future__ import annotations

import json
import os
import sys
from itertools import pairwise
from pathlib import Path

DIGEST = f"sha256:{'d' * 64}"


def main() -> None:
    folder, words = Path(os.environ["FAKE_BUILDER"]), sys.argv[1:]
    with (folder / "calls").open("a", encoding="utf-8") as calls:
        calls.write(json.dumps([words, os.environ.get("SOURCE_DATE_EPOCH", "")]) + "\n")
    if " ".join(words).startswith(os.environ.get("FAKE_FAILS", "nothing")):
        sys.exit("this is a fake, and it was told to fail")
    after = dict(pairwise(words))
    for option, text in (
        ("--iidfile", f"sha256:{'1' * 64}"),
        ("--digestfile", DIGEST),
        ("--metadata-file", json.dumps({"containerimage.digest": DIGEST})),
        ("--output", "an archive"),
    ):
        if option in after and after[option].startswith("/"):
            Path(after[option]).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
