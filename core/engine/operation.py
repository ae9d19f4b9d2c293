"""What an operation is: a name, a typed request, a typed result, and what it is given to work."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from evenbeat.core.engine.session import Session
    from evenbeat.core.pipeline.context import Context

_SECONDS_BETWEEN = 0.1
_SECONDS_TO_JUDGE, _FRACTION_TO_JUDGE = 1.0, 0.02


class Cancelled(BaseException):
    """The caller wants the operation no more.

    No `Exception`: a step that carries on after failures must not carry on after this.
    """


class Request(BaseModel):
    """Parameters of an operation: frozen, and an unknown one is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WorkspaceRequest(Request):
    """Parameters of an operation on a workspace."""

    workspace: Path = Field(description="folder that holds evenbeat.toml")


class DayRequest(WorkspaceRequest):
    """Parameters of an operation on a day."""

    date: dt.date | None = Field(
        None, description="day, YYYY-MM-DD; by default today, or the day after old data"
    )


class Result(BaseModel):
    """What an operation made: frozen, and built from the attributes of an outcome."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Call:
    """One request while it runs: where its progress, notes and files go.

    Parameters
    ----------
    session
        The workspaces that are open.
    send
        Writes a message of this request: its kind and content.
    cancelled
        Tells whether the caller wants it no more.
    """

    def __init__(
        self, session: Session, send: Callable[..., None], cancelled: Callable[[], bool]
    ) -> None:
        self.session = session
        self._send, self._cancelled = send, cancelled
        self._began = time.monotonic()
        self._sent = -1.0

    def progress(self, stage: str, fraction: float) -> None:
        """Tell how far it is, at most about ten times a second.

        Raises
        ------
        Cancelled
            The caller wants it no more.
        """
        if self._cancelled():
            raise Cancelled
        now = time.monotonic()
        if now - self._sent < _SECONDS_BETWEEN:
            return
        self._sent, done = now, min(max(float(fraction), 0.0), 1.0)
        self._send(
            "progress", stage=stage, fraction=round(done, 4),
            remaining_seconds=self._remaining(done, now - self._began),
        )  # fmt: skip

    @staticmethod
    def _remaining(done: float, elapsed: float) -> float | None:
        if done < _FRACTION_TO_JUDGE or elapsed < _SECONDS_TO_JUDGE:
            return None
        return round(elapsed * (1 - done) / done, 1)

    def note(self, text: str) -> None:
        """Send a sentence that people should read."""
        self._send("note", text=text)

    def context(self, root: Path) -> Context:
        """Return the context of a workspace, opened once and kept."""
        return self.session.context(root, self.progress)


Function = TypeVar("Function", bound=Callable[..., Result])


@dataclass(frozen=True)
class Operation:
    """One operation.

    Parameters
    ----------
    name
        As in requests.
    title
        The first line of its docstring.
    request, result
        Types of its parameters and of what it returns.
    run
        Does it.
    writes
        Whether it changes the workspace; a workspace that is read-only refuses those.
    """

    name: str
    title: str
    request: type[Request]
    result: type[Result]
    run: Callable[[Call, Any], Result]
    writes: bool


def operation(name: str, *, writes: bool = False) -> Callable[[Function], Operation]:
    """Make ``function(call, asked)`` an operation; its annotations give the types.

    Parameters
    ----------
    name
        As in requests.
    writes
        Whether it changes the workspace.
    """

    def declare(function: Function) -> Operation:
        hints = get_type_hints(function)
        title = (function.__doc__ or "").strip().splitlines()[0]
        return Operation(name, title, hints["asked"], hints["return"], function, writes)

    return declare
