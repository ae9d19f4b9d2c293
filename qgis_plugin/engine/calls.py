"""A call: one request to the engine, from its making to its end."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal

from evenbeat.engine.protocol import EngineError, Failure, Message, Note, Progress, Result

_numbers = itertools.count(1)


@dataclass(eq=False)
class Call:
    """One request; ``listener`` gets each message, in the engine's thread."""

    operation: str
    parameters: dict[str, Any]
    python: str
    listener: Callable[[Message], None]
    identity: str = field(default_factory=lambda: str(next(_numbers)))


class Reply(QObject):
    """What comes back to a panel: signals, in the thread that asked."""

    progressed = pyqtSignal(str, float, object)
    noted = pyqtSignal(str)
    finished = pyqtSignal(dict)
    failed = pyqtSignal(object)
    ended = pyqtSignal()
    cancel_wanted = pyqtSignal()
    _received = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.is_done = False
        self._received.connect(self._hand_on, Qt.ConnectionType.QueuedConnection)

    def deliver(self, message: Message) -> None:
        """Take a message, in whatever thread."""
        self._received.emit(message)

    def cancel(self) -> None:
        """Ask for the end; `failed` with the kind Cancelled follows within some 3 seconds."""
        self.cancel_wanted.emit()

    def _hand_on(self, message: Message) -> None:
        if isinstance(message, Progress):
            self.progressed.emit(message.stage, message.fraction, message.remaining_seconds)
        elif isinstance(message, Note):
            self.noted.emit(message.text)
        elif isinstance(message, (Result, Failure)):
            self.is_done = True
            if isinstance(message, Result):
                self.finished.emit(message.values)
            else:
                self.failed.emit(EngineError(message))
            self.ended.emit()
