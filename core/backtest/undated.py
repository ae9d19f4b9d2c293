"""The same back-test with and without the layers that carry no dates.

A layer without dates is used as it is today, and may know a little of what came after a forecast.
How much that helps is seen by leaving it out of training and of forecasts alike.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from evenbeat.core.backtest.bootstrap import Resamples, rate_interval
from evenbeat.core.backtest.breakdowns import plain_number
from evenbeat.core.backtest.comparison import draw_windows, pair_numbers, rate_numbers
from evenbeat.core.backtest.likelihood import information_gain
from evenbeat.core.backtest.rolling import BlockResult, join_scores
from evenbeat.core.backtest.scores import Scores
from evenbeat.core.backtest.subject import MODEL, Backtest
from evenbeat.core.errors import BacktestError
from evenbeat.core.features import Layers, list_place_measures, list_undated_layers
from evenbeat.core.policy.features import require_category


@dataclass(frozen=True)
class Undated:
    """What carries no dates among the layers.

    Parameters
    ----------
    layers
        Which of ``events`` and ``weather`` hold rows whose time of announcement is assumed.
    places
        Categories of which at least one place has no date.
    """

    layers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.layers or self.places)

    def to_dict(self) -> dict[str, list[str]]:
        """Return the names as plain values."""
        return {name: list(found) for name, found in asdict(self).items()}


def find_undated(backtest: Backtest) -> Undated:
    """Return what carries no dates, of all that the last window could know."""
    last = backtest.schedule.blocks[-1].last
    cutoff = dt.datetime.combine(last, dt.time(), backtest.calendar.zone)
    measures = list_place_measures(backtest.layers, cutoff)
    return Undated(
        list_undated_layers(backtest.layers, cutoff),
        tuple(dict.fromkeys(category for category, _, dated in measures if not dated)),
    )


def leave_out_undated(backtest: Backtest) -> Backtest:
    """Return the same back-test without the layers, and categories of places, without dates.

    What is left out is in no feature: neither in training nor in a forecast nor in the choice of
    the kind of model.

    Raises
    ------
    BacktestError
        Everything has dates.
    """
    undated = find_undated(backtest)
    if not undated:
        raise BacktestError(
            "Every place, event and forecast of the weather carries its date, so there is nothing "
            "to leave out. Run again without --without-undated."
        )
    kept = backtest.layers
    places = kept.places
    if places is not None and undated.places:
        canonical = np.array([require_category(str(name)) for name in places["category"]])
        places = places[~np.isin(canonical, undated.places)]
    return replace(
        backtest,
        layers=Layers(
            places if places is not None and len(places) else None,
            None if "events" in undated.layers else kept.events,
            None if "weather" in undated.layers else kept.weather,
        ),
    )


def compare_undated(
    backtest: Backtest, results: Sequence[BlockResult], blind: Sequence[BlockResult]
) -> dict[str, Any]:
    """Return the figures of the model with and without what carries no dates, side by side.

    Parameters
    ----------
    backtest
        What was tested, nothing left out.
    results, blind
        Of every block: with everything, and of `leave_out_undated`.

    Returns
    -------
    dict
        Plain JSON values: ``left_out``, and by crime type ``with`` and ``without``, the ``paired``
        difference of the hits at each budget, and that of the information gain. Differences are
        with less without: what the undated layers seem to add.

    Raises
    ------
    BacktestError
        The two are not of the same windows and incidents.
    """
    return {
        "left_out": find_undated(backtest).to_dict(),
        "types": {
            name: _compare_type(backtest, results, blind, name)
            for name in backtest.settings.crime_types
        },
    }


def _compare_type(
    backtest: Backtest, results: Sequence[BlockResult], blind: Sequence[BlockResult], name: str
) -> dict[str, Any]:
    scores, without = join_scores(results, name), join_scores(blind, name)
    _require_same(scores, without)
    resamples = draw_windows(backtest.schedule.facts, backtest.settings.seed)
    ours, theirs = (one.hits[one.model(MODEL)] for one in (scores, without))
    return {
        "events": plain_number(scores.events.sum()),
        "with": _figures(backtest, scores, results, name, resamples),
        "without": _figures(backtest, without, blind, name, resamples),
        "paired": {
            key: pair_numbers(ours[:, index], theirs[:, index], scores.events, resamples)
            for index, key in enumerate(scores.budgets)
        },
        "gain": _pair_gains(scores, without, resamples),
    }


def _figures(
    backtest: Backtest, scores: Scores, results: Sequence[BlockResult], name: str,
    resamples: Resamples,
) -> dict[str, Any]:  # fmt: skip
    at = scores.model(MODEL)
    gain = information_gain(
        float(scores.log_sum[at].sum()), float(scores.expected[at].sum()),
        float(scores.observed.sum()), backtest.grid.n_inside * scores.n_windows,
    )  # fmt: skip
    return {
        "kinds": dict(Counter(result.types[name].facts["kind"] for result in results)),
        "gain_nats": plain_number(gain),
        "budgets": {
            key: {
                "hits": plain_number(scores.hits[at, :, index].sum()),
                **rate_numbers(scores.hits[at, :, index], scores.events, resamples),
            }
            for index, key in enumerate(scores.budgets)
        },
    }


def _pair_gains(scores: Scores, without: Scores, resamples: Resamples) -> dict[str, Any]:
    """Return the difference of the information gains, in nats an incident.

    The uniform reference is the same for both and drops out.
    """
    ours, theirs = (
        one.log_sum[one.model(MODEL)] - one.expected[one.model(MODEL)] for one in (scores, without)
    )
    gap = rate_interval(ours - theirs, scores.observed, resamples)
    return {
        "difference_nats": plain_number(gap.estimate),
        "difference_low": plain_number(gap.low),
        "difference_high": plain_number(gap.high),
    }


def _require_same(scores: Scores, without: Scores) -> None:
    alike = (
        scores.budgets == without.budgets
        and np.array_equal(scores.window_starts_s, without.window_starts_s)
        and np.array_equal(scores.events, without.events)
    )
    if not alike:
        raise BacktestError(
            f"With and without undated layers must be tested on the same windows and incidents, "
            f"got {scores.n_windows} windows with {scores.events.sum():g} incidents and "
            f"{without.n_windows} with {without.events.sum():g}. Run both with --force."
        )
