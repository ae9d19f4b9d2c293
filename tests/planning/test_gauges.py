"""A gauge stands above its mark exactly where the caps find that rule broken."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planning.days import random_days
from planning.test_caps_hold import bounds_of, claims_of

from evenbeat.core.planning.metering.breaches import breaches
from evenbeat.core.planning.metering.gauges import box_gauges, day_gauges

RULES = {
    "visits", "visit_limit", "minutes_per_day", "recurrence", "recurrence_28", "boxes_per_unit",
    "district_minutes", "neighbourhood",
}  # fmt: skip


@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
@given(random_days(), st.integers(1, 4), st.booleans(), st.floats(0.0, 500.0), st.integers(0, 3))
def test_gauges__are_above_the_mark_where_the_caps_are_broken(day, more, one_unit, minutes, units):
    made = day.plan()
    claims = [
        replace(claim, visits=claim.visits * more, unit="all" if one_unit else claim.unit)
        for claim in claims_of(made)
    ]
    there = {(claim.shift, claim.district_id) for claim in claims}
    bounds = replace(
        bounds_of(day, made), district_minutes=dict.fromkeys(there, minutes),
        district_units=dict.fromkeys(there, units),
    )  # fmt: skip

    gauges = day_gauges(claims, bounds)
    gauges += [gauge for claim in claims for gauge in box_gauges(claim, claims, bounds)]

    above = {gauge.rule for gauge in gauges if gauge.used > gauge.allowed + 1e-6}
    assert above == {breach.rule for breach in breaches(claims, bounds)} & RULES
