"""``evenbeat:briefingatlas``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingOutputFile,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterString,
    QgsProject,
)

from evenbeat.briefing.day import day_of
from evenbeat.briefing.export import FORMATS, Order, export
from evenbeat.briefing.templates import default_name, template_named, templates
from evenbeat.gui.icons import icon_path
from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import (
    advanced,
    date_field,
    date_of,
    listed,
    workspace_field,
    workspace_of,
)
from evenbeat.processing.groups import PUBLISH

TEMPLATE, OWN, FORMAT = "TEMPLATE", "OWN_TEMPLATE", "FORMAT"
SHIFTS, DISTRICTS, SINGLE, FOLDER = "SHIFTS", "DISTRICTS", "SINGLE", "FOLDER"
AUTOMATIC = "automatic"


class BriefingAtlas(EngineAlgorithm):
    """The briefing of a day from a layout: PDF, PNG or SVG."""

    identity = "briefingatlas"
    title = "Export the briefing atlas"
    group_of = PUBLISH
    operation = "briefing-data"
    keywords = ("briefing", "layout", "print", "pdf", "map")

    def flags(self):
        """Run in the main thread: layouts must."""
        return super().flags() | QgsProcessingAlgorithm.Flag.FlagNoThreading

    def svgIconPath(self):
        """Return the icon of the panel that does the same."""
        return icon_path("briefing")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        date_field(self)
        names = [AUTOMATIC, *(one.name for one in templates(None))]
        self.addParameter(_choice(TEMPLATE, self.tr("Template (automatic: by country)"), names))
        self.addParameter(_choice(FORMAT, self.tr("Format"), list(FORMATS)))
        for name, text in (
            (SHIFTS, self.tr("Shifts, separated by commas (empty: all)")),
            (DISTRICTS, self.tr("Districts, separated by commas (empty: all)")),
        ):
            self.addParameter(QgsProcessingParameterString(name, text, optional=True))
        self.addParameter(
            advanced(
                QgsProcessingParameterFile(
                    OWN, self.tr("Own template in place of the above"), extension="qpt",
                    optional=True,
                )
            )
        )  # fmt: skip
        self.addParameter(
            advanced(
                QgsProcessingParameterBoolean(
                    SINGLE, self.tr("A PDF for each district and shift"), defaultValue=False
                )
            )
        )
        self.addParameter(QgsProcessingParameterFolderDestination(FOLDER, self.tr("Folder")))
        self.addOutput(QgsProcessingOutputFile("FILE", self.tr("First file")))
        self.addOutput(QgsProcessingOutputNumber("FILES", self.tr("Files")))
        self.addOutput(QgsProcessingOutputString("RUN", self.tr("Run")))

    def processAlgorithm(self, parameters, context, feedback):
        """Gather the day, and export its pages."""
        workspace = workspace_of(self, parameters, context)
        own = self.parameterAsFile(parameters, OWN, context)
        name = own or self.parameterAsEnumString(parameters, TEMPLATE, context) or AUTOMATIC
        order = Order(
            Path(self.parameterAsString(parameters, FOLDER, context)),
            self.parameterAsEnumString(parameters, FORMAT, context) or FORMATS[0],
            listed(self, parameters, context, SHIFTS),
            listed(self, parameters, context, DISTRICTS),
            self.parameterAsBool(parameters, SINGLE, context),
        )
        with tempfile.TemporaryDirectory(prefix="evenbeat-") as folder:
            request = {
                "workspace": workspace, "date": date_of(self, parameters, context), "out": folder
            }  # fmt: skip
            made = self.ask(self.operation, request, feedback)
            if made is None:
                return {}
            if name == AUTOMATIC:
                name = default_name(made)
            template = template_named(name, workspace)
            feedback.setProgressText(self.tr("Drawing the pages with {path}").format(
                path=template.path
            ))  # fmt: skip
            day = day_of(made, QgsProject(), grey=template.grey)
            files = export(day, template.document(), order, feedback)
            day.project.clear()
        for path in files:
            feedback.pushInfo(str(path))
        return {
            "FILE": str(files[0]) if files else "", "FILES": len(files), "RUN": made["run_id"],
            FOLDER: str(order.folder),
        }  # fmt: skip


def _choice(name: str, text: str, words: list[str]) -> QgsProcessingParameterEnum:
    """Return a choice of words, which scripts name by the word."""
    return QgsProcessingParameterEnum(
        name, text, options=words, defaultValue=words[0], usesStaticStrings=True
    )
