"""Lets Qt work until something is true."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEventLoop, QTimer


def until(condition, what="", *, seconds=60):
    """Wait; fails with ``what`` where the condition does not hold in time."""
    loop, timer = QEventLoop(), QTimer()
    timer.setInterval(10)
    timer.timeout.connect(lambda: condition() and loop.quit())
    timer.start()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    if not condition():
        loop.exec()
    timer.stop()
    assert condition(), what or "waited in vain"
