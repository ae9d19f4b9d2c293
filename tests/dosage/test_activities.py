"""The officers' log: columns by any known name, every row kept or counted, joined to its box."""

import datetime as dt

import numpy as np
import pytest
from shapely.geometry import box

from evenbeat.core.config import ActivitySourceSettings
from evenbeat.core.dosage.activities import (
    DROPS,
    NO_TACTIC,
    REPAIRS,
    SPELLINGS,
    ActivityReport,
    LoggedActivity,
    activity_of,
    join_activities,
    officer_rows,
    read_activities,
)
from evenbeat.core.dosage.boxes import AssignedBox, BoxVisits
from evenbeat.core.dosage.pseudonyms import pseudonym
from evenbeat.core.dosage.visit_detection import Visit
from evenbeat.core.errors import InputError
from evenbeat.core.policy.tactics import TacticsLibrary
from evenbeat.core.shifts import ShiftCalendar
from tests.dosage.scene import KEY, planned_facts

LIBRARY = TacticsLibrary.load()
ENFORCING = next(one for one in LIBRARY.tactics if one.enforcement)
CALENDAR = ShiftCalendar.three_by_eight("America/Chicago")
SHIFTS = CALENDAR.shifts_on(dt.date(2023, 3, 7))
DAWN = SHIFTS[0].start.timestamp()


def read(folder, text, **source):
    path = folder / "log.csv"
    path.write_text(text, "utf-8")
    report = ActivityReport()
    found = read_activities(
        path, ActivitySourceSettings(path="log.csv", **source), timezone="America/Chicago",
        key=KEY, library=LIBRARY, report=report,
    )  # fmt: skip
    assert report.rows_in == report.rows_kept + sum(report.dropped.values())
    assert report.rows_kept == len(found)
    return found, report


def logged(unit="a", start=0.0, end=600.0, **known):
    values = {
        "activity_id": "act-1", "unit": unit, "officers": 1, "officer_ids": (),
        "assignment_id": "", "tactic": "Be seen", "enforcement": False, "started_s": DAWN + start,
        "ended_s": DAWN + end, "note": "", **known,
    }  # fmt: skip
    return LoggedActivity(**values)


ROWS = "7A,2023-03-07 08:00,2023-03-07 08:15\n"


@pytest.mark.parametrize("ours", ["unit_id", "started_at", "ended_at"])
def test_read_activities__every_spelling_is_known(tmp_path, ours):
    for spelt in SPELLINGS[ours]:
        for shown in (spelt, spelt.upper(), spelt.replace("_", " ").title()):
            header = {"unit_id": "unit_id", "started_at": "started_at", "ended_at": "ended_at"}
            header[ours] = shown
            found, _ = read(tmp_path, ",".join(header.values()) + "\n" + ROWS)
            assert found[0].unit == pseudonym("7A", KEY)
            # Chicago is six hours behind in early March.
            start = dt.datetime(2023, 3, 7, 14, tzinfo=dt.UTC).timestamp()
            assert (found[0].started_s, found[0].ended_s) == (start, start + 900)


def test_read_activities__the_first_spelling_wins_and_nothing_else_is_read(tmp_path):
    found, _ = read(
        tmp_path,
        "call_sign,unit_id,start,end,suspect,tactic\nwrong,7A,2023-03-07T08:00Z,"
        "2023-03-07T08:15Z,John Doe,be-seen\n",
    )
    assert found[0].unit == pseudonym("7a", KEY)
    assert "Doe" not in repr(found)


def test_read_activities__columns_can_be_mapped(tmp_path):
    text = "Car,Von,Bis,unit\n7A,2023-03-07 08:00,2023-03-07 08:15,wrong\n"
    mapped = {"unit_id": "Car", "started_at": "Von", "ended_at": "Bis"}
    found, _ = read(tmp_path, text, columns=mapped, timezone="UTC")
    assert found[0].unit == pseudonym("7A", KEY)
    assert found[0].started_s == dt.datetime(2023, 3, 7, 8, tzinfo=dt.UTC).timestamp()
    with pytest.raises(InputError, match="lacks started_at, ended_at"):
        read(tmp_path, text)
    with pytest.raises(InputError, match="no column 'Auto'"):
        read(tmp_path, text, columns={**mapped, "unit_id": "Auto"})
    with pytest.raises(InputError, match="'arrests' is no column"):
        read(tmp_path, text, columns={**mapped, "arrests": "unit"})


def test_read_activities__drops_and_repairs_are_counted_by_reason(tmp_path):
    found, report = read(
        tmp_path,
        "unit,start,end,officers,tactic,note\n"
        ",2023-03-07T08:00Z,2023-03-07T08:15Z,1,be-seen,\n"
        "7A,,2023-03-07T08:15Z,1,be-seen,\n"
        "7A,2023-03-07T08:00Z,soon,1,be-seen,\n"
        "7A,2023-03-07T08:00Z,2023-03-07T07:59Z,1,be-seen,\n"
        "7A,2023-03-07T08:00Z,2023-03-07T08:00Z,two,be-seen,\n"
        "7A,2023-03-07T09:00Z,2023-03-07T09:10Z,inf,juggling,\n"
        "7A,2023-03-07T09:00Z,2023-03-07T09:10Z,2.0,,met Mr. Smith\n",
    )
    assert report.to_dict() == {
        "rows_in": 7, "rows_kept": 3,
        "dropped": {"ends_before_start": 1, "missing_time": 2, "missing_unit": 1},
        "repaired": {"unknown_tactic": 1, "unparseable_officers": 2, "withheld_note": 1},
    }  # fmt: skip
    assert set(report.dropped) == set(DROPS)
    assert set(report.repaired) == set(REPAIRS)
    assert [one.officers for one in found] == [1, 1, 2]
    assert "Smith" not in found[2].note


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("be-seen", ("Be seen", False)),
        ("BE SEEN", ("Be seen", False)),
        (ENFORCING.name.lower(), (ENFORCING.name, True)),
        ("", (NO_TACTIC, False)),
        ("chase them", ("chase them", True)),
    ],
)
def test_activity_of__what_nobody_knows_counts_as_enforcement(text, expected):
    report = ActivityReport()
    one = activity_of({"unit_id": "a", "tactic": text}, 0.0, 60.0, key=KEY, library=LIBRARY,
                      report=report)  # fmt: skip
    assert (one.tactic, one.enforcement) == expected
    assert report.repaired["unknown_tactic"] == (text == "chase them")


def test_activity_of__ids_are_stable_and_differ():
    def name(unit="a", end=60.0, tactic="be-seen", **more):
        return activity_of({"unit_id": unit, "tactic": tactic, **more}, 0.0, end, key=KEY,
                           library=LIBRARY, report=ActivityReport()).activity_id  # fmt: skip

    assert name() == name(" A ", tactic="Be seen")
    assert len({name(), name("b"), name(end=61.0), name(tactic="greet-people")}) == 4
    assert name(activity_id="own-7") == "own-7"
    assert name(note="another", officers="3") == name()


@pytest.mark.parametrize(
    ("officers", "ids", "expected"),
    [
        ("", "", 1),
        ("", "7; 8;", 2),
        ("3", "7;8", 3),
        ("0", "", 1),
        ("-2", "", 1),
        ("nan", "7;8", 2),
    ],
)
def test_activity_of__officers(officers, ids, expected):
    one = activity_of({"unit_id": "a", "officers": officers, "officer_ids": ids}, 0.0, 60.0,
                      key=KEY, library=LIBRARY, report=ActivityReport())  # fmt: skip
    assert one.officers == expected
    assert one.officer_ids == tuple(part for part in ids.replace(" ", "").split(";") if part)


def box_with(name, *visits, shift="day", **facts):
    made = AssignedBox(planned_facts(assignment_id=name, shift=shift, **facts), box(0, 0, 1, 1))
    stays = [Visit(unit, DAWN + arrive, DAWN + leave, (leave - arrive) / 60, 1.0,
                   ((DAWN + arrive, DAWN + leave),)) for unit, arrive, leave in visits]  # fmt: skip
    return BoxVisits(made, tuple(stays))


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("far", "far"),  # what the log names counts, wherever the unit was
        ("unheard of", "longer"),
        ("", "longer"),
    ],
)
def test_join_activities__by_name_and_else_by_the_longest_time_together(named, expected):
    found = [
        box_with("far", district_id="e", dominant_type="theft"),
        box_with("shorter", ("a", 0, 200)),
        box_with("longer", ("a", 300, 420), ("a", 450, 700)),
        box_with("another units", ("b", 0, 600)),
        box_with("another shift", ("a", 0, 600), shift="night"),
    ]
    (row,) = join_activities([logged(assignment_id=named)], SHIFTS, found).to_dict("records")
    assert row["assignment_id"] == expected
    facts = next(one.box.facts for one in found if one.box.id == expected)
    assert (row["district_id"], row["dominant_type"]) == (
        facts["district_id"], facts["dominant_type"],
    )  # fmt: skip


def test_join_activities__nowhere_near_a_box():
    found = [box_with("before", ("a", -500, 0)), box_with("after", ("a", 600, 900))]
    (row,) = join_activities([logged()], SHIFTS, found).to_dict("records")
    assert (row["assignment_id"], row["district_id"], row["dominant_type"]) == ("", "", "")


def test_join_activities__minutes_end_with_the_shift_and_other_days_are_left_out():
    hours = 3600.0
    table = join_activities(
        [
            logged(start=24 * hours, end=25 * hours, activity_id="next day"),
            logged(start=-60, end=600, activity_id="day before"),
            logged(start=7.5 * hours, end=9 * hours, activity_id="across"),
            logged(start=8 * hours, end=8 * hours + 60, activity_id="at the edge"),
        ],
        SHIFTS, [],
    ).set_index("activity_id")  # fmt: skip
    assert table.index.tolist() == ["across", "at the edge"]
    assert table.loc["across", ["shift", "minutes"]].tolist() == ["day", 30.0]
    assert table.loc["across", "ended_s"] == DAWN + 9 * hours
    assert table.loc["at the edge", ["shift", "minutes"]].tolist() == ["evening", 1.0]


def test_join_activities__the_order_of_a_log_changes_nothing():
    some = [logged(start=float(60 * n), activity_id=f"act-{n % 3}", unit=str(n)) for n in range(9)]
    shuffled = [some[at] for at in np.random.default_rng(1).permutation(9)]
    assert join_activities(some, SHIFTS, []).equals(join_activities(shuffled, SHIFTS, []))


def test_officer_rows__one_for_each_officer_that_is_named():
    some = [logged(activity_id="two", officer_ids=("7", "8")), logged(activity_id="none"),
            logged(activity_id="other day", start=-90000, officer_ids=("9",))]  # fmt: skip
    joined = join_activities(some, SHIFTS, [])
    rows = officer_rows(some, joined)
    assert rows["officer"].tolist() == ["7", "8"]
    assert rows["activity_id"].tolist() == ["two", "two"]
    assert rows["minutes"].tolist() == [10.0, 10.0]
    assert "officer" not in joined.columns
    assert officer_rows([], join_activities([], SHIFTS, [])).empty
