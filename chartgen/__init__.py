"""One description of an application in, one Helm chart that can be trusted out."""

__version__ = "0.1.0"
