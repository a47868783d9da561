"""A table that remembers the last so many entries, so that memory does not grow with the documents tried."""

from __future__ import annotations

from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """At least the last `most` entries that were written or read, and at most twice as many.

    Two generations: a full one becomes the older one, whose entries are taken over when they are read. That
    costs a tenth of an order kept entry by entry.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._young: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}

    def __contains__(self, key: Key) -> bool:
        return key in self._young or key in self._old

    def __setitem__(self, key: Key, value: Value) -> None:
        if len(self._young) >= self._most:
            self._old, self._young = self._young, {}
        self._young[key] = value

    def get(self, key: Key) -> Value | None:
        """What is remembered; None when nothing is."""
        if key in self._young:
            return self._young[key]
        if key in self._old:
            self[key] = self._old[key]
            return self._young[key]
        return None

    def setdefault(self, key: Key, value: Value) -> Value:
        """What is remembered, which is `value` when nothing was."""
        found = self.get(key)
        if found is None:
            self[key] = found = value
        return found
