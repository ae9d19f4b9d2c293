"""The caps of a day as gauges, for whoever decides next."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from evenbeat.core.errors import ReviewError
from evenbeat.core.pipeline.review.caps import bounds_of, claims_on
from evenbeat.core.pipeline.review.found import claim_of, find_box
from evenbeat.core.pipeline.review.grid import review_grid
from evenbeat.core.pipeline.review.terms import as_planned
from evenbeat.core.planning.metering.gauges import Gauge, box_gauges, day_gauges
from evenbeat.core.store.database import plan_of

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context


def gauges_of(
    context: Context,
    date: dt.date,
    *,
    shift: str | None = None,
    district_id: str | None = None,
    assignment_id: str | None = None,
) -> list[Gauge]:
    """Return how much of each cap the boxes of a day use.

    Parameters
    ----------
    date
        The day.
    shift, district_id
        Only of these; the neighbourhoods of a shift are told whatever the district.
    assignment_id
        Also those of this box.

    Raises
    ------
    ReviewError
        The day has no plan, or there is no such box.
    """
    workspace = context.workspace
    with workspace.database.reading() as connection:
        plan = plan_of(connection, date)
        if plan is None:
            raise ReviewError(f"{date} has no plan. Make it with: evenbeat plan --date {date}")
        planned = as_planned(workspace, plan)
        claims = claims_on(connection, date)
        box = None if assignment_id is None else find_box(connection, assignment_id).assignment
        own = None if box is None else claim_of(box)
        wanted = [
            claim for claim in claims
            if shift in (None, claim.shift) and district_id in (None, claim.district_id)
        ]  # fmt: skip
        judged = wanted if own is None else [*wanted, own]
        if not judged:
            return []
        bounds = bounds_of(planned, connection, review_grid(planned), plan, judged)
    of_shift = [claim for claim in claims if shift in (None, claim.shift)]
    gauges = day_gauges(of_shift, bounds) if wanted else []
    if district_id is not None:
        units = {claim.unit for claim in wanted}
        gauges = [gauge for gauge in gauges if _concerns(gauge, district_id, units)]
    if own is None:
        return gauges
    others = [claim for claim in claims if claim.box_id != own.box_id]
    return [*box_gauges(own, [*others, own], bounds), *gauges]


def _concerns(gauge: Gauge, district_id: str, units: set[str]) -> bool:
    """Return whether a gauge is of a district, of its units, or of a neighbourhood."""
    name = gauge.of.partition(", ")[2]
    kind, _, which = name.partition(" ")
    return (
        kind == "neighbourhood" or (kind == "district" and which == district_id)
        or (kind == "unit" and which in units)
    )  # fmt: skip
