"""A helm executable, 3.18 or newer, asked in a clean room.

Each question is a process of about 45 ms, two at a time. Values go by a file that only we can read,
never by the command line. `helm template` prints no notes, so the chart that it gets has one template
more, which renders them; that template never reaches a package.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import weakref
from base64 import b64decode
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chartgen import process
from chartgen.engine import Answer, LintMessage, Refusal
from chartgen.engine.answers import NOTES, answer, kube_version
from chartgen.engine.archive import Archive, read
from chartgen.engine.refusals import place, refusal
from chartgen.errors import ToolError
from chartgen.findings import Severity
from chartgen.manifest import Case
from chartgen.process import Ran

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

TIMEOUT = 60.0  # seconds for one process
AT_ONCE = 2  # processes
_NOTES = "templates/chartgen-notes.yaml"
_NOTES_TEMPLATE = (
    b'{{ dict "notes" (include (print .Template.BasePath "/NOTES.txt") . | b64enc) | toJson }}\n'
)
_SOURCE = re.compile(r"^---\n# Source: (\S+)\n", re.MULTILINE)
_LINT = re.compile(r"^\[(INFO|WARNING|ERROR)\] (?:([^:\n]*): )?", re.MULTILINE)
_LINT_END = re.compile(r"\n\n?(?:Error: )?\d+ chart\(s\) linted.*", re.DOTALL)
# What YAML breaks lines at, or refuses: chapter 5.1 of its specification.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_VERSION = re.compile(r"v?(\d+\.\d+\.\d+)\S*\s*")


def run(command: Sequence[str], home: Path, timeout: float = TIMEOUT) -> Ran:
    """Run a helm with nothing of the person's: no configuration, plugins, kubeconfig, locale or time zone.

    `home` is where it may write. Raises ToolError when it does not start, or takes longer than `timeout`.
    """
    folders = {
        f"HELM_{kind}": str(home / kind.lower())
        for kind in ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "PLUGINS")
    }
    clean = {
        "HOME": str(home),
        "PATH": os.defpath,
        "LC_ALL": "C",
        "TZ": "UTC",
        "KUBECONFIG": str(home / "none"),
        # It ends in a moment: collecting garbage on the way is a fifth of its work.
        "GOGC": "off",
        "GOMEMLIMIT": "512MiB",
    }
    hint = "give the path of a helm executable"
    return process.run(command, timeout, cwd=home, env=clean | folders, hint=hint)


def find(name: str = "helm") -> str:
    """The full path of an executable, on the PATH when it is only a name; "" when there is none."""
    found = process.find(name)
    return str(Path(found).resolve()) if found else ""


class Binary:
    """A helm executable as an engine. Raises ToolError when it is none, or cannot be run."""

    def __init__(self, path: str) -> None:
        self.name = path
        home = Path(tempfile.mkdtemp(prefix="chartgen-"))
        try:
            ran = run([path, "version", "--template", "{{.Version}}"], home)
        finally:
            shutil.rmtree(home, ignore_errors=True)
        match = _VERSION.fullmatch(ran.out)
        if ran.code or not match:
            said = " ".join((ran.err or ran.out).split())
            raise ToolError(f"{path} is not a helm: it says {said[:200]!r} when asked for its version")
        self.version = match[1]

    def open(self, archive: bytes) -> BinarySession:
        """Open a packed chart: put it where the executable finds it."""
        return BinarySession(self.name, read(archive), archive)


class BinarySession:
    """A chart in a folder of its own, which goes away with the session."""

    def __init__(self, helm: str, archive: Archive, packed: bytes) -> None:
        self._helm, self._archive = helm, archive
        self._home = Path(tempfile.mkdtemp(prefix="chartgen-"))
        weakref.finalize(self, shutil.rmtree, self._home, ignore_errors=True)
        self._chart, self._noted = self._home / f"{archive.root}.tgz", self._home / "noted.tgz"
        self._chart.write_bytes(packed)
        has_notes = f"templates/{NOTES}" in archive.files
        self._noted.write_bytes(archive.packed(extra={_NOTES: _NOTES_TEMPLATE} if has_notes else {}))

    def render(self, cases: Iterable[Case]) -> Iterator[Answer]:
        """An answer to each case, in order; one or two are made ahead."""
        waiting: deque[Future[Answer]] = deque()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for case in cases:
                waiting.append(pool.submit(self._one, case))
                if len(waiting) > AT_ONCE:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def validate(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """What Helm's own validator has against the values: the messages are Helm's."""
        found = self._one(Case(values))
        is_schema = isinstance(found, Refusal) and found.kind == "schema"
        return tuple(found.message.splitlines()) if isinstance(found, Refusal) and is_schema else ()

    def lint(self, case: Case, strict: bool = True) -> tuple[LintMessage, ...]:
        """What `helm lint` prints, read back."""
        flags = ["--strict"] if strict else []
        flags += ["--kube-version", kube_version(case)] if case.kube_version else []
        ran = self._ask("lint", [str(self._chart), "--namespace", case.release.namespace, *flags], case)
        report = _LINT_END.sub("", ran.out + ran.err if "==> Linting" in ran.err else ran.out)
        if "==> Linting" not in report:
            raise ToolError(f"helm lint did not lint: {(ran.err or ran.out).strip()[:500]}")
        return tuple(dict.fromkeys(_messages(report, strict)))

    def _one(self, case: Case) -> Answer:
        release = case.release
        flags = ["--namespace", release.namespace, *(["--is-upgrade"] if release.is_upgrade else [])]
        flags += ["--kube-version", kube_version(case)] if case.kube_version else []
        ran = self._ask("template", [release.name, str(self._noted), *flags], case)
        if ran.code == 0:
            return _answer(case, ran.out)
        if ran.code == 1 and "Error: " in ran.err:
            return refusal(case, ran.err[ran.err.index("Error: ") :])
        raise ToolError(f"helm template ended with {ran.code}: {ran.err.strip()[:500]}")

    def _ask(self, verb: str, arguments: list[str], case: Case) -> Ran:
        handle, values = tempfile.mkstemp(".json", "values-", self._home)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(_as_yaml(case.values))
            return run([self._helm, verb, *arguments, "--values", values], self._home)
        finally:
            Path(values).unlink()


def _as_yaml(values: Mapping[str, Any]) -> str:
    """JSON that YAML reads alike: it has no pairs of escapes for one character, and more line ends."""
    text = json.dumps(values, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _answer(case: Case, out: str) -> Answer:
    pieces = _SOURCE.split(out)[1:]
    texts: dict[str, str] = {}
    notes = ""
    for path, text in zip(map(place, pieces[::2]), pieces[1::2], strict=True):
        if path == _NOTES:
            notes = b64decode(json.loads(text)["notes"]).decode("utf-8", "replace")
            notes = notes.replace("<no value>", "")  # as Helm does with every template
        else:
            texts[path] = f"{texts[path]}---\n{text}" if path in texts else text
    return answer(case, texts, notes)


def _messages(report: str, strict: bool) -> Iterator[LintMessage]:
    found = list(_LINT.finditer(report))
    ends = [*(m.start() for m in found[1:]), len(report)][
        : len(found)
    ]  # a chart with nothing to say has none
    for match, end in zip(found, ends, strict=True):
        level = Severity(match[1].lower())
        if strict and level is Severity.WARNING:
            level = Severity.ERROR
        yield LintMessage(level, match[2] or "", report[match.end() : end].strip())
