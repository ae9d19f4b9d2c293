"""Runs on the map: their surfaces, their boxes, and the difference of two."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from evenbeat import project
from evenbeat.gui.canvas import sees, zoom_to
from evenbeat.gui.messages import tell_error
from evenbeat.gui.progress_line import ProgressLine
from evenbeat.processing.styling import diverging
from evenbeat.workspace import on_map
from evenbeat.workspace.session import Session


class ResultsOnMap(QObject):
    """Asks the engine for rasters, and lays them into the group Evenbeat."""

    shown = pyqtSignal(str)

    def __init__(
        self, iface: Any, session: Session, progress: ProgressLine, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.iface = iface
        self._session = session
        self._progress = progress

    def show_run(
        self, run: dict[str, Any], layer: str, shift: str, *, with_boxes: bool = True
    ) -> None:
        """Show a layer of a run, in all shifts where ``shift`` is empty, and its boxes."""
        reply = self._session.ask(
            "run-rasters", date=run["date"], run_id=run["run_id"], layers=[layer],
            shifts=[shift] if shift else [],
        )  # fmt: skip
        self._progress.follow(reply, self.tr("Writing the rasters..."))

        def show(made: dict[str, Any]) -> None:
            on_map.take_crs(self._session.summary["crs"])
            layers = on_map.show_rasters(made["rasters"], heading_of(run))
            if with_boxes and run.get("assignments") and run.get("current", True):
                drawn = not on_map.is_under_review(run["date"])
                on_map.show_boxes(run["assignments"], run["date"], drawn=drawn)
            on_map.draw_alone(heading_of(run))
            project.remember(workspace=self._session.root, date=run["date"], run=run["run_id"])
            self._zoom(layers)
            self.shown.emit(self.tr("{day} is on the map.").format(day=run["date"]))

        reply.finished.connect(show)
        reply.failed.connect(
            lambda error: tell_error(self.iface, self.tr("The run is not shown"), error)
        )

    def show_difference(
        self, older: dict[str, Any], newer: dict[str, Any], layer: str, shift: str
    ) -> None:
        """Show the newer run minus the older one."""
        reply = self._session.ask(
            "run-difference", layer=layer, shifts=[shift] if shift else [],
            older={"date": older["date"], "run_id": older["run_id"]},
            newer={"date": newer["date"], "run_id": newer["run_id"]},
        )  # fmt: skip
        self._progress.follow(reply, self.tr("Comparing the runs..."))
        heading = self.tr("{newer} minus {older}").format(
            newer=heading_of(newer), older=heading_of(older)
        )

        def show(made: dict[str, Any]) -> None:
            on_map.take_crs(self._session.summary["crs"])
            layers = on_map.show_rasters(made["rasters"], heading, diverging)
            on_map.draw_alone(heading)
            self._zoom(layers)
            self.shown.emit(self.tr("{what} is on the map.").format(what=heading))

        reply.finished.connect(show)
        reply.failed.connect(
            lambda error: tell_error(self.iface, self.tr("There is no difference to show"), error)
        )

    def _zoom(self, layers: list[Any]) -> None:
        if layers and not sees(self.iface, layers[0]):
            zoom_to(self.iface, layers[0])


def heading_of(run: dict[str, Any]) -> str:
    """Return the heading of a run in the layer tree: its day, and its id where it was replaced."""
    if run.get("current", True):
        return str(run["date"])
    return f"{run['date']} ({str(run['run_id']).rsplit('-', 1)[-1][:6]})"
