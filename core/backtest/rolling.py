"""Issue the forecasts of one block of windows from the past alone, and score them.

Blocks know nothing of each other, so that they may be done in any order, on any machine, with the
same bits as a result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
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
from evenbeat.core.features.knowledge import IncidentRecords
from evenbeat.core.features.span import MOST_DAYS
from evenbeat.core.forecast.fit import choose_kind, gather_training, learn_type
from evenbeat.core.forecast.fitted import FittedType
from evenbeat.core.forecast.totals import expect_totals, tally_cells, tally_totals
from evenbeat.core.grid import Grid
from evenbeat.core.models.interface import FittedModel
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
    timeline = Timeline.of_windows(backtest.calendar, block.first, block.window_days)
    later = study.later(timeline.cutoff(timeline.n_days - 1))
    result = BlockResult(block.number)
    weighted: Any = 0.0
    happened: Any = 0.0
    alongside: dict[int, SpanPredictors] = {}
    for name in backtest.settings.crime_types:
        training, days = _training(backtest, study, name)
        fitted = learn_type(study, backtest.settings, name, training, days, choices[name])
        counts = [KINDS[key].model(0).fit(training) for key in BASELINES]
        del training
        issue = _Issue(backtest, later, name, timeline, block, alongside)
        expected, by_shift = issue.expect(fitted, counts)
        observed = issue.observe()
        result.types[name] = _score(backtest, block, issue, fitted, expected, observed, by_shift)
        weight = backtest.severity.get(name, 0.0)
        weighted, happened = weighted + weight * expected, happened + weight * observed
    if len(result.types) > 1:
        scores = _score_windows(backtest, block, timeline, weighted, happened)
        return BlockResult(block.number, result.types, scores)
    return result


def _study(backtest: Backtest, date: dt.date) -> Study:
    """Return the study at the local midnight of a date."""
    cutoff = dt.datetime.combine(date, dt.time(), backtest.calendar.zone).astimezone(dt.UTC)
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
        window_days=backtest.schedule.length.days,
    )  # fmt: skip


class _Issue:
    """The forecasts of one crime type for the windows of a block."""

    def __init__(
        self, backtest: Backtest, study: Study, name: str, timeline: Timeline, block: Block,
        alongside: dict[int, SpanPredictors],
    ) -> None:  # fmt: skip
        self.backtest, self.study, self.name = backtest, study, name
        self.timeline, self._alongside = timeline, alongside
        self.n_shifts = len(timeline.calendar)
        self.window_of_day = np.repeat(np.arange(len(block.window_days)), block.window_days)
        self.by_shift = backtest.schedule.length.by_shift
        self.n_windows = len(block.window_days) * (self.n_shifts if self.by_shift else 1)
        self.district = backtest.grid.district.ravel()[backtest.grid.inside_index]

    def window(self, day: int, shift: int) -> int:
        """Return the window that a shift belongs to."""
        return day * self.n_shifts + shift if self.by_shift else int(self.window_of_day[day])

    def expect(self, fitted: FittedType, counts: list[FittedModel]) -> tuple[Floats, Floats]:
        """Return expected counts, and what was expected of each shift and district.

        Returns
        -------
        Shapes ``(models, windows, cells)`` and ``(days, shifts, districts)``.
        """
        n_days, grid = self.timeline.n_days, self.backtest.grid
        expected = np.zeros((1 + len(counts), self.n_windows, grid.n_inside))
        by_shift = np.zeros((n_days, self.n_shifts, len(grid.district_ids)))
        for first in range(0, n_days, MOST_DAYS):
            part = self.timeline.part(first, min(first + MOST_DAYS, n_days))
            span = self.study.span_predictors(self.name, part, alongside=self._alongside.get(first))
            self._alongside.setdefault(first, span)
            totals = expect_totals(
                fitted.profile, self.study, self.name, part, settling=fitted.settling
            )
            matrix = span.empty_matrix()
            for day, shift in np.ndindex(part.n_days, self.n_shifts):
                span.fill(day, shift, matrix)
                window = self.window(first + day, shift)
                told = fitted.spread(matrix, totals[day, shift], self.district)
                expected[0, window] += told
                by_shift[first + day, shift] = np.bincount(
                    self.district, told, minlength=by_shift.shape[2]
                )
                for position, count in enumerate(counts, start=1):
                    expected[position, window] += count.expected_counts(matrix)
        return expected, by_shift

    def observe(self) -> Floats:
        """Return what happened, as it is known today, shape ``(windows, cells)``."""
        slots = tally_cells(self._everything(), self.backtest.grid, self.timeline)
        out = np.zeros((self.n_windows, self.backtest.grid.n_inside))
        for day, shift in np.ndindex(self.timeline.n_days, self.n_shifts):
            out[self.window(day, shift)] += slots[[day * self.n_shifts + shift]].toarray()[0]
        return out

    def coverage(self, fitted: FittedType, by_shift: Floats) -> dict[str, list[int]]:
        """Return of how many totals the prediction interval held what happened, and of how many."""
        seen = tally_totals(self._everything(), self.backtest.grid, self.timeline)
        found: dict[str, list[int]] = {}
        totals: tuple[tuple[Aggregate, Floats, Floats], ...] = (
            ("district-shift", by_shift, seen),
            ("jurisdiction-day", by_shift.sum(axis=(1, 2)), seen.sum(axis=(1, 2))),
        )
        for name, expected, observed in totals:
            low, high = fitted.profile.interval(expected, INTERVAL, of=name)
            within = (np.round(observed) >= low) & (np.round(observed) <= high)
            found[name.replace("-", "_")] = [int(within.sum()), int(within.size)]
        return found

    def _everything(self) -> Any:
        return self.study.later(dt.datetime(9999, 1, 1, tzinfo=dt.UTC)).known(self.name)


def _score(
    backtest: Backtest, block: Block, issue: _Issue, fitted: FittedType, expected: Floats,
    observed: Floats, by_shift: Floats,
) -> TypeResult:  # fmt: skip
    scores = _score_windows(backtest, block, issue.timeline, expected, observed)
    hits = np.zeros((len(backtest.budgets), backtest.grid.n_inside))
    for position, cells in enumerate(scores.flagged):
        for window, flagged in enumerate(cells[0]):
            hits[position, flagged] += observed[window, flagged]
    facts = {
        "kind": fitted.model.kind, "version": fitted.version, "why": fitted.card["why"],
        "cutoff": fitted.card["cutoff"], "coverage": issue.coverage(fitted, by_shift),
    }  # fmt: skip
    return TypeResult(scores, facts, observed.sum(axis=0), hits, expected[0].astype(np.float32))


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
