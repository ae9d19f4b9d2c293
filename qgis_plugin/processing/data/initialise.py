"""``evenbeat:init``."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingOutputFile,
    QgsProcessingParameterCrs,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
)

from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import WORKSPACE
from evenbeat.processing.groups import DATA

NAME, ZONE, CRS = "NAME", "TIMEZONE", "CRS"


class Initialise(EngineAlgorithm):
    """A folder becomes a workspace."""

    identity = "init"
    title = "Make a workspace"
    group_of = DATA
    operation = "init"
    keywords = ("new", "create", "agency", "settings")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        self.addParameter(
            QgsProcessingParameterFile(
                WORKSPACE, self.tr("Folder"),
                behavior=QgsProcessingParameterFile.Behavior.Folder,
            )
        )  # fmt: skip
        self.addParameter(
            QgsProcessingParameterString(NAME, self.tr("Name of the agency"), "Agency")
        )
        self.addParameter(
            QgsProcessingParameterString(
                ZONE, self.tr("Time zone of the files, such as America/Chicago"), "UTC"
            )
        )
        self.addParameter(
            QgsProcessingParameterCrs(
                CRS, self.tr("Projected CRS (empty: the UTM zone of the data)"), optional=True
            )
        )
        self.addOutput(QgsProcessingOutputFile("SETTINGS", self.tr("Settings")))

    def checkParameterValues(self, parameters, context):
        """Refuse a CRS in degrees: cells are squares in metres or feet."""
        crs = self.parameterAsCrs(parameters, CRS, context)
        if crs.isValid() and crs.isGeographic():
            return False, self.tr(
                "{crs} is in degrees, but cells are squares of metres or feet. Choose a projected "
                "CRS, such as your state plane or UTM zone."
            ).format(crs=crs.authid())
        return super().checkParameterValues(parameters, context)

    def request(self, parameters, context, feedback):
        """Return the operation's parameters."""
        crs = self.parameterAsCrs(parameters, CRS, context)
        return {
            "folder": self.parameterAsFile(parameters, WORKSPACE, context),
            "name": self.parameterAsString(parameters, NAME, context),
            "timezone": self.parameterAsString(parameters, ZONE, context),
            "crs": crs.authid() if crs.isValid() else "auto",
        }

    def deliver(self, result, parameters, context, feedback):
        """Return the settings."""
        return {"SETTINGS": result["settings"]}
