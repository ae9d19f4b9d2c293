"""Parameters that several algorithms share, each declared once: names, units, defaults."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFile,
)

from evenbeat import project

WORKSPACE = "WORKSPACE"
DATE = "DATE"
FORCE = "FORCE"
VARIABLE = project.WORKSPACE


def workspace_field(algorithm: QgsProcessingAlgorithm) -> None:
    """Add the workspace's folder; by default the project's."""
    algorithm.addParameter(
        QgsProcessingParameterFile(
            WORKSPACE, algorithm.tr("Workspace (folder with evenbeat.toml)"),
            behavior=QgsProcessingParameterFile.Behavior.Folder,
            defaultValue=project_workspace() or None,
        )
    )  # fmt: skip


def project_workspace() -> str:
    """Return the workspace that the project remembers; "" where it has none."""
    return project.remembered(VARIABLE)


def date_field(
    algorithm: QgsProcessingAlgorithm, name: str = DATE, text: str = "", *, optional: bool = True
) -> None:
    """Add a day; empty is the engine's own choice."""
    algorithm.addParameter(
        QgsProcessingParameterDateTime(
            name,
            text or algorithm.tr("Day (empty: today, or the day after the newest data)"),
            type=QgsProcessingParameterDateTime.Type.Date, optional=optional,
        )
    )  # fmt: skip


def force_field(algorithm: QgsProcessingAlgorithm) -> None:
    """Add, among the advanced, whether to do again what is done."""
    algorithm.addParameter(
        advanced(
            QgsProcessingParameterBoolean(
                FORCE, algorithm.tr("Do it again although it is done"), defaultValue=False
            )
        )
    )


def advanced(parameter: QgsProcessingParameterDefinition) -> QgsProcessingParameterDefinition:
    """Return the parameter, shown among the advanced."""
    flag = QgsProcessingParameterDefinition.Flag.FlagAdvanced
    parameter.setFlags(parameter.flags() | flag)
    return parameter


def workspace_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> str:
    """Return the workspace that was given."""
    return algorithm.parameterAsFile(parameters, WORKSPACE, context)


def date_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext,
    name: str = DATE,
) -> str | None:  # fmt: skip
    """Return a day as the engine reads it; None where it is left to the engine."""
    if parameters.get(name) in (None, ""):
        return None
    date = algorithm.parameterAsDateTime(parameters, name, context).date()
    return date.toString("yyyy-MM-dd") if date.isValid() else None


def day_request(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> dict[str, Any]:
    """Return workspace, date and force, as most operations take them."""
    return {
        "workspace": workspace_of(algorithm, parameters, context),
        "date": date_of(algorithm, parameters, context),
        "force": algorithm.parameterAsBool(parameters, FORCE, context),
    }


def listed(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext,
    name: str,
) -> list[str]:  # fmt: skip
    """Return the parts of a text with commas."""
    text = algorithm.parameterAsString(parameters, name, context)
    return [part.strip() for part in text.split(",") if part.strip()]
