"""Merging: the newest version stays, whatever the order; the same file twice changes nothing."""

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenbeat.core.ingest.incidents import UpsertCounts, upsert_incidents
from evenbeat.core.ingest.schema import INCIDENT_DTYPES, empty_incidents
from tests.ingest.incident_files import raw_table, read


def incidents_of(*rows):
    return read(raw_table(list(rows)))


ROW = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["1", "2", "3", "4"]),
        "class": st.sampled_from(["120", "220", "35A"]),
        "last_updated": st.sampled_from(["2016-05-10", "2016-05-11 08:00", "2016-05-12 08:00"]),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=8)
QUIET = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])


def test_upsert__into_nothing():
    incoming, _ = incidents_of({}, {})
    for stored in (None, empty_incidents()):
        merged, counts = upsert_incidents(stored, incoming)
        assert counts == UpsertCounts(new=2)
        pd.testing.assert_frame_equal(merged, incoming)


def test_upsert__newer_equal_and_older_versions():
    stored, _ = incidents_of({"id": "1"}, {"id": "2"}, {"id": "3"}, {"id": "4"}, {"id": "5"})
    incoming, _ = incidents_of(
        {"id": "1", "class": "220", "last_updated": "2016-06-01 08:00"},
        {"id": "2", "class": "220"},
        {"id": "3", "class": "220", "last_updated": "2016-05-09 08:00"},
        {"id": "4"},
        {"id": "5", "class": "220", "last_updated": ""},
        {"id": "6"},
    )
    merged, counts = upsert_incidents(stored, incoming)
    assert counts == UpsertCounts(new=1, updated=2, unchanged=1, older=2)
    types = merged.set_index("incident_id")["crime_type"].to_dict()
    assert types == {
        "1": "burglary", "2": "burglary", "3": "robbery", "4": "robbery", "5": "robbery",
        "6": "robbery",
    }  # fmt: skip
    assert {name: str(dtype) for name, dtype in merged.dtypes.items()} == dict(INCIDENT_DTYPES)


def test_upsert__same_id_of_another_source_is_another_incident():
    stored, _ = incidents_of({"id": "1"})
    incoming, _ = incidents_of({"id": "1", "datasource": "cad"})
    assert upsert_incidents(stored, incoming)[1] == UpsertCounts(new=1)


def test_upsert__withdraws_what_was_reclassified_or_moved_away():
    stored, _ = incidents_of({"id": "1"}, {"id": "2"}, {"id": "3"})
    incoming, report = incidents_of(
        {"id": "1", "class": "35A", "last_updated": "2016-06-01 08:00"},
        {"id": "2", "pointx": "-80.0", "last_updated": "2016-06-01 08:00"},
        {"id": "3", "class": "35A", "last_updated": "2016-05-01 08:00", "report_time": "",
         "datetimefrom": "2016-04-30 08:00", "datetimeto": ""},
    )  # fmt: skip
    merged, counts = upsert_incidents(stored, incoming, report.withdrawn)
    assert counts == UpsertCounts(withdrawn=2)
    assert merged["incident_id"].tolist() == ["3"]


@QUIET
@given(ROWS)
def test_upsert__same_file_twice_changes_nothing(rows):
    incoming, report = incidents_of(*rows)
    once, _ = upsert_incidents(None, incoming, report.withdrawn)
    twice, counts = upsert_incidents(once, incoming, report.withdrawn)
    pd.testing.assert_frame_equal(once, twice)
    assert counts == UpsertCounts(unchanged=len(incoming))


@QUIET
@given(ROWS, ROWS)
def test_upsert__two_files_are_as_one(first, second):
    """Two files one after the other leave what their rows in one file would."""
    stored = None
    for rows in (first, second):
        incoming, report = incidents_of(*rows)
        stored, _ = upsert_incidents(stored, incoming, report.withdrawn)
    together, report = incidents_of(*first, *second)
    expected, _ = upsert_incidents(None, together, report.withdrawn)
    # A withdrawn version that is newer than a later file's row is not remembered by the store.
    forgotten = set(expected["incident_id"]) ^ set(stored["incident_id"])
    kept = stored[~stored["incident_id"].isin(forgotten)].reset_index(drop=True)
    wanted = expected[~expected["incident_id"].isin(forgotten)].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, wanted)
    newest_of_first = {}
    for row in first:
        if row["last_updated"] >= newest_of_first.get(row["id"], row)["last_updated"]:
            newest_of_first[row["id"]] = row
    assert all(newest_of_first[name]["class"] == "35A" for name in forgotten)


@QUIET
@given(ROWS, st.randoms(use_true_random=False))
def test_upsert__order_of_rows_with_distinct_versions_does_not_matter(rows, random):
    distinct = [
        {**row, "last_updated": f"2016-05-{10 + number} 08:00"} for number, row in enumerate(rows)
    ]
    shuffled = distinct.copy()
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(incidents_of(*distinct)[0], incidents_of(*shuffled)[0])
