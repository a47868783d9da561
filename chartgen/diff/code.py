"""What the templates of a chart call: lots that are drawn, the cluster, the clock; through includes too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chartgen.chart import Chart

# What gives another text each time. Source: sprig's documentation, "Cryptographic", "UUID" and "Random".
_RANDOM = re.compile(
    r"\b(rand(Alpha|AlphaNum|Numeric|Ascii|Bytes|Int)|uuidv4|genPrivateKey|genCA(WithKey)?|genSelfSignedCert"
    r"(WithKey)?|genSignedCert(WithKey)?|shuffle|bcrypt|htpasswd|encryptAES)\b"
)
_CLOCK = re.compile(r"\b(now|ago|dateModify)\b")
_LOOKUP = re.compile(r"\blookup\b")
_ACTION = re.compile(r"\{\{-?\s*(?!/\*).*?\}\}", re.DOTALL)
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|`[^`]*`", re.DOTALL)
_INCLUDED = re.compile(r"\b(?:include|template)\s+\"([^\"]+)\"")
_DEFINED = re.compile(r"\{\{-?\s*define\s+\"([^\"]+)\"\s*-?\}\}")


class Code:
    """The code of a chart's templates by the path that renderings name."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._known: dict[str, str] = {}

    def draws(self, source: str) -> bool:
        """Whether a template draws lots."""
        return bool(_RANDOM.search(self._of(source)))

    def asks_cluster(self, source: str) -> bool:
        """Whether a template asks the cluster what is there."""
        return bool(_LOOKUP.search(self._of(source)))

    def asks_clock(self, source: str) -> bool:
        """Whether a template asks what time it is."""
        return bool(_CLOCK.search(self._of(source)))

    def _of(self, source: str) -> str:
        if source not in self._known:
            text = self._texts.get(source, "")
            self._known[source] = _TEXT.sub('""', " ".join(self._actions(text, set())))
        return self._known[source]

    @cached_property
    def _texts(self) -> dict[str, str]:
        files = (file for file in self._chart.files if "templates/" in file.path)
        return {file.path: file.data.decode("utf-8", "replace") for file in files}

    @cached_property
    def _defined(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for text in self._texts.values():
            parts = _DEFINED.split(text)
            found.update(zip(parts[1::2], parts[2::2], strict=True))
        return found

    def _actions(self, text: str, met: set[str]) -> Iterator[str]:
        """What stands in actions, and in those of the templates that they include."""
        for action in _ACTION.findall(text):
            yield action
            for name in _INCLUDED.findall(action):
                if name not in met:
                    met.add(name)
                    yield from self._actions(self._defined.get(name, ""), met)
