"""Slow, obvious planning: the oracle."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
from collections import Counter


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


def broken_rules(made, grid, calendar, date, settings, *, past_days, excluded, part_of, parts):
    """Return every rule that a plan breaks, judged from its rows alone, the slow way.

    ``past_days`` has, for each cell, the other days on which it was used; ``excluded`` the cells
    of each shift that nobody may patrol; ``part_of`` the neighbourhood of each cell.
    """
    caps, broken = settings.caps, []
    shifts = {shift.name: shift for shift in calendar.shifts_on(date)}
    rows = [
        {**row, "cells": [tuple(cell) for cell in json.loads(row["cells"])]}
        for row in made.assignments.drop(columns="geometry").to_dict("records")
    ]
    for row in rows:
        hours = shifts[row["shift"]].hours
        needed = row["minutes"] / 60 + max(row["visits"] - 1, 0) * caps.visit_gap_hours
        broken += [
            name for name, wrong in {
                "visit length": row["visit_minutes"] > caps.visit_limit_minutes,
                "visits": row["visits"] > caps.visits_per_shift,
                "minutes": row["minutes"] != row["visits"] * row["visit_minutes"],
                "shift length": needed > hours + 1e-9,
                "district": any(
                    grid.district_ids[grid.district[cell]] != row["district_id"]
                    for cell in row["cells"]
                ),
                "size": len(row["cells"]) > settings.box_cells,
                "joined": not joined(row["cells"]),
                "excluded": bool(set(row["cells"]) & excluded.get(row["shift"], set())),
                "week": any(crowded(past_days.get(c, set()), date, 7, caps.recurrence_days)
                            for c in row["cells"]),
                "month": any(crowded(past_days.get(c, set()), date, 28, caps.recurrence_28_days)
                             for c in row["cells"]),
            }.items() if wrong
        ]  # fmt: skip
    for name in shifts:
        of_shift = [row for row in rows if row["shift"] == name]
        for one, two in itertools.combinations(of_shift, 2):
            if not all(
                may_stand_together(grid, caps, first, second)
                for first, second in itertools.product(one["cells"], two["cells"])
            ):
                broken.append("spacing")
        broken += _sums(of_shift, settings, shifts[name], part_of, parts)
    minutes = Counter()
    for row in rows:
        for cell in row["cells"]:
            minutes[cell] += row["minutes"]
    broken += ["minutes a day" for given in minutes.values() if given > caps.minutes_per_day]
    return broken + _visits(made, rows, shifts, settings)


def joined(cells) -> bool:
    """Judge whether cells hang together by their edges."""
    reached, waiting = {cells[0]}, [cells[0]]
    while waiting:
        row, column = waiting.pop()
        for near in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if near in cells and near not in reached:
                reached.add(near)
                waiting.append(near)
    return len(reached) == len(cells) == len(set(cells))


def crowded(days, date, window, most) -> bool:
    """Judge whether use on ``date`` makes more than ``most`` days of any window that holds it."""
    used = (days - {date}) | {date}
    return any(
        sum(first <= day < first + dt.timedelta(days=window) for day in used) > most
        for first in (date - dt.timedelta(days=back) for back in range(window))
    )


def _sums(of_shift, settings, shift, part_of, parts) -> list[str]:
    caps, broken = settings.caps, []
    boxes = Counter(part_of.get(row["cells"][0]) for row in of_shift)
    boxes.pop(None, None)
    allowed = max(1, math.floor(caps.neighbourhood_share * len(of_shift) + 1e-9))
    if parts * caps.neighbourhood_share >= 2:
        broken += ["neighbourhood" for count in boxes.values() if count > allowed]
    units = Counter(row["unit"] for row in of_shift if row["unit"])
    broken += ["boxes of a unit" for count in units.values() if count > caps.boxes_per_unit]
    roster = {unit.id: unit for unit in settings.units}
    if roster:
        for name in units:
            unit = roster[name]
            mine = [row for row in of_shift if row["unit"] == name]
            given = sum(row["minutes"] for row in mine)
            free = unit.minutes or shift.hours * 60 * settings.uncommitted_share
            if given > free + 1e-9 or (unit.shifts and shift.name not in unit.shifts):
                broken.append("minutes of a unit")
            if any(row["district_id"] != unit.district for row in mine):
                broken.append("district of a unit")
    return broken


def _visits(made, rows, shifts, settings) -> list[str]:
    broken, by_id = [], {row["assignment_id"]: row for row in rows}
    per_box, per_unit = {}, {}
    for visit in made.visits:
        row = by_id[visit["assignment_id"]]
        shift = shifts[row["shift"]]
        if visit["starts_at"] < shift.start or visit["ends_at"] > shift.end:
            broken.append("visit outside the shift")
        if row["unit"] != visit["unit"]:
            broken.append("visit by another unit")
        per_box.setdefault(visit["assignment_id"], []).append(visit)
        per_unit.setdefault((row["shift"], visit["unit"]), []).append(visit)
    gap = dt.timedelta(hours=settings.caps.visit_gap_hours)
    for visits in per_box.values():
        visits.sort(key=lambda visit: visit["starts_at"])
        for one, two in itertools.pairwise(visits):
            if two["starts_at"] - one["ends_at"] < gap:
                broken.append("visit gap")
    per_cell = {}
    for visit in made.visits:
        for cell in by_id[visit["assignment_id"]]["cells"]:
            per_cell.setdefault(cell, []).append(visit)
    for visits in per_cell.values():
        visits.sort(key=lambda visit: visit["starts_at"])
        for one, two in itertools.pairwise(visits):
            if two["starts_at"] - one["ends_at"] < gap:
                broken.append("visit gap on a cell, over the shifts of the day")
    for visits in per_unit.values():
        visits.sort(key=lambda visit: visit["starts_at"])
        for one, two in itertools.pairwise(visits):
            if two["starts_at"] < one["ends_at"]:
                broken.append("two places at once")
    for row in rows:
        if len(per_box.get(row["assignment_id"], [])) != row["visits"]:
            broken.append("visits counted")
    return broken
