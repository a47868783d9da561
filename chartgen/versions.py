"""The next version of a chart, from how much its changes weigh.

| weight | from 1.0.0 on | 0.x | 0.0.x |
|---|---|---|---|
| major | X+1.0.0 | 0.Y+1.0 | 0.0.Z+1 |
| minor | X.Y+1.0 | 0.Y.Z+1 | 0.0.Z+1 |
| patch | X.Y.Z+1 | 0.Y.Z+1 | 0.0.Z+1 |
| none | the same | the same | the same |

Below 1.0.0 the ranges that people write decide: `^0.2.3` ends before 0.3.0, and `^0.0.3` before 0.0.4, so
what they may not get by themselves is behind those ends. Source: Masterminds/semver, "Caret Range
Comparisons", which Helm uses.
"""

from __future__ import annotations

from semver import Version

from chartgen.changes import Level

DEV = "0.dev"


def parsed(text: str) -> Version | None:
    """A semantic version; None for what is none. Source: semver.org 2.0.0."""
    try:
        return Version.parse(text)
    except (ValueError, TypeError):
        return None


def following(base: Version, level: Level | None) -> Version:
    """The least version that may follow `base`. A pre-release is followed by what it was for, when that is
    enough."""
    if level is None:
        return base
    stable = base.finalize_version()
    if base.prerelease and _enough(stable, level):
        return stable
    if stable.major:
        return {
            Level.MAJOR: stable.bump_major,
            Level.MINOR: stable.bump_minor,
            Level.PATCH: stable.bump_patch,
        }[level]()
    return stable.bump_minor() if level is Level.MAJOR and stable.minor else stable.bump_patch()


def _enough(stable: Version, level: Level) -> bool:
    """Whether the version that a pre-release is for has been raised by that much already."""
    if stable.major == 0:
        return level is not Level.MAJOR or stable.patch == 0 or stable.minor == 0
    return {
        Level.MAJOR: stable.minor == 0 and stable.patch == 0,
        Level.MINOR: stable.patch == 0,
        Level.PATCH: True,
    }[level]


def development(version: Version, number: int) -> Version:
    """A pre-release of a branch: sorted by its number, after what was there before and before every release
    candidate, since numbers sort before words (semver.org, item 11)."""
    return version.finalize_version().replace(prerelease=f"{DEV}.{number}")
