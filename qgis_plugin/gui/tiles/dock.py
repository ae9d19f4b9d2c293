"""The dock of tile services: connect, choose a layer, add it."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtWidgets import (
    QDockWidget,
    QHeaderView,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from evenbeat.gui.messages import plain_tree, sentence_label, tell, warn
from evenbeat.gui.tiles.connection import ConnectionForm
from evenbeat.gui.tiles.offer import Offer
from evenbeat.patrol.clock import animate, controller_of, on_the_clock
from evenbeat.processing.loading import Place, arrange
from evenbeat.tiles.access import Access
from evenbeat.tiles.catalogue import Catalogue
from evenbeat.tiles.layers import make_layer
from evenbeat.tiles.recipe import ASSIGNMENTS, LATEST, VECTOR, Recipe
from evenbeat.tiles.watch import PublicationWatch

_LAYER = Qt.ItemDataRole.UserRole
_RANK = {VECTOR: 250}
_RANK_OF_PICTURES = 300
_AFTER_QGIS_MS = 150


class TilesDock(QDockWidget):
    """Lists what a service has and adds it to the project."""

    def __init__(self, iface: Any, watch: PublicationWatch) -> None:
        super().__init__()
        self.setObjectName("EvenbeatTiles")
        self.setWindowTitle(self.tr("Tile services"))
        self.iface = iface
        self._watch = watch
        self._project = QgsProject.instance()
        self._catalogue: Catalogue | None = None
        self._styles: list[dict[str, Any]] = []
        self._days: dict[str, list[dict[str, Any]]] = {}
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(8, 8, 8, 8)
        self.form = ConnectionForm()
        self.form.wanted.connect(self.connect_to)
        layout.addWidget(self.form)
        self.faces = QStackedWidget()
        self.message = sentence_label(self.tr(
            "Give the address of a tile service and connect. The agency that publishes gives out "
            "keys; evenbeat serve starts a service on this computer."
        ))  # fmt: skip
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.faces.addWidget(self.message)
        self.faces.addWidget(self._lists())
        layout.addWidget(self.faces, 1)
        self.setWidget(whole)

    def connect_to(self, access: Access) -> None:
        """Ask a service for its styles and layers."""
        if self._catalogue is not None:
            self._catalogue.close()
            self._catalogue.deleteLater()
        self._catalogue = Catalogue(access, self)
        self._days.clear()
        self.message.setText(self.tr("Asking {address}...").format(address=access.address))
        self.faces.setCurrentIndex(0)
        self._catalogue.styles(self._take_styles, self._fail)

    def _take_styles(self, styles: list[dict[str, Any]]) -> None:
        self._styles = styles
        self._catalogue.layers(self._take_layers, self._fail)

    def _take_layers(self, layers: list[dict[str, Any]]) -> None:
        self.form.connected(self._catalogue.access)
        self.list.clear()
        for layer in layers:
            self._add_row(layer)
        if not layers:
            self.message.setText(self.tr("Nothing is published there that this key opens."))
            return
        self.faces.setCurrentIndex(1)
        self.list.setCurrentItem(self.list.topLevelItem(0))
        self._catalogue.document(
            f"/v1/assignments/{LATEST}.geojson", self._take_assignments, lambda _why: None
        )

    def _take_assignments(self, found: dict[str, Any]) -> None:
        """Add a row for the approved boxes; asked for with the key's right, else not there."""
        shifts = sorted({one["properties"]["shift"] for one in found["features"]})
        layer = {
            "id": ASSIGNMENTS, "title": self.tr("Approved boxes"), "newest_date": found["date"],
            "dates": 1, "comment": self.tr("Boxes on the newest day; never officers or units"),
            "long_name": "", "units": "",
        }  # fmt: skip
        self._days[ASSIGNMENTS] = [
            {"date": found["date"], "shifts": [{"shift": name} for name in shifts]}
        ]
        self._add_row(layer)

    def _add_row(self, layer: dict[str, Any]) -> None:
        row = QTreeWidgetItem([layer["title"], layer["newest_date"] or "", str(layer["dates"])])
        row.setData(0, _LAYER, layer)
        row.setTextAlignment(2, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter))
        tip = ": ".join(part for part in (layer["long_name"], layer["comment"]) if part)
        for column in range(3):
            row.setToolTip(column, tip)
        self.list.addTopLevelItem(row)

    def _choose(self) -> None:
        row = self.list.currentItem()
        if row is None or self._catalogue is None:
            return
        layer = row.data(0, _LAYER)
        if layer["id"] in self._days:
            self._offer(layer)
            return
        self._catalogue.dates(
            layer["id"], lambda days: self._take_days(layer, days), self.form.say
        )  # fmt: skip

    def _take_days(self, layer: dict[str, Any], days: list[dict[str, Any]]) -> None:
        self._days[layer["id"]] = days
        row = self.list.currentItem()
        if row is not None and row.data(0, _LAYER)["id"] == layer["id"]:
            self._offer(layer)

    def _offer(self, layer: dict[str, Any]) -> None:
        self.offer.show_layer(self._catalogue, layer, self._days[layer["id"]], self._styles)

    def _add(self, recipes: list[Recipe]) -> None:
        """Add layers; the first one is shown, and the map goes there where it was empty."""
        was_empty = not self._project.mapLayers()
        access = self._catalogue.access
        heading = self.tr("{title} by shift").format(title=recipes[0].title)
        several = len(recipes) > 1
        for number, recipe in enumerate(recipes):
            layer = make_layer(access, recipe)
            if not layer.isValid():
                warn(self.iface, self.tr("{name} was not added.").format(name=recipe.name),
                     layer.error().summary())  # fmt: skip
                return
            self._project.addMapLayer(layer, False)
            rank = _RANK.get(recipe.way, _RANK_OF_PICTURES)
            place = Place(heading, rank + number) if several else Place("", rank)
            arrange(self._project, layer, place)
        if several:
            group = self._project.layerTreeRoot().findGroup(heading)
            group.setExpanded(False)
            self._animate(recipes)
        if was_empty:  # QGIS itself goes to the first layer's extent, which is the world
            QTimer.singleShot(_AFTER_QGIS_MS, lambda: self._zoom(recipes[0]))
        self._watch.follow()
        text = (
            self.tr("{count} layers were added, each with its time.").format(count=len(recipes))
            if several else self.tr("{name} was added.").format(name=recipes[0].name)
        )  # fmt: skip
        tell(self.iface, text, button=(self.tr("Zoom there"), lambda: self._zoom(recipes[0])))

    def _animate(self, recipes: list[Recipe]) -> None:
        """Let the temporal controller go from shift to shift."""
        starts = [on_the_clock(recipe.start) for recipe in recipes]
        lengths = [
            start.secsTo(on_the_clock(recipe.end)) for start, recipe in zip(starts, recipes)
        ]  # fmt: skip
        animate(controller_of(self.iface.mapCanvas()), self._project, starts, min(lengths))

    def _zoom(self, recipe: Recipe) -> None:
        """Go to what the service has; tiles themselves cover the world."""
        known = [self._days.get(recipe.layer, []), *self._days.values()]
        bounds = next(
            (shift["bounds"] for days in known for day in days for shift in day["shifts"]
             if "bounds" in shift), None,
        )  # fmt: skip
        if bounds is None:
            return
        canvas = self.iface.mapCanvas()
        transform = QgsCoordinateTransform(
            QgsCoordinateReferenceSystem("EPSG:4326"), canvas.mapSettings().destinationCrs(),
            self._project,
        )  # fmt: skip
        try:
            canvas.setExtent(transform.transformBoundingBox(QgsRectangle(*bounds)))
        except QgsCsException as error:
            warn(self.iface, self.tr("The map's CRS does not reach there."), str(error))
            return
        canvas.refresh()

    def _fail(self, text: str) -> None:
        self.form.failed(text)
        self.faces.setCurrentIndex(0)
        self.message.setText(self.tr("Not connected."))

    def _lists(self) -> QWidget:
        self.list = plain_tree([self.tr("Layer"), self.tr("Newest"), self.tr("Days")])
        self.list.setRootIsDecorated(False)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.list.currentItemChanged.connect(lambda _now, _before: self._choose())
        self.offer = Offer()
        self.offer.wanted.connect(self._add)
        self.offer.failed.connect(self.form.say)
        self.list.itemDoubleClicked.connect(lambda _row, _column: self.offer.tell())
        self.look = QPushButton(self.tr("Look for new publications"))
        self.look.setToolTip(self.tr("Layers of the project are looked after once a minute"))
        self.look.clicked.connect(self._look)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.list)
        splitter.addWidget(self.offer)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        splitter.setChildrenCollapsible(False)
        face = QWidget()
        layout = QVBoxLayout(face)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter, 1)
        layout.addWidget(self.look)
        return face

    def _look(self) -> None:
        """Ask again, for the layers of the project and for the list."""
        self._watch.look()
        if self._catalogue is not None:
            self.connect_to(self._catalogue.access)
