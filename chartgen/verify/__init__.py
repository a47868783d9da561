"""Every values document that a chart accepts installs, or here is the one that does not.

trials = space(contract, chart.default_values)      # lazily, the same every time
for answer in session.render(trials): ...           # a Trial is a Case with a group and what it is about
"""

from __future__ import annotations

from chartgen.verify.space import Space, Trial, space

__all__ = ["Space", "Trial", "space"]
