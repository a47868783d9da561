"""What a server was asked, what it took, and what it had against the rest."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from ci.dry_run.objects import OF_PODS, Given
from ci.dry_run.server import NotServedError, Reply, Server

AT_ONCE = 4
SHOWN = 20  # families of refusals, and of warnings, that are told
# What differs between two refusals of the same kind: indices and keys, texts, numbers.
_OWN = re.compile(r'\[[^\]]*\]|\\?"(?:[^"\\]|\\.)*"|\b[0-9][\w.:+-]*')


class Seen:
    """Digests of what a server took, a line each, written as they come: a run that is killed loses none."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text() if path.exists() else ""
        whole, _, cut = text.rpartition("\n")  # a kill may have cut the last line
        self._known = set(whole.split())
        self._file = path.open("a", buffering=1)
        if cut:
            self._file.write("\n")

    def __contains__(self, digest: str) -> bool:
        return digest in self._known

    def add(self, digest: str) -> None:
        self._known.add(digest)
        self._file.write(f"{digest}\n")

    def close(self) -> None:
        self._file.close()


class Run:
    """Sends objects, a few at once, and keeps account."""

    def __init__(self, server: Server, seen: Seen) -> None:
        self._server, self._seen = server, seen
        self._accounts: set[str] = set()
        self._met: set[str] = set()
        self.sent, self.taken = 0, Counter[str]()
        self.refused: list[tuple[Given, str]] = []
        self.warnings: Counter[str] = Counter()
        self.not_served: Counter[str] = Counter()

    def of(self, given: Iterator[Given], most: int) -> int:
        """Goes on until `most` distinct objects were taken; says how many were."""
        found = 0
        waiting: dict[Future[Reply], Given] = {}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for each in given:
                if each.digest in self._met:
                    continue
                self._met.add(each.digest)
                if each.digest in self._seen:
                    found += 1
                    self.taken[each.data["kind"]] += 1
                else:
                    self._account(each)
                    waiting[pool.submit(self._server.ask, each.data)] = each
                while len(waiting) >= 2 * AT_ONCE or (waiting and found + len(waiting) >= most):
                    found += self._finished(waiting)
                if found >= most:
                    break
            while waiting:
                found += self._finished(waiting)
        return found

    def _account(self, given: Given) -> None:
        """A dry run makes no account, and the server looks for that of each bare pod."""
        name = given.data.get("spec", {}).get("serviceAccountName") if given.data["kind"] == "Pod" else None
        if name and name not in self._accounts:
            self._accounts.add(name)
            metadata = {"name": name, "namespace": OF_PODS}
            self._server.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})

    def _finished(self, waiting: dict[Future[Reply], Given]) -> int:
        """Waits for one answer or more; says how many objects were taken."""
        before = sum(self.taken.values())
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            self._judged(waiting.pop(future), future)
        return sum(self.taken.values()) - before

    def _judged(self, given: Given, answer: Future[Reply]) -> None:
        try:
            reply = answer.result()
        except NotServedError as error:
            self.not_served[str(error)] += 1
            return
        self.sent += 1
        self.warnings.update(family(text) for text in reply.warnings)
        if reply.refusal:
            self.refused.append((given, reply.refusal))
        else:
            self.taken[given.data["kind"]] += 1
            self._seen.add(given.digest)


def family(text: str) -> str:
    """The sentence without what is a single value's own."""
    return _OWN.sub(lambda found: "[]" if found[0][0] == "[" else "_", text)


def told(run: Run, seconds: float) -> Iterator[str]:
    """What came of it, for people: each kind of refusal once, how often, and the values of the first."""
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in run.taken.most_common())
    taken = sum(run.taken.values())
    yield f"{taken:,} distinct objects taken, {run.sent:,} of them asked now, in {seconds:.0f} s"
    yield f"  {kinds}"
    yield from (
        f"  NOT ASKED {count:,} of {kind}: the server has no such kind"
        for kind, count in run.not_served.items()
    )
    yield from (f"  warned {count:,} times: {text}" for text, count in run.warnings.most_common(SHOWN))
    families: dict[str, list[tuple[Given, str]]] = {}
    for given, why in sorted(run.refused, key=lambda found: (found[0].label, found[1])):
        families.setdefault(family(why.removeprefix(f"{given.label} ")), []).append((given, why))
    yield f"  refused {len(run.refused):,}, in {len(families)} ways"
    for found in sorted(families.values(), key=len, reverse=True)[:SHOWN]:
        given, why = found[0]
        yield f"REFUSED {len(found)} times, first {given.label} ({given.trial})\n  {why}"
        yield f"  values: {json.dumps(given.values, default=dict, ensure_ascii=False)}"
