"""Raw manifests: what a chart renders to, as a folder of files that kubectl applies without Helm."""

from chartgen.raw.files import KUSTOMIZATION, RECORD, Folder, folder
from chartgen.raw.objects import applied, in_clear_text, without_helm

__all__ = ["KUSTOMIZATION", "RECORD", "Folder", "applied", "folder", "in_clear_text", "without_helm"]
