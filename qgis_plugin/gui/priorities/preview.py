"""The priority surface under the factors on the screen, on the map a moment after each change."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from evenbeat.engine.calls import Reply
from evenbeat.gui.progress_line import ProgressLine
from evenbeat.processing.loading import Place
from evenbeat.processing.styling import by_share_of_area
from evenbeat.workspace import on_map
from evenbeat.workspace.session import Session

PAUSE_MS = 350
_RANK = 90


class PriorityPreview(QObject):
    """Asks for the surface, and keeps one layer of it; an answer that is outdated is not shown."""

    shown = pyqtSignal(object)
    failed = pyqtSignal(object)

    def __init__(self, session: Session, progress: ProgressLine, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._progress = progress
        self._wanted: dict[str, Any] = {}
        self._reply: Reply | None = None
        self._layer = ""
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(PAUSE_MS)
        self._wait.timeout.connect(self._ask)

    @property
    def layer(self) -> Any:
        """Return the layer on the map, or None."""
        return QgsProject.instance().mapLayer(self._layer) if self._layer else None

    def want(self, **wanted: Any) -> None:
        """Show the surface under these factors, once nothing more is changed for a moment."""
        self._wanted = wanted
        self._wait.start()

    def stop(self) -> None:
        """Take the layer away."""
        self._wait.stop()
        if self._reply is not None:
            self._reply.cancel()
            self._reply = None
        if self._layer:
            on_map.remove(self._layer)
            self._layer = ""

    def _ask(self) -> None:
        if self._reply is not None:
            self._reply.cancel()
        reply = self._session.ask("priority-preview", **self._wanted)
        self._reply = reply
        self._progress.follow(reply, self.tr("Computing the preview..."))
        reply.finished.connect(lambda made: self._show(reply, made))
        reply.failed.connect(
            lambda error: reply is self._reply and not error.cancelled and self.failed.emit(error)
        )

    def _show(self, reply: Reply, made: dict[str, Any]) -> None:
        if reply is not self._reply:
            return
        self._reply = None
        raster = made["rasters"][0]
        name = self.tr("Preview of the priority, {shift}").format(shift=raster["shift"])
        former = self._layer
        on_map.take_crs(self._session.summary["crs"])
        layer = on_map.show_raster(
            raster["path"], name, by_share_of_area, Place(self.tr("Preview"), _RANK)
        )
        self._layer = layer.id()
        if former:
            on_map.remove(former)
        self.shown.emit(layer)
