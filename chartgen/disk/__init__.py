"""The only code that reads and writes files: applications and charts in, generated files out."""

from chartgen.disk.read import read_app, read_chart, read_folder, read_text
from chartgen.disk.write import Change, Kind, Plan, plan, write, write_file, write_folder

__all__ = [
    "Change",
    "Kind",
    "Plan",
    "plan",
    "read_app",
    "read_chart",
    "read_folder",
    "read_text",
    "write",
    "write_file",
    "write_folder",
]
