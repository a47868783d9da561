"""What fails, told once however many documents show it, with the smallest document that does."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from chartgen import documents
from chartgen.frozen import Frozen
from chartgen.setflags import to_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from chartgen.findings import Finding
    from chartgen.manifest import Release
    from chartgen.verify.document import Document
    from chartgen.verify.space import Trial

_NAMED = re.compile(r"^(\w+)/\S*")  # `Deployment/shop-web spec...`: the name follows from the values
_OBJECT = re.compile(r"\b([A-Z]\w+)/[^\s,;]+")  # the same within a sentence
_DIGITS = re.compile(r"\d+")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


class Failure(Frozen):
    """One thing that is wrong: the finding, the values and release that show it, and how many trials did."""

    finding: Finding
    values: Document
    release: Release
    count: int = 1
    small: bool = True  # whether it was tried to make it smaller

    @property
    def name(self) -> str:
        """What its file in the corpus is called: by its values, so that the same ones have one file."""
        text = json.dumps([self.values, self.release.name], sort_keys=True)
        return f"{self.finding.check}-{sha256(text.encode()).hexdigest()[:10]}.yaml"

    def file(self) -> str:
        """The values as a file that a person can install with, and what is wrong at the top."""
        said = [f"# {self.finding.check}: {line}" for line in self.finding.what.splitlines()[:3]]
        try:
            text = documents.dump(self.values) if self.values else "{}\n"
        except ValueError as error:  # YAML has no word for it, as for a key of 2,000 characters
            text = f"# the values cannot stand in a file: {error}\n{{}}\n"
        return "\n".join([*said, text])

    def told(self, folder: str) -> Finding:
        """The finding with what reproduces it; `folder` is that of the corpus, "" when there is none."""
        flags = to_set(self.values)
        lines = [self.finding.hint] if self.finding.hint else []
        if flags is not None and len(flags) < 400:
            lines.append(f"shown by: {flags or 'the default values'}")
        if folder:
            lines.append(f"shown by: -f {folder}/{self.name}")
        if self.release.name != self.release.namespace or self.release.is_upgrade:
            lines.append(f"as the release {self.release.name} in {self.release.namespace}")
        if not self.small:
            lines.append("as it was found: there are too many kinds of failures to make each one smaller")
        if self.count > 1:
            lines.append(f"seen in {self.count} documents")
        return replace(self.finding, hint="\n".join(lines))


class Failures:
    """Takes in findings and keeps one of each kind."""

    def __init__(self) -> None:
        self._found: dict[Any, Failure] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, finding: Finding, trial: Trial) -> None:
        """Takes in what a trial shows. The first of a kind is kept."""
        kind = signature(finding)
        known = self._found.get(kind)
        self._found[kind] = (
            replace(known, count=known.count + 1)
            if known
            else Failure(finding, dict(trial.values), trial.release)
        )

    def shrunk(self, shrink: Callable[[Failure], Failure], most: int) -> tuple[Failure, ...]:
        """All that was found, the first so many made smaller."""
        return tuple(
            shrink(failure) if number < most else replace(failure, small=False)
            for number, failure in enumerate(self._found.values())
        )


def signature(finding: Finding) -> tuple[str, str, str, str]:
    """What makes two findings one: names, numbers and what they quote left out."""
    path = _DIGITS.sub("0", _NAMED.sub(r"\1", finding.place.path))
    what = _OBJECT.sub(r"\1", _QUOTED.sub("''", finding.what))
    return finding.check, finding.place.file, path, _DIGITS.sub("0", what)
