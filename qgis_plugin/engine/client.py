"""What the rest of the plugin uses: `Engine.ask` for panels, `Engine.run` for algorithms.

One process is for what people wait for at the screen and one for long work, so that a back-test
does not hold up a review; a third, seldom started, tries a Python that is not chosen yet.
"""

from __future__ import annotations

import atexit
import queue
import threading
from collections.abc import Callable
from typing import Any

from qgis.core import Qgis, QgsFeedback, QgsMessageLog, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QObject, Qt, QThread, pyqtSignal, pyqtSlot

from evenbeat.engine import locate, states
from evenbeat.engine.calls import Call, Reply
from evenbeat.engine.protocol import EngineError, Failure, Message, Result
from evenbeat.engine.worker import EngineWorker

SETTING = "evenbeat/python"
SCREEN = "screen"
WORK = "work"
CHECK = "check"
LOG_TAB = "Evenbeat"
_LANES = (SCREEN, WORK, CHECK)
_POLL_SECONDS = 0.05
_STOP_MS = 8000

Listener = Callable[[Message], None]


class Engine(QObject):
    """The engine as everyone here sees it; made once, in the main thread."""

    state_changed = pyqtSignal(str, str)
    greeted = pyqtSignal(dict)

    def __init__(self, find_python: Callable[[], str] | None = None, **timing: float) -> None:
        super().__init__()
        self._find_python = find_python or chosen_python
        self._lanes = {name: _Lane(self, name, timing) for name in _LANES}
        self._replies: set[Reply] = set()
        self._states = dict.fromkeys(_LANES, (states.OFF, ""))
        for lane in self._lanes.values():
            lane.worker.state_changed.connect(self._on_state, Qt.ConnectionType.QueuedConnection)
            lane.worker.greeted.connect(self.greeted)
            lane.worker.logged.connect(_log)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)
        atexit.register(self.close)

    @property
    def state(self) -> tuple[str, str]:
        """The state that people should know, and its detail; the busiest process's."""
        order = (states.BUSY, states.STARTING, states.FAILED, states.READY, states.OFF)
        known = [self._states[lane] for lane in (SCREEN, WORK)]
        return min(known, key=lambda one: order.index(one[0]))

    def forget_failures(self) -> None:
        """Show no failure of a Python that is no longer chosen."""
        for lane in (SCREEN, WORK):
            if self._states[lane][0] == states.FAILED:
                self._on_state(lane, states.OFF, "")

    def ask(
        self, operation: str, parameters: dict[str, Any], *, lane: str = SCREEN, python: str = ""
    ) -> Reply:
        """Send a request and return at once; the reply's signals tell what comes of it.

        For the main thread. ``python`` asks another engine than the chosen one.
        """
        reply = Reply()
        self._replies.add(reply)
        reply.ended.connect(lambda: self._replies.discard(reply))
        call = self._call(operation, parameters, reply.deliver, python)
        if call is not None:
            reply.cancel_wanted.connect(lambda: self._lanes[lane].cancel(call.identity))
            self._lanes[lane].take(call)
        return reply

    def run(
        self,
        operation: str,
        parameters: dict[str, Any],
        *,
        feedback: QgsFeedback | None = None,
        heard: Listener | None = None,
        lane: str = WORK,
    ) -> dict[str, Any]:
        """Send a request and wait for what it makes; for any thread.

        Parameters
        ----------
        feedback
            Where it is cancelled, the operation is cancelled.
        heard
            Gets each progress and note, in the calling thread.

        Raises
        ------
        EngineError
            The engine is not there, refused, failed, or was cancelled.
        """
        messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        call = self._call(operation, parameters, messages.put, "")
        if call is not None:
            self._lanes[lane].take(call)
        cancelling = False
        while True:
            message = _next(messages)
            if isinstance(message, Result):
                return message.values
            if isinstance(message, Failure):
                raise EngineError(message)
            if message is not None and heard is not None:
                heard(message)
            if call and feedback is not None and feedback.isCanceled() and not cancelling:
                cancelling = True
                self._lanes[lane].cancel(call.identity)

    def close(self) -> None:
        """Stop everything; QGIS ends, or the plugin is unloaded."""
        atexit.unregister(self.close)
        for lane in self._lanes.values():
            lane.stop()
        for lane in self._lanes.values():
            lane.wait()

    def _call(
        self, operation: str, parameters: dict[str, Any], listener: Listener, python: str
    ) -> Call | None:
        """Return the call, or tell the listener that there is no engine."""
        python = python or self._find_python()
        if python:
            return Call(operation, parameters, python, listener)
        failure = states.missing(locate.VARIABLE)
        self._on_state(SCREEN, states.FAILED, failure.message)
        listener(failure)
        return None

    @pyqtSlot(str, str, str)
    def _on_state(self, lane: str, state: str, detail: str) -> None:
        self._states[lane] = (state, detail)
        self.state_changed.emit(*self.state)


class _Lane:
    """A worker and its thread, which starts with the first call and never after the end."""

    def __init__(self, parent: QObject, name: str, timing: dict[str, float]) -> None:
        self.worker = EngineWorker(name, **timing)
        self._thread = QThread(parent)
        self._lock = threading.Lock()
        self._is_stopped = False
        self.worker.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self.worker.called.connect(self.worker.take, queued)
        self.worker.cancel_wanted.connect(self.worker.cancel, queued)
        self.worker.stop_wanted.connect(self.worker.stop, queued)

    def take(self, call: Call) -> None:
        with self._lock:
            if self._is_stopped:
                call.listener(states.cancelled(stopped=False))
                return
            if not self._thread.isRunning():
                self._thread.start()
            self.worker.called.emit(call)

    def cancel(self, identity: str) -> None:
        self.worker.cancel_wanted.emit(identity)

    def stop(self) -> None:
        with self._lock:
            if not self._is_stopped and self._thread.isRunning():
                self.worker.stop_wanted.emit()
            self._is_stopped = True

    def wait(self) -> None:
        if not self._thread.wait(_STOP_MS):
            # Qt ends the program when a running thread is deleted, so this one is kept.
            self._thread.setParent(None)
            _unending.append(self._thread)


def chosen_python() -> str:
    """Return the Python of the setting, the variable, or the likeliest place; "" where none is."""
    found = locate.candidates(str(QgsSettings().value(SETTING, "") or ""))
    return str(found[0].python) if found else ""


_unending: list[QThread] = []
_shared: list[Engine] = []


def shared_engine() -> Engine:
    """Return the engine that panels and algorithms share."""
    if not _shared:
        _shared.append(Engine())
    return _shared[0]


def close_shared_engine() -> None:
    """Stop the shared engine, where there is one."""
    while _shared:
        _shared.pop().close()


def _next(messages: queue.SimpleQueue[Message]) -> Message | None:
    """Return the next message, or None after a moment; keeps QGIS's own events going."""
    application = QCoreApplication.instance()
    if application is not None and QThread.currentThread() == application.thread():
        application.processEvents()
    try:
        return messages.get(timeout=_POLL_SECONDS)
    except queue.Empty:
        return None


def _log(text: str) -> None:
    QgsMessageLog.logMessage(text, LOG_TAB, Qgis.MessageLevel.Info, False)
