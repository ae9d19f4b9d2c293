"""Incidents as they were known: the one door through which history reaches features."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import FeatureError
from evenbeat.core.grid import Grid

if TYPE_CHECKING:
    from pandas import DataFrame, Series

DAY_S = 86_400
_BLOCK_S = 28 * DAY_S
_REGULAR_SHARE = 0.1
_STEADY_SHARE = 0.5
Seconds = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def to_seconds(times: Series[Any], missing: int = 0) -> Seconds:
    """Return UTC times as whole seconds since 1970; what is missing as ``missing``."""
    import pandas as pd

    absent = times.isna().to_numpy()
    aware = pd.to_datetime(times, utc=True).dt.tz_localize(None)
    seconds = aware.to_numpy(dtype="datetime64[s]").astype(np.int64)
    return np.where(absent, missing, seconds)


def require_utc(cutoff: dt.datetime) -> int:
    """Return a cut-off in seconds since 1970.

    Raises
    ------
    FeatureError
        The cut-off has no time zone.
    """
    if cutoff.tzinfo is None:
        raise FeatureError(f"The cut-off must be an aware time, got {cutoff}. Give it in UTC.")
    return int(cutoff.timestamp())


def known_at(incidents: DataFrame, reporting_lag_days: int) -> Series[Any]:
    """Return the last instant at which each incident was not yet known; compare with ``<``.

    That is the time of the report; without one, the end of the occurrence ``reporting_lag_days``
    later. What is stamped exactly at a cut-off was not known by it. A window is half-open: one
    that ends at the cut-off lies wholly before it, and was known.

    Parameters
    ----------
    incidents
        The INCIDENTS table.
    reporting_lag_days
        Days from the end of the occurrence window until an incident without report time is known.

    Returns
    -------
    UTC times with the table's index: known are those with ``known_at(...) < cutoff``.
    """
    import pandas as pd

    ends = incidents["occurred_to"]
    is_window = ends > incidents["occurred_from"]
    last = ends.where(~is_window, ends - pd.Timedelta(1, "us"))
    return incidents["reported_at"].fillna(last + pd.Timedelta(days=reporting_lag_days))


@dataclass(frozen=True, eq=False)
class KnownIncidents:
    """Incidents known at a cut-off, as arrays sorted as their table.

    Parameters
    ----------
    from_s, to_s
        Occurrence windows in seconds since 1970.
    known_s
        When the agency knew, see `known_at`: known are those before a cut-off, not at it.
    occurred_s
        Middle of the window, and never after it was known.
    easting, northing, cell
        Position, and flat cell of the raster, -1 off it.
    weight
        Training weight.
    since_s
        From when the sources that report this type deliver regularly.
    """

    from_s: Seconds
    to_s: Seconds
    known_s: Seconds
    occurred_s: Floats
    easting: Floats
    northing: Floats
    cell: Seconds
    weight: Floats
    since_s: int

    def __len__(self) -> int:
        return int(self.cell.size)

    def take(self, chosen: npt.NDArray[Any]) -> KnownIncidents:
        """Return some of the incidents."""
        return KnownIncidents(
            self.from_s[chosen], self.to_s[chosen], self.known_s[chosen], self.occurred_s[chosen],
            self.easting[chosen], self.northing[chosen], self.cell[chosen], self.weight[chosen],
            self.since_s,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class IncidentRecords:
    """The INCIDENTS table as arrays on a grid, from which any set of types is quickly taken.

    Parameters
    ----------
    crime_types, sources
        Names; ``kind`` and ``source`` are positions in them.
    kind, source
        Crime type and source of each incident.
    everything
        All incidents as if all were known; ``since_s`` has no meaning here.
    """

    crime_types: tuple[str, ...]
    sources: tuple[str, ...]
    kind: npt.NDArray[np.int16]
    source: npt.NDArray[np.int16]
    everything: KnownIncidents

    @classmethod
    def of(cls, incidents: DataFrame, *, grid: Grid, reporting_lag_days: int) -> IncidentRecords:
        """Make records of a table; see `select_known` for the parameters."""
        import pandas as pd

        from_s, to_s = to_seconds(incidents["occurred_from"]), to_seconds(incidents["occurred_to"])
        known_s = to_seconds(known_at(incidents, reporting_lag_days))
        easting, northing, weight = (
            incidents[name].to_numpy(dtype=np.float64) for name in ("easting", "northing", "weight")
        )
        row, column = grid.locate(easting, northing)
        everything = KnownIncidents(
            from_s, to_s, known_s, np.minimum((from_s + to_s) / 2, known_s), easting, northing,
            np.where(row < 0, -1, row * grid.shape[1] + column), weight, 0,
        )  # fmt: skip
        kind, crime_types = pd.factorize(incidents["crime_type"], sort=True)
        source, sources = pd.factorize(incidents["source"], sort=True)
        return cls(
            tuple(map(str, crime_types)), tuple(map(str, sources)), kind.astype(np.int16),
            source.astype(np.int16), everything,
        )  # fmt: skip

    def select(self, crime_types: tuple[str, ...], cutoff: dt.datetime) -> KnownIncidents:
        """Return the incidents of some types that were known at a cut-off and have a weight.

        Raises
        ------
        FeatureError
            The cut-off has no time zone.
        """
        cutoff_s = require_utc(cutoff)
        wanted = np.isin(self.crime_types, crime_types)
        known = self.everything.known_s < cutoff_s
        kept = np.flatnonzero(wanted[self.kind] & known & (self.everything.weight > 0))
        since_s = min(
            (
                _regular_since(self.everything.from_s[known & (self.source == source)])
                for source in np.unique(self.source[kept])
            ),
            default=cutoff_s,
        )
        return replace(self.everything.take(kept), since_s=since_s)


def select_known(
    incidents: DataFrame,
    crime_types: tuple[str, ...],
    *,
    grid: Grid,
    cutoff: dt.datetime,
    reporting_lag_days: int,
) -> KnownIncidents:
    """Return the incidents of some types that were known at the cut-off and have a weight.

    Known is what was reported before; without a report time, what ended
    ``reporting_lag_days`` before. See `known_at`.

    Parameters
    ----------
    incidents
        The INCIDENTS table.
    crime_types
        Types to take.
    grid
        The study's grid.
    cutoff
        Aware UTC time.
    reporting_lag_days
        Days from the end of the occurrence window until an incident without report time is known.

    Raises
    ------
    FeatureError
        The cut-off has no time zone.
    """
    records = IncidentRecords.of(incidents, grid=grid, reporting_lag_days=reporting_lag_days)
    return records.select(crime_types, cutoff)


def _regular_since(occurred_s: Seconds) -> int:
    """Return the first moment of regular delivery: a few stray old dates do not count.

    A rare type, whose first incident came late, is not taken for one with a short history, since
    all types of a source count.

    Back from the newest incident, a block of 28 days is regular when it holds a tenth of what the
    block of the median incident holds; at least half of all blocks since must be regular.
    """
    block = (occurred_s.max() - occurred_s) // _BLOCK_S
    counts = np.bincount(block)
    numbers = np.flatnonzero(counts)
    counts = counts[numbers]
    typical = np.median(np.repeat(counts, counts))
    regular = numbers[counts >= _REGULAR_SHARE * typical]
    steady = np.arange(1, regular.size + 1) >= _STEADY_SHARE * (regular + 1)
    return int(occurred_s[block == regular[steady][-1]].min())
