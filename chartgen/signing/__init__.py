"""Who made a package: a provenance file that Helm verifies, and a signature in the registry by cosign.

    prov = sign(chart, packed, keys)                          # NAME-VERSION.tgz.prov
    signature = verify(prov, "shop-1.0.0.tgz", packed, keys)  # or SignatureError says what is wrong

Keys are read and secrets are given by who calls; gpg and cosign do the rest, as programs of the machine.
"""

from chartgen.signing.errors import SignatureError
from chartgen.signing.gpg import Keys
from chartgen.signing.provenance import Signature, sign, verify

__all__ = ["Keys", "Signature", "SignatureError", "sign", "verify"]
