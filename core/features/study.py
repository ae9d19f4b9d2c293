"""Features of a study at a cut-off: rows to train on, or every cell of a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import AgencySettings
from evenbeat.core.features.catalogue import Catalogue
from evenbeat.core.features.declarations import HistorySum, Layout
from evenbeat.core.features.happenings import assume_dates, measure_events
from evenbeat.core.features.history import gather_sum, scale_up, shares_by_shift
from evenbeat.core.features.knowledge import IncidentRecords, KnownIncidents
from evenbeat.core.features.layers import Layers
from evenbeat.core.features.moments import measure_moments
from evenbeat.core.features.places import PlaceSurfaces
from evenbeat.core.features.predictors import DayPredictors, Matrix
from evenbeat.core.features.span import SpanPredictors
from evenbeat.core.features.sums import RELATED, SINGLE
from evenbeat.core.features.timeline import Rows, Timeline
from evenbeat.core.features.weather import assume_issued
from evenbeat.core.grid import Grid
from evenbeat.core.progress import Progress, silent

if TYPE_CHECKING:
    from pandas import DataFrame

_PLACES_REFRESH_DAYS = 28


def list_undated_layers(layers: Layers, cutoff: dt.datetime) -> tuple[str, ...]:
    """Return the layers of which something counts as known whose announcement has no date."""
    assumed = {
        "events": assume_dates(layers.events, cutoff),
        "weather": assume_issued(layers.weather, cutoff),
    }
    return tuple(name for name, is_assumed in assumed.items() if is_assumed)


@dataclass(frozen=True, eq=False)
class Study:
    """Everything that features are made of, seen from one cut-off.

    Parameters
    ----------
    grid
        The study's grid.
    agency
        Whose holidays count.
    incidents
        The INCIDENTS table, or records made of it on this grid with this lag; what was not known
        at the cut-off is never looked at.
    layers
        Places, events and weather.
    catalogue
        The features.
    cutoff
        Aware UTC time.
    reporting_lag_days
        For incidents without a report time.
    earlier
        The same study at an earlier cut-off, whose word on when deliveries became regular holds.

    Raises
    ------
    FeatureError
        A layer is in another CRS than the grid.
    """

    grid: Grid
    agency: AgencySettings
    incidents: DataFrame | IncidentRecords
    layers: Layers
    catalogue: Catalogue
    cutoff: dt.datetime
    reporting_lag_days: int = 0
    earlier: Study | None = None
    _known: dict[tuple[str, ...], KnownIncidents] = field(default_factory=dict, init=False)
    _surfaces: list[PlaceSurfaces] = field(default_factory=list, init=False)
    _moments: dict[tuple[dt.date, bytes], Matrix] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.layers.require_crs(self.grid.crs)
        self._surfaces.append(PlaceSurfaces(self.layers.places, self.grid))

    @cached_property
    def records(self) -> IncidentRecords:
        """Return the incidents as records."""
        if isinstance(self.incidents, IncidentRecords):
            return self.incidents
        return IncidentRecords.of(
            self.incidents, grid=self.grid, reporting_lag_days=self.reporting_lag_days
        )

    def known(self, *crime_types: str) -> KnownIncidents:
        """Return the incidents of some types that were known at the cut-off."""
        if crime_types not in self._known:
            found = self.records.select(crime_types, self.cutoff)
            if self.earlier is not None:
                found = replace(found, since_s=self.earlier.known(*crime_types).since_s)
            self._known[crime_types] = found
        return self._known[crime_types]

    def later(self, cutoff: dt.datetime) -> Study:
        """Return the study at a later cut-off, for days that follow one after the other.

        What each day may know is still up to the timeline; only the memory is shared.
        """
        return Study(
            self.grid, self.agency, self.records, self.layers, self.catalogue, cutoff,
            self.reporting_lag_days, self,
        )  # fmt: skip

    def moments(self, timeline: Timeline) -> Matrix:
        """Return the features that only vary by shift, shape ``(features, days, shifts)``."""
        key = (timeline.first, timeline.cutoffs_s.tobytes())
        if key not in self._moments:
            self._moments[key] = measure_moments(self.layers, self.agency, timeline)
        return self._moments[key]

    def row_matrix(self, crime_type: str, timeline: Timeline, rows: Rows) -> Matrix:
        """Return the features of rows, each from what its day's cut-off let one know.

        Returns
        -------
        Array of shape ``(features, rows)``.
        """
        parts = [
            self._sums(self.catalogue.sums, crime_type, timeline, rows),
            self._places(timeline, rows),
            measure_events(self.layers.events, grid=self.grid, timeline=timeline, rows=rows),
            self.moments(timeline)[:, rows.day, rows.shift],
        ]
        return np.concatenate(parts)

    def day_predictors(
        self, crime_types: tuple[str, ...], timeline: Timeline, *, progress: Progress = silent
    ) -> DayPredictors:
        """Return the features of every inside cell on the shifts of the timeline's only day."""
        cell, names = self.grid.inside_index, timeline.calendar.names
        n_cells, n_shifts = cell.size, len(names)
        zero = np.zeros(n_cells * n_shifts, dtype=np.int64)
        shift = np.repeat(np.arange(n_shifts), n_cells)
        by_shift = Rows(zero, shift, np.tile(cell, n_shifts))
        by_cell = Rows(zero[:n_cells], zero[:n_cells], cell)
        own, own_shift, related = (self._sums_of(layout) for layout in ("own", "own_shift",
                                                                        "shared"))  # fmt: skip
        histories, shift_histories = [], []
        for position, kind in enumerate(crime_types):
            histories.append(self._sums(own, kind, timeline, by_cell))
            shift_histories.append(
                self._sums(own_shift, kind, timeline, by_shift).reshape(-1, n_shifts, n_cells)
            )
            progress(f"features of {kind.replace('_', ' ')}", (position + 1) / len(crime_types))
        shared = [self._sums(related, crime_types[0], timeline, by_cell)]
        shared.append(self._places(timeline, by_cell))
        events = measure_events(
            self.layers.events, grid=self.grid, timeline=timeline, rows=by_shift
        )
        return DayPredictors(
            self.catalogue, crime_types, names, cell,
            {
                "own": np.stack(histories),
                "own_shift": np.stack(shift_histories),
                "shared": np.concatenate(shared),
                "shared_shift": events.reshape(-1, n_shifts, n_cells),
                "moment": self.moments(timeline)[:, 0],
            },
            self._scales(own, crime_types, timeline),
        )  # fmt: skip

    def span_predictors(
        self, crime_type: str, timeline: Timeline, *, alongside: SpanPredictors | None = None
    ) -> SpanPredictors:
        """Return the features of one crime type in every inside cell on the days of a timeline.

        Parameters
        ----------
        crime_type
            Whose own history counts.
        timeline
            At most `span.MOST_DAYS` days keep the memory small.
        alongside
            The same days of another crime type: what is not of one type alone is taken from it.
        """
        cell, n_shifts, n_days = self.grid.inside_index, len(timeline.calendar), timeline.n_days
        day = np.arange(n_days).repeat(cell.size)
        by_cell = Rows(day, np.zeros_like(day), np.tile(cell, n_days))
        by_shift = Rows(
            np.arange(n_days).repeat(n_shifts * cell.size),
            np.tile(np.arange(n_shifts).repeat(cell.size), n_days),
            np.tile(cell, n_days * n_shifts),
        )
        blocks: dict[Layout, Matrix] = {
            "own": self._sums(self._sums_of("own"), crime_type, timeline, by_cell).reshape(
                -1, n_days, cell.size
            ),
            "own_shift": self._sums(
                self._sums_of("own_shift"), crime_type, timeline, by_shift
            ).reshape(-1, n_days, n_shifts, cell.size),
        }
        if alongside is not None:
            shared = {k: v for k, v in alongside.blocks.items() if not k.startswith("own")}
            return SpanPredictors(self.catalogue, timeline, cell, {**blocks, **shared})
        related = self._sums(self._sums_of("shared"), crime_type, timeline, by_cell)
        related = np.concatenate([related, self._places(timeline, by_cell)])
        events = measure_events(
            self.layers.events, grid=self.grid, timeline=timeline, rows=by_shift
        )
        blocks["shared"] = related.reshape(-1, n_days, cell.size)
        blocks["shared_shift"] = events.reshape(-1, n_days, n_shifts, cell.size)
        blocks["moment"] = self.moments(timeline)
        return SpanPredictors(self.catalogue, timeline, cell, blocks)

    def _sums_of(self, layout: str) -> tuple[HistorySum, ...]:
        return tuple(entry for entry in self.catalogue.sums if entry.feature.layout == layout)

    def _sums(
        self, entries: tuple[HistorySum, ...], crime_type: str, timeline: Timeline, rows: Rows
    ) -> Matrix:
        """Return sums over past incidents, shape ``(entries, rows)``."""
        out = np.empty((len(entries), len(rows)), dtype=np.float32)
        shares: npt.NDArray[np.float64] | None = None
        for position, entry in enumerate(entries):
            incidents = self.known(*_types_of(entry, crime_type))
            if entry.phase == "shift" and shares is None:
                shares = shares_by_shift(incidents, timeline)
            out[position] = gather_sum(
                entry, incidents, grid=self.grid, timeline=timeline, rows=rows, shares=shares
            )
        return out

    def _places(self, timeline: Timeline, rows: Rows) -> Matrix:
        """Return the measures of places, as they stood within the 28 days before each cut-off."""
        out = np.empty((len(self.catalogue.places), len(rows)), dtype=np.float32)
        start = rows.starts(timeline.n_days)
        for first in range(0, timeline.n_days, _PLACES_REFRESH_DAYS):
            last = min(first + _PLACES_REFRESH_DAYS, timeline.n_days)
            part = slice(start[first], start[last])
            if part.start == part.stop:
                continue
            for position, entry in enumerate(self.catalogue.places):
                surface = self._surfaces[0].surface(entry, timeline.cutoff(first))
                out[position, part] = surface.ravel()[rows.cell[part]]
        return out

    def _scales(
        self, entries: tuple[HistorySum, ...], crime_types: tuple[str, ...], timeline: Timeline
    ) -> Matrix:
        scales = [
            [scale_up(entry, timeline, self.known(kind).since_s)[0] for entry in entries]
            for kind in crime_types
        ]
        return np.asarray(scales, dtype=np.float32)


def _types_of(entry: HistorySum, crime_type: str) -> tuple[str, ...]:
    """Return the crime types whose incidents a sum takes in."""
    return (entry.of,) if entry.of in SINGLE else RELATED.get(entry.of, (crime_type,))
