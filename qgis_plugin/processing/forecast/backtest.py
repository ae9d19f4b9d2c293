"""``evenbeat:backtest``."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingOutputFolder,
    QgsProcessingOutputHtml,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import (
    FORCE,
    advanced,
    date_field,
    date_of,
    force_field,
    listed,
    workspace_field,
    workspace_of,
)
from evenbeat.processing.groups import FORECAST

FIRST, LAST = "FIRST", "LAST"
HORIZON, TYPES, LAG, REFIT = "HORIZON", "CRIME_TYPES", "LAG_DAYS", "REFIT_DAYS"
AREAS, BOXES, RULES, UNDATED = "AREA_PERCENT", "BOXES", "RULES", "WITHOUT_UNDATED"
HORIZONS = ("shift", "day", "week", "2-weeks", "month", "2-months", "3-months")
RULE_SETS = ("none", "nij")


class Backtest(EngineAlgorithm):
    """Forecasts of past days, from what was known before each, against what happened."""

    identity = "backtest"
    title = "Back-test the forecast"
    group_of = FORECAST
    operation = "backtest"
    keywords = ("evaluate", "PAI", "hit rate")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        date_field(self, FIRST, self.tr("First day"), optional=False)
        date_field(self, LAST, self.tr("Last day"), optional=False)
        self.addParameter(
            QgsProcessingParameterEnum(
                HORIZON, self.tr("Length of a window"), list(HORIZONS), defaultValue="day",
                usesStaticStrings=True,
            )
        )  # fmt: skip
        self.addParameter(
            QgsProcessingParameterString(
                TYPES, self.tr("Crime types, separated by commas (empty: all that are modelled)"),
                optional=True,
            )
        )  # fmt: skip
        self._declare_advanced()
        force_field(self)
        self.addOutput(QgsProcessingOutputHtml("PAGE", self.tr("Report")))
        self.addOutput(QgsProcessingOutputFolder("FOLDER", self.tr("Folder of the back-test")))

    def _declare_advanced(self) -> None:
        integer = QgsProcessingParameterNumber.Type.Integer
        for parameter in (
            QgsProcessingParameterString(
                AREAS, self.tr("Percent of the area to flag, separated by commas"),
                defaultValue="0.25, 0.5, 1, 2, 5",
            ),
            QgsProcessingParameterNumber(
                BOXES, self.tr("Boxes a district, besides"), integer, 0, minValue=0
            ),
            QgsProcessingParameterNumber(
                REFIT, self.tr("Days between fits (empty: as set in the workspace)"), integer,
                optional=True, minValue=1,
            ),
            QgsProcessingParameterNumber(
                LAG, self.tr("Days by which all news comes late"), integer, 0, minValue=0
            ),
            QgsProcessingParameterEnum(
                RULES, self.tr("Rules (nij: of the forecasting challenge)"), list(RULE_SETS),
                defaultValue="none", usesStaticStrings=True,
            ),
            QgsProcessingParameterBoolean(
                UNDATED, self.tr("Run it also without the layers that carry no dates"),
                defaultValue=False,
            ),
        ):  # fmt: skip
            self.addParameter(advanced(parameter))

    def checkParameterValues(self, parameters, context):
        """Refuse what the engine would refuse, before it starts."""
        first, last = (date_of(self, parameters, context, name) for name in (FIRST, LAST))
        if first and last and first > last:
            return False, self.tr("The first day, {first}, is after the last, {last}.").format(
                first=first, last=last
            )
        try:
            areas = [float(part) for part in listed(self, parameters, context, AREAS)]
        except ValueError:
            areas = [0.0]
        if not all(0.0 < area <= 100.0 for area in areas):
            return False, self.tr(
                "Percent of the area must be numbers above 0 up to 100, such as 0.5, 1, 2."
            )
        return super().checkParameterValues(parameters, context)

    def request(self, parameters, context, feedback):
        """Return the operation's parameters."""
        refit = parameters.get(REFIT)
        return {
            "workspace": workspace_of(self, parameters, context),
            "first": date_of(self, parameters, context, FIRST),
            "last": date_of(self, parameters, context, LAST),
            "horizon": self.parameterAsEnumString(parameters, HORIZON, context),
            "crime_types": listed(self, parameters, context, TYPES),
            "area_percent": [float(part) for part in listed(self, parameters, context, AREAS)],
            "boxes": self.parameterAsInt(parameters, BOXES, context),
            "refit_days": self.parameterAsInt(parameters, REFIT, context) if refit else None,
            "lag_days": self.parameterAsInt(parameters, LAG, context),
            "rules": self.parameterAsEnumString(parameters, RULES, context),
            "without_undated": self.parameterAsBool(parameters, UNDATED, context),
            "force": self.parameterAsBool(parameters, FORCE, context),
        }

    def deliver(self, result, parameters, context, feedback):
        """Return the report."""
        feedback.pushInfo(
            self.tr("A good forecast still sees nothing happen in about 99 of 100 box-shifts.")
        )
        return {"PAGE": result["page"], "FOLDER": result["folder"]}
