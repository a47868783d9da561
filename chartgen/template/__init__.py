"""Go templates as Helm uses them: parsed with exact places, and what they read."""

from __future__ import annotations

from chartgen.template.blocks import parse
from chartgen.template.errors import TemplateError
from chartgen.template.tree import Template

__all__ = ["Template", "TemplateError", "parse"]
