"""The table of factors: crime types across, districts or shifts down, the weights on top."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, Qt
from qgis.PyQt.QtGui import QBrush, QColor, QFont

from evenbeat.workspace.weights import PLAIN, SEVERITY, Weights

_MORE, _LESS = QColor(214, 96, 40), QColor(47, 126, 216)
_FULL_TINT, _LEAST_TINT = 150, 30


class FactorsModel(QAbstractTableModel):
    """Shows `Weights` of one kind. The first row has the weights that hold everywhere."""

    def __init__(self, titles: dict[str, str], parent: Any = None) -> None:
        super().__init__(parent)
        self._titles = titles
        self.weights: Weights | None = None
        self.kind = ""
        self.can_edit = True

    def show(self, weights: Weights, kind: str, titles: dict[str, str]) -> None:
        """Show weights of a kind."""
        self.beginResetModel()
        self.weights, self.kind, self._titles = weights, kind, titles
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of rows."""
        if self.weights is None or (parent is not None and parent.isValid()):
            return 0
        return 1 + len(self.weights.rows[self.kind])

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of crime types."""
        if self.weights is None or (parent is not None and parent.isValid()):
            return 0
        return len(self.weights.crime_types)

    def headerData(self, section: int, orientation: Any, role: int = 0) -> Any:
        """Return titles of crime types, and names of rows."""
        if self.weights is None or role not in (
            Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole
        ):  # fmt: skip
            return None
        if orientation == Qt.Orientation.Horizontal:
            name = self.weights.crime_types[section]
            title = self._titles.get(name, name)
            return title if role == Qt.ItemDataRole.ToolTipRole else title.replace(" ", "\n")
        if section == 0:
            return self.tr("Weight")
        return self.weights.rows[self.kind][section - 1][1]

    def place(self, index: QModelIndex) -> tuple[str, str, str]:
        """Return kind, row and crime type of a cell."""
        crime_type = self.weights.crime_types[index.column()]
        if index.row() == 0:
            return SEVERITY, SEVERITY, crime_type
        return self.kind, self.weights.rows[self.kind][index.row() - 1][0], crime_type

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        """Return a cell's text and looks."""
        if self.weights is None or not index.isValid():
            return None
        place = self.place(index)
        value = self.weights.value(*place)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            plain = index.row() == 0 or role == Qt.ItemDataRole.EditRole
            return f"{value:g}" if plain else f"\u00d7 {value:g}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index.row(), value)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        return self._looks(role, index.row(), value, self.weights.is_changed(*place))

    @staticmethod
    def _looks(role: int, row: int, value: float, is_changed: bool) -> Any:
        if role == Qt.ItemDataRole.FontRole and is_changed:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.BackgroundRole and row > 0 and value != PLAIN:
            return QBrush(_tint(value))
        return None

    def flags(self, index: QModelIndex) -> Any:
        """Return whether a cell can be changed."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.can_edit else flags

    def setData(self, index: QModelIndex, value: Any, role: int = 2) -> bool:
        """Take what was typed; a decimal comma is understood, what is no number is refused."""
        number = _number(value)
        if number is None or self.weights is None:
            return False
        self.weights.set(*self.place(index), number)
        self.dataChanged.emit(index, index)
        return True

    def _tip(self, row: int, value: float) -> str:
        if row == 0:
            return self.tr("Weight of one such crime, everywhere")
        if value == PLAIN:
            return self.tr("Counts as everywhere")
        if value == 0:
            return self.tr("Does not count here")
        return self.tr("Counts {value:g} times as much as elsewhere").format(value=value)


def _number(value: Any) -> float | None:
    text = str(value).replace("\u00d7", "").strip().replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _tint(value: float) -> QColor:
    """Return a colour: warm for more, cool for less, the stronger the further from 1."""
    away = min(abs(value - PLAIN), 1.0) if value < PLAIN else min((value - PLAIN) / 2.0, 1.0)
    colour = QColor(_MORE if value > PLAIN else _LESS)
    colour.setAlpha(int(_LEAST_TINT + (_FULL_TINT - _LEAST_TINT) * away))
    return colour
