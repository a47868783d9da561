"""Branch coverage of a chart's templates: which ways were gone, which were not, and which cannot be.

traced = Traced(engine, chart)          # a session like any other
for answer in traced.render(cases):     # the answers of the plain chart
    ...
text.render([traced.coverage], 100.0)
"""

from __future__ import annotations

from chartgen.coverage import json, listing, text
from chartgen.coverage.measure import Branch, Coverage, united
from chartgen.coverage.session import Subject, Traced

FORMATS = {"text": text.render, "json": json.render, "listing": listing.render}

__all__ = ["FORMATS", "Branch", "Coverage", "Subject", "Traced", "united"]
