"""Slow, obvious rules of tours: the oracle."""

from __future__ import annotations

import datetime as dt
import itertools
import math

MINUTE = dt.timedelta(minutes=1)
SLACK = 1e-4


def straight_minutes(first, second, metres_per_unit, speed_kmh=25.0, detour=1.3):
    """Return minutes between two points, in words of school."""
    kilometres = math.dist(first, second) * metres_per_unit / 1000
    return kilometres * detour / speed_kmh * 60


def shortest_path(boxes, minutes):
    """Return the least travel through all boxes, of every order that there is."""
    return min(
        sum(minutes(a, b) for a, b in itertools.pairwise(order))
        for order in itertools.permutations(boxes)
    )


def fit_somehow(counts, *, minutes, visit_minutes, gap_hours, available, shift):
    """Judge whether one unit can make the visits in any choice of shortest rounds."""
    rounds = []
    for number in range(1, max(counts.values()) + 1):
        boxes = [box for box, count in counts.items() if count >= number]
        least = shortest_path(boxes, minutes)
        rounds.append([
            order for order in itertools.permutations(boxes)
            if sum(minutes(a, b) for a, b in itertools.pairwise(order)) <= least + 1e-9
        ])  # fmt: skip
    for way in itertools.product(*rounds):
        stops = [box for order in way for box in order]
        travel = [0.0, *(minutes(a, b) for a, b in itertools.pairwise(stops))]
        ends, now = {}, 0.0
        for box, before in zip(stops, travel, strict=True):
            start = now + before
            if box in ends:
                start = max(start, ends[box] + 60 * gap_hours)
            now = ends[box] = math.ceil(start - 1e-6) + visit_minutes
        used = sum(travel) + len(stops) * visit_minutes
        if now <= shift.hours * 60 + 1e-6 and used <= available + 1e-6:
            return True
    return False


def broken_rules(
    tours, *, minutes, visits, visit_minutes, gap_hours, units, shift, boxes_per_unit=6,
    not_before=None,
):  # fmt: skip
    """Return in words every rule that tours break.

    ``minutes(a, b)`` tells the travel between two boxes.
    """
    broken = []
    budget = dict(units)
    kept, lost = {}, {}
    for visit in tours.visits:
        kept.setdefault(visit.box, []).append(visit)
    for drop in tours.dropped:
        lost.setdefault(drop.box, []).append(drop)

    for box, wanted in enumerate(visits):
        mine = sorted(kept.get(box, []), key=lambda visit: visit.number)
        gone = sorted(drop.number for drop in lost.get(box, []))
        if [visit.number for visit in mine] + gone != list(range(1, wanted + 1)):
            broken.append(f"box {box}: visits are not accounted for")
        if len({visit.unit_id for visit in mine}) > 1:
            broken.append(f"box {box}: several units")
        for first, second in itertools.pairwise(mine):
            if (second.starts_at - first.ends_at) / MINUTE < gap_hours * 60 - SLACK:
                broken.append(f"box {box}: gap of {(second.starts_at - first.ends_at)}")
        release = None if not_before is None else not_before[box]
        if mine and release is not None and mine[0].starts_at < release:
            broken.append(f"box {box}: too soon")

    for unit_id, available in budget.items():
        mine = [visit for visit in tours.visits if visit.unit_id == unit_id]
        if [visit.position for visit in mine] != list(range(1, len(mine) + 1)):
            broken.append(f"{unit_id}: positions")
        if len({visit.box for visit in mine}) > boxes_per_unit:
            broken.append(f"{unit_id}: too many boxes")
        used = 0.0
        for visit in mine:
            if visit.starts_at < shift.start or visit.ends_at > shift.end:
                broken.append(f"{unit_id}: outside the shift")
            if visit.starts_at.tzinfo is None or visit.ends_at.tzinfo is None:
                broken.append(f"{unit_id}: times without a zone")
            if abs((visit.ends_at - visit.starts_at) / MINUTE - visit_minutes) > SLACK:
                broken.append(f"{unit_id}: length of a visit")
            if (visit.starts_at - shift.start) % MINUTE != dt.timedelta():
                broken.append(f"{unit_id}: not a whole minute")
            used += visit_minutes + visit.travel_minutes
        if mine and mine[0].travel_minutes != 0:
            broken.append(f"{unit_id}: travel before the first visit")
        for first, second in itertools.pairwise(mine):
            travel = minutes(first.box, second.box)
            if abs(second.travel_minutes - travel) > SLACK:
                broken.append(f"{unit_id}: travel of {second.travel_minutes}, not {travel}")
            if (second.starts_at - first.ends_at) / MINUTE < travel - SLACK:
                broken.append(f"{unit_id}: two places at once")
        if used > available + SLACK:
            broken.append(f"{unit_id}: {used} of {available} minutes")
        broken += unfair_drops(unit_id, tours, kept)
    if {visit.unit_id for visit in tours.visits} - set(budget):
        broken.append("a unit that is not on duty")
    return broken


def unfair_drops(unit_id, tours, kept):
    """Return the visits that a unit gave up while one with a higher number stayed."""
    at_unit = [visit.number for visit in tours.visits if visit.unit_id == unit_id]
    return [
        f"{unit_id}: dropped visit {drop.number} of box {drop.box}, kept {max(at_unit)}"
        for drop in tours.dropped
        if drop.unit_id == unit_id and at_unit and max(at_unit) > drop.number
    ]


def could_have_helped(tours, *, minutes, visit_minutes, units, shift, boxes_per_unit=6):
    """Return boxes without a visit that a unit with room had time for, each of its boxes once."""
    visited = {visit.box for visit in tours.visits}
    # Where a unit lost boxes of its own, it has no room.
    poor = {drop.unit_id for drop in tours.dropped if drop.number == 1}
    found = []
    for box in {drop.box for drop in tours.dropped} - visited:
        for unit_id, available in units:
            mine = {visit.box for visit in tours.visits if visit.unit_id == unit_id}
            if unit_id in poor or len(mine) >= boxes_per_unit:
                continue
            boxes = [*mine, box]
            used = len(boxes) * visit_minutes + shortest_path(boxes, minutes)
            generous = sum(
                math.ceil(visit_minutes + max(minutes(a, b) for b in boxes)) for a in boxes
            )
            if used <= available - SLACK and generous <= shift.hours * 60:
                found.append((box, unit_id))
    return found
