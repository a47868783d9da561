"""One upgrade on a real cluster, and what it did: told from the objects as they were and as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from chartgen.chart import Chart
from tests.cluster.kubernetes import Done, Namespace, Object, eventually, run
from tests.upgrades.pairs import LOSES, MISSING, REFUSED, RESTARTS, SAFE

HOLDERS = ("PersistentVolumeClaim", "PersistentVolume", "Secret", "Namespace", "CustomResourceDefinition")
RUNNERS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod")
# Kinds that the whole cluster shares: no namespace takes them along.
SHARED = ("StorageClass", "PersistentVolume", "PriorityClass", "CustomResourceDefinition", "Namespace")

Key = tuple[str, str, str]  # kind, namespace, name
State = dict[Key, Object]


def _key(item: Object) -> Key:
    return item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]


class Upgrades:
    """Versions of a chart, installed and upgraded by one Helm in a namespace."""

    def __init__(self, helm: str, namespace: Namespace, folder: Path) -> None:
        self.helm, self.namespace, self.folder = helm, namespace, folder
        self._made = self._newest = ""

    def run(self, verb: str, subject: Chart) -> Done:
        place = self.folder / subject.version
        for file in subject.files:
            path = place / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
        where = ("--kubeconfig", self.namespace.kubeconfig, "--namespace", self.namespace.name)
        done = run(self.helm, verb, "shop", str(place), *where, "--output", "json", "--timeout", "120s")
        if done.code == 0:
            made = json.loads(done.output)
            hooks = [hook["manifest"] for hook in made.get("hooks") or ()]
            self._newest = "\n---\n".join(("", made.get("manifest") or "", *hooks))
            self._made += self._newest
        return done

    def state(self) -> State:
        """All objects that a version so far has made, those that are on their way out left out."""
        program = (self.namespace.kubectl, "--kubeconfig", self.namespace.kubeconfig)
        asked = ("get", "--filename=-", "--output=json", "--ignore-not-found")
        done = run(*program, *asked, stdin=yaml.safe_dump_all(self._placed(self._made))).checked()
        found = json.loads(done.output) if done.output else {}
        items = found["items"] if found.get("kind") == "List" else [found] if found else []
        return {_key(item): item for item in items if "deletionTimestamp" not in item["metadata"]}

    def wanted(self) -> set[Key]:
        """The objects that the newest version makes."""
        return {_key(each) for each in self._placed(self._newest)}

    def _placed(self, manifests: str) -> list[Object]:
        """Objects, each with its namespace: a flag of kubectl's would be for all of them."""
        documents = [found for found in yaml.safe_load_all(manifests) if found]
        for each in documents:
            if each["kind"] not in SHARED:
                each["metadata"].setdefault("namespace", self.namespace.name)
        return documents

    def bound(self) -> State:
        """The same, when every claim that names a volume has it."""

        def there(state: State) -> bool:
            claims = [o for (kind, _, _), o in state.items() if kind == "PersistentVolumeClaim"]
            return all(c["status"].get("phase") == "Bound" for c in claims if "volumeName" in c["spec"])

        state = eventually(self.state, there)
        assert there(state), "a claim got no volume"
        return state

    def clean(self) -> None:
        """Take away what does not go with the namespace."""
        names = [f"{kind}/{name}" for kind, _, name in self.state() if kind in SHARED]
        if names:
            self.namespace.ask("delete", *names, "--wait=false", "--ignore-not-found").checked()


def outcome(upgrades: Upgrades, steps: tuple[Chart, ...]) -> tuple[str, str]:
    """What became of the first version under the upgrades to the others, and what Helm said of a refusal."""
    upgrades.run("install", steps[0]).checked()
    before = upgrades.bound()
    try:
        for step in steps[1:]:
            done = upgrades.run("upgrade", step)
            if done.code:
                return REFUSED, done.errors.strip()
        return told(before, upgrades.state(), upgrades.wanted()), ""
    finally:
        upgrades.clean()


def told(before: State, after: State, wanted: set[Key]) -> str:
    """The worst that happened to an object, by what it is for."""
    if any(key[0] in HOLDERS and _lost(old, after.get(key)) for key, old in before.items()):
        return LOSES
    if any(key in wanted and key not in after for key in before):
        return MISSING
    runners = ((old, after.get(key)) for key, old in before.items() if key[0] in RUNNERS)
    return RESTARTS if any(_restarted(old, new) for old, new in runners) else SAFE


def _lost(old: Object, new: Object | None) -> bool:
    """Whether an object is gone, is another one, or holds less or something else than before."""
    if new is None or new["metadata"]["uid"] != old["metadata"]["uid"]:
        return True
    content: dict[str, Any] = new.get("data", {}) if old["kind"] == "Secret" else {}
    return old["kind"] == "Secret" and any(content.get(key) != value for key, value in old["data"].items())


def _restarted(old: Object, new: Object | None) -> bool:
    """Whether pods are other ones now, or fewer: gone with their owner, of another template, or scaled."""
    if new is None or new["metadata"]["uid"] != old["metadata"]["uid"]:
        return True
    if old["kind"] == "Pod":
        images = [[c["image"] for c in each["spec"]["containers"]] for each in (old, new)]
        return images[0] != images[1]
    fewer = new["spec"].get("replicas", 0) < old["spec"].get("replicas", 0)
    return fewer or bool(old["spec"]["template"] != new["spec"]["template"])
