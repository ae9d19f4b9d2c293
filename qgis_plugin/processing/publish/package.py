"""``evenbeat:package``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingOutputString,
    QgsProcessingParameterFileDestination,
)

from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import date_field, date_of, workspace_field, workspace_of
from evenbeat.processing.groups import PUBLISH
from evenbeat.processing.publish.packing import pack

PACKAGE = "PACKAGE"


class Package(EngineAlgorithm):
    """A day in one GeoPackage, with styles and a project, to hand over."""

    identity = "package"
    title = "Export a package to hand over"
    group_of = PUBLISH
    operation = "briefing-data"
    keywords = ("geopackage", "share", "project", "hand over")

    def flags(self):
        """Run in the main thread: a project is made."""
        return super().flags() | QgsProcessingAlgorithm.Flag.FlagNoThreading

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        date_field(self)
        self.addParameter(
            QgsProcessingParameterFileDestination(
                PACKAGE, self.tr("Package"), self.tr("GeoPackage (*.gpkg)")
            )
        )
        self.addOutput(QgsProcessingOutputString("PROJECT", self.tr("Project in the package")))
        self.addOutput(QgsProcessingOutputString("RUN", self.tr("Run")))

    def processAlgorithm(self, parameters, context, feedback):
        """Gather the day's layers and pack them."""
        target = Path(self.parameterAsFileOutput(parameters, PACKAGE, context))
        with tempfile.TemporaryDirectory(prefix="evenbeat-") as folder:
            request = {
                "workspace": workspace_of(self, parameters, context),
                "date": date_of(self, parameters, context),
                "out": folder,
            }
            made = self.ask(self.operation, request, feedback)
            if made is None:
                return {}
            project = pack(made, target)
        feedback.pushInfo(self.tr("In QGIS: Project > Open From > GeoPackage."))
        return {PACKAGE: str(target), "PROJECT": project, "RUN": made["run_id"]}
