"""How much room a text needs, and how it is made to fit: what the flow of a briefing asks.

QGIS draws a label's text into a fixed rectangle and cuts what is too much. Here a label is measured
with the same font and wrapping as it will be drawn.
"""

from __future__ import annotations

from qgis.core import QgsLayoutItemLabel, QgsLayoutUtils
from qgis.PyQt.QtCore import QRectF, Qt
from qgis.PyQt.QtGui import QFont, QFontMetricsF

from evenbeat.compat import qgis_version

LEAST_POINTS = 5.0
_STEP_POINTS = 0.25
_SCALE = 10.0
_NO_LIMIT = 1e7
# A printer's fonts are set a little wider than a screen's.
_WIDTH_SHARE = 0.975
# From 3.24 on another renderer draws labels, with more room between the lines.
_HEIGHT_SHARE = 1.0 if qgis_version() < 32400 else 1.12


def font_of(label: QgsLayoutItemLabel) -> QFont:
    """Return the font of a label, its size in points."""
    if hasattr(label, "textFormat"):
        form = label.textFormat()
        font = form.font()
        font.setPointSizeF(form.size())
        return font
    return QFont(label.font())


def set_points(label: QgsLayoutItemLabel, points: float) -> None:
    """Change the size of a label's font."""
    if hasattr(label, "setTextFormat"):
        form = label.textFormat()
        form.setSize(points)
        label.setTextFormat(form)
        return
    font = QFont(label.font())
    font.setPointSizeF(points)
    label.setFont(font)


def height_of(label: QgsLayoutItemLabel, text: str) -> float:
    """Return the height that a label needs for a text at its present width, in millimetres."""
    return _height(label, font_of(label), text)


def shrink(label: QgsLayoutItemLabel, text: str) -> bool:
    """Make a label's font smaller until a text fits; return whether it does.

    Used where a label has a place of its own, as a title has, and cannot grow.
    """
    room = label.rect().height()
    font = font_of(label)
    points = font.pointSizeF()
    while _height(label, font, text) > room and points > LEAST_POINTS:
        points = max(points - _STEP_POINTS, LEAST_POINTS)
        font.setPointSizeF(points)
    set_points(label, points)
    return _height(label, font, text) <= room


def fitting_part(label: QgsLayoutItemLabel, text: str, room: float) -> tuple[str, str]:
    """Split a text into what fits into a height and the rest: at a line, else at a word.

    The first part is empty where not even a word fits.
    """
    for separator in ("\n", " "):
        parts = text.split(separator)
        low, high = 0, len(parts)
        while low < high:
            middle = (low + high + 1) // 2
            if height_of(label, separator.join(parts[:middle])) <= room:
                low = middle
            else:
                high = middle - 1
        if low:
            return separator.join(parts[:low]), separator.join(parts[low:])
    return "", text


def _height(label: QgsLayoutItemLabel, font: QFont, text: str) -> float:
    scaled = QgsLayoutUtils.scaledFontPixelSize(font)
    width = (label.rect().width() - 2.0 * label.marginX()) * _WIDTH_SHARE
    flags = int(Qt.TextFlag.TextWordWrap)
    drawn = QFontMetricsF(scaled).boundingRect(
        QRectF(0.0, 0.0, width * _SCALE, _NO_LIMIT), flags, text
    )
    return drawn.height() / _SCALE * _HEIGHT_SHARE + 2.0 * label.marginY()
