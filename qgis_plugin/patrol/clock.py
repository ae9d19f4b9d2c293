"""Time of the layers: the agency's clock, and hour by hour on QGIS's temporal controller.

QGIS filters features by the numbers on the clock and rasters by moments, and its controller works
in UTC. So all layers here carry the numbers on the agency's clock as if they were UTC; then every
computer shows the same, whatever its own zone is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.core import QgsDateTimeRange, QgsInterval, QgsProject, QgsTemporalNavigationObject
from qgis.PyQt.QtCore import QDateTime, Qt

from evenbeat.compat import ANIMATED, HOURS

HOUR_SECONDS = 3600


def on_the_clock(text: str) -> QDateTime:
    """Return the numbers of an ISO time, "2017-01-02T07:00:00-06:00", as UTC."""
    return as_utc(QDateTime.fromString(text[:19], Qt.DateFormat.ISODate))


def as_utc(moment: QDateTime) -> QDateTime:
    """Return the same numbers on the clock, as UTC."""
    return QDateTime(moment.date(), moment.time(), Qt.TimeSpec.UTC)


def within(start: QDateTime, seconds: int = HOUR_SECONDS) -> QgsDateTimeRange:
    """Return the time from a moment on, a second shorter at both ends.

    QGIS 3.22 takes a time that begins where another ends for one that overlaps it.
    """
    return QgsDateTimeRange(start.addSecs(1), start.addSecs(seconds - 1))


def controller_of(canvas: Any) -> QgsTemporalNavigationObject:
    """Return a canvas's temporal controller; one of our own where it has none."""
    found = canvas.temporalController()
    if isinstance(found, QgsTemporalNavigationObject):
        return found
    made = QgsTemporalNavigationObject(canvas)
    canvas.setTemporalController(made)
    return made


def animate(
    controller: QgsTemporalNavigationObject, project: QgsProject, starts: Sequence[QDateTime],
    seconds: int = HOUR_SECONDS,
) -> None:  # fmt: skip
    """Let the controller go in equal steps from the first start to the last, beginning there."""
    first, end = min(starts), max(starts).addSecs(seconds)
    controller.pause()
    controller.setNavigationMode(ANIMATED)
    controller.setFrameDuration(QgsInterval(seconds))
    controller.setTemporalExtents(QgsDateTimeRange(first, end, True, False))
    controller.setCurrentFrameNumber(0)
    settings = project.timeSettings()
    settings.setTemporalRange(QgsDateTimeRange(first, end))
    settings.setTimeStepUnit(HOURS)
    settings.setTimeStep(seconds / HOUR_SECONDS)
