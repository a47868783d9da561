"""Objects that are hooks now and were not, or the other way round, and hooks that hold data."""

from __future__ import annotations

from collections.abc import Iterator

from chartgen.changes import Change, Level
from chartgen.diff.levels import change
from chartgen.diff.subject import HOLDERS, Altered, Pair, View, notes
from chartgen.manifest import Manifest

NAME = "hooks"
HELP = "What Helm owns stays its own, and no hook deletes data."
_POLICY = "helm.sh/hook-delete-policy"
_UPGRADE = ("pre-upgrade", "post-upgrade")
_TEST = ("test", "test-success", "test-failure")


def compare(pair: Pair) -> Iterator[Change]:
    """Hooks under each case. Helm never owns a hook: it makes it, and deletes it as its policy says."""
    for view in pair.views:
        for altered in view.both:
            yield from _turned(altered, view)
        for new in view.fresh:
            if _runs(new):
                what = f"runs as a hook on {', '.join(new.hooks)} from now on"
                yield change("hook changed", new.label, what, level=Level.MINOR, overlays=(view.case.name,))
        for old in view.gone:
            if _runs(old):
                yield change("hook changed", old.label, "is no hook any more", overlays=(view.case.name,))
        for new in view.new.values():
            yield from _data(new, view)


def _turned(altered: Altered, view: View) -> Iterator[Change]:
    old, new, under = altered.old, altered.new, (view.case.name,)
    if old.hooks and not new.hooks:
        what = "was a hook: Helm does not own it, and refuses to take over what is there"
        hint = "delete it before you upgrade, or give it another name"
        yield change("hook became object", new.label, what, hint, overlays=under)
    elif new.hooks and not old.hooks:
        what = "is a hook now: the upgrade makes it, and then deletes what the release had under its name"
        yield change("object became hook", new.label, what, "give it another name", overlays=under)
        if old.kind in HOLDERS:
            what = "is a hook now, and what the release had under its name is deleted with what is in it"
            yield change("data in hook", new.label, what, "leave it a regular object", overlays=under)
    elif _runs(new) and altered.differences:
        yield change("hook changed", new.label, "the hook does something else", overlays=under)


def _runs(manifest: Manifest) -> bool:
    return bool(manifest.hooks) and not _tests(manifest)


def _tests(manifest: Manifest) -> bool:
    return bool(manifest.hooks) and all(hook.lower() in _TEST for hook in manifest.hooks)


def _data(new: Manifest, view: View) -> Iterator[Change]:
    """A claim that is a hook of upgrades is deleted before each of them, unless its policy says otherwise.

    Source: helm, pkg/action/hooks.go: without a policy it is before-hook-creation.
    """
    if new.kind != "PersistentVolumeClaim" or not any(h.lower() in _UPGRADE for h in new.hooks):
        return
    policy = str(notes(new).get(_POLICY) or "before-hook-creation")
    what = f"is a hook of every upgrade, with the policy {policy}: it is deleted with what is on it"
    yield change("data in hook", new.label, what, "make it a regular object", overlays=(view.case.name,))
