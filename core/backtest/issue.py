"""The models of one crime type for a block of windows: what they expect, and what happened."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

import numpy as np
import numpy.typing as npt

from evenbeat.core.backtest.schedule import Block
from evenbeat.core.backtest.subject import Backtest, gather_rows
from evenbeat.core.features import SpanPredictors, Study, Timeline
from evenbeat.core.features.knowledge import KnownIncidents
from evenbeat.core.forecast.fit import learn_type
from evenbeat.core.forecast.totals import expect_totals, tally_beside, tally_cells, tally_totals
from evenbeat.core.models.kinds import BASELINES, KINDS
from evenbeat.core.models.profile import Aggregate
from evenbeat.core.models.selection import Choice

Floats = npt.NDArray[np.float64]

INTERVAL = 0.9


class Issue:
    """The models of one crime type for a block, and what they expect of its windows.

    Parameters
    ----------
    backtest, block
        What is tested.
    study, later
        What the fit knows, and the same study for the days that follow.
    name, choice
        The crime type and its kind of model.
    """

    def __init__(
        self, backtest: Backtest, study: Study, later: Study, name: str, block: Block,
        choice: Choice,
    ) -> None:  # fmt: skip
        self.name, self._study, self.grid = name, later, backtest.grid
        training, days = gather_rows(backtest, study, name)
        self.fitted = learn_type(study, backtest.settings, name, training, days, choice)
        self.counts = [KINDS[key].model(0).fit(training) for key in BASELINES]
        self.n_shifts = len(backtest.calendar)
        self._window_of_day = np.repeat(np.arange(len(block.window_days)), block.window_days)
        self._shift_windows = backtest.schedule.length.by_shift
        n_windows = len(block.window_days) * (self.n_shifts if self._shift_windows else 1)
        self._district = self.grid.district.ravel()[self.grid.inside_index]
        self.expected = np.zeros((1 + len(self.counts), n_windows, self.grid.n_inside))
        n_days, n_districts = self._window_of_day.size, len(self.grid.district_ids)
        self.by_shift = np.zeros((n_days, self.n_shifts, n_districts))

    def window(self, day: int, shift: int) -> int:
        """Return the window that a shift belongs to."""
        if self._shift_windows:
            return day * self.n_shifts + shift
        return int(self._window_of_day[day])

    def expect(self, first: int, span: SpanPredictors) -> None:
        """Add what is expected of some days, of which the first has this number in the block."""
        part = span.timeline
        totals = expect_totals(
            self.fitted.profile, self._study, self.name, part, settling=self.fitted.settling
        )
        matrix = span.empty_matrix()
        for day, shift in np.ndindex(part.n_days, self.n_shifts):
            span.fill(day, shift, matrix)
            window = self.window(first + day, shift)
            told = self.fitted.spread(matrix, totals[day, shift], self._district)
            self.expected[0, window] += told
            self.by_shift[first + day, shift] = np.bincount(
                self._district, told, minlength=self.by_shift.shape[2]
            )
            for position, count in enumerate(self.counts, start=1):
                self.expected[position, window] += count.expected_counts(matrix)

    @cached_property
    def happened(self) -> KnownIncidents:
        """Return the incidents of the type as they are known today."""
        return self._study.later(dt.datetime(9999, 1, 1, tzinfo=dt.UTC)).known(self.name)

    def observe(self, timeline: Timeline) -> Floats:
        """Return what happened, shape ``(windows, cells)``."""
        slots = tally_cells(self.happened, self.grid, timeline)
        out = np.zeros(self.expected.shape[1:])
        for day, shift in np.ndindex(timeline.n_days, self.n_shifts):
            out[self.window(day, shift)] += slots[[day * self.n_shifts + shift]].toarray()[0]
        return out

    def observe_beside(self, timeline: Timeline) -> Floats:
        """Return what happened in the jurisdiction but in no cell, shape ``(windows,)``."""
        out = np.zeros(self.expected.shape[1])
        beside = tally_beside(self.happened, self.grid, timeline)
        for day, shift in np.ndindex(beside.shape):
            out[self.window(day, shift)] += beside[day, shift]
        return out

    def coverage(self, timeline: Timeline) -> dict[str, list[int]]:
        """Return of how many totals the prediction interval held what happened, and of how many."""
        seen = tally_totals(self.happened, self.grid, timeline)
        found: dict[str, list[int]] = {}
        totals: tuple[tuple[Aggregate, Floats, Floats], ...] = (
            ("district-shift", self.by_shift, seen),
            ("jurisdiction-day", self.by_shift.sum(axis=(1, 2)), seen.sum(axis=(1, 2))),
        )
        for name, expected, observed in totals:
            low, high = self.fitted.profile.interval(expected, INTERVAL, of=name)
            within = (np.round(observed) >= low) & (np.round(observed) <= high)
            found[name.replace("-", "_")] = [int(within.sum()), int(within.size)]
        return found
