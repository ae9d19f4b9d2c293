"""``evenbeat:difference``."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingOutputMultipleLayers,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
)

from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import (
    advanced,
    date_field,
    date_of,
    workspace_field,
    workspace_of,
)
from evenbeat.processing.groups import FORECAST
from evenbeat.processing.loading import LOAD, load_field
from evenbeat.processing.rasters import load_rasters
from evenbeat.processing.styling import diverging

OLDER, NEWER = "OLDER", "NEWER"
OLDER_RUN, NEWER_RUN = "OLDER_RUN", "NEWER_RUN"
LAYER, OUT = "LAYER", "OUT"


class Difference(EngineAlgorithm):
    """One run minus another, cell by cell."""

    identity = "difference"
    title = "Compare two runs"
    group_of = FORECAST
    operation = "run-difference"
    keywords = ("change", "minus", "history")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        date_field(self, OLDER, self.tr("Older day"), optional=False)
        date_field(self, NEWER, self.tr("Newer day"), optional=False)
        self.addParameter(
            QgsProcessingParameterString(
                LAYER, self.tr("Layer: priority, all, or a crime type"), "priority"
            )
        )
        load_field(self)
        for name, text in (
            (OLDER_RUN, self.tr("Run of the older day (empty: the current one)")),
            (NEWER_RUN, self.tr("Run of the newer day (empty: the current one)")),
        ):
            self.addParameter(advanced(QgsProcessingParameterString(name, text, optional=True)))
        self.addParameter(
            advanced(
                QgsProcessingParameterFile(
                    OUT, self.tr("Folder of the rasters (empty: a private one)"),
                    behavior=QgsProcessingParameterFile.Behavior.Folder, optional=True,
                )
            )
        )  # fmt: skip
        self.addOutput(QgsProcessingOutputMultipleLayers("RASTERS", self.tr("Rasters")))

    def request(self, parameters, context, feedback):
        """Return the operation's parameters."""
        return {
            "workspace": workspace_of(self, parameters, context),
            "older": self._run(parameters, context, OLDER, OLDER_RUN),
            "newer": self._run(parameters, context, NEWER, NEWER_RUN),
            "layer": self.parameterAsString(parameters, LAYER, context).strip() or "priority",
            "out": self.parameterAsFile(parameters, OUT, context) or None,
        }

    def deliver(self, result, parameters, context, feedback):
        """Show the rasters."""
        older = date_of(self, parameters, context, OLDER)
        group = self.tr("{newer} minus {older}").format(newer=result["date"], older=older)
        if self.parameterAsBool(parameters, LOAD, context):
            load_rasters(context, result["rasters"], group, diverging)
        return {"RASTERS": [raster["path"] for raster in result["rasters"]]}

    def _run(self, parameters, context, day: str, run: str) -> dict[str, Any]:
        return {
            "date": date_of(self, parameters, context, day),
            "run_id": self.parameterAsString(parameters, run, context).strip() or None,
        }
