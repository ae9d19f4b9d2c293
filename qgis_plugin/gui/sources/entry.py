"""What an entry of the sources will say, from what is chosen in the dialog."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsVectorLayer

from evenbeat.workspace.handing_over import copy_name, file_of, within
from evenbeat.workspace.session import Session


class SourceDraft:
    """A new entry, or one that is changed and keeps what the dialog does not show."""

    def __init__(self, session: Session, given: dict[str, Any] | None) -> None:
        self._session = session
        self.is_new = given is None
        self.given: dict[str, Any] = dict(given or {})

    def columns_for(self, role: str) -> dict[str, str]:
        """Return the columns that the entry names, where it had that role."""
        if self.given.get("role") != role:
            return {}
        return dict(self.given.get("columns", {}))

    def entry(
        self, role: str, columns: dict[str, str], category: str, layer: QgsVectorLayer | None, *,
        by_file: bool,
    ) -> dict[str, Any]:  # fmt: skip
        """Return the entry."""
        made = {**self.given, "role": role}
        made.pop("category", None)
        if layer is not None:
            file = file_of(layer) if by_file else None
            if file is None:
                made["path"] = copy_name(layer, role)
            else:
                made["path"] = within(self._session.root, file.path)
                columns = {**dict(file.columns), **columns}
                if file.crs:
                    made["crs"] = file.crs
        made["columns"] = columns
        if category:
            made["category"] = category
        if role == "gunfire" and self.is_new:
            made["source_kind"] = "sensor"
        return {key: value for key, value in made.items() if value not in ({}, "", None)}
