"""Publishing as the command does it, with a clock that does not wait."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from chartgen import oci
from chartgen.chart import Chart, ChartFile
from chartgen.errors import ChartgenError
from chartgen.package import archive

NAME = "charts/shop"


@dataclass
class Clock:
    """Time that passes by itself; what should have been waited is taken down instead."""

    pauses: list[float] = field(default_factory=list)

    def now(self) -> float:
        return time.monotonic()

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


def chart(version: str = "0.1.0", word: str = "one", name: str = "shop") -> Chart:
    """A small chart; another word makes another content under the same version."""
    head = f"apiVersion: v2\nname: {name}\nversion: {version}\ndescription: A {word} <shop> & more\n"
    template = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: shop}\ndata: {word: {{ .Values.word }}}\n"
    texts = {"Chart.yaml": head, "values.yaml": f"word: {word}\n", "templates/map.yaml": template}
    return Chart.of(ChartFile(path, text.encode()) for path, text in texts.items())


def packed(folder: Path, version: str = "0.1.0", word: str = "one") -> Path:
    file = folder / f"shop-{version}.tgz"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(archive(chart(version, word)))
    return file


def artifact(version: str = "0.1.0", word: str = "one") -> oci.Artifact:
    made = chart(version, word)
    return oci.artifact(made, archive(made))


@dataclass
class Publisher:
    """One who publishes to a host."""

    host: str
    network: oci.Network = oci.Network(plain_http=True, timeout=20, retries=1)
    credential: oci.Credential = oci.Credential()
    clock: Clock = field(default_factory=Clock)

    def publish(self, tag: str, ours: oci.Artifact) -> str:
        """`published`, `there`, or an exit code with what was said."""
        reference = oci.Reference(self.host, NAME, tag)
        try:
            with oci.opened(
                reference, self.network, self.clock, lambda _: self.credential, True
            ) as repository:
                if oci.is_there(repository, tag, ours):
                    return "there"
                oci.push(repository, tag, ours)
        except ChartgenError as error:
            return f"{error.exit_code} {error}"
        return "published"
