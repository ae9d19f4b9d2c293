"""The five reports of rehearsed days: their numbers, their gates, and what the log says of them."""

import datetime as dt
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evenbeat.core.errors import ReviewError, ShiftError, WorkspaceError
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
from evenbeat.core.store.cubes import read_cube
from tests.pipeline.rehearsed import context_at, patrolled, rehearsed

__all__ = ["patrolled", "rehearsed"]
pytestmark = pytest.mark.xdist_group("rehearsed")


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
    grid = rehearsed.workspace.grid()
    found, left_out = incidents_by_shift(period, grid)
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
    found = forecasts_by_district(period, grid)
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
    boxes, _ = box_shifts(period, grid, hours_after=hours)
    every = read_incidents_of(workspace, grid, 0.0, 4e9)
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
    boxes, _ = box_shifts(period, rehearsed.workspace.grid(), hours_after=8.0)
    weekly = weekly_table(boxes)
    by_group = weekly.groupby("group")[["box_shifts", "presence_minutes", "incidents"]].sum()
    lot = boxes.by_lot()
    assert by_group["box_shifts"].sum() == lot.sum()
    minutes = by_group["presence_minutes"] / by_group["box_shifts"]
    assert minutes["assigned"] > 30 > 10 > minutes["held_out"]
    assert pd.to_datetime(weekly["week"]).dt.day_of_week.eq(0).all()


def test_followed_table__intervals_hold_the_rate(rehearsed, period):
    grid = rehearsed.workspace.grid()
    boxes, found = box_shifts(period, grid, hours_after=24.0)
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
