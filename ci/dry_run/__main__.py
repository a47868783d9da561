"""Send what charts make of accepted values to a real API server: a dry run, fields judged strictly.

python3 -m ci.dry_run [--count N] [--seed N] [--seen FILE] [APPLICATION...]

Applications are those of the tests, ushadow among them (all without names); each gives an equal share of the
N distinct objects. FILE remembers what this server release took, so that only what is new is sent and a run
that was stopped goes on. The cluster is that of CHARTGEN_KUBECONFIG; a namespace is made and removed again.
Exit 1: an object was refused, or there were fewer than N; 3: there is no cluster.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from chartgen.engine.choose import choose
from ci.dry_run.objects import NAMESPACE, OF_PODS, Given, objects
from ci.dry_run.server import NotServedError, Reply, Server, served
from tests.apps.made import APPS

AT_ONCE = 4
SHOWN = 20  # refusals that are told whole
UNKNOWN = 3


class Seen:
    """Digests of what a release of the API server took, a line each, kept as they come."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._known = set(path.read_text().split()) if path.exists() else set()
        self._file = path.open("a", buffering=1)

    def __contains__(self, digest: str) -> bool:
        return digest in self._known

    def add(self, digest: str) -> None:
        self._known.add(digest)
        self._file.write(f"{digest}\n")


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
        self.warnings.update(reply.warnings)
        if reply.refusal:
            self.refused.append((given, reply.refusal))
        else:
            self.taken[given.data["kind"]] += 1
            self._seen.add(given.digest)


def told(run: Run, seconds: float) -> Iterator[str]:
    """What came of it, for people."""
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in run.taken.most_common())
    taken = sum(run.taken.values())
    yield f"{taken:,} distinct objects taken, {run.sent:,} of them asked now, in {seconds:.0f} s"
    yield f"  {kinds}"
    yield from (
        f"  NOT ASKED {count:,} of {kind}: the server has no such kind"
        for kind, count in run.not_served.items()
    )
    yield from (f"  warned {count:,} times: {text}" for text, count in run.warnings.most_common(SHOWN))
    yield f"  refused {len(run.refused):,}"
    for given, why in run.refused[:SHOWN]:
        yield f"REFUSED {given.label} ({given.trial})\n  {why}\n  values: {dict(given.values)}"


def _namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="ci.dry_run", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seen", type=Path)
    parser.add_argument("apps", nargs="*", metavar="APPLICATION", default=APPS)
    chosen = parser.parse_args(arguments)
    kubeconfig = os.environ.get("CHARTGEN_KUBECONFIG")
    if not kubeconfig:
        print("ci.dry_run: no cluster: make test-dry-run starts one", file=sys.stderr)
        return UNKNOWN
    started, share = time.monotonic(), -(-chosen.count // len(chosen.apps))
    with served("kubectl", kubeconfig) as server:
        namespaces = [_namespace(name) for name in (NAMESPACE, OF_PODS)]
        for namespace in namespaces:
            server.create(namespace)
        run = Run(server, Seen(chosen.seen or Path("build", "dry-run", f"{server.version}.seen")))
        engine = choose()
        for app in chosen.apps:
            found = run.of(objects(app, engine, chosen.seed), share)
            print(f"{app}: {found:,} objects, {len(run.refused):,} refused so far", flush=True)
        for namespace in namespaces:
            server.delete(namespace)
    print("\n".join(told(run, time.monotonic() - started)))
    return int(bool(run.refused) or sum(run.taken.values()) < chosen.count)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
