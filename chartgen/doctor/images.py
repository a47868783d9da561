"""An image that cannot be had: what the registry said, and what helps against that.

Source: kubernetes/kubernetes pkg/kubelet/images/types.go for the reasons; the words are containerd's, CRI-O's
and the registries' own, so they are looked for loosely.
"""

from __future__ import annotations

import re

from chartgen.doctor import cures
from chartgen.doctor.snapshot import Snapshot
from chartgen.manifest import Manifest

REASONS = frozenset(
    "ErrImagePull ImagePullBackOff InvalidImageName ErrImageNeverPull ImageInspectError RegistryUnavailable "
    "SignatureValidationFailed".split()
)
# What stands before the registry's own words.
_BEFORE = re.compile(
    r"""Failed\ to\ pull\ image\ "[^"]*":\ | rpc\ error:\ code\ =\ \w+\ desc\ =\ | ErrImagePull:\ |
        Back-off\ pulling\ image\ "[^"]*":?\ ? | failed\ to\ pull\ and\ unpack\ image\ "[^"]*":\ |
        failed\ to\ resolve\ (?:reference|image)\ "[^"]*":\ | failed\ to\ do\ request:\ """,
    re.VERBOSE,
)
_PULLED = re.compile(r'Failed to pull image "([^"]+)"')


def pulled(message: str) -> str:
    """The image that an event says could not be pulled, or ""."""
    found = _PULLED.match(message)
    return found[1] if found else ""


def said(message: str) -> str:
    """The registry's reason in the kubelet's message."""
    return _BEFORE.sub("", message).strip()


def cure(snapshot: Snapshot, pod: Manifest, reason: str, message: str) -> str:
    """What helps, by what was said."""
    where = cures.key(snapshot, pod) or "COMPONENT"
    text = message.lower()
    if reason == "ErrImageNeverPull":
        again = cures.upgrade(snapshot, f"{where}.image.pullPolicy=IfNotPresent")
        return f"load the image into the node, or let the node pull it:\n{again}"
    if any(
        word in text for word in ("no such host", "refused", "timeout", "deadline", "unreachable", ": eof")
    ):
        return f"the node does not reach it: mend that, or use another one:\n{_registry(snapshot)}"
    if any(word in text for word in ("unauthorized", "denied", "forbidden", "authorization failed", "401")):
        return f"{_tag(snapshot, where)}\nor, if the registry wants a password:\n{_password(snapshot)}"
    if "toomanyrequests" in text or "429" in text:
        return f"the registry wants you to wait, or to log in:\n{_password(snapshot)}"
    return _tag(snapshot, where)


def _tag(snapshot: Snapshot, where: str) -> str:
    return f"name an image that exists:\n{cures.upgrade(snapshot, f'{where}.image.tag=TAG')}"


def _registry(snapshot: Snapshot) -> str:
    return cures.upgrade(snapshot, "global.imageRegistry=REGISTRY")


def _password(snapshot: Snapshot) -> str:
    # By the file that `docker login` writes: a password in a command stays in the shell's history.
    made = snapshot.at.kubectl(
        *"create secret docker-registry registry --from-file=.dockerconfigjson=config.json".split()
    )
    return f"{made}\n{cures.upgrade(snapshot, 'imagePullSecrets[0].name=registry')}"
