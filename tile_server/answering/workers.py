"""A bounded number of worker threads for answers that read many cells."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from typing import TypeVar

from evenbeat.tile_server.answering.refusals import RefusalError

_Answer = TypeVar("_Answer")


class Workers:
    """Runs functions in threads: so many at a time, so many waiting, each for so long.

    A thread cannot be ended, so one that is over its time goes on, and keeps its place until it is
    done: no more of them run at once than there are places, however many clients give up.

    Parameters
    ----------
    threads
        How many run at once; by default one for each core.
    waiting
        How many may wait; the next one is refused.
    seconds
        How long a client waits for its answer.
    """

    def __init__(
        self, threads: int | None = None, *, waiting: int = 16, seconds: float = 20.0
    ) -> None:
        self._threads = threads or os.cpu_count() or 1
        self._waiting, self._seconds = waiting, seconds
        self._inside = 0
        self._pool: ThreadPoolExecutor | None = None

    @property
    def running(self) -> int:
        """Return how many functions run."""
        return min(self._inside, self._threads)

    @property
    def waiting(self) -> int:
        """Return how many functions wait for a thread."""
        return max(0, self._inside - self._threads)

    async def run(self, work: Callable[[], _Answer]) -> _Answer:
        """Return what a function returns.

        Raises
        ------
        RefusalError
            Too many are waiting already, or the function takes too long; the client is told to
            try again.
        """
        if self._inside >= self._threads + self._waiting:
            raise RefusalError(
                HTTPStatus.SERVICE_UNAVAILABLE, "Too many such requests at once. Try again."
            )
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="cells")
        loop = asyncio.get_running_loop()
        self._inside += 1
        begun = self._pool.submit(work)
        begun.add_done_callback(lambda done: self._leave(loop, done))
        try:
            # Shielded, because to cancel the wrapper of a thread that runs would lose its place.
            answer = asyncio.wrap_future(begun)
            return await asyncio.wait_for(asyncio.shield(answer), self._seconds)
        except TimeoutError:
            begun.cancel()
            raise RefusalError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"This took longer than {self._seconds:g} seconds. Ask for less, or try again.",
            ) from None
        except asyncio.CancelledError:
            begun.cancel()
            raise

    def _leave(self, loop: asyncio.AbstractEventLoop, done: Future[_Answer]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._subtract)

    def _subtract(self) -> None:
        self._inside -= 1
