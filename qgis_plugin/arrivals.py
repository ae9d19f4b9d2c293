"""Layers that enter the project: boxes get their map tips, tiles are looked after."""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from evenbeat.tips import give_tip


class Arrivals(QObject):
    """Watches the project from the plugin's start to its end."""

    renewed = pyqtSignal(list)

    def __init__(self, project: QgsProject) -> None:
        super().__init__()
        self._project = project
        self._watch: QObject | None = None
        project.layersAdded.connect(self._see)
        self._see(list(project.mapLayers().values()))

    @property
    def watch(self):
        """The watch for new publications; made with the first layer or panel that needs it."""
        if self._watch is None:
            from evenbeat.tiles.watch import PublicationWatch

            self._watch = PublicationWatch(self._project, self)
            self._watch.renewed.connect(self.renewed)
        return self._watch

    def close(self) -> None:
        """Watch no more."""
        self._project.layersAdded.disconnect(self._see)
        if self._watch is not None:
            self._watch.stop()

    def _see(self, layers: list[QgsMapLayer]) -> None:
        for layer in layers:
            give_tip(layer)
        if any(layer.customProperty("evenbeat/tiles") for layer in layers):
            self.watch.follow()
            QTimer.singleShot(0, self.watch.look)


_shared: list[Arrivals] = []


def shared_arrivals() -> Arrivals:
    """Return what watches the project."""
    if not _shared:
        _shared.append(Arrivals(QgsProject.instance()))
    return _shared[0]


def shared_watch():
    """Return the watch for new publications."""
    return shared_arrivals().watch


def close_shared_arrivals() -> None:
    """Watch no more; the plugin is unloaded."""
    while _shared:
        _shared.pop().close()
