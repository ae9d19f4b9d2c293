"""``evenbeat:addsource``."""

from __future__ import annotations

import re
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
from evenbeat.processing.handing_over import write_geopackage

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
                CATEGORY, self.tr("Category of all places or events of the layer, such as bar"),
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
        if not self.parameterAsBool(parameters, ONLY_CHECK, context):
            columns = set(found["columns"].values())
            path = self._keep(layer, root, entry["role"], columns, feedback)
            self._name(root, {**entry, "path": path}, feedback)
            outputs["FILE"] = str(root / path)
        return outputs

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

    def _keep(self, layer, root: Path, role: str, columns: set[str], feedback) -> str:
        """Write the copy that is kept, and return its path within the workspace."""
        (root / FOLDER).mkdir(exist_ok=True)
        name = re.sub(r"\W+", "-", layer.sourceName()).strip("-").lower() or role
        target = root / FOLDER / f"{role}-{name}.gpkg"
        part = target.with_name(f".{target.name}")
        write_geopackage(layer, part, name, columns=columns, feedback=feedback)
        part.replace(target)
        return f"{FOLDER}/{target.name}"

    def _name(self, root: Path, entry: dict[str, Any], feedback) -> None:
        """Name it in the settings, in place of a source of the same file."""
        read = self.ask("settings-read", {"workspace": str(root)}, feedback)
        if read is None:
            return
        others = read["given"].get("sources", [])
        sources = [one for one in others if one["path"] != entry["path"]]
        changes = [{"path": ["sources"], "value": [*sources, entry]}]
        self.ask(
            "settings-change",
            {"workspace": str(root), "changes": changes, "version": read["version"]},
            feedback,
        )


def _pairs(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
