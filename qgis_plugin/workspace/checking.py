"""A layer checked by the engine in a role before it is a source: its file, or a copy of it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from evenbeat.engine.calls import Reply
from evenbeat.engine.protocol import EngineError, Failure
from evenbeat.workspace.handing_over import copying
from evenbeat.workspace.session import Session


class LayerChecker(QObject):
    """Checks one layer at a time; a newer check takes the place of an older one."""

    begun = pyqtSignal(str)
    told = pyqtSignal(dict)
    failed = pyqtSignal(object)
    replied = pyqtSignal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._folder = ""
        self._copies: dict[str, str] = {}
        self._turn = 0
        self._reply: Reply | None = None
        self._task: Any = None

    def check(self, entry: dict[str, Any], layer: QgsVectorLayer | None) -> None:
        """Check an entry of the sources; with a layer, a copy of it stands in for the file."""
        self._turn += 1
        if self._reply is not None:
            self._reply.cancel()
        if layer is None:
            self._ask(entry, self._turn)
        elif layer.id() in self._copies and not layer.isModified():
            self._ask({**entry, "path": self._copies[layer.id()]}, self._turn)
        else:
            self._copy(entry, layer, self._turn)

    def close(self) -> None:
        """Check no more, and remove the copies."""
        self._turn += 1
        if self._reply is not None:
            self._reply.cancel()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _copy(self, entry: dict[str, Any], layer: QgsVectorLayer, turn: int) -> None:
        self._folder = self._folder or tempfile.mkdtemp(prefix="evenbeat-")
        path = Path(self._folder) / f"{len(self._copies)}-{turn}" / "layer.gpkg"
        self.begun.emit(self.tr("Copying the layer..."))
        task = copying(layer, path)
        key = layer.id()
        task.completed.connect(lambda *_: self._copied(entry, key, str(path), turn))
        task.errorOccurred.connect(lambda _code, words: self._not_copied(words, turn))
        self._task = task
        QgsApplication.taskManager().addTask(task)

    def _copied(self, entry: dict[str, Any], key: str, path: str, turn: int) -> None:
        self._copies[key] = path
        self._ask({**entry, "path": path}, turn)

    def _not_copied(self, words: str, turn: int) -> None:
        if turn == self._turn:
            self.failed.emit(not_copied(words))

    def _ask(self, entry: dict[str, Any], turn: int) -> None:
        if turn != self._turn:
            return
        self.begun.emit(self.tr("Checking the layer..."))
        reply = self._session.ask("layer-check", lane="work", source=entry)
        reply.finished.connect(lambda found: turn == self._turn and self.told.emit(found))
        reply.failed.connect(
            lambda error: turn == self._turn and not error.cancelled and self.failed.emit(error)
        )
        self._reply = reply
        self.replied.emit(reply)


def not_copied(words: str) -> EngineError:
    """Return the error of a layer that could not be copied."""
    return EngineError(Failure(
        "LayerNotCopied", f"The layer could not be written as a GeoPackage: {words}.",
        "Export it to a GeoPackage by hand, and add that file.", 1,
    ))  # fmt: skip
