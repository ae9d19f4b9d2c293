"""Measured days on disk: one folder a day, replaced as a whole."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.dosage.cube import dosage_cube
from evenbeat.core.dosage.day import MeasuredDay
from evenbeat.core.dosage.tables import DECLARED_TABLES
from evenbeat.core.errors import InputError, WorkspaceError
from evenbeat.core.store.cubes import read_cube, write_cube
from evenbeat.core.store.files import (
    read_json,
    replacing_folder,
    sha256_file,
    sha256_tree,
    write_json,
)
from evenbeat.core.variables import FREE_MINUTES, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import xarray as xr

    from evenbeat.core.shifts import Shift
    from evenbeat.core.store.workspace import Workspace

SHIFTS, HOURS, PATROL, FACTS = "shifts.zarr", "hours.zarr", "patrol.parquet", "day.json"
TRACES = ("timeline", "tracks")
"""Tables that show where single units were: removed after ``dosage.keep_pings_days``."""


@dataclass(frozen=True)
class DayStore:
    """The measured days of a workspace.

    Parameters
    ----------
    folder
        Where they are.
    """

    folder: Path

    def day(self, date: dt.date) -> Path:
        """Return the folder of one day."""
        return self.folder / date.isoformat()

    def dates(self) -> list[dt.date]:
        """Return the measured days, in order."""
        return sorted(
            dt.date.fromisoformat(path.parent.name)
            for path in self.folder.glob(f"*/{FACTS}")
            if not path.parent.name.startswith(".")  # what a killed run left half written
        )

    def facts(self, date: dt.date) -> dict[str, Any] | None:
        """Return what a day recorded about itself, or None where it was not measured."""
        found = read_json(self.day(date) / FACTS)
        return None if found is None else dict(found)

    def write(
        self, date: dt.date, measured: MeasuredDay, shifts: Sequence[Shift], facts: dict[str, Any]
    ) -> dict[str, Any]:
        """Put a measured day in the place of what was there; return its facts."""
        provenance = {
            "service_date": date.isoformat(), "input_fingerprint": facts["fingerprint"],
            "code_version": facts["inputs"]["code_version"],
        }  # fmt: skip
        self.folder.mkdir(parents=True, exist_ok=True)
        with replacing_folder(self.day(date)) as private:
            by_shift = dosage_cube(
                measured.shifts, [shift.name for shift in shifts], provenance=provenance
            )
            by_shift[FREE_MINUTES.name] = label(FREE_MINUTES, measured.free, {})
            by_hour = dosage_cube(measured.hours, _hours(measured), provenance=provenance)
            write_cube(private / SHIFTS, by_shift)
            write_cube(private / HOURS, by_hour)
            for name, table in measured.tables.items():
                table.to_parquet(private / f"{name}.parquet", index=False, compression="zstd")
            patrol_cells(measured).to_parquet(private / PATROL, index=False, compression="zstd")
            output = {
                path.name: sha256_tree(path) if path.is_dir() else sha256_file(path)
                for path in sorted(private.iterdir())
            }
            whole = {**facts, "totals": totals(measured, shifts), "output_sha256": output}
            write_json(private / FACTS, whole)
        return whole

    def forget_patrol(self, date: dt.date) -> None:
        """Remove what caps count of a day: the first step of removing it."""
        (self.day(date) / PATROL).unlink(missing_ok=True)

    def remove(self, date: dt.date) -> None:
        """Remove a measured day; its facts first, so that half a day is no day."""
        (self.day(date) / FACTS).unlink(missing_ok=True)
        shutil.rmtree(self.day(date), ignore_errors=True)

    def cube(self, date: dt.date, name: str = SHIFTS) -> xr.Dataset:
        """Return a day's minutes by shift or by hour.

        Raises
        ------
        WorkspaceError
            The day was not measured.
        """
        if self.facts(date) is None:
            raise _not_measured(date)
        return read_cube(self.day(date) / name)

    def patrol(self, date: dt.date) -> pd.DataFrame | None:
        """Return a day's patrol minutes by cell, see `patrol_cells`; None where not measured."""
        import pandas as pd

        path = self.day(date) / PATROL
        return pd.read_parquet(path) if path.is_file() else None

    def table(self, name: str, dates: Sequence[dt.date]) -> pd.DataFrame:
        """Return one declared table over some days; days that were not measured have no rows."""
        import pandas as pd

        declared = DECLARED_TABLES[name]
        paths = [self.day(date) / f"{name}.parquet" for date in dates]
        found = [pd.read_parquet(path) for path in paths if path.is_file()]
        if not found:
            return declared.frame([])
        try:
            return declared.typed(pd.concat(found, ignore_index=True))
        except InputError as error:
            raise WorkspaceError(
                f"{error} Some days were measured by another version of Evenbeat. Measure them "
                "again: evenbeat dosage"
            ) from error


def patrol_cells(measured: MeasuredDay) -> pd.DataFrame:
    """Return the cells that were patrolled on a day: ``row, column, minutes``."""
    import pandas as pd

    minutes = measured.patrol.sum(axis=0, dtype=np.float64)
    row, column = np.nonzero(minutes > 0)
    return pd.DataFrame({
        "row": row.astype(np.int32), "column": column.astype(np.int32),
        "minutes": minutes[row, column].astype(np.float32),
    })  # fmt: skip


def totals(measured: MeasuredDay, shifts: Sequence[Shift]) -> dict[str, dict[str, float]]:
    """Return the account of minutes by shift."""
    counted = measured.shifts
    return {
        shift.name: {
            "presence_minutes": float(counted.presence[at].sum(dtype="float64")),
            "unit_minutes": float(counted.unit[at].sum(dtype="float64")),
            "patrol_minutes": float(measured.patrol[at].sum(dtype="float64")),
            "unknown_minutes": float(counted.unknown_total[at]),
            "outside_minutes": float(counted.outside_total[at]),
            "elapsed_minutes": float(counted.elapsed_total[at]),
        }
        for at, shift in enumerate(shifts)
    }


def _hours(measured: MeasuredDay) -> list[str]:
    starts = measured.hours.edges_s[:-1]
    return [
        dt.datetime.fromtimestamp(float(start), dt.UTC).strftime("%Y-%m-%dT%H:%MZ")
        for start in starts
    ]


def _not_measured(date: dt.date) -> WorkspaceError:
    return WorkspaceError(
        f"{date} was not measured: no pings of that day are known. Add the vehicle log under "
        "[[dosage.sources]] of evenbeat.toml and run: evenbeat dosage"
    )


def day_store(workspace: Workspace) -> DayStore:
    """Return the measured days of a workspace."""
    return DayStore(workspace.root / "dosage" / "days")
