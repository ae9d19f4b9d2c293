"""``evenbeat:forecast``."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingOutputFolder,
    QgsProcessingOutputMultipleLayers,
    QgsProcessingOutputString,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
)

from evenbeat.processing.day import DayAlgorithm
from evenbeat.processing.fields import advanced, workspace_of
from evenbeat.processing.groups import FORECAST
from evenbeat.processing.loading import LOAD, load_field
from evenbeat.processing.rasters import load_rasters

SHOWN, OUT = "SHOWN", "OUT"
CHOICES = {"priority": ["priority"], "all crime types": ["all"], "everything": []}


class Forecast(DayAlgorithm):
    """Expected counts of each crime type by cell and shift of a day."""

    identity = "forecast"
    title = "Forecast a day"
    group_of = FORECAST
    operation = "forecast"
    keywords = ("risk", "predict", "hotspot")

    def declare(self) -> None:
        """Add the parameters and outputs."""
        load_field(self)
        self.addParameter(
            QgsProcessingParameterEnum(
                SHOWN, self.tr("Rasters of each shift (everything: also each crime type)"),
                list(CHOICES), defaultValue="priority", usesStaticStrings=True,
            )
        )  # fmt: skip
        self.addParameter(
            advanced(
                QgsProcessingParameterFile(
                    OUT, self.tr("Folder of the rasters (empty: a private one)"),
                    behavior=QgsProcessingParameterFile.Behavior.Folder, optional=True,
                )
            )
        )  # fmt: skip
        rasters = QgsProcessingOutputMultipleLayers("RASTERS", self.tr("Rasters"))
        self.addOutput(rasters)
        self.addOutput(QgsProcessingOutputString("RUN", self.tr("Run")))
        self.addOutput(QgsProcessingOutputFolder("FOLDER", self.tr("Folder of the run")))

    def deliver(self, result, parameters, context, feedback):
        """Tell the totals; write and show the rasters."""
        for crime_type, total in result["totals"].items():
            feedback.pushInfo(
                self.tr("{crime_type}: {total:.2f} expected that day").format(
                    crime_type=crime_type, total=total
                )
            )
        outputs = {"RUN": result["run_id"], "FOLDER": result["folder"], "RASTERS": []}
        chosen = self.parameterAsEnumString(parameters, SHOWN, context)
        if not self.parameterAsBool(parameters, LOAD, context):
            return outputs
        wanted = {
            "workspace": workspace_of(self, parameters, context), "date": result["date"],
            "run_id": result["run_id"], "layers": CHOICES[chosen],
            "out": self.parameterAsFile(parameters, OUT, context) or None,
        }  # fmt: skip
        made = self.ask("run-rasters", wanted, feedback)
        if made is not None:
            outputs["RASTERS"] = load_rasters(context, made["rasters"], result["date"])
        return outputs
