"""Go templates as Helm uses them: parsed with exact places; what they read and call, where they decide."""

from __future__ import annotations

from chartgen.template.blocks import parse
from chartgen.template.branches import BranchPoint, branches
from chartgen.template.calls import Calls, calls
from chartgen.template.errors import TemplateError
from chartgen.template.reads import Read, reads
from chartgen.template.tree import Template

__all__ = ["BranchPoint", "Calls", "Read", "Template", "TemplateError", "branches", "calls", "parse", "reads"]
