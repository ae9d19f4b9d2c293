"""``evenbeat:addsource``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputFile,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterString,
)

from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import advanced, workspace_field, workspace_of
from evenbeat.processing.groups import DATA
from evenbeat.processing.handing_over import file_name, write_geopackage

INPUT, ROLE, CATEGORY, COLUMNS, ONLY_CHECK = "INPUT", "ROLE", "CATEGORY", "COLUMNS", "ONLY_CHECK"
ROLES = ("incidents", "gunfire", "places", "events", "weather", "boundary", "districts",
         "neighbourhoods", "streets")  # fmt: skip
FOLDER = "sources"


class AddSource(EngineAlgorithm):
    """A layer of QGIS becomes a source of the workspace."""

    identity = "addsource"
    title = "Add a layer as a source"
    group_of = DATA
    operation = "layer-check"
    keywords = ("layer", "role", "incidents", "districts", "places")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                INPUT, self.tr("Layer"), [QgsProcessing.SourceType.TypeVector]
            )
        )
        self.addParameter(
            QgsProcessingParameterEnum(
                ROLE, self.tr("Role"), list(ROLES), defaultValue="incidents",
                usesStaticStrings=True,
            )
        )  # fmt: skip
        self.addParameter(
            QgsProcessingParameterString(
                CATEGORY, self.tr("Category of all rows, such as bar"),
                optional=True,
            )
        )  # fmt: skip
        self.addParameter(
            advanced(
                QgsProcessingParameterString(
                    COLUMNS, self.tr("Columns, one a line: our name = their column (empty: found)"),
                    multiLine=True, optional=True,
                )
            )
        )  # fmt: skip
        self.addParameter(
            QgsProcessingParameterBoolean(
                ONLY_CHECK, self.tr("Only check it; add nothing"), defaultValue=False
            )
        )
        self.addOutput(QgsProcessingOutputNumber("ROWS", self.tr("Rows of the layer")))
        self.addOutput(QgsProcessingOutputNumber("KEPT", self.tr("Rows that would be kept")))
        self.addOutput(QgsProcessingOutputFile("FILE", self.tr("Copy in the workspace")))

    def processAlgorithm(self, parameters, context, feedback):
        """Check a copy; keep one with the columns that are read, and name it in the settings."""
        layer = self.parameterAsSource(parameters, INPUT, context)
        if layer is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, INPUT))
        entry = self._entry(parameters, context)
        root = Path(workspace_of(self, parameters, context))
        with tempfile.TemporaryDirectory(prefix="evenbeat-") as folder:
            copy = Path(folder) / "layer.gpkg"
            write_geopackage(layer, copy, "layer", feedback=feedback)
            request = {"workspace": str(root), "source": {**entry, "path": str(copy)}}
            found = self.ask(self.operation, request, feedback)
        if found is None:
            return {}
        self._tell(found, feedback)
        outputs = {"ROWS": found["rows_in"], "KEPT": found["rows_kept"], "FILE": ""}
        if self.parameterAsBool(parameters, ONLY_CHECK, context):
            return outputs
        if not found["rows_kept"]:
            raise QgsProcessingException(
                self.tr("No row of {rows:,} can be used, so nothing was added. {advice}").format(
                    rows=found["rows_in"], advice=found["advice"]
                )
            )
        read = self.ask("settings-read", {"workspace": str(root)}, feedback)
        if read is None:
            return {}
        sources = read["given"].get("sources", [])
        path = _path_of_copy(file_name(layer.sourceName(), entry["role"]), entry, sources)
        self._keep(layer, root / path, set(found["columns"].values()), feedback)
        self._name(root, {**entry, "path": path}, read, feedback)
        return {**outputs, "FILE": str(root / path)}

    def _entry(self, parameters, context) -> dict[str, Any]:
        entry: dict[str, Any] = {"role": self.parameterAsEnumString(parameters, ROLE, context)}
        category = self.parameterAsString(parameters, CATEGORY, context).strip()
        columns = _pairs(self.parameterAsString(parameters, COLUMNS, context))
        return {
            **entry,
            **({"category": category} if category else {}),
            **({"columns": columns} if columns else {}),
        }

    def _tell(self, found: dict[str, Any], feedback) -> None:
        for line in (*found["text"].splitlines(), *found["notes"]):
            feedback.pushInfo(line)
        for line in found["refused"]:
            feedback.pushWarning(self.tr("Refused: {what}").format(what=line))
        if found["advice"]:
            feedback.pushWarning(found["advice"])
        if found["problems"]:
            raise QgsProcessingException(" ".join(found["problems"]))

    def _keep(self, layer, target: Path, columns: set[str], feedback) -> None:
        """Write the copy that is kept."""
        part = target.with_name(f".{target.name}")
        try:
            target.parent.mkdir(exist_ok=True)
            write_geopackage(layer, part, target.stem, columns=columns, feedback=feedback)
            part.replace(target)
        except OSError as error:
            raise QgsProcessingException(
                self.tr(
                    "{path} cannot be written: {reason}. Ask for write access to the workspace, "
                    "and close programs that have the file open."
                ).format(path=target, reason=error.strerror)
            ) from error

    def _name(self, root: Path, entry: dict[str, Any], read: dict[str, Any], feedback) -> None:
        """Name it in the settings, in place of a source of the same file."""
        others = read["given"].get("sources", [])
        sources = [one for one in others if one["path"] != entry["path"]]
        if len(sources) < len(others):
            feedback.pushInfo(
                self.tr("It takes the place of the copy that was there: {path}").format(
                    path=entry["path"]
                )
            )
        changes = [{"path": ["sources"], "value": [*sources, entry]}]
        self.ask(
            "settings-change",
            {"workspace": str(root), "changes": changes, "version": read["version"]},
            feedback,
        )


def _path_of_copy(name: str, entry: dict[str, Any], sources: list[dict[str, Any]]) -> str:
    """Return where the copy goes: in place of one of the same name, role and category.

    A layer of the same name and another category is another layer, and gets a name of its own.
    """
    categories = {one["path"]: one.get("category") for one in sources}
    stem, number = f"{FOLDER}/{entry['role']}-{name}", 1
    path = f"{stem}.gpkg"
    while categories.get(path, entry.get("category")) != entry.get("category"):
        number += 1
        path = f"{stem}-{number}.gpkg"
    return path


def _pairs(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
