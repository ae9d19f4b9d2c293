"""Breaches: the caps judged anew on boxes as they stand, whoever made them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from evenbeat.core.planning.metering.caps import Rule, Separation, rested
from evenbeat.core.planning.metering.claims import Bounds, Breach, Claim, hours_between
from evenbeat.core.planning.metering.past import MONTH_DAYS, WEEK_DAYS, Cell

_EPSILON = 1e-6


def breaches(
    claims: Sequence[Claim], bounds: Bounds, *, about: Collection[str] | None = None
) -> list[Breach]:
    """Return every cap that the boxes of a day break.

    Parameters
    ----------
    claims
        All boxes of the day that stand.
    bounds
        The caps and what they need.
    about
        Name only breaches in which one of these boxes takes part; all by default.
    """
    separation = Separation(bounds.grid, bounds.caps)
    found = [
        breach
        for claim in claims
        if about is None or claim.box_id in about
        for breach in [*_dose(claim, bounds), *_place(claim, bounds, separation)]
    ]
    found += _together(claims, bounds, about, separation)
    found += _gaps(claims, bounds, about)
    found += _day(claims, bounds)
    if about is None:
        return found
    return [breach for breach in found if set(breach.box_ids) & set(about)]


def _dose(claim: Claim, bounds: Bounds) -> list[Breach]:
    """Judge one box's visits."""
    caps, shift = bounds.caps, bounds.shifts[claim.shift]
    hours = claim.visits * claim.visit_minutes / 60 + (claim.visits - 1) * claim.visit_gap_hours
    judged = [
        ("visit_limit", claim.visit_minutes, caps.visit_limit_minutes, "minutes a visit"),
        ("visits", claim.visits, caps.visits_per_shift, "visits a shift"),
        ("shift_length", hours, shift.hours, "hours for its visits and the gaps between them"),
    ]
    found = [
        _breach(rule, (claim.box_id,), given, limit, unit)
        for rule, given, limit, unit in judged
        if given > limit + _EPSILON
    ]
    if claim.visits > 1 and claim.visit_gap_hours < caps.visit_gap_hours - _EPSILON:
        found.append(
            Breach(
                "visit_gap", (claim.box_id,), claim.visit_gap_hours, caps.visit_gap_hours,
                f"{claim.box_id}: {claim.visit_gap_hours:g} hours between visits, at least "
                f"{caps.visit_gap_hours:g} are needed",
            )
        )  # fmt: skip
    return found


def _place(claim: Claim, bounds: Bounds, separation: Separation) -> list[Breach]:
    """Judge where one box lies and how often its cells were used before."""
    grid, caps = bounds.grid, bounds.caps
    height, width = grid.shape
    if any(not (0 <= r < height and 0 <= c < width) for r, c in claim.cells):
        return [_plain("outside", claim, "lies outside the grid")]
    rows, columns = (np.array(side) for side in zip(*claim.cells, strict=True))
    homes = {int(index) for index in grid.district[rows, columns]}
    names = {grid.district_ids[index] if index >= 0 else "" for index in homes}
    flat = {int(cell) for cell in rows * width + columns}
    found = []
    if names != {claim.district_id}:
        found.append(_plain("district", claim, f"is not wholly in district {claim.district_id}"))
    if flat & set(bounds.excluded.get(claim.shift, ())):
        found.append(_plain("excluded", claim, "lies in an area that is excluded from patrol"))
    held = set(bounds.held_out.get(claim.shift, ()))
    if flat & held:
        found.append(_plain("held_out", claim, "lies on a hold-out of this shift"))
    elif held and Rule.BUFFER & separation.rules_between(
        claim.cells, [divmod(cell, width) for cell in held]
    ):
        near = f"lies nearer than {caps.buffer_m:g} m to a hold-out of this shift"
        found.append(_plain("held_out", claim, near))
    week = int(bounds.past.most_days(WEEK_DAYS)[rows, columns].max()) + 1
    month = int(bounds.past.most_days(MONTH_DAYS)[rows, columns].max()) + 1
    for rule, given, limit, days in (
        ("recurrence", week, caps.recurrence_days, WEEK_DAYS),
        ("recurrence_28", month, caps.recurrence_28_days, MONTH_DAYS),
    ):
        if given > limit:
            found.append(_breach(rule, (claim.box_id,), given, limit, f"of {days} days"))
    if not rested(caps, bounds.shifts[claim.shift], bounds.past.last_end)[rows, columns].all():
        found.append(_plain("gap", claim, "was patrolled too short a time before"))
    return found


def _together(
    claims: Sequence[Claim], bounds: Bounds, about: Collection[str] | None, separation: Separation
) -> list[Breach]:
    """Judge pairs of boxes of the same shift: spacing and buffer."""
    found = []
    for first, second in itertools.combinations(claims, 2):
        if first.shift != second.shift:
            continue
        if about is not None and not {first.box_id, second.box_id} & set(about):
            continue
        rules = separation.rules_between(first.cells, second.cells)
        for rule in (Rule.SPACING, Rule.BUFFER):
            if rules & rule:
                limit = bounds.caps.spacing_m if rule is Rule.SPACING else bounds.caps.buffer_m
                found.append(
                    Breach(
                        str(rule.name).lower(), (first.box_id, second.box_id), 0.0, limit,
                        f"{first.box_id} and {second.box_id} lie nearer than {limit:g} m",
                    )
                )  # fmt: skip
    return found


def _gaps(claims: Sequence[Claim], bounds: Bounds, about: Collection[str] | None) -> list[Breach]:
    """Judge boxes of different shifts that share a cell: the gap between their visits.

    Visits that are planned must keep it. Where some are not, the unit chooses their times, and the
    later shift must be long enough for the first of them to wait, as in a plan.
    """
    of_cell: dict[Cell, list[Claim]] = {}
    for claim in sorted(claims, key=lambda one: (bounds.shifts[one.shift].start, one.box_id)):
        for cell in claim.cells:
            of_cell.setdefault(cell, []).append(claim)
    pairs = {
        (first.box_id, second.box_id): (first, second)
        for there in of_cell.values() for first, second in itertools.combinations(there, 2)
        if first.shift != second.shift
        and (about is None or {first.box_id, second.box_id} & set(about))
    }  # fmt: skip
    caps, found = bounds.caps, []
    for ids, (first, second) in pairs.items():
        gap = hours_between(first.times, second.times)
        chosen = len(first.times) < first.visits or len(second.times) < second.visits
        ended = np.full((1, 1), bounds.shifts[first.shift].end.timestamp())
        waits = rested(caps, bounds.shifts[second.shift], ended)[0, 0]
        if gap < caps.visit_gap_hours - _EPSILON or (chosen and not waits):
            what = (
                f"have {gap:.2f} hours between their visits"
                if gap < caps.visit_gap_hours - _EPSILON
                else f"are of shifts too short for the gap, {first.shift} and {second.shift},"
            )
            found.append(Breach(
                "gap", ids, min(gap, caps.visit_gap_hours), caps.visit_gap_hours,
                f"{ids[0]} and {ids[1]} share a cell and {what} where at least "
                f"{caps.visit_gap_hours:g} are needed",
            ))  # fmt: skip
    return found


def _day(claims: Sequence[Claim], bounds: Bounds) -> list[Breach]:
    """Judge sums: minutes of a cell and day, boxes of a unit, minutes of districts and parts."""
    caps, found = bounds.caps, []
    of_cell: dict[Cell, list[Claim]] = {}
    for claim in claims:
        for cell in claim.cells:
            of_cell.setdefault(cell, []).append(claim)
    told: set[tuple[str, ...]] = set()
    for there in of_cell.values():
        ids, total = tuple(claim.box_id for claim in there), sum(c.minutes for c in there)
        if total > caps.minutes_per_day + _EPSILON and ids not in told:
            told.add(ids)
            found.append(_breach("minutes_per_day", ids, total, caps.minutes_per_day,
                                 "minutes on one cell in a day"))  # fmt: skip
    by_unit = Counter((c.shift, c.unit) for c in claims if c.unit)
    for (shift, unit), boxes in by_unit.items():
        if boxes > caps.boxes_per_unit:
            ids = tuple(c.box_id for c in claims if (c.shift, c.unit) == (shift, unit))
            found.append(_breach("boxes_per_unit", ids, boxes, caps.boxes_per_unit,
                                 f"boxes of unit {unit}"))  # fmt: skip
    for (shift, district), units in bounds.district_units.items():
        there = [c for c in claims if (c.shift, c.district_id) == (shift, district)]
        if len(there) > units * caps.boxes_per_unit:
            ids = tuple(c.box_id for c in there)
            what = f"boxes for the {units} units of district {district}, {shift}"
            found.append(_breach("boxes_per_unit", ids, len(there), units * caps.boxes_per_unit,
                                 what))  # fmt: skip
    for (shift, district), limit in bounds.district_minutes.items():
        there = [c for c in claims if (c.shift, c.district_id) == (shift, district)]
        total = sum(c.minutes for c in there)
        if total > limit + _EPSILON:
            ids = tuple(c.box_id for c in there)
            unit = f"minutes of the units of district {district}, {shift}"
            found.append(_breach("district_minutes", ids, total, limit, unit))
    return found + _parts(claims, bounds)


def _parts(claims: Sequence[Claim], bounds: Bounds) -> list[Breach]:
    """Judge the share of each neighbourhood on each shift."""
    found = []
    for shift in bounds.shifts:
        standing = sum(c.minutes for c in claims if c.shift == shift)
        total = max(bounds.issued_minutes.get(shift, 0.0), standing)
        found += above_share(claims, bounds, shift, total, f", {shift}")
    return found


def above_share(
    claims: Sequence[Claim], bounds: Bounds, shift: str, total: float, words: str
) -> list[Breach]:
    """Return the neighbourhoods that take more than their share of a total.

    One box is always allowed, although it is more than the share where boxes are few.

    Parameters
    ----------
    shift
        The shift to judge.
    total
        The minutes that the share is of.
    words
        What follows the name of the neighbourhood in the message.
    """
    if not bounds.neighbourhoods.applied:
        return []
    by_part: dict[int, dict[str, float]] = {}
    for claim in claims:
        if claim.shift == shift:
            for part, minutes in bounds.minutes_of_parts(claim).items():
                by_part.setdefault(part, {})[claim.box_id] = minutes
    found = []
    for part, there in by_part.items():
        limit = max(bounds.neighbourhoods.share * total, *there.values())
        if sum(there.values()) > limit + _EPSILON:
            found.append(_breach(
                "neighbourhood", tuple(there), sum(there.values()), limit,
                f"minutes of neighbourhood {bounds.neighbourhoods.name(part)}{words}",
            ))  # fmt: skip
    return found


def _breach(rule: str, ids: tuple[str, ...], given: float, limit: float, unit: str) -> Breach:
    who = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
    return Breach(rule, ids, float(given), float(limit),
                  f"{who}: {given:g} {unit}, at most {limit:g} are allowed")  # fmt: skip


def _plain(rule: str, claim: Claim, words: str) -> Breach:
    return Breach(rule, (claim.box_id,), 1.0, 0.0, f"{claim.box_id} {words}")
