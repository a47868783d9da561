"""Send what charts make of accepted values to a real API server: a dry run, fields judged strictly.

python3 -m ci.dry_run [--count N] [--seed N] [--seen FILE] [APPLICATION...]

Applications are those of the tests, ushadow among them (all without names); each gives an equal share of the
N distinct objects. FILE remembers what a server took, so that only what is new is sent and a run that was
stopped goes on; without it that is kept with the built tools, by the server's release and definitions. The
cluster is that of CHARTGEN_KUBECONFIG; a namespace is made and removed again.
Exit 1: an object was refused, or there were fewer than N; 3: there is no cluster, or it did not answer.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

from chartgen.engine.choose import choose
from ci.dry_run.account import Run, Seen, told
from ci.dry_run.objects import NAMESPACE, OF_PODS, objects
from ci.dry_run.server import Server, UnansweredError, served
from ci.tools import pins
from tests.apps.made import APPS

UNKNOWN = 3


def kept(server: Server, root: Path) -> Path:
    """Where it is remembered what this server took."""
    return root / "dry-run" / f"{server.key}.seen"


@contextmanager
def _namespaces(server: Server) -> Iterator[None]:
    """The namespaces that objects are put into, for as long as they are asked about."""
    made: list[dict[str, Any]] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in (NAMESPACE, OF_PODS)
    ]
    for namespace in made:
        server.create(namespace)
    try:
        yield
    finally:
        for namespace in made:
            server.delete(namespace)


def _asked(chosen: argparse.Namespace, server: Server) -> Run:
    """Asks about each application's share."""
    share = -(-chosen.count // len(chosen.apps))
    run, engine = Run(server, Seen(chosen.seen or kept(server, pins.cache()))), choose()
    for app in chosen.apps:
        found = run.of(objects(app, engine, chosen.seed), share)
        print(
            f"{app}: {found:,} objects, {run.sent:,} asked, {len(run.refused):,} refused so far", flush=True
        )
    return run


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
    started = time.monotonic()
    try:
        with served("kubectl", kubeconfig) as server, _namespaces(server):
            run = _asked(chosen, server)
    except (UnansweredError, OSError, HTTPException) as error:
        print(f"ci.dry_run: the server did not answer: {str(error) or type(error).__name__}", file=sys.stderr)
        print("What was answered is kept: the next run goes on from there", file=sys.stderr)
        return UNKNOWN
    print("\n".join(told(run, time.monotonic() - started)))
    return int(bool(run.refused) or sum(run.taken.values()) < chosen.count)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
