"""How long work reports where it stands; the edge decides how to show it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Protocol


class Progress(Protocol):
    """Told after each step of long work."""

    def __call__(self, stage: str, fraction: float) -> None:
        """Take the stage's name in plain words and the fraction done, 0 to 1."""
        ...


def silent(stage: str, fraction: float) -> None:
    """Ignore progress."""


def part_of(progress: Progress, position: int, n_tasks: int) -> Progress:
    """Return the progress of one of several tasks that are done in turn."""
    return lambda stage, fraction: progress(stage, (position + fraction) / n_tasks)


_here: ContextVar[Progress] = ContextVar("progress", default=silent)


def progress_here() -> Progress:
    """Return where a task reports that another process may do: set by whoever does the task."""
    return _here.get()


@contextlib.contextmanager
def reporting_to(progress: Progress) -> Iterator[None]:
    """Have the tasks of a block report there."""
    token = _here.set(progress)
    try:
        yield
    finally:
        _here.reset(token)
