"""`chartgen sign`: sign a published chart, where it lies."""

from __future__ import annotations

import re
from typing import Any

import click

from chartgen.cli.options import option
from chartgen.cli.registry import connection_options, cosign_of, cosign_option
from chartgen.errors import UsageError

_REFERENCE = re.compile(r"oci://(?P<name>[^@\s]+?)(?::[\w.-]+)?@(?P<digest>sha256:[0-9a-f]{64})")


@click.command("sign")
@click.argument("reference", metavar="oci://HOST/PATH/NAME@DIGEST")
@option("--key", env="COSIGN_KEY", required=True, metavar="FILE", help="cosign's private key: cosign.key.")
@cosign_option
@connection_options
def command(reference: str, key: str, cosign: str, **registry: Any) -> None:
    """Sign a chart in an OCI registry with cosign, which stores the signature beside it.

    The digest is what `chartgen push` printed: a tag may lead elsewhere by the time it is signed. A chart
    that this key has signed is left as it is. No transparency log and no other service is asked. The key's
    password is read from COSIGN_PASSWORD, credentials for the registry from Docker's configuration.

    \b
    Example:
      chartgen sign oci://ghcr.io/acme/charts/ushadow@sha256:9eb7... --key cosign.key
    """
    found = _REFERENCE.fullmatch(reference)
    if not found:
        hint = "write oci://HOST/PATH/NAME@sha256:..., with the digest that `chartgen push` printed"
        raise UsageError(f"{reference} does not say what to sign", hint)
    where = f"{found['name']}@{found['digest']}"
    signed = cosign_of(cosign, registry).sign(where, key)
    click.echo(f"oci://{where} {'signed' if signed else 'was signed with this key already'}")
