"""Hour by hour on the map: back, play, on, and the hours as bars."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProject, QgsTemporalNavigationObject
from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from evenbeat.gui.dosage.hour_bars import HourBars
from evenbeat.gui.icons import icon
from evenbeat.patrol.clock import HOUR_SECONDS, animate, as_utc, controller_of, on_the_clock

_WATCH_MS = 200


class TimeBar(QWidget):
    """Drives QGIS's own temporal controller, and follows it when others do."""

    moved = pyqtSignal(int)

    def __init__(self, iface: Any, project: QgsProject) -> None:
        super().__init__()
        self._project = project
        self._bands: list[dict[str, Any]] = []
        self._controller = controller_of(iface.mapCanvas())
        self._controller.updateTemporalRange.connect(self._follow)
        # PyQt of QGIS 3.22 cannot connect to the controller's stateChanged.
        self._watch = QTimer(self)
        self._watch.setInterval(_WATCH_MS)
        self._watch.timeout.connect(self._show_state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout()
        self.back = self._button("previous", self.tr("An hour back (Left)"))
        self.play = self._button("play", self.tr("Play the day (Space)"))
        self.on = self._button("next", self.tr("An hour on (Right)"))
        self.play.setShortcut("Space")
        self.back.clicked.connect(self._controller.previous)
        self.on.clicked.connect(self._controller.next)
        self.play.clicked.connect(self.toggle)
        for button in (self.back, self.play, self.on):
            line.addWidget(button)
        self.hour = QLabel()
        line.addWidget(self.hour, 1)
        self.bars = HourBars()
        self.bars.chosen.connect(self._controller.setCurrentFrameNumber)
        layout.addLayout(line)
        layout.addWidget(self.bars)
        self.setVisible(False)

    def show_bands(self, bands: list[dict[str, Any]]) -> None:
        """Show the hours of a raster and go to the first; none hides all."""
        self._bands = bands
        self.setVisible(bool(bands))
        self.bars.show_hours(
            [band["local_start"][11:16] for band in bands],
            [band["total_minutes"] for band in bands],
        )  # fmt: skip
        if bands:
            animate(
                self._controller, self._project,
                [on_the_clock(band["local_start"]) for band in bands],
            )  # fmt: skip
            self._show_hour(0)

    def toggle(self) -> None:
        """Play, or stop playing."""
        controller = self._controller
        if self.is_playing:
            controller.pause()
            self._show_state()
            return
        if controller.currentFrameNumber() >= controller.totalFrameCount() - 2:
            controller.rewindToStart()
        controller.playForward()
        self._watch.start()
        self._show_state()

    @property
    def is_playing(self) -> bool:
        """Return whether the hours follow one another by themselves."""
        idle = QgsTemporalNavigationObject.AnimationState.Idle
        return self._controller.animationState() != idle

    def leave(self) -> None:
        """Follow the controller no more."""
        self._controller.updateTemporalRange.disconnect(self._follow)

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIcon(icon(name))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _follow(self, shown: Any) -> None:
        """Mark the hour that the controller shows; its steps need not be ours."""
        if not self._bands or not shown.begin().isValid():
            return
        begin = as_utc(shown.begin())
        for number, band in enumerate(self._bands):
            start = on_the_clock(band["local_start"])
            if start <= begin < start.addSecs(HOUR_SECONDS):
                self._show_hour(number)
                return

    def _show_hour(self, number: int) -> None:
        self.bars.show_current(number)
        band = self._bands[number]
        start = on_the_clock(band["local_start"])
        self.hour.setText(
            self.tr("{day} {begin} to {end}, {minutes:,.0f} min in all").format(
                day=start.toString("ddd"), begin=start.toString("HH:mm"),
                end=start.addSecs(HOUR_SECONDS).toString("HH:mm"), minutes=band["total_minutes"],
            )
        )  # fmt: skip
        self.moved.emit(number)

    def _show_state(self) -> None:
        if not self.is_playing:
            self._watch.stop()
        self.play.setIcon(icon("pause" if self.is_playing else "play"))
