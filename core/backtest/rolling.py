"""Issue the forecasts of one block of windows from the past alone, and score them.

Blocks know nothing of each other, so that they may be done in any order, on any machine, with the
same bits as a result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.backtest.budgets import Budget
from evenbeat.core.backtest.schedule import Block, Schedule
from evenbeat.core.backtest.scores import Scores
from evenbeat.core.backtest.scoring import score_windows
from evenbeat.core.config import AgencySettings, ModelSettings
from evenbeat.core.features import (
    Catalogue,
    Layers,
    SpanPredictors,
    Study,
    Timeline,
    list_place_measures,
    list_undated_layers,
)
from evenbeat.core.features.knowledge import IncidentRecords, KnownIncidents
from evenbeat.core.features.span import MOST_DAYS
from evenbeat.core.forecast.fit import choose_kind, gather_training, learn_type
from evenbeat.core.forecast.totals import expect_totals, tally_cells, tally_totals
from evenbeat.core.grid import Grid
from evenbeat.core.models.kinds import BASELINES, KINDS
from evenbeat.core.models.profile import Aggregate
from evenbeat.core.models.selection import Choice
from evenbeat.core.shifts import ShiftCalendar

Floats = npt.NDArray[np.float64]

MODEL = "evenbeat"
INTERVAL = 0.9
MODELS: tuple[str, ...] = (MODEL, *BASELINES)


@dataclass(frozen=True, eq=False)
class Backtest:
    """Everything that the blocks of a back-test share.

    Parameters
    ----------
    grid, calendar, agency
        Where, when, and whose holidays.
    incidents
        Records with training weights; only what was known at a cut-off is looked at.
    layers
        Places, events and weather.
    settings
        The ``[model]`` section; its crime types are tested, its lag is the gap.
    schedule
        The windows.
    budgets
        How many cells are flagged.
    severity
        Weight of each crime type, for all types together.
    """

    grid: Grid
    calendar: ShiftCalendar
    agency: AgencySettings
    incidents: IncidentRecords
    layers: Layers
    settings: ModelSettings
    schedule: Schedule
    budgets: tuple[Budget, ...]
    severity: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class TypeResult:
    """What a block found out about one crime type.

    Parameters
    ----------
    scores
        Of every model.
    facts
        Kind and version of the model, the reason, and how many totals their intervals covered.
    observed_cells, hit_cells
        Incidents of the block in each inside cell, and those that the first model flagged at each
        budget, shapes ``(cells,)`` and ``(budgets, cells)``.
    issued
        The model's forecasts, shape ``(windows, cells)``, float32.
    """

    scores: Scores
    facts: dict[str, Any]
    observed_cells: Floats
    hit_cells: Floats
    issued: npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class BlockResult:
    """What a block found out.

    Parameters
    ----------
    number
        Of the block.
    types
        By crime type.
    severity
        Scores of all types together, weighted by severity.
    """

    number: int
    types: dict[str, TypeResult] = field(default_factory=dict)
    severity: Scores | None = None

    def without_forecasts(self) -> BlockResult:
        """Return the result without the issued forecasts, which are large."""
        types = {
            name: replace(found, issued=found.issued[:0]) for name, found in self.types.items()
        }
        return BlockResult(self.number, types, self.severity)


def choose_for(backtest: Backtest, date: dt.date, crime_type: str) -> Choice:
    """Return the kind of model of a crime type, chosen on what was known at a date's midnight.

    Parameters
    ----------
    backtest
        What is tested.
    date
        Its local midnight is the cut-off.
    crime_type
        One of the tested types.
    """
    training, _ = _training(backtest, _study(backtest, date), crime_type)
    return choose_kind(training, backtest.settings)


def run_block(backtest: Backtest, block: Block, choices: Mapping[str, Choice]) -> BlockResult:
    """Fit at the block's first midnight, forecast each of its windows, and score them.

    Parameters
    ----------
    backtest
        What is tested.
    block
        Which windows.
    choices
        The kind of model of each crime type, chosen on a past that is not later than the block.
    """
    study = _study(backtest, block.first)
    timeline = Timeline.of_windows(
        backtest.calendar, block.first, block.window_days, gap_days=backtest.schedule.gap_days
    )
    later = study.later(timeline.cutoff(timeline.n_days - 1))
    issues = {
        name: _Issue(backtest, study, later, name, block, choices[name])
        for name in backtest.settings.crime_types
    }
    for first in range(0, timeline.n_days, MOST_DAYS):
        part = timeline.part(first, min(first + MOST_DAYS, timeline.n_days))
        span: SpanPredictors | None = None
        for name, issue in issues.items():
            span = later.span_predictors(name, part, alongside=span)
            issue.expect(first, span)
    result = BlockResult(block.number)
    weighted, happened = np.zeros(()), np.zeros(())
    for name, issue in issues.items():
        observed = issue.observe(timeline)
        result.types[name] = _score(backtest, block, timeline, issue, observed)
        weight = backtest.severity.get(name, 0.0)
        weighted, happened = weighted + weight * issue.expected, happened + weight * observed
    if len(result.types) > 1:
        scores = _score_windows(backtest, block, timeline, weighted, happened)
        return BlockResult(block.number, result.types, scores)
    return result


def _study(backtest: Backtest, date: dt.date) -> Study:
    """Return the study at the local midnight of a date, or as many days before as the gap is."""
    known = date - dt.timedelta(days=backtest.schedule.gap_days)
    cutoff = dt.datetime.combine(known, dt.time(), backtest.calendar.zone).astimezone(dt.UTC)
    layers, settings = backtest.layers, backtest.settings
    catalogue = Catalogue(
        settings.history_days, list_place_measures(layers, cutoff),
        list_undated_layers(layers, cutoff),
    )  # fmt: skip
    return Study(
        backtest.grid, backtest.agency, backtest.incidents, layers, catalogue, cutoff,
        settings.reporting_lag_days,
    )  # fmt: skip


def _training(backtest: Backtest, study: Study, name: str) -> Any:
    return gather_training(
        study, backtest.calendar, backtest.settings, name,
        window_days=backtest.schedule.length.days, gap_days=backtest.schedule.gap_days,
    )  # fmt: skip


class _Issue:
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
        training, days = _training(backtest, study, name)
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


def _score(
    backtest: Backtest, block: Block, timeline: Timeline, issue: _Issue, observed: Floats
) -> TypeResult:
    scores = _score_windows(backtest, block, timeline, issue.expected, observed)
    hits = np.zeros((len(backtest.budgets), backtest.grid.n_inside))
    for position, cells in enumerate(scores.flagged):
        for window, flagged in enumerate(cells[0]):
            hits[position, flagged] += observed[window, flagged]
    fitted = issue.fitted
    facts = {
        "kind": fitted.model.kind, "version": fitted.version, "why": fitted.card["why"],
        "cutoff": fitted.card["cutoff"], "coverage": issue.coverage(timeline),
    }  # fmt: skip
    return TypeResult(
        scores, facts, observed.sum(axis=0), hits, issue.expected[0].astype(np.float32)
    )


def _score_windows(
    backtest: Backtest, block: Block, timeline: Timeline, expected: Any, observed: Any
) -> Scores:
    n_shifts = len(timeline.calendar)
    if backtest.schedule.length.by_shift:
        starts = timeline.edges_s[:-1]
    else:
        opening = np.cumsum([0, *block.window_days[:-1]])
        starts = timeline.edges_s[opening * n_shifts]
    return score_windows(
        expected=expected, observed=observed, models=MODELS, budgets=backtest.budgets,
        grid=backtest.grid, window_starts_s=starts, first_window=block.first_window,
        seed=backtest.settings.seed,
    )  # fmt: skip
