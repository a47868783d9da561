"""Charts with one small fault each, and how many of them somebody finds.

A judge is any function from a chart to what it has against it. The mutants and the run know nothing of it.
"""

from __future__ import annotations
