"""The plugin in the window, and what it adds to QGIS's start."""

import statistics
import time

import qgis.utils
from qgis.PyQt.QtCore import QCoreApplication


def play(stage):
    stage.tell(cold_milliseconds=_milliseconds(qgis.utils.plugin_times.get("evenbeat", "0s")))
    times, worked = [], []
    for _ in range(7):
        qgis.utils.unloadPlugin("evenbeat")
        QCoreApplication.processEvents()
        began, began_work = time.perf_counter(), time.thread_time()
        assert qgis.utils.loadPlugin("evenbeat")
        assert qgis.utils.startPlugin("evenbeat")
        times.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.thread_time() - began_work))
    from evenbeat.engine.client import shared_engine

    stage.tell(
        load_and_start_milliseconds=statistics.median(times),
        processor_milliseconds=statistics.median(worked),
        engine_state=shared_engine().state[0],
    )
    stage.picture("window")
    stage.tell(heights=_heights_with_all_panels(stage))


def _heights_with_all_panels(stage):
    """Return the window's height on a small screen before and after every panel was opened."""
    from evenbeat.gui.panels import PANELS

    window = stage.iface.mainWindow()
    window.resize(1280, 760)
    stage.rest(300)
    before = window.height()
    for panel in PANELS:
        qgis.utils.plugins["evenbeat"]._interface.open_panel(panel)
        stage.rest(300)
    stage.picture("all-panels")
    return [before, window.height()]


def _milliseconds(text):
    return 1000 * float(str(text).rstrip("s"))
