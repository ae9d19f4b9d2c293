"""``evenbeat:reportcrimedosage``."""

from __future__ import annotations

from qgis.core import QgsProcessingParameterNumber

from evenbeat.processing.reports.base import PeriodReportAlgorithm

HOURS = "HOURS_AFTER"


class CrimeDosageReport(PeriodReportAlgorithm):
    """What patrol did to reported crime: reduced, increased, or cannot tell."""

    identity = "reportcrimedosage"
    title = "Crime and dosage report"
    operation = "report-crime-dosage"

    def declare(self) -> None:
        """Add the period, and how long after a shift incidents count."""
        super().declare()
        self.addParameter(
            QgsProcessingParameterNumber(
                HOURS, self.tr("Hours after a shift in which incidents count as well"),
                QgsProcessingParameterNumber.Type.Double, 8.0, minValue=0.0, maxValue=72.0,
            )
        )  # fmt: skip

    def more(self, parameters, context):
        """Return the period and the hours."""
        hours = self.parameterAsDouble(parameters, HOURS, context)
        return {**super().more(parameters, context), "hours_after": hours}
