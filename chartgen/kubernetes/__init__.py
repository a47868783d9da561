"""What Kubernetes accepts: schemas of every supported version, and the limits only a server knows."""

from __future__ import annotations

VERSIONS: tuple[str, ...] = ("1.29", "1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37")
"""The Kubernetes versions a chart is checked against, oldest first: those the package data know."""
