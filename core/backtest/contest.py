"""The rules of the NIJ Real-Time Crime Forecasting Challenge of 2017.

Its two scores are PAI and PEI. N of PAI counts the crimes of the whole study area, also those that
lie in no cell; PEI knows only what cells could have caught.

References
----------
National Institute of Justice 2016, Real-Time Crime Forecasting Challenge posting,
https://nij.ojp.gov/funding/real-time-crime-forecasting-challenge-posting.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from evenbeat.core.backtest.budgets import Budget
from evenbeat.core.errors import BacktestError
from evenbeat.core.grid import Grid

_METRES_PER_FOOT = 0.3048
_SQUARE_FEET_PER_SQUARE_MILE = 5280.0**2
# The international and the US survey foot differ by 4 millionths in area.
_TOLERANCE = 1e-5


@dataclass(frozen=True)
class ContestRules:
    """What an entry had to keep to. Entries were in EPSG:2913; any projected grid will do here.

    Parameters
    ----------
    cell_area_sqft
        Smallest and largest area of a cell in square feet.
    flagged_area_sqmi
        Smallest and largest area flagged in all, in square miles.
    areas_sqmi
        The flagged areas that Evenbeat reports.
    horizons
        Length of each forecast: a name, and weeks or calendar months.
    """

    cell_area_sqft: tuple[float, float] = (62_500.0, 360_000.0)
    flagged_area_sqmi: tuple[float, float] = (0.25, 0.75)
    areas_sqmi: tuple[float, ...] = (0.25, 0.5, 0.75)
    horizons: Mapping[str, pd.DateOffset] = field(
        default_factory=lambda: {
            "1 week": pd.DateOffset(weeks=1),
            "2 weeks": pd.DateOffset(weeks=2),
            "1 month": pd.DateOffset(months=1),
            "2 months": pd.DateOffset(months=2),
            "3 months": pd.DateOffset(months=3),
        }
    )


RULES = ContestRules()


def require_contest(grid: Grid, horizon: str) -> None:
    """Refuse a grid or a horizon that the challenge did not admit.

    Raises
    ------
    BacktestError
        A cell is smaller than 62,500 or larger than 360,000 square feet.
        The horizon is none of the five.
        No whole number of cells makes a flagged area of 0.25 to 0.75 square miles.

    Examples
    --------
    >>> import numpy as np
    >>> grid = Grid("EPSG:2913", 600.0, 0.0, 60000.0, np.zeros((100, 100), np.int16))
    >>> require_contest(grid, "2 weeks")
    """
    area = _cell_area_sqft(grid)
    least, most = RULES.cell_area_sqft
    if not least * (1 - _TOLERANCE) <= area <= most * (1 + _TOLERANCE):
        raise BacktestError(
            f"A cell of the contest has {least:,.0f} to {most:,.0f} square feet, got {area:,.0f}. "
            f"Take square cells of {math.sqrt(least):.0f} to {math.sqrt(most):.0f} ft "
            "(77 to 182 m)."
        )
    _require_horizon(horizon)
    contest_budgets(grid)


def horizon_end(start: dt.date, horizon: str) -> dt.date:
    """Return the date on which a forecast from `start` is over, itself no longer in it.

    Raises
    ------
    BacktestError
        The horizon is none of the five.

    Examples
    --------
    >>> horizon_end(dt.date(2017, 3, 1), "3 months")
    datetime.date(2017, 6, 1)
    """
    _require_horizon(horizon)
    end: dt.date = (pd.Timestamp(start) + RULES.horizons[horizon]).date()
    return end


def contest_budgets(grid: Grid) -> tuple[Budget, ...]:
    """Return budgets of about 0.25, 0.5 and 0.75 square miles: whole cells within those limits.

    The smallest area is rounded up, the largest down, the middle one to the nearest.

    Raises
    ------
    BacktestError
        The grid has too few cells inside, or its cells are too large to stay within the limits.

    Examples
    --------
    >>> import numpy as np
    >>> grid = Grid("EPSG:2913", 600.0, 0.0, 60000.0, np.zeros((100, 100), np.int16))
    >>> [budget.n_cells for budget in contest_budgets(grid)]
    [20, 39, 58]
    """
    per_mile = _SQUARE_FEET_PER_SQUARE_MILE / _cell_area_sqft(grid)
    least, most = RULES.flagged_area_sqmi
    fewest = math.ceil(least * per_mile * (1 - _TOLERANCE))
    largest = math.floor(most * per_mile * (1 + _TOLERANCE))
    if not 1 <= fewest <= largest <= grid.n_inside:
        raise BacktestError(
            f"The contest flags {least} to {most} square miles, which is {fewest} to {largest} "
            f"cells; the grid has {grid.n_inside} inside. Take smaller cells or a larger area."
        )
    return tuple(
        Budget(
            f"{area:g} sq mi", f"nij_{area:g}", n_cells, area_share=n_cells / grid.n_inside
        )
        for area in RULES.areas_sqmi
        for n_cells in [min(max(round(area * per_mile), fewest), largest)]
    )  # fmt: skip


def _require_horizon(horizon: str) -> None:
    if horizon not in RULES.horizons:
        raise BacktestError(
            f"A forecast of the contest covers {', '.join(RULES.horizons)}; got {horizon!r}. "
            "Take one of these."
        )


def _cell_area_sqft(grid: Grid) -> float:
    return float((grid.cell_size_m / _METRES_PER_FOOT) ** 2)
