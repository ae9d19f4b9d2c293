"""The pickers of a role's columns: one a column, filled with the columns of the layer."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from evenbeat.workspace.roles import ROSTER, Role

LABEL_WIDTH = 116


class ColumnPickers(QWidget):
    """Which column of the layer is which of the role's; one not chosen is found by the engine."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._pickers: dict[str, QComboBox] = {}
        self._others: dict[str, str] = {}
        self._role = ""

    def picker(self, name: str) -> QComboBox:
        """Return the picker of a column, by the engine's name."""
        return self._pickers[name]

    def fill(self, role: Role, columns: list[str], given: dict[str, str]) -> None:
        """Show the pickers of a role.

        Parameters
        ----------
        columns
            Of the layer.
        given
            What is chosen: our name -> their column.
        """
        while self._form.rowCount():
            self._form.removeRow(0)
        self._pickers.clear()
        self._role = role.name
        listed = {column.name for column in role.columns}
        self._others = {ours: theirs for ours, theirs in given.items() if ours not in listed}
        for column in role.columns:
            picker = QComboBox()
            picker.setObjectName(f"EvenbeatColumn_{column.name}")
            picker.addItem(self._nothing_chosen(column.needed), "")
            asked = given.get(column.name, "")
            for theirs in [*columns, *([asked] if asked and asked not in columns else [])]:
                picker.addItem(theirs, theirs)
            picker.setCurrentIndex(max(0, picker.findData(asked)) if asked else 0)
            picker.currentIndexChanged.connect(lambda _index: self.changed.emit())
            picker.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            picker.setMinimumContentsLength(18)
            label = QLabel(f"{column.title} *" if column.needed else column.title)
            label.setWordWrap(True)
            label.setMinimumWidth(LABEL_WIDTH)
            label.setBuddy(picker)
            label.setToolTip(column.hint)
            picker.setToolTip(self.tr("The engine calls it {name}").format(name=column.name))
            self._form.addRow(label, picker)
            self._pickers[column.name] = picker

    def chosen(self) -> dict[str, str]:
        """Return our name -> their column, of what people chose."""
        found = {name: picker.currentData() for name, picker in self._pickers.items()}
        return {**self._others, **{ours: theirs for ours, theirs in found.items() if theirs}}

    def show_found(self, columns: dict[str, str]) -> None:
        """Tell beside each picker which column the engine found by itself."""
        for name, picker in self._pickers.items():
            theirs = columns.get(name, "")
            text = self.tr("by itself: {column}").format(column=theirs) if theirs else (
                self.tr("by itself: none found")
            )  # fmt: skip
            picker.setItemText(0, text)
            picker.setItemData(0, theirs, Qt.ItemDataRole.ToolTipRole)

    def _nothing_chosen(self, needed: bool) -> str:
        if self._role == ROSTER:
            return self.tr("choose") if needed else self.tr("none")
        return self.tr("by itself")
