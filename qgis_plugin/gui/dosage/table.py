"""Planned against delivered as a table: a row a box."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QIcon, QPixmap
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from evenbeat.patrol.delivered import COLOURS, outcome_title

_KEY = Qt.ItemDataRole.UserRole


class _Number(QTableWidgetItem):
    """A cell that sorts by its number, not by its letters."""

    def __init__(self, number: float, text: str) -> None:
        super().__init__(text)
        self._number = number
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.setTextAlignment(int(right))

    def __lt__(self, other: Any) -> bool:
        return self._number < other._number


class DeliveredTable(QWidget):
    """Choosing rows tells `chosen` their assignments; a double click tells `zoom_wanted`."""

    chosen = pyqtSignal(list)
    zoom_wanted = pyqtSignal()
    shift_chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.shift = QComboBox()
        self.shift.setToolTip(self.tr("Show one shift alone"))
        self.shift.currentIndexChanged.connect(self._filter)
        head.addWidget(self.summary, 1)
        head.addWidget(self.shift)
        layout.addLayout(head)
        self.table = QTableWidget(0, 5)
        self.table.setHorizontalHeaderLabels([
            self.tr("Box"), self.tr("Shift"), self.tr("Minutes"), self.tr("Visits"),
            self.tr("Outcome"),
        ])  # fmt: skip
        for column, tip in (
            (0, self.tr("District and rank")),
            (2, self.tr("Minutes with a unit in the box, of those planned")),
            (3, self.tr("Visits made of visits planned")),
        ):  # fmt: skip
            self.table.horizontalHeaderItem(column).setToolTip(tip)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setAlternatingRowColors(True)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 7)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.table.itemSelectionChanged.connect(self._tell)
        self.table.itemDoubleClicked.connect(lambda _item: self.zoom_wanted.emit())
        layout.addWidget(self.table, 1)

    def show_rows(self, rows: list[dict[str, Any]], outcomes: dict[str, int]) -> None:
        """Show other boxes."""
        self.table.setSortingEnabled(False)
        self.table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, item in enumerate(self._items(row)):
                item.setData(_KEY, row["assignment_id"])
                self.table.setItem(number, column, item)
        self.table.setSortingEnabled(True)
        self.table.sortItems(0)
        parts = [
            f"{outcomes.get(name, 0)} {outcome_title(name)}" for name in COLOURS
        ]  # fmt: skip
        self.summary.setText(
            self.tr("{boxes} boxes: {parts}").format(boxes=len(rows), parts=", ".join(parts))
        )
        self._fill_shifts(list(dict.fromkeys(row["shift"] for row in rows)))

    def _items(self, row: dict[str, Any]) -> list[QTableWidgetItem]:
        name = "-".join(row["assignment_id"].split("-")[-2:])
        picture = QPixmap(10, 10)
        picture.fill(QColor(COLOURS.get(row["outcome"], "#8a8f98")))
        outcome = QTableWidgetItem(QIcon(picture), outcome_title(row["outcome"]))
        outcome.setToolTip(row.get("reason") or "")
        words = self.tr("{made} of {planned}")
        return [
            QTableWidgetItem(name), QTableWidgetItem(row["shift"]),
            _minutes(row["presence_minutes"], row["planned_minutes"], words),
            _Number(row["visits"], words.format(
                made=row["visits"], planned=row["planned_visits"])),
            outcome,
        ]  # fmt: skip

    def _fill_shifts(self, shifts: list[str]) -> None:
        self.shift.blockSignals(True)
        self.shift.clear()
        self.shift.addItem(self.tr("All shifts"), "")
        for shift in shifts:
            self.shift.addItem(shift, shift)
        self.shift.blockSignals(False)

    def _filter(self) -> None:
        wanted = self.shift.currentData() or ""
        for number in range(self.table.rowCount()):
            shift = self.table.item(number, 1).text()
            self.table.setRowHidden(number, bool(wanted) and shift != wanted)
        self.shift_chosen.emit(wanted)

    def _tell(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        self.chosen.emit([index.data(_KEY) for index in rows])


def _minutes(made: float | None, planned: float, words: str) -> QTableWidgetItem:
    known = "?" if made is None else f"{made:.0f}"
    text = words.format(made=known, planned=f"{planned:.0f}")
    return _Number(-1.0 if made is None else made, text)
