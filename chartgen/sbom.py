"""A bill of materials in CycloneDX: the chart, and the images that it runs under its values and overlays.

What is in an image its own bill says; this one leads to it, by digest where that is known. Nothing in it
comes from a clock or by chance: the serial number follows from the rest, and no time is told.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from chartgen.chart import Chart
from chartgen.errors import ToolError
from chartgen.package import digest
from chartgen.record import Image

if TYPE_CHECKING:
    from cyclonedx.model.component import Component

HOW = "pip install 'chartgen[sbom]'"


def bill_of(chart: Chart, packed: bytes, used: Iterable[Image]) -> bytes:
    """The bill, as CycloneDX 1.6 in JSON. Raises ToolError when the library for it is missing."""
    try:
        from cyclonedx.model.bom import Bom
        from cyclonedx.output.json import JsonV1Dot6
    except ImportError as error:
        raise ToolError(f"there is nothing to write an SBOM with: {error}", HOW) from None
    images = tuple(used)
    told = "\n".join([digest(packed), *(image.reference for image in images)])
    bill = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_OID, told))
    bill.metadata.timestamp = None  # type: ignore[assignment]  # CycloneDX 1.6 does not ask for one
    bill.metadata.component = subject = _chart(chart, packed)
    components = [_image(image) for image in images]
    bill.components.update(components)
    bill.register_dependency(subject, components)
    return f"{JsonV1Dot6(bill).output_as_string(indent=2)}\n".encode()


def _chart(chart: Chart, packed: bytes) -> Component:
    from cyclonedx.model import HashAlgorithm, HashType
    from cyclonedx.model.component import Component, ComponentType
    from packageurl import PackageURL

    return Component(
        type=ComponentType.APPLICATION,
        name=chart.name,
        version=chart.version,
        description=str(chart.metadata.get("description") or "") or None,
        bom_ref="chart",
        purl=PackageURL("helm", None, chart.name, chart.version),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest(packed).removeprefix("sha256:"))],
    )


def _image(image: Image) -> Component:
    """Source of the qualifiers: the purl specification, type `oci`."""
    from cyclonedx.model.component import Component, ComponentType
    from packageurl import PackageURL

    more = {"repository_url": image.repository, **({"tag": image.tag} if image.tag else {})}
    name = image.repository.rpartition("/")[2].lower()
    return Component(
        type=ComponentType.CONTAINER,
        name=image.repository,
        version=image.tag or image.digest or None,
        bom_ref=image.reference,
        purl=PackageURL("oci", None, name, image.digest or None, more),
    )
