"""Slow, obvious planning: the oracle."""

from __future__ import annotations

import datetime as dt
import math


def may_stand_together(grid, caps, first, second) -> bool:
    """Judge two cells by the metres between their squares' centres and edges."""
    one, two = grid.box(*first), grid.box(*second)
    centres = math.dist(one.centroid.coords[0], two.centroid.coords[0]) * grid.metres_per_unit
    edges = one.distance(two) * grid.metres_per_unit
    return first != second and centres >= caps.spacing_m - 1e-3 and edges >= caps.buffer_m - 1e-3


def too_often(history, date, cell, most_days) -> bool:
    """Judge whether a box on ``date`` would make more than ``most_days`` of any 7 days."""
    days = {
        dt.date.fromisoformat(str(when)[:10])
        for when, row, column in zip(
            history["service_date"], history["row"], history["column"], strict=True
        )
        if (row, column) == cell
    } - {date}
    days.add(date)
    return any(
        sum(first <= day < first + dt.timedelta(days=7) for day in days) > most_days
        for first in (date - dt.timedelta(days=back) for back in range(7))
    )


def select(
    priority, grid, quota, caps, draw_of_cell, history, date
) -> dict[str, list[tuple[int, int]]]:
    """Take, again and again, the best cell that is still allowed."""
    cells = [
        (row, column)
        for row in range(grid.shape[0])
        for column in range(grid.shape[1])
        if grid.district[row, column] >= 0 and priority[row, column] > 0
    ]
    cells.sort(key=lambda cell: (-float(priority[cell]), draw_of_cell[cell]))
    chosen: dict[str, list[tuple[int, int]]] = {name: [] for name in grid.district_ids}
    taken: list[tuple[int, int]] = []
    for cell in cells:
        name = grid.district_ids[grid.district[cell]]
        if len(chosen[name]) >= quota[name] or too_often(history, date, cell, caps.recurrence_days):
            continue
        if all(may_stand_together(grid, caps, cell, other) for other in taken):
            chosen[name].append(cell)
            taken.append(cell)
    return chosen
