"""What a chosen layer is offered as: day, shift, style with its legend, and the way to add it."""

from __future__ import annotations

from html import escape
from typing import Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from evenbeat.gui.messages import sentence_label
from evenbeat.tiles.access import Access
from evenbeat.tiles.catalogue import Catalogue, styles_for
from evenbeat.tiles.recipe import ASSIGNMENTS, LATEST, VECTOR, WMTS, XYZ, Recipe

IN_TIME = "in-time"
_MOST_IN_TIME = 42
_ROW = (
    "<tr><td style='background-color: {colour}'>&nbsp;&nbsp;&nbsp;&nbsp;</td>"
    "<td>&nbsp;{words}</td></tr>"
)


class Offer(QWidget):
    """`wanted` tells the recipes of the layers that somebody wants."""

    wanted = pyqtSignal(list)
    failed = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue: Catalogue | None = None
        self._layer: dict[str, Any] = {}
        self._days: list[dict[str, Any]] = []
        self._asked = ""
        self.day, self.shift, self.style_box, self.way = (QComboBox() for _ in range(4))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Day"), self.day)
        form.addRow(self.tr("Shift"), self.shift)
        form.addRow(self.tr("Style"), self.style_box)
        form.addRow(self.tr("Add as"), self.way)
        self._form = form
        self.legend = QLabel()
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.legend.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.legend_frame = QScrollArea()
        self.legend_frame.setFrameShape(QFrame.Shape.NoFrame)
        self.legend_frame.setWidgetResizable(True)
        self.legend_frame.setWidget(self.legend)
        self.note = sentence_label(faint=True)
        self.add = QPushButton(self.tr("Add to the map"))
        self.add.setToolTip(self.tr("Add the layer (Ctrl+Return)"))
        self.add.setShortcut("Ctrl+Return")
        self.add.clicked.connect(self.tell)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(self.legend_frame, 1)
        layout.addWidget(self.add)
        self.day.currentIndexChanged.connect(self._fill_shifts)
        self.shift.currentIndexChanged.connect(self._show_legend)
        self.style_box.currentIndexChanged.connect(self._show_legend)
        self.way.currentIndexChanged.connect(self._explain)

    def show_layer(
        self, catalogue: Catalogue, layer: dict[str, Any], days: list[dict[str, Any]],
        styles: list[dict[str, Any]],
    ) -> None:  # fmt: skip
        """Offer another layer."""
        self._catalogue, self._layer, self._days = catalogue, layer, days
        vector = layer["id"] == ASSIGNMENTS
        shift, style = self.shift.currentData(), self.style_box.currentData()
        for box in (self.day, self.shift, self.style_box, self.way):
            box.blockSignals(True)
            box.clear()
        self.day.addItem(self.tr("Newest, and what follows"), LATEST)
        for day in days:
            self.day.addItem(day["date"], day["date"])
        for one in [] if vector else styles_for(layer, styles):
            self.style_box.addItem(one["title"], one["id"])
            tip = Qt.ItemDataRole.ToolTipRole
            self.style_box.setItemData(self.style_box.count() - 1, one["description"], tip)
        self._fill_ways(vector)
        for box in (self.day, self.shift, self.style_box, self.way):
            box.blockSignals(False)
        self._fill_shifts(shift)
        self.style_box.setCurrentIndex(max(0, self.style_box.findData(style)))
        for widget in (self.style_box, self._form.labelForField(self.style_box)):
            widget.setVisible(not vector)
        self.legend_frame.setVisible(not vector)
        self._explain()

    def tell(self) -> None:
        """Tell the recipes of what is chosen; the deepest zoom is asked for first."""
        day, shift = self._chosen()
        if not shift or self._catalogue is None:
            return
        recipe = self._recipe(day, shift, self.day.currentData())
        way = self.way.currentData()
        if recipe.way == VECTOR:
            self.wanted.emit([recipe])
            return
        path = f"/v1/tiles/{recipe.layer}/{day['date']}/{recipe.shift}/{recipe.style}/tilejson.json"
        self.add.setEnabled(False)
        self._catalogue.document(
            path, lambda found: self._add(recipe, way, int(found["maxzoom"])), self._fail
        )

    def _add(self, recipe: Recipe, way: str, zoom: int) -> None:
        self.add.setEnabled(True)
        if way == IN_TIME:
            pairs = [(day, shift) for day in self._days for shift in day["shifts"]]
            recipes = [
                self._recipe(day, shift, day["date"], zoom=zoom, timed=True)
                for day, shift in pairs[:_MOST_IN_TIME]
            ]
            self.wanted.emit(recipes)
        else:
            self.wanted.emit([self._with_zoom(recipe, zoom)])

    def _with_zoom(self, recipe: Recipe, zoom: int) -> Recipe:
        day, shift = self._chosen()
        return self._recipe(day, shift, recipe.date, zoom=zoom)

    def _fail(self, text: str) -> None:
        self.add.setEnabled(True)
        self.failed.emit(text)

    def _recipe(
        self, day: dict[str, Any], shift: dict[str, Any], date: str, *, zoom: int = 18,
        timed: bool = False,
    ) -> Recipe:  # fmt: skip
        way = self.way.currentData()
        access: Access = self._catalogue.access
        return Recipe(
            access.address, self._layer["id"], self._layer["title"], date, shift["shift"],
            self.style_box.currentData() or "", XYZ if way == IN_TIME else way,
            shift.get("version", ""), zoom, shift["start"] if timed else "",
            shift["end"] if timed else "",
        )  # fmt: skip

    def _chosen(self) -> tuple[dict[str, Any], dict[str, Any]]:
        if not self._days:
            return {}, {}
        wanted = self.day.currentData()
        day = next((one for one in self._days if one["date"] == wanted), self._days[0])
        name = self.shift.currentData()
        shift = next((one for one in day["shifts"] if one["shift"] == name), {})
        return day, shift

    def _fill_ways(self, vector: bool) -> None:
        if vector:
            self.way.addItem(self.tr("Vector tiles"), VECTOR)
            return
        self.way.addItem(self.tr("Tiles (XYZ), the fastest"), XYZ)
        self.way.addItem(self.tr("Tiles (WMTS), with values and legend"), WMTS)
        self.way.addItem(self.tr("Every shift in its time"), IN_TIME)

    def _fill_shifts(self, wanted: Any = None) -> None:
        """Fill in the shifts of the chosen day; the chosen one stays."""
        chosen = wanted if isinstance(wanted, str) else self.shift.currentData()
        day, _ = self._chosen()
        self.shift.blockSignals(True)
        self.shift.clear()
        for shift in day.get("shifts", []):
            text = shift["shift"]
            if shift.get("start"):
                text += f", {shift['start'][11:16]} - {shift['end'][11:16]}"
            self.shift.addItem(text, shift["shift"])
        self.shift.setCurrentIndex(max(0, self.shift.findData(chosen)))
        self.shift.blockSignals(False)
        self._show_legend()

    def _explain(self) -> None:
        in_time = self.way.currentData() == IN_TIME
        for box in (self.day, self.shift):
            box.setEnabled(not in_time)
        count = min(_MOST_IN_TIME, sum(len(day["shifts"]) for day in self._days))
        texts = {
            IN_TIME: self.tr("{count} layers, one a shift, at most the newest {most}; the temporal "
                             "controller goes through them."),
            WMTS: self.tr("QGIS 3.40 and newer move it with the temporal controller; older "
                          "versions show the chosen day."),
        }  # fmt: skip
        text = texts.get(self.way.currentData(), "")
        self.note.setText(text.format(count=count, most=_MOST_IN_TIME))
        self.note.setVisible(bool(text))

    def _show_legend(self) -> None:
        day, shift = self._chosen()
        style = self.style_box.currentData()
        self.add.setEnabled(bool(shift))
        if self._catalogue is None or not shift or not style:
            self.legend.clear()
            return
        layer = self._layer["id"]
        path = f"/v1/tiles/{layer}/{day['date']}/{shift['shift']}/{style}/legend.json"
        self._asked = path
        self._catalogue.document(path, lambda found: self._write(path, found), self.legend.setText)

    def _write(self, path: str, found: dict[str, Any]) -> None:
        """Write what the colours mean, where it is still asked for."""
        if path != self._asked:
            return
        rows = "".join(
            _ROW.format(colour=escape(entry["colour"]), words=escape(entry["words"]))
            for entry in found["entries"]
        )
        self.legend.setText(f"<table cellspacing='2'>{rows}</table>")
