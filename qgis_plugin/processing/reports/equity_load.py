"""``evenbeat:equityload``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterString,
)

from evenbeat.compat import parameter_fields
from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import workspace_field, workspace_of
from evenbeat.processing.groups import REPORTS
from evenbeat.processing.handing_over import file_name, write_geopackage

INPUT, ID, RESIDENTS, SHARES, SCALE, SOURCE = (
    "INPUT", "ID", "RESIDENTS", "SHARES", "SCALE", "SOURCE",
)  # fmt: skip
SCALES = ("share", "percent", "count")
_OF_SCALE = {"share": "shares", "percent": "percents", "count": "counts"}


class EquityLoad(EngineAlgorithm):
    """Residents by area for the equity report alone; no forecast and no plan reads them."""

    identity = "equityload"
    title = "Load residents for the equity report"
    group_of = REPORTS
    operation = "equity-load"
    keywords = ("equity", "residents", "census", "demographic")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                INPUT, self.tr("Layer of areas"), [QgsProcessing.SourceType.TypeVectorPolygon]
            )
        )
        self.addParameter(
            QgsProcessingParameterField(
                ID, self.tr("Field that identifies an area"), parentLayerParameterName=INPUT
            )
        )
        self.addParameter(
            QgsProcessingParameterField(
                RESIDENTS, self.tr("Field with the number of residents"),
                parentLayerParameterName=INPUT,
                type=QgsProcessingParameterField.DataType.Numeric,
            )
        )  # fmt: skip
        self.addParameter(
            QgsProcessingParameterField(
                SHARES, self.tr("Fields with the shares of groups"), allowMultiple=True,
                parentLayerParameterName=INPUT, optional=True,
                type=QgsProcessingParameterField.DataType.Numeric,
            )
        )  # fmt: skip
        self.addParameter(
            QgsProcessingParameterEnum(
                SCALE, self.tr("These are: a share (0 to 1), per cent, or a count of residents"),
                list(SCALES), defaultValue="percent", usesStaticStrings=True,
            )
        )  # fmt: skip
        self.addParameter(
            QgsProcessingParameterString(
                SOURCE, self.tr("Where the figures come from, for the report"), optional=True
            )
        )
        self.addOutput(QgsProcessingOutputNumber("AREAS", self.tr("Areas")))
        self.addOutput(QgsProcessingOutputNumber("RESIDENTS_INSIDE", self.tr("Residents inside")))
        self.addOutput(QgsProcessingOutputNumber("RESIDENTS_OUTSIDE", self.tr("Residents outside")))

    def processAlgorithm(self, parameters, context, feedback):
        """Hand over the fields that are named, and nothing else of the layer."""
        layer = self.parameterAsSource(parameters, INPUT, context)
        if layer is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, INPUT))
        area, residents = (
            self.parameterAsString(parameters, name, context) for name in (ID, RESIDENTS)
        )
        shares = parameter_fields(self, parameters, SHARES, context)
        name = file_name(layer.sourceName(), "areas")
        with tempfile.TemporaryDirectory(prefix="evenbeat-") as folder:
            copy = Path(folder) / f"{name}.gpkg"
            write_geopackage(
                layer, copy, name, columns=(area, residents, *shares), feedback=feedback
            )
            scale = self.parameterAsEnumString(parameters, SCALE, context)
            found = self.ask(
                self.operation,
                {
                    "workspace": workspace_of(self, parameters, context), "file": str(copy),
                    "id_column": area, "residents_column": residents,
                    _OF_SCALE[scale]: [f"{one}={one}" for one in shares],
                    "source": self.parameterAsString(parameters, SOURCE, context),
                },
                feedback,
            )  # fmt: skip
        return {} if found is None else self._told(found, feedback)

    def _told(self, found: dict[str, Any], feedback) -> dict[str, Any]:
        for line in found["notes"]:
            feedback.pushInfo(line)
        for area, residents in found["outside"]:
            feedback.pushInfo(
                self.tr("Outside the patrolled cells: {residents:.0f} residents of {area}").format(
                    residents=residents, area=area
                )
            )
        return {
            "AREAS": found["areas"], "RESIDENTS_INSIDE": found["residents_inside"],
            "RESIDENTS_OUTSIDE": found["residents_outside"],
        }  # fmt: skip
