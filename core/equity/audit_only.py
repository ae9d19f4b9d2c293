"""Audit-only data: a store of its own in the workspace, which no other room reads."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evenbeat.core.equity.areas import DemographicAreas
from evenbeat.core.errors import WorkspaceError
from evenbeat.core.store.files import read_json, write_json
from evenbeat.core.store.tables import SnapshotTable

_FOLDER, _FACTS, _SHARE = "audit_only", "facts.json", "share_"


@dataclass(frozen=True)
class AuditOnlyStore:
    """The demographic table of a workspace, in ``audit_only/``; only its owner may read it.

    Parameters
    ----------
    folder
        Where it is.
    """

    folder: Path

    @classmethod
    def of(cls, root: Path) -> AuditOnlyStore:
        """Return the store of the workspace at a root."""
        return cls(root / _FOLDER)

    @property
    def exists(self) -> bool:
        """Return whether a table was ever loaded."""
        return (self.folder / _FACTS).is_file()

    @property
    def facts(self) -> dict[str, Any]:
        """Return what was said of the table when it was loaded.

        Raises
        ------
        WorkspaceError
            None was loaded.
        """
        found = read_json(self.folder / _FACTS)
        if found is None:
            raise WorkspaceError(
                "No demographic table was loaded. Load one for the ledger alone: evenbeat equity "
                "load FILE --id ... --residents ... --share NAME=COLUMN"
            )
        return dict(found)

    def write(self, areas: DemographicAreas, *, crs: str, facts: dict[str, Any]) -> dict[str, Any]:
        """Put a table in the place of the former one, which is removed; return its facts.

        Parameters
        ----------
        areas
            The table.
        crs
            CRS of its outlines.
        facts
            Where it comes from; its version, columns and notes are added.
        """
        import geopandas

        columns = {f"{_SHARE}{number}": share for number, share in enumerate(areas.shares.values())}
        rows = geopandas.GeoDataFrame(
            {"area_id": list(areas.ids), "residents": areas.residents, **columns},
            geometry=list(areas.outlines), crs=crs,
        )  # fmt: skip
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.folder.chmod(0o700)
        table = self._table()
        table.write(rows)
        told = {
            **facts, "version": table.version, "crs": crs, "areas": len(rows),
            "residents": float(areas.residents.sum()), "shares": list(areas.shares),
            "notes": list(areas.notes),
        }  # fmt: skip
        write_json(self.folder / _FACTS, told)
        for other in table.folder.iterdir():
            if other.is_dir() and other.name != table.version:
                shutil.rmtree(other, ignore_errors=True)
        return told

    def read(self) -> DemographicAreas:
        """Return the table.

        Raises
        ------
        WorkspaceError
            None was loaded, or its files were changed since.
        """
        facts = self.facts
        table = self._table()
        if table.computed_version(str(facts["version"])) != facts["version"]:
            raise WorkspaceError(
                "The demographic table is not as it was loaded. Load it again: evenbeat equity load"
            )
        rows = table.read(str(facts["version"]))
        shares = {
            name: rows[f"{_SHARE}{number}"].to_numpy(np.float64)
            for number, name in enumerate(facts["shares"])
        }
        return DemographicAreas(
            tuple(rows["area_id"].astype(str)), rows["residents"].to_numpy(np.float64), shares,
            np.asarray(rows["geometry"].to_numpy(), dtype=object), tuple(facts["notes"]),
        )  # fmt: skip

    def _table(self) -> SnapshotTable:
        return SnapshotTable(self.folder / "areas")
