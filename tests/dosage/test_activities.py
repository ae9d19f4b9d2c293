"""The officers' log: columns by any known name, every row kept or counted, joined to its box."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from evenbeat.core.config import ActivitySourceSettings
from evenbeat.core.dosage.activities import (
    DROPS,
    NO_TACTIC,
    REPAIRS,
    SPELLINGS,
    UNKNOWN_TACTIC,
    ActivityReport,
    LoggedActivity,
    activity_of,
    read_activities,
    split_officers,
)
from evenbeat.core.dosage.boxes import AssignedBox, BoxVisits
from evenbeat.core.dosage.directed import directed_minutes, join_activities, officer_rows
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
        "7A,2023-03-07T09:00Z,2023-03-07T09:11Z,2.0,,met Mr. Smith\n"
        "7a,2023-03-07T09:00Z,2023-03-07T09:11Z,1,greet-people,again\n"
        "7A,2023-03-07T09:00Z,2023-03-08T09:01Z,1,greet-people,never ended\n",
    )
    assert report.to_dict() == {
        "rows_in": 9, "rows_kept": 3,
        "dropped": {"duplicate": 1, "ends_before_start": 1, "longer_than_a_day": 1,
                    "missing_time": 2, "missing_unit": 1},
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
        ("Stop John Smith of 12 Elm St", (UNKNOWN_TACTIC, True)),
    ],
)
def test_activity_of__what_nobody_knows_counts_as_enforcement(text, expected):
    report = ActivityReport()
    one = activity_of({"unit_id": "a", "tactic": text}, 0.0, 60.0, key=KEY, library=LIBRARY,
                      report=report)  # fmt: skip
    assert (one.tactic, one.enforcement) == expected
    assert report.repaired["unknown_tactic"] == (expected[0] == UNKNOWN_TACTIC)
    assert "Smith" not in repr(one)


def test_activity_of__ids_are_stable_and_differ():
    def name(unit="a", end=60.0, tactic="be-seen", **more):
        return activity_of({"unit_id": unit, "tactic": tactic, **more}, 0.0, end, key=KEY,
                           library=LIBRARY, report=ActivityReport()).activity_id  # fmt: skip

    assert name() == name(" A ", tactic="Be seen")
    assert len({name(), name("b"), name(end=61.0), name(activity_id="1")}) == 4
    assert name(activity_id="own-7") not in (name(), name(activity_id="own-8"))
    assert name(note="another", officers="3") == name()


def test_activity_of__ids_show_nothing_without_the_key():
    def name(key, **more):
        values = {"unit_id": "a", "activity_id": "01-1-a/PC4411"}
        return activity_of(values, 0.0, 60.0, key=key, library=LIBRARY, report=ActivityReport(),
                           **more).activity_id  # fmt: skip

    assert "4411" not in name(KEY)
    assert name(KEY) != name(b"another key of sixteen bytes")
    assert name(KEY, own_id="log-ab12cd34") == "log-ab12cd34"


def test_read_activities__ids_that_start_anew_in_each_file_do_not_clash(tmp_path):
    header = "id,unit,start,end\n"
    first, _ = read(tmp_path, header + "1,7A,2023-03-07T08:00Z,2023-03-07T08:15Z\n"
                                       "2,7B,2023-03-07T08:00Z,2023-03-07T08:15Z\n")  # fmt: skip
    second, _ = read(tmp_path, header + "1,7A,2023-03-08T08:00Z,2023-03-08T08:15Z\n"
                                        "2,7A,2023-03-08T09:00Z,2023-03-08T09:15Z\n")  # fmt: skip
    assert len({one.activity_id for one in (*first, *second)}) == 4


def test_read_activities__one_report_for_all_files_counts_a_row_in_two_of_them_once(tmp_path):
    report, texts = ActivityReport(), ["7A,2023-03-07T08:00Z,2023-03-07T08:15Z\n",
                                       "7B,2023-03-07T08:00Z,2023-03-07T08:15Z\n"]  # fmt: skip
    found = []
    for number, rows in enumerate((texts[0], texts[0] + texts[1])):
        path = tmp_path / f"{number}.csv"
        path.write_text("unit,start,end\n" + rows, "utf-8")
        found += read_activities(
            path, ActivitySourceSettings(path=path.name), timezone="UTC", key=KEY, library=LIBRARY,
            report=report,
        )  # fmt: skip
    assert (report.rows_in, report.rows_kept, report.dropped) == (3, 2, {"duplicate": 1})
    assert [one.unit for one in found] == [pseudonym("7A", KEY), pseudonym("7B", KEY)]
    assert "seen" not in report.to_dict()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        (" ; ,", ()),
        ("7", ("7",)),
        ("7;8", ("7", "8")),
        ("7, 8", ("7", "8")),
        ("7/8", ("7", "8")),
        ("7|8", ("7", "8")),
        ("4411 5522", ("4411", "5522")),
        ("PC4411  5522", ("PC4411", "5522")),
        ("PC 4411", ("PC 4411",)),
        ("A. Ward", ("A. Ward",)),
        ("7;7, 8", ("7", "8")),
    ],
)
def test_split_officers(text, expected):
    assert split_officers(text) == expected


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


def test_join_activities__one_row_a_shift_and_other_days_are_left_out():
    hours = 3600.0
    table = join_activities(
        [
            logged(start=24 * hours, end=25 * hours, activity_id="next day"),
            logged(start=-600, end=0, activity_id="day before"),
            logged(start=-600, end=900, activity_id="from the day before"),
            logged(start=4.5 * hours, end=8.5 * hours, activity_id="across"),
            logged(start=8 * hours, end=8 * hours + 60, activity_id="at the edge"),
            logged(start=7 * hours, end=8 * hours, activity_id="up to the edge"),
            logged(start=23 * hours, end=26 * hours, activity_id="into the next day"),
            logged(start=5, end=5, activity_id="a moment"),
            logged(start=8 * hours, end=8 * hours, activity_id="a moment at the edge"),
        ],
        SHIFTS, [],
    ).set_index("activity_id")  # fmt: skip
    assert table[["shift", "minutes"]].to_records().tolist() == [
        ("from the day before-2", "day", 15.0),
        ("a moment", "day", 0.0),
        ("across-1", "day", 210.0),
        ("across-2", "evening", 30.0),
        ("up to the edge", "day", 60.0),
        ("a moment at the edge", "evening", 0.0),
        ("at the edge", "evening", 1.0),
        ("into the next day-1", "night", 60.0),
    ]
    edge = DAWN + 8 * hours
    assert table.loc["across-1", ["started_s", "ended_s"]].tolist() == [DAWN + 4.5 * hours, edge]
    assert table.loc["across-2", ["started_s", "ended_s"]].tolist() == [edge, DAWN + 8.5 * hours]


@given(
    start=st.integers(-26 * 60, 50 * 60), length=st.integers(0, 24 * 60)
)  # fmt: skip
@settings(deadline=None, max_examples=60)
def test_join_activities__no_minute_is_lost_or_twice_over_days(start, length):
    one = logged(start=start * 60.0, end=(start + length) * 60.0)
    days = [CALENDAR.shifts_on(dt.date(2023, 3, day)) for day in (5, 6, 7, 8, 9, 10)]
    rows = [row for shifts in days for row in join_activities([one], shifts, []).to_dict("records")]
    assert sum(row["minutes"] for row in rows) == pytest.approx(length)
    assert [before["ended_s"] for before in rows[:-1]] == [row["started_s"] for row in rows[1:]]
    names = [row["activity_id"] for row in rows]
    assert names == (
        ["act-1"] if len(rows) == 1 else [f"act-1-{n}" for n in range(1, len(rows) + 1)]
    )
    for shifts in days:
        touched = one.touches(shifts[0].start.timestamp(), shifts[-1].end.timestamp())
        assert touched == (not join_activities([one], shifts, []).empty)


def test_join_activities__a_part_counts_for_the_named_box_in_its_shift_alone():
    hours = 3600.0
    found = [box_with("in the evening", shift="evening", district_id="e"),
             box_with("by day", ("a", 7.6 * hours, 8 * hours), district_id="d")]  # fmt: skip
    one = logged(start=7.5 * hours, end=8.5 * hours, assignment_id="in the evening")
    rows = join_activities([one], SHIFTS, found)
    assert rows["assignment_id"].tolist() == ["by day", "in the evening"]
    assert rows["district_id"].tolist() == ["d", "e"]


def naive_minutes(spans):
    """Return the minutes of whole minutes that at least one span covers."""
    return float(len({minute for start, end in spans for minute in range(start, end)}))


@given(st.lists(st.tuples(
    st.sampled_from("ab"), st.sampled_from(["box", "other"]), st.integers(0, 900),
    st.integers(0, 300)), max_size=12))  # fmt: skip
@settings(deadline=None, max_examples=80)
def test_directed_minutes__overlaps_of_a_unit_count_once(entries):
    found = [box_with("box"), box_with("other")]
    some = [
        logged(unit, start * 60.0, (start + length) * 60.0, activity_id=f"n{number}",
               assignment_id=name)
        for number, (unit, name, start, length) in enumerate(entries)
    ]  # fmt: skip
    table = join_activities(some, SHIFTS, found)
    table["from"] = ((table["started_s"] - DAWN) / 60).round().astype(int)
    table["to"] = ((table["ended_s"] - DAWN) / 60).round().astype(int)

    def spans(rows):
        return list(zip(rows["from"], rows["to"], strict=True))

    by_unit = directed_minutes(table, by=("shift", "unit"))
    assert len(by_unit) == len(table.groupby(["shift", "unit"]))
    for key, rows in table.groupby(["shift", "unit"]):
        assert by_unit[key] == pytest.approx(naive_minutes(spans(rows)))
    by_box = directed_minutes(table, by=("assignment_id",))
    for name, rows in table.groupby("assignment_id"):
        each = [naive_minutes(spans(own)) for _, own in rows.groupby("unit")]
        assert by_box[name] == pytest.approx(sum(each))


def test_directed_minutes__three_entries_inside_one_another():
    # Three entries of 269 minutes in a span of 135.
    some = [logged(start=0, end=135 * 60, activity_id="x"),
            logged(start=60, end=90 * 60, activity_id="y"),
            logged(start=30 * 60, end=75 * 60, activity_id="z")]  # fmt: skip
    table = join_activities(some, SHIFTS, [])
    assert table["minutes"].sum() == 269.0
    assert directed_minutes(table, by=("shift", "unit")).to_dict() == {("day", "a"): 135.0}
    assert directed_minutes(table.iloc[:0], by=("shift", "unit")).empty


def test_join_activities__the_order_of_a_log_changes_nothing():
    some = [logged(start=float(60 * n), activity_id=f"act-{n % 3}", unit=str(n)) for n in range(9)]
    shuffled = [some[at] for at in np.random.default_rng(1).permutation(9)]
    assert join_activities(some, SHIFTS, []).equals(join_activities(shuffled, SHIFTS, []))


def test_officer_rows__one_for_each_officer_that_is_named():
    some = [logged(activity_id="two", officer_ids=("7", "8")), logged(activity_id="none"),
            logged(activity_id="past", start=-90000, end=-89000, officer_ids=("9",))]  # fmt: skip
    joined = join_activities(some, SHIFTS, [])
    rows = officer_rows(some, joined)
    assert rows["officer"].tolist() == ["7", "8"]
    assert rows["activity_id"].tolist() == ["two", "two"]
    assert rows["minutes"].tolist() == [10.0, 10.0]
    assert "officer" not in joined.columns
    across = [logged(start=7.5 * 3600, end=9 * 3600, activity_id="log-1", officer_ids=("7",))]
    rows = officer_rows(across, join_activities(across, SHIFTS, []))
    assert rows[["activity_id", "officer", "minutes"]].to_records(index=False).tolist() == [
        ("log-1-1", "7", 30.0), ("log-1-2", "7", 60.0),
    ]  # fmt: skip
    assert officer_rows([], join_activities([], SHIFTS, [])).empty
