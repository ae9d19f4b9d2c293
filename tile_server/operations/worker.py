"""One worker: the application, made anew from its settings when it is told to reload."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from evenbeat.core.errors import EvenbeatError, PublishError
from evenbeat.tile_server.access.rates import Rates
from evenbeat.tile_server.app import create_app
from evenbeat.tile_server.operations.board import Board
from evenbeat.tile_server.operations.connections import Connections
from evenbeat.tile_server.operations.source import AT_START, SettingsSource
from evenbeat.tile_server.service import Service

_LOG = logging.getLogger(__name__)
_TICK_S = 1.0
_RETIRE_S = 60.0
# A thread waits so long for a busy event loop to let it on. Python's own 5 ms, at every turn of a
# thread, made a point or a legend wait for a quarter of a second beside 64 busy connections.
_SWITCH_S = 0.0005


@dataclass(frozen=True)
class Post:
    """Where a worker stands: what it needs to begin, small enough to hand to a new process.

    Parameters
    ----------
    source
        Its settings.
    fixed
        What was decided at the start, such as the port that was free.
    shared
        Folder of what workers share; None for one worker alone.
    supervisor
        Number of the process that looks after it; None where it is on its own.
    """

    source: SettingsSource
    fixed: dict[str, object]
    shared: Path | None = None
    supervisor: int | None = None


class Worker:
    """An ASGI application that hands each request to the newest application.

    A reload makes a new application beside the one that runs, and then hands it what comes next:
    no connection is closed, and requests under way end where they began. Where the new one cannot
    be made, the former goes on.

    Parameters
    ----------
    post
        Where it stands.
    connections
        Of this process, for their number.
    """

    def __init__(self, post: Post, connections: Connections | None = None) -> None:
        self._post, self._connections = post, connections
        sys.setswitchinterval(_SWITCH_S)
        shared = post.shared
        self._board = Board(None if shared is None else shared / "board")
        self._rates = Rates(None if shared is None else shared / "rates")
        self._app = self._make()
        self._lives: list[tuple[FastAPI, contextlib.AsyncExitStack]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or begin and end with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._app(scope, receive, send)

    async def reload(self) -> None:
        """Read settings, keys and styles again."""
        try:
            app = await asyncio.to_thread(self._make)
            await self._enter(app)
        except (EvenbeatError, OSError, ValueError) as error:
            _LOG.error("reload: %s The former settings go on.", error)
            return
        former, self._app = self._app, app
        _LOG.warning("reload: done")
        self._start(self._retire(former))

    def _make(self) -> FastAPI:
        read = self._post.source.read()
        for name, value in self._post.fixed.items():
            if name in AT_START and name != "port" and getattr(read, name) != value:
                _LOG.warning("reload: %s counts from the next start on", name)
        settings = read.model_copy(update=self._post.fixed)
        return create_app(
            settings, board=self._board, rates=self._rates, reload=self._ask_for_reload
        )  # fmt: skip

    def _ask_for_reload(self) -> None:
        os.kill(self._post.supervisor or os.getpid(), signal.SIGHUP)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        loop = asyncio.get_running_loop()
        with contextlib.suppress(RuntimeError, ValueError):  # only a main thread hears signals
            loop.add_signal_handler(signal.SIGHUP, lambda: self._start(self.reload()))
        await self._enter(self._app)
        self._start(self._tick())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in self._tasks:
            task.cancel()
        for _, life in self._lives:
            await life.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _enter(self, app: FastAPI) -> None:
        life = contextlib.AsyncExitStack()
        await life.enter_async_context(app.router.lifespan_context(app))
        self._lives.append((app, life))

    async def _retire(self, app: FastAPI) -> None:
        """End a former application when its requests are over."""
        await asyncio.sleep(_RETIRE_S)
        for entry in [each for each in self._lives if each[0] is app]:
            self._lives.remove(entry)
            await entry[1].aclose()

    async def _tick(self) -> None:
        """Show how this worker is, and end it where its supervisor is gone."""
        while True:
            service: Service = self._app.state.service
            connections = self._connections
            self._board.show(**gauges(service), connections=len(connections or ()))
            if connections is not None:
                for reason, number in connections.refused.items():
                    for _ in range(number):
                        self._board.refuse(reason)
                connections.refused.clear()
            supervisor = self._post.supervisor
            if supervisor is not None and os.getppid() != supervisor:
                signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(_TICK_S)

    def _start(self, work: Callable[..., None] | object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def gauges(service: Service) -> dict[str, float]:
    """Return what a worker has open and under way, and how old what it shows is."""
    shown = {
        "archives": float(service.tiles.open_archives),
        "running": float(service.workers.running + service.drawing.running),
        "waiting": float(service.workers.waiting + service.drawing.waiting),
        "stale": service.publication.stale_seconds,
    }
    try:
        newest = service.publication.snapshot().newest_as_of
    except PublishError:
        return shown
    if newest is not None:
        shown["as_of"] = newest.timestamp()
    return shown
