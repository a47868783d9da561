"""Write chartgen/data/time_zones.txt: the names that a CronJob's `timeZone` may have.

    python -m ci.time_zones          # needs Go, whose list every Kubernetes server carries

The IANA time zone database (public domain) as Go ships it, without names that the servers of the oldest
supported Kubernetes do not know yet.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from zipfile import ZipFile

TARGET = Path(__file__).parents[1] / "chartgen" / "data" / "time_zones.txt"
# Newer than what servers of Kubernetes 1.29 carry (source: the NEWS of the database), and what is no place.
LATER = {"America/Coyhaique", "Factory"}


def text() -> str:
    """One name a line, sorted."""
    root = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    with ZipFile(Path(root, "lib", "time", "zoneinfo.zip")) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    return "".join(f"{name}\n" for name in sorted(names - LATER))


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
    print(f"{TARGET.name}: {len(TARGET.read_text('utf-8').split())} names")
