"""Do independent tasks on all cores of this machine, or on a Dask cluster, with the same bits.

Every task runs on one thread, so that no sum depends on how many cores there are. Only results
travel back; nothing but the main process writes to the workspace.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing
import os
import pickle
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from evenbeat.core.errors import ConfigError
from evenbeat.core.progress import Progress, part_of, reporting_to, silent

Task = Callable[..., Any]
Told = tuple[int, str, float]
"""Position of a task, its stage, and the fraction of it that is done."""
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
}  # fmt: skip
_WATCH_S, _PULSE_S = 1.0, 0.5
_SCHEMES = ("tcp://", "tls://", "ucx://", "ws://", "wss://")
_shared: list[Any] = []


def do_tasks(
    task: Task,
    shared: Any,
    arguments: Sequence[tuple[Any, ...]],
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    progress: Progress = silent,
) -> Iterator[tuple[int, Any]]:
    """Yield ``(position, task(shared, *arguments[position]))`` as tasks are done.

    When it is left early, as by a cancel, processes of this machine are ended at once.

    Parameters
    ----------
    task
        A function of a module.
    shared
        What all tasks read, sent once to each worker.
    arguments
        What each task is given besides.
    jobs
        Processes on this machine; as many as cores by default. 1 works in this process.
    scheduler
        Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``, in place of processes here.
    progress
        Told twice a second how far all tasks together are, as they say by `progress_here`; of a
        cluster's tasks nothing is known until they are done.

    Raises
    ------
    ConfigError
        The scheduler cannot be reached, or Dask is not installed.
    """
    if scheduler is not None:
        yield from _on_cluster(task, shared, arguments, scheduler)
        return
    jobs = min(jobs or len(os.sched_getaffinity(0)), len(arguments))
    if jobs <= 1:
        for position, given in enumerate(arguments):
            part = part_of(progress, position, len(arguments))
            yield position, _alone(task, shared, given, part)
        return
    yield from _on_processes(task, shared, arguments, jobs, progress)


def _alone(
    task: Task, shared: Any, given: tuple[Any, ...], progress: Progress = silent
) -> Any:  # fmt: skip
    """Do one task on one thread."""
    with threadpool_limits(1), reporting_to(progress):
        return task(shared, *given)


def _take_shared(path: str, parent: int, told: SimpleQueue[Told]) -> None:
    """Read what all tasks share, once, when a worker starts; leave when the parent is gone."""

    def leave_with_parent() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_S)
        os._exit(1)

    threading.Thread(target=leave_with_parent, daemon=True).start()
    _shared[:] = [pickle.loads(Path(path).read_bytes()), told]  # noqa: S301 - our own parent's


def _from_shared(task: Task, position: int, given: tuple[Any, ...]) -> Any:
    shared, told = _shared
    newest = -_WATCH_S

    def tell(stage: str, fraction: float) -> None:
        nonlocal newest
        if time.monotonic() - newest >= _PULSE_S:
            newest = time.monotonic()
            told.put((position, stage, fraction))

    return _alone(task, shared, given, tell)


def _on_processes(
    task: Task, shared: Any, arguments: Sequence[tuple[Any, ...]], jobs: int, progress: Progress
) -> Iterator[tuple[int, Any]]:
    with tempfile.TemporaryDirectory() as scratch, _environment(_ONE_THREAD):
        path = Path(scratch) / "shared.pickle"
        path.write_bytes(pickle.dumps(shared))
        # Spawned, not forked: a fork after OpenMP has started kills the child.
        spawning = multiprocessing.get_context("spawn")
        told: SimpleQueue[Told] = spawning.SimpleQueue()
        with concurrent.futures.ProcessPoolExecutor(
            jobs, spawning, _take_shared, (str(path), os.getpid(), told)
        ) as pool:
            waiting = {
                pool.submit(_from_shared, task, position, given): position
                for position, given in enumerate(arguments)
            }
            try:
                yield from _as_done(waiting, told, progress)
            except BaseException:
                _end(pool)
                raise


def _as_done(
    waiting: dict[Future[Any], int], told: SimpleQueue[Told], progress: Progress
) -> Iterator[tuple[int, Any]]:
    """Yield results as they come, and tell meanwhile how far all tasks together are."""
    n_tasks, stage, fractions = len(waiting), "starting", dict.fromkeys(waiting.values(), 0.0)
    while waiting:
        done, _ = concurrent.futures.wait(
            waiting, timeout=_PULSE_S, return_when=concurrent.futures.FIRST_COMPLETED
        )
        while not told.empty():
            position, stage, fraction = told.get()
            fractions[position] = max(fractions[position], min(fraction, 1.0))
        for future in done:
            position = waiting.pop(future)
            fractions[position] = 1.0
            yield position, future.result()
        progress(stage, sum(fractions.values()) / n_tasks)


def _end(pool: concurrent.futures.ProcessPoolExecutor) -> None:
    """End the processes of a pool; tasks only compute, so nothing is left half done."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(_WATCH_S)


def _on_cluster(
    task: Task, shared: Any, arguments: Sequence[tuple[Any, ...]], scheduler: str
) -> Iterator[tuple[int, Any]]:
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise ConfigError(
            "--scheduler needs Dask; install it with: pip install 'evenbeat[cluster]'"
        ) from error
    if not scheduler.startswith(_SCHEMES):
        raise ConfigError(
            f"--scheduler must be an address such as tcp://10.0.0.5:8786, got {scheduler!r}."
        )
    try:
        client = Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ConfigError(
            f"No Dask scheduler answers at {scheduler}: {error}. Start one with: dask scheduler"
        ) from error
    with client:
        everywhere = client.scatter(shared, broadcast=True)
        futures = {
            client.submit(_alone, task, everywhere, given, pure=False): position
            for position, given in enumerate(arguments)
        }
        for future in as_completed(list(futures), loop=client.loop):
            yield futures.pop(future), future.result()


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables for the processes that are started meanwhile."""
    former = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in former.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
