"""Renders layers in QGIS, headless; run by QGIS's own Python.

    qgis_client.py JOBS.json ANSWER.json

Each job has ``uri``, ``provider`` settings as QGIS's dialogs make them, ``bounds``, ``size`` and
the ``picture`` to write. The answer tells every reply of the network and every message.
"""

import json
import os
import sys
from pathlib import Path

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsDataSourceUri,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsNetworkAccessManager,
    QgsNetworkReplyContent,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QEventLoop, QSize
from qgis.PyQt.QtGui import QColor


def layer_of(parts):
    """Return the layer of a job's URI parts, put together as QGIS does it."""
    uri = QgsDataSourceUri()
    for name, value in parts.items():
        uri.setParam(name, value)
    return QgsRasterLayer(bytes(uri.encodedUri()).decode(), "tiles", "wms")


def render(job):
    """Write a job's picture and return what went wrong with the layer or the drawing."""
    layer = layer_of(job["uri"])
    if not layer.isValid():
        return [f"not valid: {layer.error().summary()}"]
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputDpi(96)
    settings.setOutputSize(QSize(*job["size"]))
    settings.setExtent(QgsRectangle(*job["bounds"]))
    drawing, loop = QgsMapRendererParallelJob(settings), QEventLoop()
    drawing.finished.connect(loop.quit)
    drawing.start()
    loop.exec_()
    drawing.renderedImage().save(job["picture"])
    return [error.message for error in drawing.errors()]


def main(jobs_file, answer_file):
    """Render all jobs."""
    application = QgsApplication([], False)
    application.initQgis()
    replies, messages = [], []
    network = QgsNetworkAccessManager.instance()
    network.finished[QgsNetworkReplyContent].connect(
        lambda reply: replies.append(
            [reply.request().url().toString(), reply.attribute(0) or 0, reply.errorString()
             if reply.error() else ""]
        )
    )  # fmt: skip
    network.requestTimedOut.connect(lambda request: messages.append("a request timed out"))
    application.messageLog().messageReceived[str, str, Qgis.MessageLevel].connect(
        lambda text, tag, level: messages.append(f"{tag}: {text}")
    )
    jobs = json.loads(Path(jobs_file).read_text())
    faults = [render(job) for job in jobs]
    application.processEvents()
    answer = {"version": Qgis.QGIS_VERSION, "faults": faults, "replies": replies,
              "messages": messages}  # fmt: skip
    Path(answer_file).write_text(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # some versions of QGIS crash when they are taken down


main(*sys.argv[1:])
