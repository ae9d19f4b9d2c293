"""Vehicle logs of any size as pings, some at a time: CSV, Parquet, GeoPackage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import PingSourceSettings
from evenbeat.core.dosage.ping_columns import (
    KMH,
    mend_texts,
    plan_columns,
    read_codes,
    read_numbers,
    read_seconds,
)
from evenbeat.core.dosage.pings import Pings
from evenbeat.core.dosage.projection import Projection
from evenbeat.core.dosage.pseudonyms import pseudonym
from evenbeat.core.dosage.report import PingReport
from evenbeat.core.dosage.row_batches import GEOMETRY, RowBatch, open_batches
from evenbeat.core.grid import Grid

if TYPE_CHECKING:
    import pyarrow as pa

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
BATCH_ROWS = 500_000
WGS84 = "EPSG:4326"


def read_pings(
    path: Path,
    source: PingSourceSettings,
    *,
    grid: Grid,
    timezone: str,
    key: bytes,
    report: PingReport,
    latest_s: float = np.inf,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[Pings]:
    """Yield a file's pings in its order, some rows at a time; memory does not grow with the file.

    Only the mapped columns are read. Units leave the reader under pseudonyms.

    Parameters
    ----------
    path
        ``.csv`` (``.gz`` too; comma, semicolon, tab or bar), ``.parquet`` or ``.gpkg``.
    source
        Columns, CRS, units.
    grid
        Positions are brought into its CRS; pings outside it are kept.
    timezone
        IANA zone of times without offset, where the source names none.
    key
        Secret of the pseudonyms.
    report
        Rows, and why some were dropped, are added to it; complete when the last batch came.
    latest_s
        Later pings, in seconds since 1970 UTC, are dropped: no clock of a device can be right.
    batch_rows
        Rows at a time.

    Raises
    ------
    InputError
        The file is missing, of another format, damaged, or lacks unit, time or position.
    PolicyError
        The source maps a column that is never read.
    """
    with open_batches(path, batch_rows) as (names, batches):
        columns = plan_columns(names, source, has_geometry=GEOMETRY in names)
        report.columns = columns
        reader = _Reader(
            source, columns, Projection(source.crs or WGS84, grid), source.timezone or timezone,
            key, report, latest_s,
        )  # fmt: skip
        coded = [columns[ours] for ours in ("unit_id", "incident_number") if ours in columns]
        for batch in batches(list(dict.fromkeys(columns.values())), coded):
            yield reader.read(batch)


@dataclass(frozen=True)
class _Reader:
    """What stays the same from batch to batch."""

    source: PingSourceSettings
    columns: dict[str, str]
    projection: Projection
    timezone: str
    key: bytes
    report: PingReport
    latest_s: float

    def read(self, batch: RowBatch) -> Pings:
        """Return one batch's pings; count what is dropped, each row for its first reason."""
        rows, n_mended = mend_texts(batch.rows)
        self.report.repair("not_utf8", n_mended)
        unit, names = read_codes(rows.column(self.columns["unit_id"]))
        time_s, unreadable = read_seconds(
            rows.column(self.columns["time"]), timezone=self.timezone,
            time_unit=self.source.time_unit, report=self.report,
        )  # fmt: skip
        first, second = self._coordinates(rows)
        faults = {
            "missing_unit": unit < 0,
            "unparseable_time": unreadable,
            "missing_time": ~np.isfinite(time_s),
            "in_the_future": time_s > self.latest_s,
            "missing_coordinates": ~(np.isfinite(first) & np.isfinite(second)),
            "zero_coordinates": (first == 0.0) & (second == 0.0),
        }
        easting, northing = self.projection.project(
            np.where(np.isfinite(first), first, 0.0), np.where(np.isfinite(second), second, 0.0)
        )
        faults["outside_crs"] = ~(np.isfinite(easting) & np.isfinite(northing))
        kept = self._drop(faults, len(unit))
        self.report.rows_in += len(unit) + batch.unsplittable + batch.inside_quotes
        self.report.drop("unsplittable_line", batch.unsplittable)
        self.report.drop("inside_quotes", batch.inside_quotes)
        arrays: tuple[npt.NDArray[Any], ...] = (
            unit,
            time_s,
            easting,
            northing,
            *self._others(rows),
        )
        if not kept.all():
            arrays = tuple(array[kept] for array in arrays)
        return Pings(tuple(pseudonym(name, self.key) for name in names), *arrays)

    def _drop(self, faults: dict[str, Flags], size: int) -> Flags:
        kept = np.ones(size, bool)
        for reason, rows in faults.items():
            self.report.drop(reason, int((rows & kept).sum()))
            kept &= ~rows
        self.report.rows_kept += int(kept.sum())
        return kept

    def _coordinates(self, rows: pa.RecordBatch) -> tuple[Floats, Floats]:
        """Return the coordinates in the source's CRS, from columns or from points."""
        for pair in (("easting", "northing"), ("longitude", "latitude")):
            if set(pair) <= set(self.columns):
                first, second = (read_numbers(rows.column(self.columns[one]))[0] for one in pair)
                return first, second
        import shapely

        points = shapely.from_wkb(rows.column(GEOMETRY).to_numpy(zero_copy_only=False))
        return shapely.get_x(points), shapely.get_y(points)

    def _others(
        self, rows: pa.RecordBatch
    ) -> tuple[
        npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32], Flags
    ]:  # fmt: skip
        """Return accuracy, speed, crew and whether the unit was committed."""
        accuracy = self._number(rows, "accuracy_m")
        speed = self._number(rows, "speed") * np.float32(KMH[self.source.speed_unit])
        crew = self._number(rows, "crew")
        crew[~(crew > 0)] = 1.0
        committed = np.zeros(rows.num_rows, bool)
        if "incident_number" in self.columns:
            committed = read_codes(rows.column(self.columns["incident_number"]))[0] >= 0
        return accuracy, speed, crew, committed

    def _number(self, rows: pa.RecordBatch, ours: str) -> npt.NDArray[np.float32]:
        if ours not in self.columns:
            return np.full(rows.num_rows, np.nan, np.float32)
        values, unreadable = read_numbers(rows.column(self.columns[ours]))
        self.report.repair(f"unparseable_{ours.removesuffix('_m')}", int(unreadable.sum()))
        return values.astype(np.float32)
