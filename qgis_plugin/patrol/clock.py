"""Time of the layers: the agency's clock, and hour by hour on QGIS's temporal controller.

QGIS filters features by the numbers on the clock and rasters by moments, so a zone in either would
move them apart. All layers here carry the agency's clock without a zone.
"""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsDateTimeRange, QgsInterval, QgsProject, QgsTemporalNavigationObject
from qgis.PyQt.QtCore import QDateTime, Qt

from evenbeat.compat import ANIMATED, HOURS

HOUR_SECONDS = 3600


def on_the_clock(text: str) -> QDateTime:
    """Return the numbers of an ISO time, "2017-01-02T07:00:00-06:00", without its zone."""
    return QDateTime.fromString(text[:19], Qt.DateFormat.ISODate)


def range_of(start: QDateTime, seconds: int = HOUR_SECONDS) -> QgsDateTimeRange:
    """Return the time from a moment on, without its end, so that neighbours do not overlap."""
    return QgsDateTimeRange(start, start.addSecs(seconds), True, False)


def animate(
    controller: QgsTemporalNavigationObject, project: QgsProject, starts: Sequence[QDateTime]
) -> None:
    """Let the controller go from hour to hour over some hours, and begin with the first."""
    first, end = min(starts), max(starts).addSecs(HOUR_SECONDS)
    controller.pause()
    controller.setNavigationMode(ANIMATED)
    controller.setFrameDuration(QgsInterval(HOUR_SECONDS))
    controller.setTemporalExtents(QgsDateTimeRange(first, end, True, False))
    controller.setCurrentFrameNumber(0)
    settings = project.timeSettings()
    settings.setTemporalRange(QgsDateTimeRange(first, end))
    settings.setTimeStepUnit(HOURS)
    settings.setTimeStep(1)
