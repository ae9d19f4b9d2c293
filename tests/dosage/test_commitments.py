"""Dispatch's intervals: read, counted, and put on the pings that they hold."""

import numpy as np
import pytest

from evenbeat.core.config import CommitmentSourceSettings
from evenbeat.core.dosage import Pings
from evenbeat.core.dosage.commitments import (
    DROPS,
    Commitment,
    CommitmentReport,
    mark_committed,
    read_commitments,
)
from evenbeat.core.dosage.pseudonyms import pseudonym
from evenbeat.core.errors import InputError

KEY = b"sixteen bytes or more"


def read(tmp_path, text, **source):
    path = tmp_path / "cad.csv"
    path.write_text(text, "utf-8")
    report = CommitmentReport()
    found = read_commitments(
        path, CommitmentSourceSettings(path="cad.csv", **source), timezone="America/Chicago",
        key=KEY, report=report,
    )  # fmt: skip
    assert report.rows_in == report.rows_kept + report.dropped.total()
    assert set(report.dropped) <= set(DROPS)
    return found, report


def test_read_commitments__local_times_under_pseudonyms(tmp_path):
    text = "Unit,Dispatched,Cleared\n12A,2023-01-02 08:00:00,2023-01-02 08:30:00\n"
    found, _ = read(tmp_path, text)
    assert found == [Commitment(pseudonym("12A", KEY), 1672668000.0, 1672669800.0)]


def test_read_commitments__each_drop_for_its_reason(tmp_path):
    text = (
        "unit_id,status,start,end\n"
        "12A,onscene,2023-01-02T08:00:00Z,2023-01-02T09:00:00Z\n"
        ",onscene,2023-01-02T08:00:00Z,2023-01-02T09:00:00Z\n"
        "12A,onscene,soon,2023-01-02T09:00:00Z\n"
        "12A,onscene,2023-01-02T09:00:00Z,2023-01-02T08:00:00Z\n"
        "12A,lunch,2023-01-02T08:00:00Z,2023-01-02T09:00:00Z\n"
    )
    found, report = read(tmp_path, text, statuses=("OnScene",))
    assert len(found) == 1
    assert dict(report.dropped) == {
        "missing_unit": 1, "missing_time": 1, "ends_before_start": 1, "other_status": 1,
    }  # fmt: skip


def test_read_commitments__a_missing_column_is_named(tmp_path):
    with pytest.raises(InputError, match=r"lacks ended_at.*\[\[dosage.committed\]\]"):
        read(tmp_path, "unit,start\n12A,2023-01-02T08:00:00Z\n")


def test_mark_committed__adds_to_what_pings_say():
    pings = Pings.of(("a", "b"), [0, 0, 0, 1], [0, 60, 120, 60], [0] * 4, [0] * 4,
                     is_committed=[True, False, False, False])  # fmt: skip
    marked = mark_committed(pings, [Commitment("a", 60.0, 120.0), Commitment("z", 0.0, 1e9)])
    assert np.array_equal(marked.is_committed, [True, True, False, False])
    assert np.array_equal(pings.is_committed, [True, False, False, False])
    assert mark_committed(pings, []) is pings
