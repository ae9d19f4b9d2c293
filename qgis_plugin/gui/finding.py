"""Goes to what the locator found: the map zooms to it and flashes it, a run comes onto the map."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QCoreApplication

from evenbeat.engine.protocol import EngineError
from evenbeat.gui.messages import tell, tell_error, warn
from evenbeat.locator.index import BOX, RUN
from evenbeat.project import remember
from evenbeat.tips import KEY_FIELD
from evenbeat.workspace.on_map import show_rasters
from evenbeat.workspace.session import Session

_AROUND = 6.0


class Finder:
    """What a click on a result does."""

    def __init__(self, iface: Any, session: Session) -> None:
        self.iface = iface
        self._session = session

    def go_to(self, kind: str, facts: dict[str, Any]) -> None:
        """Go to a box, a district or a run."""
        if kind == RUN:
            self._show_run(facts["date"], facts["run_id"])
        elif kind == BOX:
            self._show(QgsGeometry.fromWkt(facts["wkt"]), facts["crs"], _AROUND)
            self._select(facts["assignment_id"])
        else:
            outline = QgsGeometry.fromRect(QgsRectangle(*facts["bounds"]))
            self._show(outline, facts["crs"], 1.1)

    def _show(self, shape: QgsGeometry, crs_name: str, factor: float) -> None:
        """Zoom to a shape with some room around it, and flash it."""
        canvas, crs = self.iface.mapCanvas(), QgsCoordinateReferenceSystem(crs_name)
        project = QgsProject.instance()
        transform = QgsCoordinateTransform(crs, canvas.mapSettings().destinationCrs(), project)
        try:
            extent = transform.transformBoundingBox(shape.boundingBox())
        except QgsCsException as error:
            warn(self.iface, _tr("The map's CRS does not reach there."), str(error))
            return
        extent.scale(factor)
        canvas.setExtent(extent)
        canvas.refresh()
        canvas.flashGeometries([shape], crs)

    def _select(self, name: str) -> None:
        """Select a box in every layer that has it."""
        quoted = name.replace("'", "''")
        for layer in QgsProject.instance().mapLayers().values():
            if hasattr(layer, "fields") and layer.fields().indexFromName(KEY_FIELD) >= 0:
                layer.selectByExpression(f"\"{KEY_FIELD}\" = '{quoted}'")

    def _show_run(self, date: str, run_id: str) -> None:
        """Put a run's priority onto the map, and let the project remember the run."""
        reply = self._session.ask(
            "run-rasters", date=date, run_id=run_id, layers=["priority"]
        )  # fmt: skip
        reply.finished.connect(lambda made: self._take_run(made, date, run_id))
        reply.failed.connect(self._refused)

    def _take_run(self, made: dict[str, Any], date: str, run_id: str) -> None:
        remember(workspace=self._session.root, date=date, run=run_id)
        layers = show_rasters(made["rasters"], date)
        if layers:
            canvas = self.iface.mapCanvas()
            canvas.setExtent(canvas.mapSettings().layerExtentToOutputExtent(
                layers[0], layers[0].extent()))  # fmt: skip
            canvas.refresh()
        tell(self.iface, _tr("The run of {date} is on the map.").format(date=date))

    def _refused(self, error: EngineError) -> None:
        tell_error(self.iface, _tr("The run was not shown"), error)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Locator", text)
