"""The engine's process: starts it, writes lines to it, hands on what it says, stops it.

A ``QProcess`` belongs to the thread that made it, so this object is made, used and stopped in one
thread, the worker's.
"""

from __future__ import annotations

from collections import deque

from qgis.PyQt.QtCore import QObject, QProcess, QProcessEnvironment, pyqtSignal

from evenbeat.engine.environment import scrubbed
from evenbeat.engine.protocol import Lines

ARGUMENTS = ("-I", "-m", "evenbeat.core.engine")
_REMEMBERED_LINES = 60
_STOP_MS = 2000


class EngineProcess(QObject):
    """One process of the engine.

    Its parent owns it, so that it outlives the signals in which its end is told.
    """

    line_written = pyqtSignal(bytes)
    overflowed = pyqtSignal()
    log_written = pyqtSignal(str)
    not_started = pyqtSignal(str)
    ended = pyqtSignal(int, bool)

    def __init__(self, python: str, parent: QObject) -> None:
        super().__init__(parent)
        self.python = python
        self._lines = Lines()
        self._log: deque[str] = deque(maxlen=_REMEMBERED_LINES)
        self._process = QProcess(self)
        self._process.setProcessEnvironment(_environment())
        self._process.readyReadStandardOutput.connect(self._read_output)
        self._process.readyReadStandardError.connect(self._read_log)
        self._process.errorOccurred.connect(self._on_error)
        self._process.finished.connect(self._on_finished)

    def start(self) -> None:
        """Start it; `not_started` follows where that fails."""
        self._process.start(self.python, list(ARGUMENTS))

    def write(self, line: bytes) -> None:
        """Write a request."""
        self._process.write(line)

    def kill(self) -> None:
        """End it at once; every operation of the engine stands that."""
        self._process.kill()

    def stop(self) -> None:
        """End it and wait until it is gone."""
        self._process.blockSignals(True)
        if self._process.state() == QProcess.ProcessState.NotRunning:
            return
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(_STOP_MS):
            self._process.kill()
            self._process.waitForFinished(_STOP_MS)

    @property
    def last_words(self) -> str:
        """The last line that it wrote to its log."""
        return self._log[-1] if self._log else ""

    @property
    def log(self) -> str:
        """The last lines that it wrote to its log."""
        return "\n".join(self._log)

    def _read_output(self) -> None:
        try:
            lines = self._lines.feed(bytes(self._process.readAllStandardOutput()))
        except ValueError:
            self.overflowed.emit()
            return
        for line in lines:
            self.line_written.emit(line)

    def _read_log(self) -> None:
        text = bytes(self._process.readAllStandardError()).decode("utf-8", "replace")
        for line in text.splitlines():
            if line.strip():
                self._log.append(line.strip())
                self.log_written.emit(line.rstrip())

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.not_started.emit(self._process.errorString())

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read_output()
        self._read_log()
        self.ended.emit(code, status == QProcess.ExitStatus.CrashExit)


def _environment() -> QProcessEnvironment:
    environment = QProcessEnvironment()
    for name, value in scrubbed().items():
        environment.insert(name, value)
    return environment
