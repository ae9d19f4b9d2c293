"""Issue the forecasts of one block of windows from the past alone, and score them.

Blocks know nothing of each other, so that they may be done in any order, on any machine, with the
same bits as a result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.backtest.issue import Issue
from evenbeat.core.backtest.schedule import Block
from evenbeat.core.backtest.scores import Scores
from evenbeat.core.backtest.scoring import score_windows
from evenbeat.core.backtest.subject import MODELS, Backtest, gather_rows, study_at
from evenbeat.core.features import SpanPredictors, Timeline
from evenbeat.core.features.span import MOST_DAYS
from evenbeat.core.forecast.fit import choose_kind
from evenbeat.core.models.selection import Choice
from evenbeat.core.progress import progress_here

Floats = npt.NDArray[np.float64]


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
    tell, title = progress_here(), crime_type.replace("_", " ")
    tell(f"{title}: drawing rows", 0.0)
    training, _ = gather_rows(backtest, study_at(backtest, date), crime_type)
    return choose_kind(
        training, backtest.settings,
        progress=lambda stage, fraction: tell(f"{title}: {stage}", 0.2 + 0.8 * fraction),
    )  # fmt: skip


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
    study = study_at(backtest, block.first)
    timeline = Timeline.of_windows(
        backtest.calendar, block.first, block.window_days, gap_days=backtest.schedule.gap_days
    )
    later = study.later(timeline.cutoff(timeline.n_days - 1))
    tell, names, issues = progress_here(), backtest.settings.crime_types, {}
    for number, name in enumerate(names):
        tell(f"from {block.first}: fitting {name.replace('_', ' ')}", 0.6 * number / len(names))
        issues[name] = Issue(backtest, study, later, name, block, choices[name])
    for first in range(0, timeline.n_days, MOST_DAYS):
        tell(f"from {block.first}: forecasting", 0.6 + 0.4 * first / timeline.n_days)
        part = timeline.part(first, min(first + MOST_DAYS, timeline.n_days))
        span: SpanPredictors | None = None
        for name, issue in issues.items():
            span = later.span_predictors(name, part, alongside=span)
            issue.expect(first, span)
    result = BlockResult(block.number)
    weighted, happened, elsewhere = np.zeros(()), np.zeros(()), np.zeros(())
    for name, issue in issues.items():
        observed, beside = issue.observe(timeline), np.zeros(issue.expected.shape[1])
        if backtest.counts_beside:
            beside = issue.observe_beside(timeline)
        result.types[name] = _score(backtest, block, timeline, issue, observed, beside)
        weight = backtest.severity.get(name, 0.0)
        weighted, happened = weighted + weight * issue.expected, happened + weight * observed
        elsewhere = elsewhere + weight * beside
    if len(result.types) > 1:
        scores = _score_windows(backtest, block, timeline, weighted, happened, elsewhere)
        return BlockResult(block.number, result.types, scores)
    return result


def join_scores(results: Sequence[BlockResult], crime_type: str) -> Scores:
    """Return the scores of a crime type over all windows."""
    return Scores.concatenate([result.types[crime_type].scores for result in results])


def _score(
    backtest: Backtest, block: Block, timeline: Timeline, issue: Issue, observed: Floats,
    beside: Floats,
) -> TypeResult:  # fmt: skip
    scores = _score_windows(backtest, block, timeline, issue.expected, observed, beside)
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
    backtest: Backtest, block: Block, timeline: Timeline, expected: Any, observed: Any,
    beside: Any,
) -> Scores:  # fmt: skip
    n_shifts = len(timeline.calendar)
    if backtest.schedule.length.by_shift:
        starts = timeline.edges_s[:-1]
    else:
        opening = np.cumsum([0, *block.window_days[:-1]])
        starts = timeline.edges_s[opening * n_shifts]
    return score_windows(
        expected=expected, observed=observed, beside=beside, models=MODELS,
        budgets=backtest.budgets, grid=backtest.grid, window_starts_s=starts,
        first_window=block.first_window, seed=backtest.settings.seed,
    )  # fmt: skip
