"""How often somebody may ask: a bucket of requests that fills evenly, one for all workers."""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache
from pathlib import Path

from evenbeat.tile_server.access.shared_memory import shared_memory

_SLOTS = 1 << 15
_NEAR = 16
_SLOT_BYTES = 16
_MINUTE_S = 60.0


class Rates:
    """Buckets of a minute's requests; each request takes one, and a bucket fills at its rate.

    A bucket is one number, the moment at which it is full again, in a table that all workers map.
    Workers do not lock it: where two take from one bucket in the same microsecond, one request may
    go uncounted. A full bucket's place is free for another; where all near places are taken, the
    one that is full soonest is given up.

    Parameters
    ----------
    path
        File of the table; None where there is one worker.
    """

    def __init__(self, path: Path | None = None) -> None:
        memory = shared_memory(path, _SLOTS * _SLOT_BYTES)
        self._names, self._full_at = memory.cast("Q"), memory.cast("d")

    def seconds_to_wait(self, name: str, per_minute: int, now_s: float) -> int:
        """Take a request from a bucket; return 0, or how long to wait where it is empty.

        Parameters
        ----------
        now_s
            A clock that never runs backwards and is the same for all workers.

        Examples
        --------
        >>> rates = Rates()
        >>> [rates.seconds_to_wait("a", 2, 0.0) for _ in range(3)]
        [0, 0, 30]
        """
        place = self._place(name, now_s)
        full_at = max(self._full_at[place], now_s) + _MINUTE_S / per_minute
        over = full_at - now_s - _MINUTE_S
        if over > 1e-9:
            return math.ceil(over)
        self._full_at[place] = full_at
        return 0

    def is_empty(self, name: str, per_minute: int, now_s: float) -> bool:
        """Return whether a bucket has no request left, and take none."""
        number = _number(name)
        place = self._find(number, number % _SLOTS)
        held = 0.0 if place is None else self._full_at[place] - now_s
        return held + _MINUTE_S / per_minute > _MINUTE_S + 1e-9

    def keep(self, name: str, until_s: float, now_s: float) -> None:
        """Remember a name until a moment."""
        self._full_at[self._place(name, now_s)] = until_s

    def keeps(self, name: str, now_s: float) -> bool:
        """Return whether a name is remembered."""
        number = _number(name)
        place = self._find(number, number % _SLOTS)
        return place is not None and self._full_at[place] > now_s

    def _find(self, number: int, first: int) -> int | None:
        for step in range(_NEAR):
            place = 2 * ((first + step) % _SLOTS)
            if self._names[place] == number:
                return place + 1
        return None

    def _place(self, name: str, now_s: float) -> int:
        """Return where a bucket's number stands, after giving it a place if it has none."""
        number = _number(name)
        first = number % _SLOTS
        found = self._find(number, first)
        if found is not None:
            return found
        near = [2 * ((first + step) % _SLOTS) for step in range(_NEAR)]
        place = min(near, key=lambda each: max(self._full_at[each + 1], now_s))
        self._full_at[place + 1] = 0.0
        self._names[place] = number
        return place + 1


@lru_cache(maxsize=8192)
def _number(name: str) -> int:
    digest = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1
