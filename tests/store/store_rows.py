"""Rows of plans and reviews with every field filled, for tests of the database."""

import datetime as dt
from dataclasses import replace

import shapely

from evenbeat.core.store.database import (
    AreaLift,
    AreaRecord,
    AssignmentRecord,
    AuditLog,
    CandidateRecord,
    PlanRecord,
    ReviewEvent,
    VisitRecord,
    append_event,
    logged_records,
    record_plan,
)

NOON = dt.datetime(2017, 1, 3, 12, tzinfo=dt.UTC)
DAY = dt.date(2017, 1, 4)


def square(column=0, row=0):
    west, north = 440_000 + 250 * column, 4_640_000 - 250 * row
    return shapely.box(west, north - 250, west + 250, north)


def make_plan(plan_id="P1", **changes):
    plan = PlanRecord(
        plan_id=plan_id, run_id="run-1", service_date=DAY, issued_at=NOON, actor="analyst",
        mode="lottery", seed="17", settings_fingerprint="f" * 64,
        document={"notes": ["zwölf Kästen"], "tau": 1.0}, supersedes=None,
    )  # fmt: skip
    return replace(plan, **changes)


def make_assignment(number=1, plan_id="P1", **changes):
    assignment = AssignmentRecord(
        assignment_id=f"{plan_id}-{number}", plan_id=plan_id, run_id="run-1", service_date=DAY,
        shift="evening", shift_start="2017-01-04T15:00:00-06:00",
        shift_end="2017-01-04T23:00:00-06:00", district_id="D1", neighbourhood="Old Mill",
        unit=None, rank=number, row=2, column=number, cells=((2, number), (2, number + 1)),
        visits=3, visit_minutes=15.0, minutes=45.0, visit_gap_hours=2.0, priority=0.1 + number / 3,
        share_of_district=0.25, percentile=99.5, z_score=None, expected_total=0.011,
        dominant_type="robbery", expected={"robbery": 0.01, "theft": 0.001},
        shares={"robbery": 0.9, "theft": 0.1}, tactics=["walk the block"],
        why=["3 robberies in 28 days"], instead={"row": 3, "column": 1, "rule": "spacing"},
        past_dose={"minutes": 30.0}, days_in_last_7=1, days_in_last_28=4, chosen_by="lottery",
        inclusion_probability=0.375, replaces=None, easting=440_125.0 + 250 * number,
        northing=4_639_375.0, geometry=square(number, 2),
    )  # fmt: skip
    return replace(assignment, **changes)


def make_candidate(column=1, outcome="assigned", **changes):
    candidate = CandidateRecord(
        plan_id="P1", shift="evening", district_id="D1", neighbourhood=None, row=2, column=column,
        cells=((2, column),), chosen_by="lottery", priority=0.4, weight=0.4,
        inclusion_probability=1 / 3, hold_out_probability=0.1, outcome=outcome,
    )  # fmt: skip
    return replace(candidate, **changes)


def make_visit(assignment_id="P1-1", number=1, **changes):
    start = dt.datetime(2017, 1, 4, 21, tzinfo=dt.UTC) + dt.timedelta(hours=2 * number)
    visit = VisitRecord(
        assignment_id=assignment_id, number=number, unit="U7", position=number, starts_at=start,
        ends_at=start + dt.timedelta(minutes=15), travel_minutes=4.5,
    )  # fmt: skip
    return replace(visit, **changes)


def make_event(version=1, assignment_id="P1-1", **changes):
    event = ReviewEvent(
        event_id=f"{assignment_id}-v{version}", assignment_id=assignment_id, version=version,
        action="approve", state_before="proposed" if version == 1 else "approved",
        state_after="approved", actor="ana", role="analyst", reason=None, at=NOON,
        overridden=False, detail={"caps": []}, audit_entry=0,
    )  # fmt: skip
    return replace(event, **changes)


def make_area(area_id="A1", **changes):
    area = AreaRecord(
        area_id=area_id, kind="exclude", geometry=square(9, 9), district_id=None,
        shifts=("night",), reason="building site", author="ana", created_at=NOON,
        expires_on=dt.date(2017, 2, 1),
    )  # fmt: skip
    return replace(area, **changes)


def make_lift(area_id="A1"):
    return AreaLift(area_id=area_id, actor="bo", reason="works ended early", at=NOON)


def store_plan(database, plan=None, assignments=None, candidates=None, visits=None):
    """Write a plan and its log entry in one transaction, as the pipeline does."""
    rows = {
        "plan": plan or make_plan(),
        "assignments": assignments or [make_assignment(1), make_assignment(2)],
        "candidates": candidates or [make_candidate(1), make_candidate(5, "held_out")],
        "visits": visits or [make_visit(number=1), make_visit(number=2)],
    }
    with database.transaction() as connection:
        detail = {"records": logged_records(**rows)}
        AuditLog(database).append("plan", detail, actor="ana", at=NOON, connection=connection)
        record_plan(connection, **rows)
    return rows


def store_event(database, event):
    """Write an event and its log entry in one transaction; return it with its entry's number."""
    with database.transaction() as connection:
        detail = {"records": logged_records(events=[event])}
        entry = AuditLog(database).append(
            "review", detail, actor=event.actor, at=event.at, connection=connection
        )
        event = replace(event, audit_entry=entry.entry)
        append_event(connection, event)
    return event
