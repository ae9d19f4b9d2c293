"""Starts the service and looks after its workers until it is told to end."""

from __future__ import annotations

import contextlib
import errno
import functools
import logging
import os
import resource
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from evenbeat.core.errors import ConfigError
from evenbeat.tile_server.operations.board import Board
from evenbeat.tile_server.operations.connections import Connections, Limits
from evenbeat.tile_server.operations.source import AT_START, SettingsSource
from evenbeat.tile_server.operations.worker import Post, Worker
from evenbeat.tile_server.settings import ServiceSettings
from evenbeat.tile_server.styles.style_files import load_styles

_LOG = logging.getLogger(__name__)
_BACKLOG = 2048
_FIRST_PASSED = 3  # the first socket that systemd hands over


class Supervisor(Multiprocess):
    """uvicorn's supervisor: a worker that ends or hangs is replaced.

    On SIGHUP it makes the workers reload where they are. On SIGUSR1 it puts new workers in their
    places one by one, which also takes new code.
    """

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self._to_reload: list[Process] = []

    def handle_hup(self) -> None:
        """Make every worker reload, those that still begin as soon as they have begun."""
        self._to_reload = list(self.processes)
        self._reload_ready()

    def keep_subprocess_alive(self) -> None:
        """Replace workers that ended."""
        super().keep_subprocess_alive()
        self._reload_ready()

    def _reload_ready(self) -> None:
        for process in [each for each in self._to_reload if each.is_ready(timeout=1)]:
            self._to_reload.remove(process)
            if process.pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGHUP)
        self._to_reload = [each for each in self._to_reload if each in self.processes]

    def handle_usr1(self) -> None:
        """Replace the workers; each serves before its forerunner ends."""
        self.restart_all()


def serve(source: SettingsSource, *, announce: Callable[[str, str | None], object]) -> None:
    """Serve until the process is told to end; requests under way are finished first.

    Parameters
    ----------
    source
        Settings; port 0 takes a free port.
    announce
        Told the address of the service, and that of its metrics, as soon as connections wait to be
        accepted.

    Raises
    ------
    ConfigError
        The settings cannot be used, or the address cannot be listened on.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until somebody is there to hear it
    settings = source.read()
    load_styles(settings.styles)  # an unusable one is told here, not by workers again and again
    logging.basicConfig(level=settings.log_level.upper(),
                        format="%(asctime)s %(levelname)s %(message)s")  # fmt: skip
    _raise_file_limit()
    with contextlib.ExitStack() as opened:
        listener = opened.enter_context(_listen(settings))
        shared = opened.enter_context(_shared_folder())
        metrics = opened.enter_context(_metrics(settings, shared))
        fixed = {name: getattr(settings, name) for name in AT_START}
        fixed["port"] = listener.getsockname()[1]
        many = settings.workers > 1
        post = Post(source, fixed, shared, os.getpid() if many else None)
        actual = settings.model_copy(update=fixed)
        announce(actual.base_url, metrics)
        if many:
            Supervisor(_config(actual, post), [listener]).run()
        else:
            with contextlib.suppress(KeyboardInterrupt):
                uvicorn.Server(_config(actual, post)).run(sockets=[listener])


def start_worker(
    post: Post, connections: Connections, *, log_level: str = "warning"
) -> Worker:  # fmt: skip
    """Return a worker in the process that is to be one."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the worker hears it
    logging.basicConfig(level=log_level.upper(), format="%(asctime)s %(levelname)s %(message)s")
    return Worker(post, connections)


def _config(settings: ServiceSettings, post: Post) -> uvicorn.Config:
    connections = Connections(
        Limits(
            settings.maximum_head_bytes, settings.head_seconds, settings.body_seconds,
            settings.stalled_seconds, settings.connections, settings.connections_per_address,
            settings.trusted_proxies,
        )
    )  # fmt: skip
    begin = functools.partial(start_worker, post, connections, log_level=settings.log_level)
    return uvicorn.Config(
        begin, factory=True, http=connections,  # type: ignore[arg-type]
        ws="none", lifespan="on", workers=settings.workers, backlog=_BACKLOG, log_config=None,
        access_log=False, server_header=False, date_header=True,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        timeout_worker_healthcheck=30,
    )  # fmt: skip


def _listen(settings: ServiceSettings) -> socket.socket:
    """Return the listening socket: the one that systemd hands over, or one of our own."""
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS") == "1":
        return socket.socket(fileno=_FIRST_PASSED)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    address = (settings.host, settings.port)
    try:
        return socket.create_server(address, family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"fails: {error.strerror}"
        raise ConfigError(
            f"Listening on {settings.host} port {settings.port} {reason}. "
            "Choose another with --port, or 0 for a free one."
        ) from error


@contextlib.contextmanager
def _shared_folder() -> Iterator[Path]:
    """Yield a folder for what workers share, in memory where the system has such a place."""
    memory = Path("/dev/shm")  # noqa: S108  # only the place; mkdtemp makes a private folder
    place = memory if os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="evenbeat-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _metrics(settings: ServiceSettings, shared: Path) -> Iterator[str | None]:
    """Serve metrics on their own port, if they have one; yield their address."""
    if settings.metrics_port is None:
        yield None
        return
    from evenbeat.tile_server.operations.metrics import serve_metrics  # noqa: PLC0415

    host, port = settings.metrics_host, settings.metrics_port
    try:
        server = serve_metrics(Board(shared / "board", writes=False), host, port)
    except OSError as error:
        raise ConfigError(
            f"Metrics cannot be served on {host} port {port}: {error.strerror}. "
            "Choose another with --metrics-port, or 0 for a free one."
        ) from error
    try:
        yield f"http://{host}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()


def _raise_file_limit() -> None:
    """Allow as many open connections and archives as the system lets this process have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
