"""Looks for new publications while the project has layers of a tile service."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from evenbeat.tiles.access import access_of_source
from evenbeat.tiles.catalogue import Catalogue
from evenbeat.tiles.layers import renew
from evenbeat.tiles.recipe import ASSIGNMENTS, Recipe, recipe_of

_EVERY_MS = 60_000


class PublicationWatch(QObject):
    """Asks once a minute, and at once when a layer arrives; `renewed` tells the layers' names."""

    renewed = pyqtSignal(list)
    failed = pyqtSignal(str)

    def __init__(self, project: QgsProject, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._asked: list[Catalogue] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def follow(self) -> None:
        """Go on asking as long as there is a layer of a service."""
        if self._watched() and not self._timer.isActive():
            self._timer.start()

    def look(self) -> None:
        """Ask every service now about every layer that is shown of it."""
        watched = self._watched()
        if not watched:
            self._timer.stop()
        self._close()
        questions: dict[tuple[Any, str], list[QgsMapLayer]] = {}
        for layer, recipe in watched:
            access = access_of_source(recipe.address, layer.source())
            questions.setdefault((access, recipe.layer), []).append(layer)
        for (access, name), layers in questions.items():
            catalogue = Catalogue(access, self)
            self._asked.append(catalogue)
            identities = [layer.id() for layer in layers]
            catalogue.dates(
                name,
                lambda dates, access=access, wanted=identities: self._compare(
                    access, wanted, dates
                ),
                self.failed.emit,
            )  # fmt: skip

    def stop(self) -> None:
        """Ask no more."""
        self._timer.stop()
        self._close()

    def _watched(self) -> list[tuple[QgsMapLayer, Recipe]]:
        pairs = ((one, recipe_of(one)) for one in self._project.mapLayers().values())
        return [
            (layer, recipe) for layer, recipe in pairs if recipe and recipe.layer != ASSIGNMENTS
        ]

    def _compare(self, access: Any, identities: list[str], dates: list[dict[str, Any]]) -> None:
        names = []
        for identity in identities:
            layer = self._project.mapLayer(identity)
            recipe = None if layer is None else recipe_of(layer)
            if recipe is None:
                continue
            now = recipe.renewed(dates)
            if now != recipe:
                renew(layer, access, now)
                names.append(now.name)
        if names:
            self.renewed.emit(names)

    def _close(self) -> None:
        for catalogue in self._asked:
            catalogue.close()
            catalogue.deleteLater()
        self._asked.clear()
