"""Who made a package: a provenance file that Helm verifies, and a signature in the registry by cosign.

    prov = sign(chart, packed, keys)                          # NAME-VERSION.tgz.prov
    signature = verify(prov, "shop-1.0.0.tgz", packed, keys)  # or SignatureError says what is wrong
    Cosign(plain_http=True).verify("127.0.0.1:5000/charts/shop:1.0.0", "cosign.pub")  # the digest

Keys are read and secrets are given by who calls; gpg and cosign do the rest, as programs of the machine.
"""

from chartgen.signing.cosign import Cosign
from chartgen.signing.errors import SignatureError
from chartgen.signing.gpg import Keys
from chartgen.signing.provenance import Signature, sign, verify

__all__ = ["Cosign", "Keys", "Signature", "SignatureError", "sign", "verify"]
