"""Gauges: how much of each cap is used, by the boxes of a day as they stand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evenbeat.core.planning.metering.claims import Bounds, Claim
from evenbeat.core.planning.metering.past import MONTH_DAYS, WEEK_DAYS, Cell


@dataclass(frozen=True, slots=True)
class Gauge:
    """How much of one cap is used.

    Parameters
    ----------
    rule
        Name of the cap, as in `Breach`.
    of
        Whose: a shift with a district, a unit or a neighbourhood, or a box.
    used, allowed
        What stands, and what may.
    unit
        Of both.
    words
        The rule for people.
    """

    rule: str
    of: str
    used: float
    allowed: float
    unit: str
    words: str


def day_gauges(claims: Sequence[Claim], bounds: Bounds) -> list[Gauge]:
    """Return the gauges of every shift, district, unit and neighbourhood of a day.

    Parameters
    ----------
    claims
        All boxes of the day that stand.
    bounds
        The caps and what they need.
    """
    return [*_districts(claims, bounds), *_units(claims, bounds), *_parts(claims, bounds)]


def box_gauges(claim: Claim, claims: Sequence[Claim], bounds: Bounds) -> list[Gauge]:
    """Return the gauges of one box: its visits, its cells' day, and the days before.

    Parameters
    ----------
    claim
        The box.
    claims
        All boxes of the day that stand.
    bounds
        The caps and what they need, with the past of its cells.
    """
    caps, name = bounds.caps, claim.box_id
    rows, columns = (list(side) for side in zip(*claim.cells, strict=True))
    used = {
        days: float(bounds.past.most_days(days)[rows, columns].max() + 1)
        for days in (WEEK_DAYS, MONTH_DAYS)
    }
    minutes = _minutes_of_cells(claims)
    return [
        Gauge("visits", name, claim.visits, caps.visits_per_shift, "visits",
              "visits a shift"),
        Gauge("visit_limit", name, claim.visit_minutes, caps.visit_limit_minutes, "minutes",
              "minutes a visit"),
        Gauge("minutes_per_day", name, max(minutes[cell] for cell in claim.cells),
              caps.minutes_per_day, "minutes", "minutes on one cell in a day"),
        Gauge("recurrence", name, used[WEEK_DAYS], caps.recurrence_days, "days",
              f"days with a box, of {WEEK_DAYS}"),
        Gauge("recurrence_28", name, used[MONTH_DAYS], caps.recurrence_28_days, "days",
              f"days with a box, of {MONTH_DAYS}"),
    ]  # fmt: skip


def _districts(claims: Sequence[Claim], bounds: Bounds) -> Iterable[Gauge]:
    minutes: dict[tuple[str, str], float] = defaultdict(float)
    boxes = Counter((claim.shift, claim.district_id) for claim in claims)
    for claim in claims:
        minutes[claim.shift, claim.district_id] += claim.minutes
    for key, limit in sorted(bounds.district_minutes.items()):
        yield Gauge("district_minutes", _named(key, "district"), minutes[key], limit, "minutes",
                    "minutes of the units of a district")  # fmt: skip
    for key, units in sorted(bounds.district_units.items()):
        yield Gauge("boxes_per_unit", _named(key, "district"), boxes[key],
                    units * bounds.caps.boxes_per_unit, "boxes",
                    f"boxes for the {units} units of a district")  # fmt: skip


def _units(claims: Sequence[Claim], bounds: Bounds) -> Iterable[Gauge]:
    for key, boxes in sorted(Counter((c.shift, c.unit) for c in claims if c.unit).items()):
        yield Gauge("boxes_per_unit", _named(key, "unit"), boxes, bounds.caps.boxes_per_unit,
                    "boxes", "boxes of one unit")  # fmt: skip


def _parts(claims: Sequence[Claim], bounds: Bounds) -> Iterable[Gauge]:
    """Yield the ceiling of each neighbourhood, as `breaches.above_share` judges it."""
    if not bounds.neighbourhoods.applied:
        return
    for shift in bounds.shifts:
        of_shift = [claim for claim in claims if claim.shift == shift]
        total = max(
            bounds.issued_minutes.get(shift, 0.0), sum(claim.minutes for claim in of_shift)
        )  # fmt: skip
        by_part: dict[int, list[float]] = defaultdict(list)
        for claim in of_shift:
            for part, minutes in bounds.minutes_of_parts(claim).items():
                by_part[part].append(minutes)
        for part, there in sorted(by_part.items()):
            limit = max(bounds.neighbourhoods.share * total, *there)
            yield Gauge(
                "neighbourhood", _named((shift, bounds.neighbourhoods.name(part)), "neighbourhood"),
                sum(there), limit, "minutes",
                f"minutes in one neighbourhood, {bounds.neighbourhoods.share:.0%} of the shift's",
            )  # fmt: skip


def _minutes_of_cells(claims: Sequence[Claim]) -> dict[Cell, float]:
    minutes: dict[Cell, float] = defaultdict(float)
    for claim in claims:
        for cell in claim.cells:
            minutes[cell] += claim.minutes
    return minutes


def _named(key: tuple[str, str], kind: str) -> str:
    shift, name = key
    return f"{shift}, {kind} {name}"
