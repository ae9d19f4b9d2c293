"""The top of the dock: which day, shift and district, and how much of it is left."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from evenbeat.gui.icons import icon
from evenbeat.gui.review.charts import Shares
from evenbeat.gui.review.look import COLOURS, faint
from evenbeat.review.day_sheet import REPLACED
from evenbeat.review.desk import ReviewDesk


class DayBar(QWidget):
    """Three lists, three buttons, and a bar of what is left."""

    date_chosen = pyqtSignal(str)
    filtered = pyqtSignal()

    def __init__(self, desk: ReviewDesk) -> None:
        super().__init__()
        self._desk = desk
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(4)
        self.date, self.shift, self.district = (QComboBox() for _ in range(3))
        for box, words in (
            (self.date, self.tr("Day")), (self.shift, self.tr("Shift")),
            (self.district, self.tr("District")),
        ):  # fmt: skip
            box.setAccessibleName(words)
            box.setToolTip(words)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(8)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            line.addWidget(box, 1)
        self.zoom = self._button("zoom", self.tr("Zoom to each box (F zooms once)"))
        self.zoom.setCheckable(True)
        self.zoom.setChecked(True)
        self.refresh = self._button("refresh", self.tr("Read the day again (F5)"))
        self.help = self._button("help", self.tr("Show the keys (?)"))
        self.help.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.help.setText(self.tr("Keys"))
        for button in (self.zoom, self.refresh, self.help):
            line.addWidget(button)
        self.shares = Shares()
        self.left = QLabel()
        layout.addLayout(line)
        layout.addWidget(self.shares)
        layout.addWidget(self.left)
        self.date.activated.connect(lambda _index: self.date_chosen.emit(self.date.currentData()))
        self.shift.activated.connect(self._filter)
        self.district.activated.connect(self._filter)

    def fill(self) -> None:
        """Offer the days, shifts and districts that there are."""
        desk, summary = self._desk, self._desk.session.summary
        days = sorted({desk.date, *summary["run_dates"]}, reverse=True)
        _fill(self.date, [(day, day) for day in days], desk.date)
        shifts = dict.fromkeys(box["shift"] for box in desk.boxes.values())
        if desk.shift not in shifts:
            desk.shift = ""
        _fill(self.shift, [
            ("", self.tr("All shifts")), *((shift, shift.capitalize()) for shift in shifts)
        ], desk.shift)  # fmt: skip
        names = {one["district_id"]: one["name"] for one in summary["districts"]}
        there = sorted({box["district_id"] for box in desk.boxes.values()})
        if desk.district_id not in there:
            desk.district_id = ""
        _fill(self.district, [
            ("", self.tr("All districts")),
            *((one, _named(one, names.get(one, ""))) for one in there),
        ], desk.district_id)  # fmt: skip

    def show_left(self) -> None:
        """Show how many boxes of the chosen shift and district are left."""
        desk = self._desk
        counts: dict[str, int] = {}
        for part in desk.left:
            if (
                part["state"] != REPLACED and desk.shift in ("", part["shift"])
                and desk.district_id in ("", part["district_id"])
            ):  # fmt: skip
                counts[part["state"]] = counts.get(part["state"], 0) + part["boxes"]
        whole, left = sum(counts.values()), counts.get("proposed", 0)
        parts = [self.tr("{left} of {whole} left").format(left=left, whole=whole)]
        if counts.get("approved"):
            parts.append(self.tr("{count} approved").format(count=counts["approved"]))
        if counts.get("rejected"):
            parts.append(self.tr("{count} rejected").format(count=counts["rejected"]))
        if counts.get("expired"):
            parts.append(self.tr("{count} expired").format(count=counts["expired"]))
        self.left.setText("  \u00b7  ".join(parts))
        self.shares.set_parts([
            (counts.get("approved", 0), QColor(COLOURS["approved"])),
            (counts.get("rejected", 0), QColor(COLOURS["rejected"])),
            (counts.get("expired", 0), QColor(COLOURS["expired"])),
            (left, faint(self.palette(), 0.2)),
        ])  # fmt: skip

    def _button(self, name: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name))
        button.setIconSize(QSize(16, 16))
        button.setAutoRaise(True)
        button.setToolTip(words)
        button.setAccessibleName(words)
        return button

    def _filter(self, _index: int) -> None:
        self._desk.shift = self.shift.currentData()
        self._desk.district_id = self.district.currentData()
        self.filtered.emit()


def _fill(box: QComboBox, entries: list, chosen: str) -> None:
    box.blockSignals(True)
    box.clear()
    for value, text in entries:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.blockSignals(False)


def _named(district_id: str, name: str) -> str:
    return f"{district_id} {name}" if name and name != district_id else district_id
