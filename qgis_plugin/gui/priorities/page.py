"""The page of priorities: the table, the preview, and saving."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from evenbeat import project
from evenbeat.compat import QAction
from evenbeat.gui.canvas import sees, zoom_to
from evenbeat.gui.messages import sentence_label, tell, tell_error
from evenbeat.gui.priorities.preview import PriorityPreview
from evenbeat.gui.priorities.table import FactorsModel
from evenbeat.gui.progress_line import ProgressLine
from evenbeat.workspace.session import Session
from evenbeat.workspace.weights import DISTRICTS, PLAIN, SHIFTS, Weights

_MOST = 100.0


class PrioritiesPage(QWidget):
    """Factors by district or shift; each change shows on the map when the preview is on."""

    def __init__(self, iface: Any, session: Session) -> None:
        super().__init__()
        self.iface = iface
        self._session = session
        self._weights: Weights | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addWidget(sentence_label(self.tr(
            "Priority is the forecast, times the weight of the crime type, times these factors. "
            "They move patrol; the forecast itself stays."
        ), faint=True))  # fmt: skip
        layout.addLayout(self._top())
        self.table = self._table()
        layout.addWidget(self.table, 1)
        layout.addLayout(self._several())
        self.state = sentence_label(faint=True)
        self.progress = ProgressLine()
        layout.addWidget(self.state)
        layout.addWidget(self.progress)
        layout.addLayout(self._buttons())
        self.preview = PriorityPreview(session, self.progress, self)
        self.preview.shown.connect(self._preview_shown)
        self.preview.failed.connect(self._preview_failed)
        session.changed.connect(self.read)
        self.read()

    def read(self) -> None:
        """Read the factors, unless some are not saved."""
        if not self._session.is_open or (self._weights and self._weights.changes()):
            return
        reply = self._session.ask("priorities")
        reply.finished.connect(self._take)
        reply.failed.connect(
            lambda error: tell_error(self.iface, self.tr("The priorities cannot be read"), error)
        )

    def save(self) -> None:
        """Have the engine write what was changed."""
        if self._weights is None:
            return
        reply = self._session.ask(
            "settings-change", version=self._weights.version, changes=self._weights.changes()
        )
        reply.finished.connect(self._saved)
        reply.failed.connect(
            lambda error: tell_error(self.iface, self.tr("The factors were not saved"), error)
        )

    def revert(self) -> None:
        """Take back what is not saved."""
        if self._weights is not None:
            self._weights.revert()
            self._weights_changed()

    def set_selected(self, value: float) -> None:
        """Give every selected cell a factor."""
        for index in self.table.selectionModel().selectedIndexes():
            self.model.setData(index, value)

    def _top(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.kind = QComboBox()
        self.kind.addItem(self.tr("by district"), DISTRICTS)
        self.kind.addItem(self.tr("by shift"), SHIFTS)
        self.kind.currentIndexChanged.connect(lambda _index: self._show_table())
        self.live = QCheckBox(self.tr("Preview on the map"))
        self.live.setToolTip(self.tr("Draw the priority surface under these factors, at once"))
        self.live.toggled.connect(self._preview_toggled)
        self.shift = QComboBox()
        self.shift.setToolTip(self.tr("Shift of the preview"))
        self.shift.currentIndexChanged.connect(lambda _index: self._want_preview())
        line.addWidget(QLabel(self.tr("Factors")))
        line.addWidget(self.kind)
        line.addStretch()
        line.addWidget(self.live)
        line.addWidget(self.shift)
        return line

    def _table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("EvenbeatFactors")
        self.model = FactorsModel({}, self)
        table.setModel(self.model)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.horizontalHeader().setMinimumSectionSize(50)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        table.verticalHeader().setMinimumWidth(76)
        self.model.dataChanged.connect(lambda *_: self._weights_changed())
        plain = QAction(self.tr("Back to 1"), table)
        plain.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        plain.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        plain.triggered.connect(lambda _checked=False: self.set_selected(PLAIN))
        table.addAction(plain)
        return table

    def _several(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.factor = QDoubleSpinBox()
        self.factor.setRange(0.0, _MOST)
        self.factor.setSingleStep(0.25)
        self.factor.setValue(2.0)
        self.factor.setPrefix("\u00d7 ")
        self.apply_button = QPushButton(self.tr("Set selected"))
        self.apply_button.setToolTip(self.tr("Give every selected cell this factor; Del is 1"))
        self.apply_button.clicked.connect(
            lambda _checked=False: self.set_selected(self.factor.value())
        )
        line.addWidget(self.factor)
        line.addWidget(self.apply_button)
        line.addStretch()
        return line

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.revert_button = QPushButton(self.tr("Revert"))
        self.revert_button.clicked.connect(lambda _checked=False: self.revert())
        self.save_button = QPushButton(self.tr("Save"))
        self.save_button.setToolTip(self.tr("Write the factors; they count from the next plan on"))
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        line.addStretch()
        line.addWidget(self.revert_button)
        line.addWidget(self.save_button)
        return line

    def _take(self, told: dict[str, Any]) -> None:
        if not self._session.is_open:
            return
        summary = self._session.summary
        self._weights = Weights(told, list(summary["shifts"]))
        chosen = self.shift.currentText()
        self.shift.blockSignals(True)
        self.shift.clear()
        self.shift.addItems(list(summary["shifts"]))
        self.shift.setCurrentIndex(max(0, self.shift.findText(chosen)))
        self.shift.blockSignals(False)
        self.live.setEnabled(bool(summary["run_dates"]))
        self._show_table()
        self._weights_changed()

    def _show_table(self) -> None:
        if self._weights is not None:
            self.model.can_edit = self._session.writable
            titles = self._session.summary.get("crime_types", {})
            self.model.show(self._weights, self.kind.currentData(), titles)

    def _weights_changed(self) -> None:
        count = len(self._weights.changes()) if self._weights else 0
        can = self._session.writable
        self.save_button.setEnabled(can and count > 0)
        self.revert_button.setEnabled(count > 0)
        self.apply_button.setEnabled(can)
        if self._weights and not self._weights.rows[DISTRICTS]:
            self.state.setText(self.tr("No district is known yet: read the districts first."))
        elif not self._session.summary.get("run_dates"):
            self.state.setText(self.tr("A preview needs a forecast: run a day first."))
        else:
            self.state.setText(self._unsaved(count))
        self.table.viewport().update()
        self._want_preview()

    def _unsaved(self, count: int) -> str:
        if count == 1:
            return self.tr("1 change is not saved.")
        return self.tr("{count} changes are not saved.").format(count=count) if count else ""

    def _want_preview(self) -> None:
        summary = self._session.summary
        if not (self.live.isChecked() and self._weights and summary.get("run_dates")):
            return
        date = project.remembered(project.DATE)
        known = summary["run_dates"]
        self.preview.want(
            date=date if date in known else known[-1], shifts=[self.shift.currentText()],
            **self._weights.request(),
        )  # fmt: skip

    def _preview_toggled(self, on: bool) -> None:
        if on:
            self._want_preview()
        else:
            self.preview.stop()

    def _preview_shown(self, layer: Any) -> None:
        if not sees(self.iface, layer):
            zoom_to(self.iface, layer)

    def _preview_failed(self, error: Any) -> None:
        self.live.setChecked(False)
        tell_error(self.iface, self.tr("There is no preview"), error)

    def _saved(self, _made: dict[str, Any]) -> None:
        self._weights = None
        tell(self.iface, self.tr("The factors are saved. They count from the next plan on."))
        self.read()
