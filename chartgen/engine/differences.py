"""Where engines are known to differ; tests/helm/test_engine_differences.py shows each by its name.

Everything else is the same: tests/helm/test_parity.py holds the engines against each other. A generated
chart meets none of them: its defaults have no null, its `kubeVersion` ends in `-0`, and its templates
ask neither for the cluster's version nor for the revision.
"""

from __future__ import annotations

from typing import NamedTuple


class Difference(NamedTuple):
    """One known difference, as a name and a sentence or two."""

    name: str
    says: str


KNOWN = (
    Difference(
        "default kubernetes version",
        "Without a kube_version each Helm has its own: 1.36.0 embedded, 1.33.0 in 3.18, 1.37.0 in 4.3.",
    ),
    Difference(
        "api versions",
        ".Capabilities.APIVersions has what the Helm was built with: 55 embedded, other numbers elsewhere.",
    ),
    Difference("helm version", ".Capabilities.HelmVersion is the Helm's own, v4.2 for the embedded one."),
    Difference(
        "revision",
        "`helm template` has no flag for it: .Release.Revision is 1 from a binary, the release's embedded.",
    ),
    Difference(
        "null defaults",
        "Helm before 4.2 keeps a null in the chart's defaults, and Helm 3.18 forgets one over another.",
    ),
    Difference(
        "misspelled hook",
        "A binary leaves out an object whose helm.sh/hook it does not know; embedded it is there.",
    ),
    Difference(
        "provider suffix",
        "Helm 3.18 refuses Kubernetes v1.30.2-gke.1 for a kubeVersion without -0, later ones take it.",
    ),
    Difference(
        "texts",
        "`helm template` trims the text of each object and sorts them by kind; the objects are the same.",
    ),
    Difference(
        "schema words", "Embedded the words about the schema are ours, from a binary they are Helm's."
    ),
    Difference(
        "yaml words",
        "Output that is no YAML is described by us when embedded, by Helm when from a binary.",
    ),
    Difference(
        "broken chart",
        "A chart that cannot be loaded is refused when it is opened embedded, by a binary at the first case.",
    ),
    Difference(
        "chart api version",
        "From 4.3 on an apiVersion other than v1 and v2 is refused by `helm template`, before it was not.",
    ),
    Difference(
        "warnings",
        "The embedded Helm writes warnings to stderr itself (a table over a text); a binary's are dropped.",
    ),
)
