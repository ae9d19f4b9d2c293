"""``evenbeat:fit``."""

from __future__ import annotations

from qgis.core import QgsProcessingOutputFolder, QgsProcessingOutputString

from evenbeat.processing.day import DayAlgorithm
from evenbeat.processing.groups import FORECAST


class Fit(DayAlgorithm):
    """A model for each crime type."""

    identity = "fit"
    title = "Fit the models"
    group_of = FORECAST
    operation = "fit"
    keywords = ("train", "model")

    def declare(self) -> None:
        """Add the outputs."""
        self.addOutput(QgsProcessingOutputString("MODEL", self.tr("Model")))
        self.addOutput(QgsProcessingOutputFolder("FOLDER", self.tr("Folder of the model")))

    def deliver(self, result, parameters, context, feedback):
        """Tell what was fitted and left out; return the model."""
        for crime_type, version in sorted(result["versions"].items()):
            feedback.pushInfo(f"{crime_type}: {version}")
        for reason in result["left_out"].values():
            feedback.pushWarning(reason)
        return {"MODEL": result["model_id"], "FOLDER": result["folder"]}
