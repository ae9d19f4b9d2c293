"""The account of a file."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.reasons import DROPS, REPAIRS, in_words
from evenbeat.core.ingest.report import render_report
from evenbeat.core.ingest.tally import MAX_EXAMPLES, IngestReport


def test_check_balance__a_lost_row_is_an_error():
    report = IngestReport(name="events.csv", rows_in=3, rows_kept=1)
    report.drop("missing_id", 1, ["row 2"])
    with pytest.raises(InputError, match=r"events\.csv has 3 rows, but 1 kept and 1 dropped"):
        report.check_balance()
    report.drop("repeated_id", 1)
    report.check_balance()


@given(st.lists(st.tuples(st.sampled_from(sorted(DROPS)), st.integers(0, 50))), st.integers(0, 99))
def test_check_balance__holds_exactly_when_the_counts_do(drops, kept):
    report = IngestReport(rows_in=kept + sum(count for _, count in drops), rows_kept=kept)
    for reason, count in drops:
        report.drop(reason, count)
    report.check_balance()
    report.rows_in += 1
    with pytest.raises(InputError):
        report.check_balance()


def test_drop__nothing_is_no_reason():
    report = IngestReport()
    report.drop("missing_id", 0, ["never"])
    assert report.dropped == {}


def test_drop__adds_up_and_keeps_the_first_examples():
    report = IngestReport()
    report.drop("missing_id", 2, ["row 1", "row 2"])
    report.drop("missing_id", 3, ["row 3", "row 4", "row 5"])
    assert report.dropped["missing_id"].count == 5
    assert report.dropped["missing_id"].examples == ("row 1", "row 2", "row 3")[:MAX_EXAMPLES]


def test_drop__long_examples_are_cut():
    report = IngestReport()
    report.drop("unknown_class", 1, ["x" * 500])
    assert len(report.dropped["unknown_class"].examples[0]) == 80


def test_to_dict__is_json_and_leaves_out_the_identifiers():
    report = IngestReport(name="events.csv", rows_in=1)
    report.flagged_by_class = {"robbery": (50, 4)}
    report.drop("missing_id", 1, ["row 2"])
    plain = json.loads(json.dumps(report.to_dict()))
    assert plain["susceptibility"] == {"robbery": 0.08}
    assert plain["rows_dropped"] == 1
    assert "withdrawn" not in plain


def test_render_report__tells_every_reason_in_words():
    report = IngestReport(name="events.csv", rows_in=20_000, rows_kept=19_000)
    report.drop("zero_coordinates", 1_000, ["row 3: 0, 0"])
    report.repair("id_as_float", 7)
    report.repair("byte-order mark removed", 1)
    report.refused_classes = {"narcotics": 12}
    report.refused_reasons = {"narcotics": "it is found by police who look for it"}
    report.unknown_classes = {f"X{number}": 1 for number in range(40)}
    report.flagged_by_class = {"theft": (100, 60)}
    report.refused_for_training = ["theft"]
    report.columns = {"incident_id": "id"}
    report.dropped_columns = ["race"]
    report.note("A remark.")
    report.note("A remark.")
    text = render_report(report)
    for words in (
        "20,000 rows, 19,000 kept, 1,000 dropped",
        "1,000  the coordinates are (0, 0), a placeholder for unknown (zero_coordinates), e.g.",
        "byte-order mark removed",
        "narcotics: it is found by police who look for it",
        "in 15 others",
        "0.600  theft (100 rows)  refused for training",
        "incident_id = id",
        "race",
    ):
        assert words in text
    assert text.count("A remark.") == 1


def test_reasons__have_words():
    for reason in (*DROPS, *REPAIRS):
        assert " " in in_words(reason)
    assert in_words("some_other_reason") == "some other reason"
