"""The list of boxes by shift and district."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from evenbeat.gui.review.look import state_icon, state_words
from evenbeat.review.day_sheet import PROPOSED
from evenbeat.review.desk import ReviewDesk

_NAME = Qt.ItemDataRole.UserRole


class BoxList(QTreeWidget):
    """Groups by shift and district, each with how many are left; a click chooses a box."""

    picked = pyqtSignal(str)

    def __init__(self, desk: ReviewDesk) -> None:
        super().__init__()
        self._desk = desk
        self._rows: dict[str, QTreeWidgetItem] = {}
        self.setObjectName("EvenbeatBoxes")
        self.setHeaderLabels([
            self.tr("Box"), self.tr("Visits"), self.tr("Mainly for"), self.tr("State")
        ])  # fmt: skip
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setItemsExpandable(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.header().setStretchLastSection(False)
        self.currentItemChanged.connect(self._follow)

    def fill(self) -> None:
        """Show the desk's boxes; the one that is looked at stays in view."""
        self.blockSignals(True)
        self.clear()
        self._rows.clear()
        titles = self._desk.session.summary.get("crime_types", {})
        for key, boxes in groupby(self._desk.shown(), key=_heading_of):
            there = list(boxes)
            self._heading(*key, sum(box["state"] == PROPOSED for box in there))
            for box in there:
                row = QTreeWidgetItem(self, _texts(box, titles))
                row.setIcon(0, state_icon(box["state"]))
                row.setData(0, _NAME, box["assignment_id"])
                row.setToolTip(3, _decided_by(box))
                self._rows[box["assignment_id"]] = row
        self.blockSignals(False)
        self.show_current()

    def show_current(self) -> None:
        """Mark the box that is looked at."""
        row = self._rows.get(self._desk.current)
        self.blockSignals(True)
        self.setCurrentItem(row)
        self.blockSignals(False)
        if row is not None:
            self.scrollToItem(row, QAbstractItemView.ScrollHint.EnsureVisible)

    def text_of(self, name: str) -> str:
        """Return the row of a box as one text."""
        row = self._rows[name]
        return " ".join(row.text(column) for column in range(4))

    def row_of(self, name: str) -> QTreeWidgetItem:
        """Return the row of a box."""
        return self._rows[name]

    def _heading(self, shift: str, district_id: str, left: int) -> None:
        words = self.tr("{left} left").format(left=left) if left else self.tr("done")
        text = self.tr("{shift} \u00b7 district {district}").format(
            shift=shift.capitalize(), district=district_id
        )
        row = QTreeWidgetItem(self, [f"{text}   ({words})"])
        row.setFirstColumnSpanned(True)
        row.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = row.font(0)
        font.setBold(True)
        row.setFont(0, font)

    def _pick(self, row: QTreeWidgetItem) -> None:
        name = row.data(0, _NAME)
        if name:
            self.picked.emit(name)

    def _follow(self, row: QTreeWidgetItem | None, _before: Any) -> None:
        """Arrow keys choose as well."""
        if row is not None and row.data(0, _NAME) != self._desk.current:
            self._pick(row)


def _heading_of(box: dict[str, Any]) -> tuple:
    return box["shift"], box["district_id"]


def _texts(box: dict[str, Any], titles: dict[str, str]) -> list[str]:
    kind = box["dominant_type"] or ""
    return [
        f"{box['rank']}   {box['neighbourhood'] or ''}".rstrip(),
        f"{box['visits']} \u00d7 {box['visit_minutes']:g} min",
        titles.get(kind, kind.replace("_", " ")),
        state_words(box["state"]),
    ]


def _decided_by(box: dict[str, Any]) -> str:
    parts = (box["reviewer"], box["reason"])
    return ": ".join(part for part in parts if part)
