"""The frame of patrol reports: header, files, words, limits."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports.accounts.patrol_period import edition_of, empty_period
from reports.pages import Page, assert_self_contained

from evenbeat.core.errors import InputError
from evenbeat.core.reports.accounts.edition import plain, write_report
from evenbeat.core.reports.accounts.edition_units import unit_labels
from evenbeat.core.reports.accounts.edition_words import DEFINITIONS, LIMITS, terms_of
from evenbeat.core.reports.accounts.officer import officer_report
from evenbeat.core.store.files import canonical_json

NOTHING = {"by": "unit", "tactics": [], "rows": [], "sentence": "Nothing.",
           "totals": {"activities": 0, "by_tactic": []}}  # fmt: skip


def written(folder, *, edition=None, tables=None, document=None, kind="unit"):
    return write_report(
        folder, edition=edition or edition_of(), kind=kind, template="accounts_officer.html",
        document={**NOTHING, **(document or {})}, tables=tables or {}, figures={},
    )  # fmt: skip


def test_write_report__names_of_files_and_tables_read_back(tmp_path):
    table = pd.DataFrame({"unit": ["a", "b,c"], "minutes": [1.5, float("nan")]})
    paths = written(tmp_path, tables={"minutes": table})
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "unit.html", "unit.json", "tables/unit-minutes.csv", "tables/unit-minutes.parquet",
    ]  # fmt: skip
    assert sorted(tmp_path.rglob("*.*")) == sorted(paths)
    assert paths[2].read_bytes() == b'unit,minutes\na,1.5\n"b,c",\n'
    pd.testing.assert_frame_equal(pd.read_parquet(paths[3]), table)


def test_write_report__same_bytes_and_a_whole_json(tmp_path):
    table = pd.DataFrame({"unit": ["a"], "minutes": [1.5]})
    first, second = (written(tmp_path / n, tables={"t": table}) for n in ("one", "two"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    text = first[1].read_text("utf-8")
    told = json.loads(text)
    assert text == canonical_json(told) + "\n"
    assert told["document"] == NOTHING
    assert told["edition"] == plain(asdict(edition_of()))
    assert told["edition"]["run_ids"][0] == "plan-" + "a" * 40
    assert told["edition"]["log_head"] == "c" * 64


def test_write_report__header_says_what_was_measured(tmp_path):
    edition = edition_of(
        last=dt.date(2017, 1, 5), notes=("Two days lack pings <b>.",), issued=1030
    )  # fmt: skip
    text = written(tmp_path, edition=edition)[0].read_text("utf-8")
    assert_self_contained(text)
    said = " ".join("".join(Page(text).text).replace("\xa0", " ").split())
    for words in (
        "Sampleton Police", "Tue 3 Jan 2017 to Thu 5 Jan 2017", "15 s",
        "1,030 issued, 26 approved, 0 visited, 19 partly visited", "4.3 % of minutes on duty",
        "1.2 % of minutes on duty", "Tue 3 Jan 2017, 23:59", "plan-" + "a" * 14, "c" * 19,
        "Two days lack pings <b>.",
    ):  # fmt: skip
        assert words in said
    assert "a" * 15 not in said
    for term, meaning in terms_of("unit"):
        assert term in said
        assert meaning in said
    for limit in LIMITS["unit"]:
        assert limit in said


def test_write_report__many_runs_are_counted_and_kept(tmp_path):
    runs = tuple(f"2017-01-{day:02d}-{'ab' * 6}" for day in range(1, 10))
    paths = written(tmp_path, edition=edition_of(run_ids=runs))
    said = " ".join("".join(Page(paths[0].read_text("utf-8")).text).split())
    assert "2017-01-06-abababab and 3 more." in said
    assert "2017-01-07" not in said
    assert json.loads(paths[1].read_text("utf-8"))["edition"]["run_ids"] == list(runs)


def test_write_report__what_is_not_known_reads_so(tmp_path):
    unknown = float("nan")
    edition = edition_of(freshness="", ping_interval_s=unknown, unknown_share=unknown,
                         outside_share=unknown, run_ids=(), log_head="")  # fmt: skip
    paths = written(tmp_path, edition=edition)
    said = " ".join("".join(Page(paths[0].read_text("utf-8")).text).split())
    assert "no pings in this period" in said
    assert said.count("not known") == 3
    assert "nan" not in said
    assert json.loads(paths[1].read_text("utf-8"))["edition"]["ping_interval_s"] is None


def test_write_report__refuses_what_it_does_not_know(tmp_path):
    with pytest.raises(InputError, match="no patrol report 'monthly'"):
        written(tmp_path, kind="monthly")
    with pytest.raises(InputError, match="cannot be files"):
        written(tmp_path, tables={"../up": pd.DataFrame({"a": [1]})})
    with pytest.raises(InputError, match="cannot hold"):
        written(tmp_path, document={"odd": object()})
    assert list(tmp_path.iterdir()) == []


def test_write_report__replaces_an_older_report(tmp_path):
    period = empty_period()
    written(tmp_path)
    officer_report(
        tmp_path, edition=edition_of("Newer"), officers=None, activities=period.activities,
        units=period.units, delivered=period.delivered, by="unit",
    )  # fmt: skip
    assert "<h1>Newer</h1>" in (tmp_path / "unit.html").read_text("utf-8")
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


NUMBERS = st.floats() | st.integers(-(2**53), 2**53) | st.none() | st.booleans() | st.text()


@settings(deadline=None, max_examples=60)
@given(st.recursive(NUMBERS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_plain__is_json_and_stays_as_it_is(value):
    told = plain(value)
    assert plain(told) == told
    assert json.loads(canonical_json(told)) == told


def test_plain__arrays_and_numbers_of_numpy():
    told = plain({"a": np.array([[1.0, np.inf]]), "b": np.bool_(True), "c": np.str_("x")})
    assert told == {"a": [[1.0, None]], "b": True, "c": "x"}
    assert type(told["b"]) is bool


def test_terms__all_five_reports_know_their_words():
    used = {term for kind in LIMITS for term, _ in terms_of(kind)}
    assert used == set(DEFINITIONS)
    for kind in LIMITS:
        terms = [term for term, _ in terms_of(kind)]
        assert terms == sorted(set(terms), key=str.casefold)
        assert LIMITS[kind]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text("0123456789abcdef", min_size=3, max_size=16) | st.text(max_size=4)))
def test_unit_labels__tell_the_same_units_apart(units):
    labels = unit_labels(units)
    assert set(labels) == set(units)
    assert len(set(labels.values())) == len(labels)
    assert all(unit.startswith(label) for unit, label in labels.items())


def test_unit_labels__short_for_pseudonyms_only():
    many = [f"{number:016x}"[::-1] for number in range(200)]
    assert {len(label) for label in unit_labels(many).values()} == {5}
    assert unit_labels(["patrol car 0123456789ab"]) == {
        "patrol car 0123456789ab": "patrol car 0123456789ab"
    }
