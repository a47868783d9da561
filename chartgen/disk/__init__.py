"""The only code that reads and writes files: applications and charts in, generated files out."""

from chartgen.disk.lock import alone
from chartgen.disk.plan import Change, Kind, Plan, plan, write
from chartgen.disk.read import (
    chart_in,
    chart_of_files,
    read_app,
    read_chart,
    read_folder,
    read_text,
    read_values,
)
from chartgen.disk.write import create_file, holds, sweep, write_file, write_files, write_folder, write_output

__all__ = [
    "Change",
    "Kind",
    "Plan",
    "alone",
    "chart_in",
    "chart_of_files",
    "create_file",
    "holds",
    "plan",
    "read_app",
    "read_chart",
    "read_folder",
    "read_text",
    "read_values",
    "sweep",
    "write",
    "write_file",
    "write_files",
    "write_folder",
    "write_output",
]
