"""A bounded number of worker threads for answers that read many cells."""

from __future__ import annotations

import os
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

import anyio
import anyio.to_thread

from evenbeat.tile_server.answering.refusals import RefusalError

_Answer = TypeVar("_Answer")


class Workers:
    """Runs functions in threads, only so many at a time and with only so many waiting.

    Parameters
    ----------
    threads
        How many run at once; by default one for each core.
    waiting
        How many may wait; the next one is refused.
    """

    def __init__(self, threads: int | None = None, *, waiting: int = 16) -> None:
        self._threads = threads or os.cpu_count() or 1
        self._most, self._inside = self._threads + waiting, 0
        self._limiter: anyio.CapacityLimiter | None = None

    async def run(self, work: Callable[[], _Answer]) -> _Answer:
        """Return what a function returns.

        Raises
        ------
        RefusalError
            Too many are waiting already; the client is told to try again.
        """
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self._threads)
        if self._inside >= self._most:
            raise RefusalError(
                HTTPStatus.SERVICE_UNAVAILABLE, "Too many such requests at once. Try again."
            )
        self._inside += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._inside -= 1
