"""What is made from a manifest and asked for again and again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from evenbeat.core.store.manifest import Manifest

_Made = TypeVar("_Made")


class Kept(Generic[_Made]):
    """Things made from manifests, each made once as long as there are not too many.

    Parameters
    ----------
    most
        How many are kept; then all are forgotten.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[tuple[int, Hashable], tuple[Manifest, _Made]] = {}

    def of(self, manifest: Manifest, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what was made of a manifest for a key, or make it."""
        place = (id(manifest), key)
        known = self._made.get(place)
        # The manifest is kept too, so its identity cannot be given to another.
        if known is not None and known[0] is manifest:
            return known[1]
        made = make()
        if len(self._made) >= self._most:
            self._made.clear()
        self._made[place] = (manifest, made)
        return made
