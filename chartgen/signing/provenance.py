"""The provenance file of a package: `Chart.yaml` and the package's sum, signed in the clear.

Source of the format: helm, pkg/provenance/sign.go.
"""

from __future__ import annotations

from chartgen import documents
from chartgen.chart import Chart
from chartgen.documents import dump
from chartgen.errors import ChartgenError
from chartgen.frozen import Frozen
from chartgen.package import digest, file_name
from chartgen.signing import gpg
from chartgen.signing.errors import SignatureError

_END = "\n...\n"  # between the two documents


class Signature(Frozen):
    """A good signature: the fingerprint of its key, whom the key says it is of, when (seconds since 1970)."""

    fingerprint: str
    signer: str
    time: int


def sign(chart: Chart, packed: bytes, keys: gpg.Keys, at: int | None = None) -> bytes:
    """The provenance file of a package, dated `at` (seconds since 1970) or now.

    Raises SignatureError when the key cannot be used, ToolError when there is no gpg.
    """
    return gpg.sign(message(chart, packed), keys, at)


def message(chart: Chart, packed: bytes) -> bytes:
    """What is signed. Chart.yaml as data: a document's end in its text would hide the sums from Helm."""
    sums = {"files": {file_name(chart): digest(packed)}}
    return f"{dump(chart.metadata)}{_END}{dump(sums)}".encode()


def verify(prov: bytes, name: str, packed: bytes, keys: gpg.Keys) -> Signature:
    """The signature of a package called `name`, when it is by one of the keys and for these bytes.

    Raises SignatureError that says what is wrong, ToolError when there is no gpg.
    """
    text, status = gpg.verified(prov, keys)
    told = _sums(text).get(name)
    if told is None:
        raise SignatureError(f"the signature is not for a file called {name}", "is it of another version?")
    if told != digest(packed):
        what = f"{name} is not what was signed: it is {digest(packed)}, and {told} was signed"
        raise SignatureError(what, "do not use it; get the package again from where it was published")
    return Signature(status.fingerprint, status.signer, status.time)


def _sums(text: str) -> dict[str, object]:
    """The sums in a signed text. Where Helm would read others than a person, there are none."""
    parts = text.replace("\r\n", "\n").split(_END)
    try:
        found = documents.load(parts[1], "provenance").data if len(parts) == 2 else None
    except ChartgenError:
        found = None
    sums = found.get("files") if isinstance(found, dict) else None
    if not isinstance(sums, dict):
        raise SignatureError(
            "what was signed is no provenance of a chart", "`chartgen package --sign` makes one"
        )
    return sums
