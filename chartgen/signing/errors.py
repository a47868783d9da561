"""What is said of a signature that cannot be trusted, or cannot be made."""

from __future__ import annotations

from chartgen.errors import ChartgenError


class SignatureError(ChartgenError):
    """A signature is wrong, missing, or of somebody else; or the key for one is."""
