"""The engine's loop: one operation at a time, while a thread listens for what cannot wait."""

from __future__ import annotations

import json
import queue
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from evenbeat.core.engine import failures
from evenbeat.core.engine.catalogue import NAMES, find
from evenbeat.core.engine.hello import Greeting
from evenbeat.core.engine.lines import Messages, lines_of
from evenbeat.core.engine.messages import Failure, RequestLine
from evenbeat.core.engine.operation import Call, Cancelled, Operation
from evenbeat.core.engine.requests import InvalidLineError, request_of
from evenbeat.core.engine.session import Session
from evenbeat.core.engine.writable import require_writable

_PATIENCE_S = 1.0
_TOLD_TO_END = "The engine was told to end; what was finished stands."


class Terminated(BaseException):
    """The system wants the engine to end."""


@dataclass(eq=False)
class Job:
    """A request that waits or runs."""

    line: RequestLine
    cancelled: threading.Event = field(default_factory=threading.Event)


class Server:
    """The engine of one caller.

    Parameters
    ----------
    requests
        Descriptor that requests come from.
    messages
        Where messages go.
    idle_seconds
        After so long without a request it ends by itself.
    """

    def __init__(self, requests: int, messages: Messages, *, idle_seconds: float) -> None:
        self._requests, self._messages = requests, messages
        self._idle_seconds = idle_seconds
        self._heard = time.monotonic()
        self._greeting = Greeting()
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._jobs: dict[str, Job] = {}
        self._running: Job | None = None
        self._lock = threading.Lock()
        # The interrupt of a job is a signal of our own, which strikes only while the job runs.
        self._interrupting = self._interruptible = False
        self._session = Session()

    def serve(self) -> None:
        """Answer until the input ends, `shutdown`, a signal, or too long a silence."""
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)
        threading.Thread(target=self._listen, name="requests", daemon=True).start()
        try:
            while (job := self._next()) is not None:
                self._perform(job)
        except Terminated:
            self._drop_all(_TOLD_TO_END)
        finally:
            self._session.close()

    def _next(self) -> Job | None:
        """Return the next job; None when the engine is to end."""
        while not self._messages.broken:
            left = self._idle_seconds - (time.monotonic() - self._heard)
            if left <= 0:
                return None
            try:
                return self._waiting.get(timeout=left)
            except queue.Empty:
                continue
        return None

    def _on_signal(self, _number: int, _frame: object) -> None:
        if self._interrupting:
            self._interrupting = False
            if self._interruptible:
                raise Cancelled
            return
        raise Terminated

    # What the listening thread does.

    def _listen(self) -> None:
        try:
            for line in lines_of(self._requests):
                self._heard = time.monotonic()
                if line is None:
                    self._refuse(None, failures.invalid("The line is too long; it was not read."))
                else:
                    self._take(line)
        finally:
            self._end()

    def _take(self, line: bytes) -> None:
        """Answer what cannot wait, and put the rest in line."""
        try:
            request = request_of(line)
        except InvalidLineError as error:
            self._refuse(error.identity, error.failure)
            return
        at_once = {"hello": self._hello, "cancel": self._cancel, "shutdown": self._shutdown}
        try:
            at_once.get(request.operation, self._queue)(request)
        except ValidationError as error:
            self._refuse(request.id, failures.invalid_fields(request.operation, error))

    def _queue(self, request: RequestLine) -> None:
        if request.operation not in NAMES:
            self._refuse(request.id, failures.unknown(request.operation, NAMES))
            return
        with self._lock:
            if request.id in self._jobs:
                self._refuse(request.id, failures.invalid(
                    f"A request with the id {request.id!r} is not answered yet. Give each its own."
                ))  # fmt: skip
                return
            job = self._jobs[request.id] = Job(request)
        self._waiting.put(job)

    def _hello(self, request: RequestLine) -> None:
        answer = self._greeting.answer(request.parameters)
        if isinstance(answer, Failure):
            self._refuse(request.id, answer)
        else:
            self._messages.send(request.id, "result", result=answer)

    def _cancel(self, request: RequestLine) -> None:
        from evenbeat.core.engine.control import CancelRequest

        target = CancelRequest.model_validate(request.parameters).target
        with self._lock:
            job = self._jobs.get(target)
            running = job is not None and job is self._running
            if job is not None:
                job.cancelled.set()
                if not running:
                    del self._jobs[target]
        found = "none" if job is None else "running" if running else "waiting"
        self._messages.send(request.id, "result", result={"found": found})
        if job is not None and not running:
            self._refuse(target, failures.cancelled("Cancelled before it began."))
        if running:
            threading.Thread(target=self._interrupt_later, args=[job], daemon=True).start()

    def _interrupt_later(self, job: Job | None) -> None:
        """Interrupt a job that reports no progress by which it would end."""
        time.sleep(_PATIENCE_S)
        with self._lock:
            if job is self._running:
                self._interrupting = True
                _interrupt_main()

    def _shutdown(self, request: RequestLine) -> None:
        from evenbeat.core.engine.control import ShutdownRequest

        ShutdownRequest.model_validate(request.parameters)
        self._messages.send(request.id, "result", result={})
        self._end()

    def _end(self) -> None:
        """Let the engine end after the running operation was cancelled."""
        with self._lock:
            jobs, running = list(self._jobs.values()), self._running
        for job in jobs:
            job.cancelled.set()
        self._waiting.put(None)
        if running is not None:
            self._interrupt_later(running)

    # What the main thread does.

    def _perform(self, job: Job) -> None:
        """Run one operation and send its end, whatever that is."""
        request = job.line
        with self._lock:
            if job.cancelled.is_set():
                dropped = self._jobs.pop(request.id, None)
            else:
                dropped, self._running = None, job
        if job.cancelled.is_set() and self._running is not job:
            if dropped is not None:
                self._refuse(request.id, failures.cancelled("Cancelled before it began."))
            return
        try:
            content = self._outcome(job)
        except Terminated:
            self._refuse(request.id, failures.cancelled(_TOLD_TO_END))
            raise
        finally:
            with self._lock:
                self._running = None
                self._jobs.pop(request.id, None)
                self._heard = time.monotonic()
        self._messages.send(request.id, *content[:1], **content[1])

    def _outcome(self, job: Job) -> tuple[str, dict[str, Any]]:
        """Return the kind and content of the message that ends a request."""
        request = job.line
        try:
            try:
                self._interruptible = True
                found = find(request.operation)
                asked = found.request.model_validate(request.parameters)
                return "result", {"result": self._run(found, asked, job)}
            finally:
                self._interruptible = False
        except Cancelled:
            # An interrupt may have left an opened workspace half read.
            self._session.close()
            return _ended(failures.cancelled())
        except ValidationError as error:
            return _ended(failures.invalid_fields(request.operation, error))
        except Exception as error:
            return _ended(failures.failure_of(error))

    def _run(self, found: Operation, asked: Any, job: Job) -> dict[str, Any]:
        def send(kind: str, **content: Any) -> None:
            self._messages.send(job.line.id, kind, **content)

        root = getattr(asked, "workspace", None)
        if found.writes and root is not None:
            require_writable(root)
        call = Call(self._session, send, job.cancelled.is_set)
        result = found.run(call, asked)
        document: dict[str, Any] = json.loads(result.model_dump_json())
        return document

    def _refuse(self, identity: str | None, failure: Failure) -> None:
        self._messages.send(identity, "error", error=failure.model_dump())

    def _drop_all(self, words: str) -> None:
        with self._lock:
            jobs = list(self._jobs)
            self._jobs.clear()
        for name in jobs:
            self._refuse(name, failures.cancelled(words))


def _ended(failure: Failure) -> tuple[str, dict[str, Any]]:
    return "error", {"error": failure.model_dump()}


def _interrupt_main() -> None:
    """Interrupt the main thread, also where it waits for a lock."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        import _thread

        _thread.interrupt_main()
