"""What the workers count, in memory that they share: a row of numbers for each worker.

A request costs five additions. Whoever is asked for the metrics reads all rows. A row whose worker
is gone is taken over by the next one with its counts, so that counts never go back.
"""

from __future__ import annotations

import fcntl
import os
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evenbeat.tile_server.access.shared_memory import shared_memory
from evenbeat.tile_server.operations.routes import CLASSES

STATUSES = (
    200, 204, 206, 304, 307, 400, 401, 403, 404, 405, 406, 408, 410, 413, 414, 416, 422, 429, 431,
    499, 500, 503, 504,
)  # fmt: skip
UNLISTED = "other"
BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
REASONS = ("key", "signature", "token", "none", "rate", "guesses", "host", "busy", "head", "slow",
           "crowd", UNLISTED)  # fmt: skip
GAUGES = ("archives", "running", "waiting", "connections", "as_of", "stale")
MOST_WORKERS = 64

_PID = 0
_GAUGES = 1
_REASONS = _GAUGES + len(GAUGES)
_COUNTS = _REASONS + len(REASONS)
_PER_CLASS = 2 * (len(STATUSES) + 1) + 1 + len(BUCKETS_S) + 1
_ROW = _COUNTS + _PER_CLASS * len(CLASSES)
_CLASS_AT = {name: _COUNTS + _PER_CLASS * at for at, name in enumerate(CLASSES)}
_STATUS_AT = {status: 2 * at for at, status in enumerate(STATUSES)}
_UNLISTED_AT = 2 * len(STATUSES)
_SECONDS_AT = _UNLISTED_AT + 2


class Board:
    """The shared numbers, and this worker's row among them.

    Parameters
    ----------
    path
        File of the numbers; None where there is one worker in this process.
    writes
        Whether this process is a worker; else it only reads.
    """

    def __init__(self, path: Path | None = None, *, writes: bool = True) -> None:
        self._numbers = shared_memory(path, MOST_WORKERS * _ROW * 8).cast("d")
        self._row = 0
        if writes:
            with _alone(path):
                self._row = _ROW * self._free_row()
                self._numbers[self._row + _PID] = float(os.getpid())

    def count(self, kind: str, status: int, size: int, seconds: float) -> None:
        """Count an answered request."""
        numbers, at = self._numbers, self._row + _CLASS_AT[kind]
        cell = at + _STATUS_AT.get(status, _UNLISTED_AT)
        numbers[cell] += 1.0
        numbers[cell + 1] += size
        numbers[at + _SECONDS_AT] += seconds
        numbers[at + _SECONDS_AT + 1 + bisect_left(BUCKETS_S, seconds)] += 1.0

    def refuse(self, reason: str) -> None:
        """Count a request that was not let in."""
        at = REASONS.index(reason) if reason in REASONS else len(REASONS) - 1
        self._numbers[self._row + _REASONS + at] += 1.0

    def show(self, **gauges: float) -> None:
        """Write what this worker has now."""
        for name, value in gauges.items():
            self._numbers[self._row + _GAUGES + GAUGES.index(name)] = value

    def workers(self) -> list[tuple[int, dict[str, float]]]:
        """Return the process number and the gauges of each worker that runs."""
        return [
            (pid, {name: row[_GAUGES + at] for at, name in enumerate(GAUGES)})
            for row in self._rows()
            if (pid := int(row[_PID])) and _runs(pid)
        ]

    def requests(self) -> Iterator[tuple[str, str, float, float]]:
        """Yield class, status, number and bytes of answered requests, all workers together."""
        total = self._total()
        for kind, at in _CLASS_AT.items():
            for status, shift in [*_STATUS_AT.items(), (UNLISTED, _UNLISTED_AT)]:
                if total[at + shift]:
                    yield kind, str(status), total[at + shift], total[at + shift + 1]

    def seconds(self) -> Iterator[tuple[str, list[float], float]]:
        """Yield class, numbers by bucket (the last one beyond all edges), and sum of seconds."""
        total = self._total()
        for kind, at in _CLASS_AT.items():
            first = at + _SECONDS_AT + 1
            numbers = total[first : first + len(BUCKETS_S) + 1]
            if any(numbers):
                yield kind, numbers, total[first - 1]

    def refusals(self) -> Iterator[tuple[str, float]]:
        """Yield reason and number of requests that were not let in."""
        total = self._total()
        yield from ((reason, total[_REASONS + at]) for at, reason in enumerate(REASONS))

    def _rows(self) -> list[list[float]]:
        every: list[float] = list(self._numbers)
        return [every[at : at + _ROW] for at in range(0, MOST_WORKERS * _ROW, _ROW)]

    def _total(self) -> list[float]:
        return [sum(column) for column in zip(*self._rows(), strict=True)]

    def _free_row(self) -> int:
        for number in range(MOST_WORKERS):
            pid = int(self._numbers[_ROW * number + _PID])
            if pid in (0, os.getpid()) or not _runs(pid):
                return number
        return MOST_WORKERS - 1


@contextmanager
def _alone(path: Path | None) -> Iterator[None]:
    """Keep other workers from choosing a row at the same time."""
    if path is None:
        yield
        return
    with path.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
