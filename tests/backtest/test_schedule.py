"""Windows and the blocks that one fit serves."""

import datetime as dt

import pytest

from evenbeat.core.backtest.schedule import HORIZONS, Schedule
from evenbeat.core.errors import BacktestError

FIRST, LAST = dt.date(2017, 3, 1), dt.date(2017, 5, 31)


@pytest.mark.parametrize(
    ("horizon", "n_windows"),
    [("shift", 276), ("day", 92), ("week", 13), ("2-weeks", 6), ("month", 3), ("2-months", 1),
     ("3-months", 1)],
)  # fmt: skip
def test_schedule__windows_tile_the_days(horizon, n_windows):
    schedule = Schedule(FIRST, LAST, horizon, 28, 3)
    assert len(schedule.facts.dates) == n_windows
    start, number = FIRST, 0
    for block in schedule.blocks:
        assert (block.first, block.first_window) == (start, number)
        start = block.last + dt.timedelta(days=1)
        number += len(block.window_days) * (3 if horizon == "shift" else 1)
    assert number == n_windows
    assert start <= LAST + dt.timedelta(days=1)


def test_schedule__a_fit_serves_no_longer_than_asked():
    schedule = Schedule(FIRST, LAST, "week", 28, 3)
    assert [len(block.window_days) for block in schedule.blocks] == [4, 4, 4, 1]
    assert all(sum(b.window_days) <= 28 for b in schedule.blocks)
    months = Schedule(FIRST, LAST, "month", 28, 3)
    assert [block.window_days for block in months.blocks] == [(31,), (30,), (31,)]


def test_schedule__refusals():
    with pytest.raises(BacktestError, match="No horizon is called 'year'"):
        Schedule(FIRST, LAST, "year", 28, 3)
    with pytest.raises(BacktestError, match="No whole window"):
        Schedule(FIRST, FIRST, "week", 28, 3)
    with pytest.raises(BacktestError, match="refit_days"):
        Schedule(FIRST, LAST, "day", 0, 3)
    assert set(HORIZONS) >= {"shift", "day", "week", "2-weeks"}
