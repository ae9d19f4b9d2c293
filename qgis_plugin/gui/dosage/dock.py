"""The dock of measured patrol: choose a day, see it hour by hour, and what became of the plan."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDockWidget,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from evenbeat.engine.protocol import EngineError
from evenbeat.gui.dosage.table import DeliveredTable
from evenbeat.gui.dosage.time_bar import TimeBar
from evenbeat.gui.empty_state import EmptyState
from evenbeat.gui.messages import error_text, sentence_label, tell, tell_error
from evenbeat.gui.progress_line import ProgressLine
from evenbeat.patrol.delivered import select_boxes, show_shift
from evenbeat.patrol.hours import KIND as HOUR_LAYERS
from evenbeat.patrol.kept import layers_of
from evenbeat.patrol.loader import DELIVERED, HOURS, TRACKS, Loaded, PatrolLoader, Wanted
from evenbeat.patrol.tracks import show_unit, units_in
from evenbeat.workspace.on_map import take_crs
from evenbeat.workspace.recent import is_workspace
from evenbeat.workspace.session import Session


class DosageDock(QDockWidget):
    """Shows one of two faces: why there is nothing yet and what to do, or the days."""

    def __init__(self, iface: Any, session: Session) -> None:
        super().__init__()
        self.setObjectName("EvenbeatDosage")
        self.setWindowTitle(self.tr("Patrol and tracks"))
        self.iface = iface
        self._session = session
        self._project = QgsProject.instance()
        self._refusal: EngineError | None = None
        self.loader = PatrolLoader(session, self._project)
        self.faces = QStackedWidget()
        self.faces.addWidget(self._nothing())
        self.faces.addWidget(self._days())
        self.setWidget(self.faces)
        self.loader.asked.connect(
            lambda reply, part: self.progress.follow(reply, self._doing(part))
        )
        self.loader.loaded.connect(self._show)
        self.loader.failed.connect(self._fail)
        session.changed.connect(self.show_state)
        session.refused.connect(self._refused)
        self.show_state()

    def show_state(self) -> None:
        """Show the measured days of the open workspace, or what to do without any."""
        session = self._session
        dates = session.summary.get("measured_dates", []) if session.is_open else []
        self.measure.setVisible(session.is_open and not dates and session.writable)
        self.open.setVisible(not session.is_open and not session.is_reading)
        if session.is_reading:
            self._refusal = None
            self.message.setText(self.tr("Reading the workspace..."))
        elif not session.is_open and self._refusal is not None:
            self.message.setText(error_text(self._refusal))
        elif not session.is_open:
            self.message.setText(self.tr(
                "No workspace is open. Open one to see where patrol was, hour by hour."
            ))  # fmt: skip
        elif not dates:
            self.message.setText(self.tr(
                "No patrol was measured yet. Add a source with the role pings, the vehicle log, "
                "then measure it."
            ))  # fmt: skip
        else:
            self._fill(dates)
        self.faces.setCurrentIndex(1 if dates else 0)

    def load(self) -> None:
        """Put what is ticked of the chosen day on the map."""
        parts = tuple(
            part for part, box in (
                (HOURS, self.hours), (TRACKS, self.tracks), (DELIVERED, self.delivered)
            ) if box.isChecked()
        )  # fmt: skip
        self.show_button.setEnabled(False)
        take_crs(self._session.summary["crs"])
        self.loader.load(
            Wanted(self.day.currentData(), self.variable.currentData(),
                   self.variable.currentText(), parts)
        )  # fmt: skip

    def open_workspace(self) -> None:
        """Ask for a folder and open it."""
        root = QFileDialog.getExistingDirectory(self, self.tr("Open a workspace"))
        if root and is_workspace(root):
            self._session.open(root)
        elif root:
            self.message.setText(self.tr(
                "{folder} is no workspace: it has no evenbeat.toml. Choose another folder."
            ).format(folder=root))  # fmt: skip

    def measure_patrol(self) -> None:
        """Turn the vehicle logs into minutes."""
        reply = self._session.ask("dosage", lane="work")
        self.measuring.follow(reply, self.tr("Measuring patrol"))
        self.measure.setEnabled(False)
        reply.ended.connect(lambda: self.measure.setEnabled(True))
        reply.failed.connect(
            lambda error: tell_error(self.iface, self.tr("Patrol was not measured"), error)
        )
        reply.finished.connect(lambda _made: self._session.read())

    def _nothing(self) -> QWidget:
        face = EmptyState()
        self.message = face.message
        self.open = face.offer(self.tr("Open a workspace..."), self.open_workspace)
        self.measure = face.offer(self.tr("Measure patrol"), self.measure_patrol)
        self.measuring = ProgressLine()
        face.add(self.measuring)
        return face

    def _days(self) -> QWidget:
        face = QWidget()
        layout = QVBoxLayout(face)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(self._choices())
        self.progress = ProgressLine()
        layout.addWidget(self.progress)
        self.note = sentence_label(faint=True)
        self.note.hide()
        layout.addWidget(self.note)
        self.time = TimeBar(self.iface, self._project)
        layout.addWidget(self.time)
        self.table = DeliveredTable()
        self.table.chosen.connect(self._choose_boxes)
        self.table.zoom_wanted.connect(self._zoom)
        self.table.shift_chosen.connect(lambda shift: show_shift(self._project, shift))
        self.table.hide()
        self.unplanned = sentence_label(faint=True)
        self.unplanned.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.unplanned.hide()
        layout.addWidget(self.table, 1)
        layout.addWidget(self.unplanned)
        layout.addStretch(0)
        return face

    def _choices(self) -> QVBoxLayout:
        self.day, self.variable, self.unit = QComboBox(), QComboBox(), QComboBox()
        for name, text in (
            ("presence_minutes", self.tr("Minutes with a unit present")),
            ("unit_minutes", self.tr("Minutes of all units")),
            ("officer_minutes", self.tr("Minutes of all officers")),
            ("unknown_minutes", self.tr("Minutes not known")),
        ):
            self.variable.addItem(text, name)
        self.unit.activated.connect(lambda _at: show_unit(self._project, self.unit.currentData()))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Day"), self.day)
        form.addRow(self.tr("Minutes"), self.variable)
        self.hours = QCheckBox(self.tr("Minutes by hour"))
        self.tracks = QCheckBox(self.tr("Unit tracks"))
        self.delivered = QCheckBox(self.tr("Planned and delivered"))
        ticks = QHBoxLayout()
        for box in (self.hours, self.tracks, self.delivered):
            box.setChecked(True)
            box.toggled.connect(lambda _on: self.show_button.setEnabled(self._any_ticked()))
            ticks.addWidget(box)
        ticks.addStretch(1)
        self.show_button = QPushButton(self.tr("Show on the map"))
        self.show_button.setDefault(True)
        self.show_button.setShortcut("Ctrl+Return")
        self.show_button.setToolTip(self.tr("Show what is ticked (Ctrl+Return)"))
        self.show_button.clicked.connect(self.load)
        self._form = form
        form.addRow(self.tr("Unit"), self.unit)
        self._show_units([])
        whole = QVBoxLayout()
        whole.addLayout(form)
        whole.addLayout(ticks)
        whole.addWidget(self.show_button)
        return whole

    def _any_ticked(self) -> bool:
        return any(box.isChecked() for box in (self.hours, self.tracks, self.delivered))

    def _fill(self, dates: list[str]) -> None:
        """Fill in the days, the newest first; the chosen one stays."""
        chosen = self.day.currentData()
        if [self.day.itemData(at) for at in range(self.day.count())] == dates[::-1]:
            return
        self.day.clear()
        for date in reversed(dates):
            self.day.addItem(date, date)
        self.day.setCurrentIndex(max(0, self.day.findData(chosen)))

    def _doing(self, part: str) -> str:
        return {
            HOURS: self.tr("Reading minutes by hour"), TRACKS: self.tr("Reading tracks"),
            DELIVERED: self.tr("Comparing with the plan"),
        }[part]  # fmt: skip

    def _show(self, loaded: Loaded) -> None:
        self.show_button.setEnabled(True)
        if HOURS in loaded.made:
            self.time.show_bands(loaded.made[HOURS]["bands"])
            self._look_at_hours()
        if TRACKS in loaded.made:
            self.note.setText(loaded.made[TRACKS]["note"])
            self.note.setVisible(bool(loaded.made[TRACKS]["note"]))
            self._show_units(units_in(self._project))
        if DELIVERED in loaded.made:
            made = loaded.made[DELIVERED]
            self.table.show_rows(made["rows"], made["outcomes"])
            self.table.setVisible(bool(made["rows"]))
            self.unplanned.setVisible(not made["rows"])
            self.unplanned.setText(self.tr(
                "No boxes were planned for {date}, so there is nothing to compare with."
            ).format(date=loaded.wanted.date))  # fmt: skip
        tell(self.iface, self.tr("Patrol of {date} is on the map.").format(date=loaded.wanted.date))

    def _show_units(self, units: list[str]) -> None:
        self.unit.clear()
        self.unit.addItem(self.tr("All units"), "")
        for unit in units:
            self.unit.addItem(unit, unit)
        self.unit.setVisible(bool(units))
        self._form.labelForField(self.unit).setVisible(bool(units))

    def _look_at_hours(self) -> None:
        """Show the place of the minutes where the map shows another."""
        canvas = self.iface.mapCanvas()
        for layer in layers_of(self._project, HOUR_LAYERS):
            extent = canvas.mapSettings().layerExtentToOutputExtent(layer, layer.extent())
            if not canvas.extent().intersects(extent) or canvas.extent().contains(extent):
                canvas.setExtent(extent)
            break
        canvas.refresh()

    def _choose_boxes(self, names: list[str]) -> None:
        select_boxes(self._project, names)

    def _zoom(self) -> None:
        rows = self.table.table.selectionModel().selectedRows()
        names = [index.data(Qt.ItemDataRole.UserRole) for index in rows]
        layer = select_boxes(self._project, names)
        if layer is not None:
            self.iface.mapCanvas().zoomToSelected(layer)

    def _fail(self, part: str, error: EngineError) -> None:
        self.show_button.setEnabled(True)
        tell_error(self.iface, self.tr("Patrol was not shown"), error)

    def _refused(self, error: EngineError) -> None:
        """Keep why a workspace cannot be read; `show_state` follows."""
        self._refusal = error
