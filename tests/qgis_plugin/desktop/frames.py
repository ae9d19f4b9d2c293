"""Pictures for documents: parts of a window, in few colours."""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QPoint, QRect, Qt
from qgis.PyQt.QtGui import QImage, QPixmap
from qgis.PyQt.QtWidgets import QWidget

_COLOURS = 256
_COARSE = 0xF8F8F8


def around(window: QWidget, *widgets: QWidget, margin: int = 0) -> QRect:
    """Return the part of a window that holds these widgets."""
    whole = QRect()
    for widget in widgets:
        whole = whole.united(QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()))
    return whole.adjusted(-margin, -margin, margin, margin).intersected(window.rect())


def save(pixmap: QPixmap, path) -> None:
    """Write a picture as a small PNG, in at most 256 colours."""
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    pixels = np.frombuffer(bits, np.uint32) & 0xFFFFFF
    _, number, count = np.unique(pixels & _COARSE, return_inverse=True, return_counts=True)
    kept = np.argsort(-count)[:_COLOURS]
    table = [0xFF000000 | int(_usual(pixels[number == one])) for one in kept]
    flat = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    small = image.convertToFormat(QImage.Format.Format_Indexed8, table, flat)
    assert small.save(str(path), "PNG", 0), f"{path} was not written"


def _usual(colours: np.ndarray) -> int:
    """Return the most frequent of some colours."""
    values, counts = np.unique(colours, return_counts=True)
    return values[counts.argmax()]
