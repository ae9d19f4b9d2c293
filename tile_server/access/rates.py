"""How often a key may ask: a bucket of requests that fills evenly."""

from __future__ import annotations

import math

_MOST_BUCKETS = 10_000


class Rates:
    """One bucket a key, in this process.

    A bucket holds a minute's requests; each takes one, and it fills at the key's rate.
    """

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def seconds_to_wait(self, key_id: str, per_minute: int, now_s: float) -> int:
        """Take a request from a key's bucket; return 0, or how long to wait where it is empty.

        Parameters
        ----------
        now_s
            A clock that never runs backwards.

        Examples
        --------
        >>> rates = Rates()
        >>> [rates.seconds_to_wait("a", 2, 0.0) for _ in range(3)]
        [0, 0, 30]
        """
        left, then = self._buckets.get(key_id, (float(per_minute), now_s))
        left = min(float(per_minute), left + (now_s - then) * per_minute / 60.0)
        if left < 1.0:
            self._buckets[key_id] = (left, now_s)
            return math.ceil((1.0 - left) * 60.0 / per_minute)
        if len(self._buckets) >= _MOST_BUCKETS and key_id not in self._buckets:
            self._buckets.clear()
        self._buckets[key_id] = (left - 1.0, now_s)
        return 0
