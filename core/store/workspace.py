"""A workspace: one folder that holds everything, ``evenbeat.toml`` at its root."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.config import WorkspaceSettings, load_settings
from evenbeat.core.errors import BusyError, WorkspaceError
from evenbeat.core.grid import Grid
from evenbeat.core.shifts import ShiftCalendar
from evenbeat.core.store.files import (
    locked,
    read_json,
    sha256_file,
    sweep_temporaries,
    write_json,
)
from evenbeat.core.store.tables import SnapshotTable

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from evenbeat.core.store.database import AuditLog, Database
    from evenbeat.core.store.delivered import Delivered

SETTINGS_FILE = "evenbeat.toml"
DATABASE_FILE = "assignments.gpkg"
DATABASE_VARIABLE = "EVENBEAT_DATABASE"
OVERRIDES = ("crime_types.csv", "tactics.csv")
TABLES = (
    "incidents", "places", "events", "weather", "districts", "boundary", "neighbourhoods",
    "streets",
)  # fmt: skip
_PARTITIONED_BY = {"incidents": "occurred_from", "dosage": "service_date"}


@dataclass(frozen=True)
class Workspace:
    """An opened workspace.

    Parameters
    ----------
    root
        The folder.
    settings
        What its ``evenbeat.toml`` says.
    """

    root: Path
    settings: WorkspaceSettings

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """Open an existing workspace.

        Raises
        ------
        WorkspaceError
            There is no such folder, or it has no ``evenbeat.toml``.
        ConfigError
            Its settings are unusable.
        """
        root = root.expanduser().resolve()
        if not root.is_dir():
            raise WorkspaceError(
                f"There is no folder {root}. It was moved, renamed or removed, or its drive is not "
                "connected."
            )
        if not (root / SETTINGS_FILE).is_file():
            raise WorkspaceError(
                f"{root} is not a workspace: it has no {SETTINGS_FILE}. Make one with: "
                f"evenbeat init {root}   or name another with --workspace."
            )
        return cls(root, load_settings(root / SETTINGS_FILE))

    @cached_property
    def database(self) -> Database:
        """Return the database of assignments, reviews and the log.

        The environment variable EVENBEAT_DATABASE stands before the settings' ``store.url``; where
        neither names one, it is a GeoPackage in the workspace. The log of an older workspace is
        brought over.

        Raises
        ------
        StoreError
            It cannot be opened.
        AuditError
            The older log is broken, or cannot follow what the database holds.
        """
        from evenbeat.core.store.database import Database
        from evenbeat.core.store.database.older_log import bring_over

        url = os.environ.get(DATABASE_VARIABLE) or self.settings.store.url
        crs = None if self.crs_or_auto == "auto" else self.crs_or_auto
        database = Database.open(url or self.root / DATABASE_FILE, crs=crs)
        bring_over(database, self.root / "audit.sqlite")
        return database

    @cached_property
    def audit(self) -> AuditLog:
        """Return the audit log."""
        from evenbeat.core.store.database import AuditLog

        return AuditLog(self.database)

    @cached_property
    def calendar(self) -> ShiftCalendar:
        """Return the shift calendar in the agency's time zone."""
        starts = tuple(self.settings.shifts.starts.items())
        return ShiftCalendar(self.settings.agency.timezone, starts)

    def table(self, name: str) -> SnapshotTable:
        """Return one of the workspace's tables."""
        return SnapshotTable(self.root / "data" / name, _PARTITIONED_BY.get(name))

    def read_optional(self, name: str) -> pd.DataFrame | None:
        """Return a table's rows, or None where it was never ingested."""
        table = self.table(name)
        return table.read() if table.exists else None

    def delivered(self, first: dt.date, last: dt.date) -> Delivered | None:
        """Return the minutes of patrol delivered on some days; None where none was measured."""
        from evenbeat.core.store.delivered import read_delivered

        found = read_delivered(self.table("dosage"))
        return None if found is None else found.between(first, last)

    def table_versions(self) -> dict[str, str]:
        """Return the current version of every table that exists."""
        versions = {name: self.table(name).version for name in TABLES}
        return {name: version for name, version in versions.items() if version is not None}

    def override(self, name: str) -> Path | None:
        """Return the agency's own policy table of that name, or None where it has none."""
        path = self.root / name
        return path if path.is_file() else None

    def override_versions(self) -> dict[str, str]:
        """Return the fingerprint of every policy table that the agency overrides."""
        return {name: sha256_file(path) for name in OVERRIDES if (path := self.override(name))}

    def districts(self) -> GeoDataFrame:
        """Return the districts; where none were given, the boundary as one district.

        Raises
        ------
        WorkspaceError
            Neither districts nor a boundary were ingested.
        """
        if self.table("districts").exists:
            return self.table("districts").read()
        boundary = self.read_optional("boundary")
        if boundary is None:
            raise WorkspaceError(
                "The workspace has neither districts nor a boundary. Add a source with role "
                "'districts' or 'boundary' to evenbeat.toml and run: evenbeat ingest"
            )
        return boundary.assign(district_id="all")[["district_id", "name", "geometry"]]

    def jurisdiction(self) -> BaseGeometry:
        """Return the boundary, or the union of the districts, in the workspace's CRS."""
        boundary = self.read_optional("boundary")
        areas = self.districts() if boundary is None else boundary
        area: BaseGeometry = areas.geometry.union_all()
        return area

    @property
    def crs_or_auto(self) -> str:
        """Return the CRS, or ``auto`` while nothing fixed it."""
        fixed = read_json(self.root / "data" / "crs.json")
        return self.settings.agency.crs if fixed is None else str(fixed["crs"])

    @property
    def crs(self) -> str:
        """Return the CRS of every table, fixed by the first ingest of districts or boundary.

        Raises
        ------
        WorkspaceError
            Nothing was ingested yet and the settings say ``auto``.
        """
        if self.crs_or_auto == "auto":
            raise WorkspaceError(
                "The CRS is 'auto' and no districts were ingested: evenbeat ingest"
            )
        return self.crs_or_auto

    def fix_crs(self, crs: str) -> None:
        """Remember the CRS that the first ingest chose."""
        write_json(self.root / "data" / "crs.json", {"crs": crs})
        if "database" in self.__dict__:
            self.database.use_crs(crs)

    def grid(self) -> Grid:
        """Return the study's grid: the districts within the jurisdiction, cut into cells."""
        districts = self.districts()
        if self.table("boundary").exists:
            districts = districts.assign(
                geometry=districts.geometry.intersection(self.jurisdiction())
            )
            districts = districts[~districts.geometry.is_empty]
        return Grid.from_districts(districts, crs=self.crs, cell_size=self.settings.grid.cell_size)

    @property
    def models_folder(self) -> Path:
        """Return where fitted models are."""
        return self.root / "models"

    def run_folder(self, date: dt.date, run_id: str) -> Path:
        """Return the folder of one run of one day."""
        return self.root / "runs" / date.isoformat() / run_id

    def current_run(self, date: dt.date) -> str | None:
        """Return the run that counts for a day, or None."""
        pointer = read_json(self.root / "runs" / date.isoformat() / "current.json")
        return None if pointer is None else str(pointer["run_id"])

    def set_current_run(self, date: dt.date, run_id: str) -> None:
        """Make a run the one that counts for its day."""
        write_json(self.root / "runs" / date.isoformat() / "current.json", {"run_id": run_id})

    @property
    def publication(self) -> Path:
        """Return the folder that is published."""
        return (self.root / self.settings.publish.target).resolve()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the workspace for one writer; a second one is refused at once.

        Raises
        ------
        BusyError
            Somebody else is writing.
        WorkspaceError
            It cannot be written.
        """
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(locked(self.root / ".lock"))
            except BlockingIOError as error:
                raise BusyError(
                    f"Somebody else is writing to {self.root}: another command, or another QGIS. "
                    "Wait until that ends."
                ) from error
            except OSError as error:
                raise WorkspaceError(
                    f"{self.root} cannot be written: {error.strerror}. Run as a user who may "
                    "write to it, or copy the workspace."
                ) from error
            self._sweep()
            yield

    def _sweep(self) -> None:
        """Remove what a killed writer left half written; only the holder of the lock may."""
        for pattern in ("data", "data/*", "models", "runs/*", "runs/*/*"):
            for folder in self.root.glob(pattern):
                sweep_temporaries(folder)
