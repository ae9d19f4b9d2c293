"""Rows of a summary: by decile, by quarter, by district, by month."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.backtest.metrics import pai
from evenbeat.core.backtest.reliability import group_bins, observed_over_expected
from evenbeat.core.backtest.scores import Scores

Rows = list[dict[str, Any]]
Strings = npt.NDArray[np.str_]

_DIGITS = 6


def plain_number(value: float) -> float | int | None:
    """Return a number for JSON: 6 digits after the point, whole numbers as int, else None.

    Below 1 it keeps 6 significant digits; NaN and infinity become None.

    Examples
    --------
    >>> plain_number(1234.56789012), plain_number(0.000123456789), plain_number(12.0)
    (1234.56789, 0.000123457, 12)
    >>> plain_number(math.nan) is None
    True
    """
    if not math.isfinite(value):
        return None
    number = float(f"{value:.{_DIGITS}g}") if abs(value) < 1 else round(float(value), _DIGITS)
    return int(number) if number.is_integer() else number


def reliability_rows(scores: Scores, model: int) -> Rows:
    """Return ten groups of equal expected sum, from the lowest expected count to the highest."""
    groups = group_bins(
        scores.bin_expected[model], scores.bin_observed[model], scores.bin_cells[model]
    )
    return [
        {
            "expected": plain_number(expected),
            "observed": plain_number(observed),
            "cell_windows": int(cells),
        }
        for expected, observed, cells in zip(
            groups.expected, groups.observed, groups.cell_windows, strict=True
        )
    ]


def quarter_rows(scores: Scores, model: int, quarters: Strings) -> Rows:
    """Return observed and expected counts of each quarter."""
    return [
        {
            "quarter": str(quarter),
            **_level(
                scores.observed[quarters == quarter].sum(),
                scores.expected[model, quarters == quarter].sum(),
            ),
        }
        for quarter in np.unique(quarters)
    ]


def district_rows(scores: Scores, model: int, district_ids: tuple[str, ...]) -> Rows:
    """Return observed and expected counts of each district."""
    observed = scores.observed_by_district.sum(axis=0)
    expected = scores.expected_by_district[model].sum(axis=0)
    return [
        {"district": name, **_level(observed[index], expected[index])}
        for index, name in enumerate(district_ids)
    ]


def month_rows(scores: Scores, model: int, budget: int, months: Strings, area_share: float) -> Rows:
    """Return hits, events and PAI of each month for one budget."""
    rows: Rows = []
    for month in np.unique(months):
        hits = float(scores.hits[model, months == month, budget].sum())
        events = float(scores.events[months == month].sum())
        rows.append(
            {
                "month": str(month),
                "hits": plain_number(hits),
                "events": plain_number(events),
                "pai": plain_number(pai(hits, events, area_share)),
            }
        )
    return rows


def _level(observed: float, expected: float) -> dict[str, float | int | None]:
    return {
        "observed": plain_number(observed),
        "expected": plain_number(expected),
        "observed_over_expected": plain_number(observed_over_expected(observed, expected)),
    }
