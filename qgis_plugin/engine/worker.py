"""The engine's side of the plugin: one thread that owns one warm process."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QObject, QThread, QTimer, pyqtSignal, pyqtSlot

from evenbeat.engine import states
from evenbeat.engine.calls import Call
from evenbeat.engine.process import EngineProcess
from evenbeat.engine.protocol import (
    PROTOCOL,
    Failure,
    Garbage,
    Message,
    Result,
    decode,
    encode,
)

GREETING = "hello"
GREETING_SECONDS = 60.0
CANCEL_SECONDS = 2.5
IDLE_SECONDS = 600.0


class EngineWorker(QObject):
    """Sends calls to a process that it starts when needed and lets go when idle.

    Lives in a thread of its own; others reach it by its signals `called`, `cancel_wanted` and
    `stop_wanted` alone.
    """

    called = pyqtSignal(object)
    cancel_wanted = pyqtSignal(str)
    stop_wanted = pyqtSignal()
    state_changed = pyqtSignal(str, str, str)
    greeted = pyqtSignal(dict)
    logged = pyqtSignal(str)

    def __init__(
        self,
        lane: str,
        *,
        greeting_seconds: float = GREETING_SECONDS,
        cancel_seconds: float = CANCEL_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        super().__init__()
        self._lane = lane
        self._greeting_seconds = greeting_seconds
        self._cancel_seconds = cancel_seconds
        self._idle_seconds = idle_seconds
        self._process: EngineProcess | None = None
        self._has_greeted = False
        self._calls: dict[str, Call] = {}
        self._cancelling: list[str] = []
        self._timers: dict[str, QTimer] = {}

    @pyqtSlot(object)
    def take(self, call: Call) -> None:
        """Send a call, after starting the engine where it does not run."""
        self._stop_timer("idle")
        if self._process is not None and self._process.python != call.python and not self._calls:
            self._drop_process()
        self._calls[call.identity] = call
        if self._process is None:
            self._start(call.python)
        elif self._has_greeted:
            self._send(call)

    @pyqtSlot(str)
    def cancel(self, identity: str) -> None:
        """End a call: ask the engine, and stop the process where it does not answer in time."""
        call = self._calls.get(identity)
        if call is None:
            return
        if not self._has_greeted:
            self._end(identity, states.cancelled(stopped=False))
            return
        if self._process is not None and identity not in self._cancelling:
            self._process.write(encode(f"cancel-{identity}", "cancel", {"target": identity}))
            self._cancelling.append(identity)
            self._start_timer("cancel", self._cancel_seconds, self._stop_deaf)

    @pyqtSlot()
    def stop(self) -> None:
        """End process and thread; what runs is cancelled."""
        self._fail_all(states.cancelled(stopped=True))
        self._drop_process()
        QThread.currentThread().quit()

    def _start(self, python: str) -> None:
        self._has_greeted = False
        self._say(states.STARTING, python)
        process = EngineProcess(python, self)
        process.line_written.connect(self._read)
        process.overflowed.connect(self._on_overflow)
        process.log_written.connect(self.logged)
        process.not_started.connect(self._on_not_started)
        process.ended.connect(self._on_ended)
        self._process = process
        process.start()
        process.write(encode(GREETING, "hello", {"protocol": PROTOCOL}))
        self._start_timer("greeting", self._greeting_seconds, self._on_silence)

    def _send(self, call: Call) -> None:
        if self._process is not None:
            self._process.write(encode(call.identity, call.operation, call.parameters))
            self._say(states.BUSY, call.operation)

    def _read(self, line: bytes) -> None:
        if self._process is None:  # given up a line before
            return
        identity, message = decode(line)
        if isinstance(message, Garbage):
            self._on_garbage(message.text)
        elif identity == GREETING:
            self._on_greeting(message)
        elif identity in self._calls:
            self._calls[identity].listener(message)
            if isinstance(message, (Result, Failure)):
                self._forget(identity)

    def _on_greeting(self, message: Message) -> None:
        self._stop_timer("greeting")
        if isinstance(message, Failure):
            self._give_up(message)
        elif isinstance(message, Result):
            spoken = message.values.get("protocol")
            if spoken != PROTOCOL:
                version = str(message.values.get("evenbeat", ""))
                self._give_up(states.wrong_protocol(spoken, version))
                return
            self._has_greeted = True
            self.greeted.emit(message.values)
            for call in self._calls.values():
                self._send(call)
            self._rest_when_idle()

    def _on_garbage(self, text: str) -> None:
        self.logged.emit(f"Not understood: {text[:500]}")
        if not self._has_greeted:
            self._give_up(states.garbled(self._python, text))

    def _on_overflow(self) -> None:
        self._give_up(states.garbled(self._python, "a line without an end"))

    def _on_silence(self) -> None:
        self._give_up(states.silent(self._python, self._greeting_seconds))

    def _on_not_started(self, reason: str) -> None:
        self._give_up(states.not_startable(self._python, reason))

    def _on_ended(self, code: int, by_signal: bool) -> None:
        process, self._process = self._process, None
        self._stop_timer("greeting")
        if self._cancelling:
            self._resume_after_kill()
        elif not self._has_greeted and process is not None:
            self._give_up(_without_greeting(process, code))
        elif self._calls and process is not None:
            self._give_up(states.crashed(code, process.last_words, killed_from_outside=by_signal))
        else:
            self._say(states.OFF, "")
        if process is not None:
            process.deleteLater()

    def _stop_deaf(self) -> None:
        if self._cancelling and self._process is not None:
            self._process.kill()

    def _resume_after_kill(self) -> None:
        """After a call was stopped by ending the process, send the others to a new one."""
        waiting = list(self._calls.values())
        for identity in list(self._cancelling):
            self._end(identity, states.cancelled(stopped=True))
        for call in waiting:
            if call.identity in self._calls:
                self.take(call)

    def _give_up(self, failure: Failure) -> None:
        self._drop_process()
        self._fail_all(failure)
        self._say(states.FAILED, failure.message)

    def _fail_all(self, failure: Failure) -> None:
        for identity in list(self._calls):
            self._end(identity, failure)

    def _end(self, identity: str, failure: Failure) -> None:
        call = self._calls[identity]
        self._forget(identity)
        call.listener(failure)

    def _forget(self, identity: str) -> None:
        del self._calls[identity]
        if identity in self._cancelling:
            self._cancelling.remove(identity)
        if not self._cancelling:
            self._stop_timer("cancel")
        self._rest_when_idle()

    def _rest_when_idle(self) -> None:
        if not self._calls and self._process is not None and self._has_greeted:
            self._say(states.READY, "")
            self._start_timer("idle", self._idle_seconds, self._let_go)

    def _let_go(self) -> None:
        self._drop_process()
        self._say(states.OFF, "")

    def _drop_process(self) -> None:
        for name in list(self._timers):
            self._stop_timer(name)
        process, self._process = self._process, None
        self._has_greeted = False
        if process is not None:
            process.stop()
            process.deleteLater()

    @property
    def _python(self) -> str:
        return "" if self._process is None else self._process.python

    def _say(self, state: str, detail: str) -> None:
        self.state_changed.emit(self._lane, state, detail)

    def _start_timer(self, name: str, seconds: float, act: Any) -> None:
        self._stop_timer(name)
        timer = self._timers[name] = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(act)
        timer.start(int(seconds * 1000))

    def _stop_timer(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()


def _without_greeting(process: EngineProcess, code: int) -> Failure:
    """Return why a process ended before it greeted."""
    if "No module named" in process.log and "evenbeat" in process.log:
        return states.without_engine(process.python)
    words = process.last_words or f"code {code}"
    return states.ended_early(process.python, words)
