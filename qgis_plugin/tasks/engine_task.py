"""One operation of the engine as a task of QGIS: with progress, cancel, and an end."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsFeedback, QgsTask
from qgis.PyQt.QtCore import pyqtSignal

from evenbeat.engine import states
from evenbeat.engine.client import Engine
from evenbeat.engine.protocol import EngineError, Message, Note, Progress


class EngineTask(QgsTask):
    """Runs an operation in the background; `made` or `failed` follow in the main thread."""

    made = pyqtSignal(dict)
    failed = pyqtSignal(object)
    progressed = pyqtSignal(str, float, object)
    noted = pyqtSignal(str)

    def __init__(
        self, engine: Engine, title: str, operation: str, parameters: dict[str, Any]
    ) -> None:
        super().__init__(title, QgsTask.Flag.CanCancel)
        self._engine = engine
        self._operation = operation
        self._parameters = parameters
        self._feedback = QgsFeedback()
        self.result: dict[str, Any] | None = None
        self.error: EngineError | None = None

    def run(self) -> bool:
        """Wait for the engine, in the task's thread."""
        try:
            self.result = self._engine.run(
                self._operation, self._parameters, feedback=self._feedback, heard=self._hear
            )
        except EngineError as error:
            self.error = error
        except Exception as error:
            # C++ calls this: what is raised out of it would end the program, or be told to nobody.
            self.error = EngineError(states.unexpected(error))
        return self.result is not None

    def cancel(self) -> None:
        """Cancel the operation; the engine ends it at its next step."""
        self._feedback.cancel()
        super().cancel()

    def finished(self, successful: bool) -> None:
        """Tell what came of it, in the main thread."""
        if successful and self.result is not None:
            self.made.emit(self.result)
        elif self.error is not None:
            self.failed.emit(self.error)

    def _hear(self, message: Message) -> None:
        if isinstance(message, Progress):
            self.setProgress(100.0 * message.fraction)
            self.progressed.emit(message.stage, message.fraction, message.remaining_seconds)
        elif isinstance(message, Note):
            self.noted.emit(message.text)
