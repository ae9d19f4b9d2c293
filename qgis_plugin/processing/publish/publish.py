"""``evenbeat:publish``."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingOutputFolder,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
)

from evenbeat.processing.day import DayAlgorithm
from evenbeat.processing.groups import PUBLISH


class Publish(DayAlgorithm):
    """A day's rasters and catalog where others read them."""

    identity = "publish"
    title = "Publish a day"
    group_of = PUBLISH
    operation = "publish"
    keywords = ("cog", "stac", "tiles")

    def declare(self) -> None:
        """Add the outputs."""
        self.addOutput(QgsProcessingOutputFolder("FOLDER", self.tr("Publication")))
        self.addOutput(QgsProcessingOutputNumber("FILES", self.tr("Files")))
        self.addOutput(QgsProcessingOutputString("RUN", self.tr("Run")))

    def deliver(self, result, parameters, context, feedback):
        """Return where it is."""
        return {
            "FOLDER": result["folder"],
            "FILES": result["files"],
            "RUN": result["run_id"],
        }
