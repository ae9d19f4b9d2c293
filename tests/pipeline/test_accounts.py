"""The five reports of rehearsed days: their numbers, their gates, and what the log says of them."""

import dataclasses
import datetime as dt
import json
import shutil
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evenbeat.core.errors import InputError, ReviewError, ShiftError, WorkspaceError
from evenbeat.core.pipeline.accounts.crime import (
    forecasts_by_district,
    incidents_by_shift,
    read_incidents_of,
)
from evenbeat.core.pipeline.accounts.draws import box_shifts, weekly_table
from evenbeat.core.pipeline.accounts.followed import followed_table
from evenbeat.core.pipeline.accounts.period import Period
from evenbeat.core.pipeline.accounts.printing import browser
from evenbeat.core.pipeline.accounts.write import (
    write_crime_dosage_report,
    write_crime_type_report,
    write_officer_report,
    write_shift_report,
    write_tactic_report,
)
from evenbeat.core.pipeline.ingest import run_ingest
from evenbeat.core.pipeline.patrol.days import day_store
from evenbeat.core.pipeline.patrol.measure import run_dosage
from evenbeat.core.pipeline.patrol.stood import plan_that_stood
from evenbeat.core.pipeline.plan import run_plan
from evenbeat.core.store.cubes import read_cube
from tests.rehearsed_days import context_at


@pytest.fixture(scope="session")
def period(rehearsed):
    return Period.of(rehearsed.workspace, None, None, days=91)


def document(outcome):
    return json.loads(outcome.page.with_suffix(".json").read_text("utf-8"))


def test_period__is_of_the_measured_days(rehearsed, period):
    assert (period.first, period.last) == (rehearsed.dates[0], rehearsed.dates[-1])
    assert period.missing == 0
    with pytest.raises(WorkspaceError, match="before it begins"):
        Period.of(rehearsed.workspace, period.last, period.first, days=7)
    with pytest.raises(WorkspaceError, match="was measured; measured are"):
        Period.of(rehearsed.workspace, dt.date(1999, 1, 1), dt.date(1999, 1, 2), days=7)
    wider = Period.of(rehearsed.workspace, period.first - dt.timedelta(days=2), None, days=91)
    assert any("2 of 5 days were not measured" in note for note in wider.edition("tactic").notes)


def test_edition__counts_what_was_issued_approved_and_delivered(rehearsed, period):
    edition = period.edition("shift")
    delivered = period.table("delivered")
    made = set(rehearsed.visits["assignment_id"])
    assert edition.issued == len(delivered) == edition.approved
    assert edition.delivered == sum(name in made for name in delivered["assignment_id"])
    assert edition.ping_interval_s == pytest.approx(15.0)
    one = period.edition("shift", shift="day")
    assert one.issued == (delivered["shift"] == "day").sum()


def test_incidents_by_shift__are_those_of_the_days(rehearsed, period):
    found, left_out = incidents_by_shift(period)
    stored = rehearsed.workspace.table("incidents").read()
    calendar = rehearsed.workspace.calendar
    start = calendar.shifts_on(period.first)[0].start
    end = calendar.shifts_on(period.last)[-1].end
    middle = stored["occurred_from"] + (stored["occurred_to"] - stored["occurred_from"]) / 2
    within = (middle >= start) & (middle < end) & (stored["weight"] > 0)
    assert len(found) + left_out == within.sum()
    assert set(found["service_date"]) <= {str(date) for date in period.dates}
    assert (found["severity"] > 0).all()


def test_forecasts_by_district__are_the_sums_of_the_cubes(rehearsed, period):
    grid = rehearsed.workspace.grid()
    found = forecasts_by_district(period)
    total = 0.0
    for date in period.dates:
        run_id = rehearsed.workspace.current_run(date)
        cube = read_cube(rehearsed.workspace.run_folder(date, run_id) / "risk.zarr")
        counts = cube["expected_count"].where(grid.mask)
        total += float(counts.sum(dtype="float64"))
    assert found["expected"].sum() == pytest.approx(total, rel=1e-5)
    assert set(found["shift"]) == set(rehearsed.workspace.calendar.names)


def test_box_shifts__count_incidents_as_one_would_by_hand(rehearsed, period):
    workspace, hours = rehearsed.workspace, 8.0
    grid = workspace.grid()
    boxes, _ = box_shifts(period, hours_after=hours)
    every = read_incidents_of(period, 0.0, 4e9)
    assert boxes.count.sum() > 0
    for at in np.flatnonzero(boxes.count)[:20].tolist() + list(range(5)):
        cells = {row * grid.shape[1] + column for row, column in boxes.records[at].cells}
        end = boxes.end_s[at] + hours * 3600
        by_hand = [
            weight
            for when, cell, weight in zip(every.time_s, every.cell, every.severity, strict=True)
            if boxes.start_s[at] <= when < end and cell in cells
        ]
        assert boxes.count[at] == len(by_hand)
        assert boxes.severity[at] == pytest.approx(sum(by_hand))


def test_weekly_table__hold_outs_were_not_patrolled(rehearsed, period):
    boxes, _ = box_shifts(period, hours_after=8.0)
    weekly = weekly_table(boxes)
    by_group = weekly.groupby("group")[["box_shifts", "presence_minutes", "incidents"]].sum()
    lot = boxes.by_lot()
    assert by_group["box_shifts"].sum() == lot.sum()
    minutes = by_group["presence_minutes"] / by_group["box_shifts"]
    assert minutes["assigned"] > 30 > 10 > minutes["held_out"]
    assert pd.to_datetime(weekly["week"]).dt.day_of_week.eq(0).all()


def test_followed_table__intervals_hold_the_rate(rehearsed, period):
    grid = rehearsed.workspace.grid()
    boxes, found = box_shifts(period, hours_after=24.0)
    followed = followed_table(boxes, period.table("delivered"), period.table("visits"), found, grid)
    assert set(followed["tactic"]) == {
        "hold-outs", "Be seen", "Greet and listen", "Walk the block",
    }  # fmt: skip
    assert (followed["low"] <= followed["rate"]).all()
    assert (followed["rate"] <= followed["high"]).all()
    wide = followed.pivot_table(index="tactic", columns="hours", values="incidents")
    assert (wide[24] >= wide[8]).all()


def test_shift_report__one_shift_and_a_whole_day(rehearsed, patrolled):
    day = write_shift_report(patrolled, rehearsed.dates[0])
    told = document(day)
    text = day.page.read_text("utf-8")
    assert day.first == str(rehearsed.dates[0])
    assert "<svg" in text
    assert told["edition"]["issued"] == len(told["document"]["assignments"])
    one = write_shift_report(patrolled, rehearsed.dates[0], shift="night")
    night = document(one)
    assert night["edition"]["issued"] == len(night["document"]["assignments"])
    assert 0 < night["edition"]["issued"] < told["edition"]["issued"]
    with pytest.raises(ShiftError):
        write_shift_report(patrolled, rehearsed.dates[0], shift="noon")


def test_reports__same_bytes_twice_and_in_the_log(rehearsed, patrolled):
    for write in (write_tactic_report, write_crime_type_report, write_crime_dosage_report):
        first = write(patrolled)
        former = {name: Path(name).read_bytes() for name in first.files}
        again = write(patrolled)
        assert again.files == first.files
        assert {name: Path(name).read_bytes() for name in again.files} == former
    logged = [one for one in patrolled.workspace.audit.entries() if one.action == "report"]
    assert len(logged) == 6


def test_crime_dosage_report__leads_with_the_lottery_and_says_what_is_missing(patrolled):
    outcome = write_crime_dosage_report(patrolled)
    text = outcome.page.read_text("utf-8")
    told = document(outcome)["document"]
    grades = [one["grade"] for one in told["estimates"]]
    assert grades[0] == "A"
    assert "No matched estimate" in text
    assert "cannot tell" in text.lower()
    assert "nan" not in text.lower().replace("governance", "")


def test_officer_report__only_for_those_who_may(rehearsed, patrolled):
    outcome = write_officer_report(patrolled)
    text = outcome.page.read_text("utf-8")
    unit = rehearsed.visits["unit_id"].iloc[0]
    assert f"{unit}-a" in text
    assert outcome.page.is_relative_to(patrolled.workspace.root / "private")
    assert {stat.S_IMODE(Path(name).stat().st_mode) for name in outcome.files} == {0o600}
    stranger = context_at(patrolled.workspace.root, patrolled.now(), actor="bob")
    with pytest.raises(ReviewError, match="may not read the report by officer"):
        write_officer_report(stranger)
    by_unit = write_officer_report(stranger, by="unit")
    for name in by_unit.files:
        content = Path(name).read_bytes()
        assert f"{unit}-a".encode() not in content


def test_write_report__anchor_prints_the_head_of_the_log(patrolled):
    head = patrolled.workspace.audit.head()
    assert head is not None
    outcome = write_tactic_report(patrolled, anchor=True)
    assert head.hash in outcome.page.with_suffix(".json").read_text("utf-8")


def test_write_report__pdf_where_there_is_a_browser(patrolled, tmp_path):
    if browser() is None:
        pytest.skip("no Chromium on this machine")
    outcome = write_tactic_report(patrolled, out=tmp_path / "out", pdf=True)
    assert outcome.pdf is not None
    assert outcome.pdf.read_bytes().startswith(b"%PDF")
    assert outcome.page.parent == tmp_path / "out"


def test_reports__without_any_measured_day_say_what_to_do(patrolled):
    shutil.rmtree(patrolled.workspace.root / "dosage")
    with pytest.raises(WorkspaceError, match="evenbeat dosage"):
        write_tactic_report(patrolled)


def change_setting(context, former, new):
    """Return a context of the same workspace with one line of its settings changed."""
    path = context.workspace.root / "evenbeat.toml"
    text = path.read_text("utf-8")
    assert former in text
    path.write_text(text.replace(former, new), "utf-8")
    return context_at(context.workspace.root, context.now())


def test_reports__days_measured_on_other_cells_are_not_told(patrolled):
    changed = change_setting(patrolled, "cell_size = 250", "cell_size = 200")
    for write in (write_shift_report, write_crime_type_report, write_tactic_report):
        with pytest.raises(WorkspaceError, match="on other cells"):
            write(changed)


def test_reports__draws_of_other_cells_make_no_estimate(patrolled):
    changed = change_setting(patrolled, "cell_size = 250", "cell_size = 200")
    run_dosage(changed)
    told = document(write_crime_dosage_report(changed))["document"]
    assert [one for one in told["estimates"] if one["grade"] == "A"] == []


def test_reports__a_plan_drawn_after_the_day_changes_nothing(rehearsed, patrolled):
    day = rehearsed.dates[1]
    former = document(write_crime_dosage_report(patrolled))["document"]["estimates"]
    before = set(day_store(patrolled.workspace).table("delivered", [day])["assignment_id"])
    run_plan(patrolled, day, force=True, discard_reviews=True, reason="until it is reduced")
    run_dosage(patrolled)
    after = day_store(patrolled.workspace).table("delivered", [day])
    assert set(after["assignment_id"]) == before
    outcome = write_crime_dosage_report(patrolled)
    assert document(outcome)["document"]["estimates"] == former
    assert "drawn anew after the day" in outcome.page.read_text("utf-8")


def test_plan_that_stood__is_the_newest_of_before_the_end(rehearsed):
    plan = Period.of(rehearsed.workspace, None, None, days=91).plans[0]
    end = dt.datetime(2022, 5, 2, 12, tzinfo=dt.UTC)
    early, late, after = (
        dataclasses.replace(plan, plan_id=name, issued_at=end + dt.timedelta(hours=hours))
        for name, hours in (("a", -30), ("b", -3), ("c", 1))
    )
    found = plan_that_stood([early, late, after], end)
    assert (found.plan.plan_id, found.after_the_fact, found.drawn_later) == ("b", False, 1)
    found = plan_that_stood([after, dataclasses.replace(after, plan_id="d")], end)
    assert (found.plan.plan_id, found.after_the_fact, found.drawn_later) == ("c", True, 1)
    assert plan_that_stood([], end) is None


def test_crime_dosage_report__patrol_before_the_period_leaves_no_grade_b(rehearsed, patrolled):
    outcome = write_crime_dosage_report(patrolled, rehearsed.dates[1], rehearsed.dates[-1])
    assert "before is no time without patrol" in outcome.page.read_text("utf-8").replace("\n", " ")


def test_reports__missing_crime_data_are_no_low_crime(patrolled):
    path = patrolled.workspace.root / "incidents.csv"
    rows = pd.read_csv(path)
    newest = pd.to_datetime(rows["occurred_from"], format="ISO8601")
    rows[newest < newest.max() - pd.Timedelta(days=20)].to_csv(path, index=False)
    shutil.rmtree(patrolled.workspace.root / "data" / "incidents")
    context = context_at(patrolled.workspace.root, patrolled.now())
    run_ingest(context, force=True)
    for write in (write_crime_type_report, write_crime_dosage_report, write_tactic_report):
        assert "counts and rates are too low" in write(context).page.read_text("utf-8")


def test_crime_dosage_report__hours_must_be_a_number(patrolled):
    for hours in (float("nan"), -1.0, 100.0):
        with pytest.raises(InputError, match="0 to 72 hours"):
            write_crime_dosage_report(patrolled, hours_after=hours)


def test_box_shifts__minutes_are_of_units_on_no_incident(rehearsed, patrolled):
    for path in (patrolled.workspace.root / "avl").glob("*.csv"):
        pings = pd.read_csv(path)
        pings.assign(incident_number="C1").to_csv(path, index=False)
    run_dosage(patrolled)
    period = Period.of(patrolled.workspace, None, None, days=91)
    boxes, _ = box_shifts(period, hours_after=8.0)
    assert boxes.minutes.sum() == 0.0
    assert (period.table("delivered")["outcome"] == "not_visited").all()


def test_report__a_folder_that_cannot_be_written_is_named(patrolled, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        write_tactic_report(patrolled, out=blocked)
