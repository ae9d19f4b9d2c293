"""The story of a box: what happened near it lately, week by week, and what patrol it was given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.features.knowledge import known_at, to_seconds
from evenbeat.core.pipeline.context import cutoff_of
from evenbeat.core.pipeline.review.found import find_box
from evenbeat.core.pipeline.review.grid import review_grid
from evenbeat.core.pipeline.review.past import past_of_cells
from evenbeat.core.planning.metering.past import MONTH_DAYS
from evenbeat.core.reports.briefing_facts import MAPPED_TYPES, REPORTED_KINDS
from evenbeat.core.store.tables import SnapshotTable

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.database import AssignmentRecord
    from evenbeat.core.store.workspace import Workspace

RECENT_DAYS = 28
NEAR_M = 250.0
WEEKS = 26
_MOST_INCIDENTS = 200
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class NearIncident:
    """One incident near a box, as it was known when the day was forecast.

    Of types that are never drawn where they occurred, place and distance are None.
    """

    crime_type: str
    occurred_from: dt.datetime
    occurred_to: dt.datetime
    easting: float | None
    northing: float | None
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class Week:
    """Incidents near a box in one week, by crime type."""

    first: dt.date
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Dose:
    """Minutes of patrol on a box's first cell on one day, and whether the day counts as visited."""

    date: dt.date
    minutes: float
    counted: bool


@dataclass(frozen=True)
class Story:
    """What a reviewer reads beside a box.

    Parameters
    ----------
    near_m, recent_days
        How near and how lately incidents are told one by one.
    incidents
        The newest first.
    weeks
        The oldest first; the last one ends at the day's midnight.
    doses
        The 27 days before the day, the oldest first.
    left_out
        Incidents that were near and recent but too many to tell.
    """

    near_m: float
    recent_days: int
    incidents: tuple[NearIncident, ...]
    weeks: tuple[Week, ...]
    doses: tuple[Dose, ...]
    left_out: int


def story_of(context: Context, assignment_id: str) -> Story:
    """Tell what happened near a box and what patrol it was given, before its day.

    Only what was known at the day's midnight is told, as in the forecast.

    Raises
    ------
    ReviewError
        There is no such box.
    """
    workspace = context.workspace
    with workspace.database.reading() as connection:
        box = find_box(connection, assignment_id).assignment
        grid = review_grid(workspace).grid
        past = past_of_cells(workspace, connection, grid, box.service_date, box.cells)
    row, column = box.cells[0]
    doses = tuple(
        Dose(
            box.service_date - dt.timedelta(days=MONTH_DAYS - 1 - at),
            float(past.minutes[at, row, column]), bool(past.used[at, row, column]),
        )
        for at in range(MONTH_DAYS - 1)
    )  # fmt: skip
    known = _known(workspace, box.service_date)
    metres = grid.metres_per_unit
    near = _near(known, box, metres)
    lately = near[known.start_s[near] >= known.cutoff_s - RECENT_DAYS * _DAY_S]
    lately = lately[np.argsort(-known.start_s[lately], kind="stable")]
    told = tuple(_told(known, box, metres, at) for at in lately[:_MOST_INCIDENTS].tolist())
    return Story(
        NEAR_M, RECENT_DAYS, told, _weeks(known, near, box.service_date), doses,
        max(0, len(lately) - _MOST_INCIDENTS),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Incidents:
    """Incidents that were known at a cut-off, as arrays."""

    types: npt.NDArray[Any]
    start_s: npt.NDArray[np.int64]
    end_s: npt.NDArray[np.int64]
    easting: npt.NDArray[np.float64]
    northing: npt.NDArray[np.float64]
    cutoff_s: int


def _known(workspace: Workspace, date: dt.date) -> _Incidents:
    table = workspace.table("incidents")
    cutoff = int(cutoff_of(workspace, date).timestamp())
    lag = workspace.settings.model.reporting_lag_days
    return _read(str(table.folder), str(table.version), cutoff, lag)


@lru_cache(maxsize=4)
def _read(folder: str, version: str, cutoff_s: int, lag_days: int) -> _Incidents:
    """Read a snapshot once; it never changes under its version."""
    rows = SnapshotTable(Path(folder), "occurred_from").read(version)
    first = cutoff_s - max(RECENT_DAYS, 7 * WEEKS) * _DAY_S
    known = to_seconds(known_at(rows, lag_days)) < cutoff_s
    known &= rows["source_kind"].isin(REPORTED_KINDS).to_numpy()
    known &= (rows["geocode_quality"] != "centroid").to_numpy()
    start_s, end_s = to_seconds(rows["occurred_from"]), to_seconds(rows["occurred_to"])
    wanted = known & (start_s >= first)
    return _Incidents(
        rows["crime_type"].astype(str).to_numpy()[wanted], start_s[wanted], end_s[wanted],
        rows["easting"].to_numpy(np.float64)[wanted],
        rows["northing"].to_numpy(np.float64)[wanted], cutoff_s,
    )  # fmt: skip


def _near(known: _Incidents, box: AssignmentRecord, metres: float) -> npt.NDArray[np.int64]:
    """Return the incidents within `NEAR_M` of a box's outline."""
    import shapely

    reach = NEAR_M / metres
    west, south, east, north = box.geometry.bounds
    frame = np.flatnonzero(
        (known.easting >= west - reach) & (known.easting <= east + reach)
        & (known.northing >= south - reach) & (known.northing <= north + reach)
    )  # fmt: skip
    points = shapely.points(known.easting[frame], known.northing[frame])
    return frame[shapely.dwithin(points, box.geometry, reach)]


def _told(known: _Incidents, box: AssignmentRecord, metres: float, at: int) -> NearIncident:
    import shapely

    name, place = str(known.types[at]), (float(known.easting[at]), float(known.northing[at]))
    when = _moment(known.start_s[at]), _moment(known.end_s[at])
    if name not in MAPPED_TYPES:
        return NearIncident(name, *when, None, None, None)
    distance = float(shapely.distance(shapely.Point(place), box.geometry)) * metres
    return NearIncident(name, *when, *place, round(distance, 1))


def _weeks(known: _Incidents, near: npt.NDArray[np.int64], date: dt.date) -> tuple[Week, ...]:
    """Count by weeks that end at the cut-off."""
    ago = (known.cutoff_s - 1 - known.start_s[near]) // (7 * _DAY_S)
    weeks = []
    for number in range(WEEKS - 1, -1, -1):
        types, counts = np.unique(known.types[near][ago == number], return_counts=True)
        first = date - dt.timedelta(days=7 * (number + 1))
        weeks.append(Week(first, dict(zip(types.tolist(), counts.tolist(), strict=True))))
    return tuple(weeks)


def _moment(seconds: Any) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC)
