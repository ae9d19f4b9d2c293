"""Pings by day: none lost, none twice, whatever their order; the secret; and the journal."""

import datetime as dt
import json
import resource
import shutil
import stat
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage import Pings
from evenbeat.core.dosage.activities import ActivityReport
from evenbeat.core.dosage.day import day_window
from evenbeat.core.dosage.ping_columns import read_seconds
from evenbeat.core.dosage.pseudonyms import KEY_BYTES, pseudonym
from evenbeat.core.dosage.report import PingReport
from evenbeat.core.errors import ConfigError, InputError
from evenbeat.core.pipeline.context import Context
from evenbeat.core.pipeline.patrol import parts as parts_module
from evenbeat.core.pipeline.patrol.journal import (
    journal_activities,
    note_activity,
    start_activity,
    stop_activity,
)
from evenbeat.core.pipeline.patrol.parts import PartStore, read_parts
from evenbeat.core.pipeline.patrol.secrets import KEY_VARIABLE, private_folder, pseudonym_key
from evenbeat.core.policy.tactics import TacticsLibrary
from evenbeat.core.shifts import ShiftCalendar
from evenbeat.core.store.files import sha256_file
from evenbeat.core.store.workspace import Workspace

CALENDAR = ShiftCalendar.three_by_eight("America/Chicago")
MARGIN_S = 3600.0
DAY = dt.date(2023, 3, 7)
KEY = b"a key for tests, long enough"


def edges_of(date):
    return tuple(float(edge) for edge in CALENDAR.edges(date, 1)[[0, -1]])


def many(size, *, first=DAY, days=1.0, seed=0, units=("a", "b", "c")):
    """Return pings with everything set, at random times of some days."""
    random = np.random.default_rng(seed)
    start = edges_of(first)[0]
    return Pings.of(
        units, random.integers(0, len(units), size), start + random.random(size) * days * 86400,
        random.random(size) * 1e5, random.random(size) * 1e5, accuracy_m=random.random(size),
        speed_kmh=random.random(size), crew=random.integers(1, 3, size),
        is_committed=random.random(size) < 0.5,
    )  # fmt: skip


def rows_of(pings):
    """Return pings as plain rows, in order."""
    names = [pings.unit_ids[unit] for unit in pings.unit]
    return list(zip(
        names, *(getattr(pings, name).tolist() for name in (
            "time_s", "easting", "northing", "accuracy_m", "speed_kmh", "crew", "is_committed")),
        strict=True,
    ))  # fmt: skip


def batches(pings, size):
    for first in range(0, len(pings), size):
        yield pings.take(np.arange(first, min(first + size, len(pings))))


def expected_rows(pings, date):
    """Return the rows that matter for a day, by comparing each time with the day's edges."""
    start, end = edges_of(date)
    return [row for row in rows_of(pings) if start - MARGIN_S <= row[1] < end + MARGIN_S]


def test_replace__near_midnight_of_a_service_day_a_ping_is_in_both_days(tmp_path):
    start, end = edges_of(DAY)
    times = [start - 3601, start - 3600, start, end - 3601, end - 3600, end + 3599, end + 3600]
    pings = Pings.of(("a",), [0] * 7, times, np.arange(7.0), [0] * 7)
    store = PartStore(tmp_path / "parts")
    parts = store.replace("log", iter([pings]), CALENDAR, MARGIN_S)
    found = {date: read_parts(store.of_day(dt.date.fromisoformat(date))).easting.tolist()
             for date in parts}  # fmt: skip
    assert found == {"2023-03-06": [0, 1, 2], "2023-03-07": [1, 2, 3, 4, 5],
                     "2023-03-08": [4, 5, 6]}  # fmt: skip
    window = day_window(CALENDAR.shifts_on(DAY), DosageSettings())
    assert window == (start - MARGIN_S, end + MARGIN_S)


@pytest.mark.parametrize(
    ("date", "hours"), [(dt.date(2023, 3, 11), 23), (dt.date(2022, 11, 5), 25), (DAY, 24)]
)
def test_replace__days_of_a_clock_change(tmp_path, date, hours):
    start, end = edges_of(date)
    assert end - start == hours * 3600
    times = np.arange(start - 7200, end + 7200, 600.0)
    pings = Pings.of(("a",), np.zeros(times.size), times, times, times)
    store = PartStore(tmp_path / "parts")
    store.replace("log", batches(pings, 17), CALENDAR, MARGIN_S)
    found = read_parts(store.of_day(date)).time_s
    assert found.tolist() == [time for time in times if start - 3600 <= time < end + 3600]
    assert found.size == (hours + 2) * 6


@pytest.mark.parametrize("buffer", [500, 10**9])
def test_replace__out_of_order_over_many_days_no_row_is_lost(tmp_path, monkeypatch, buffer):
    monkeypatch.setattr(parts_module, "_LARGEST_BUFFER", buffer)
    pings = many(6000, days=40.0)
    store = PartStore(tmp_path / "parts")
    parts = store.replace("log", batches(pings, 130), CALENDAR, MARGIN_S)
    assert [str(date) for date in store.dates()] == sorted(parts)
    for date in store.dates():
        assert rows_of(read_parts(store.of_day(date))) == expected_rows(pings, date)
    within = sum(
        int(((part.time_s >= edges_of(date)[0]) & (part.time_s < edges_of(date)[1])).sum())
        for date in store.dates()
        for part in [read_parts(store.of_day(date))]
    )
    assert within == 6000
    left = {path.name for path in (tmp_path / "parts" / "log").iterdir()}
    assert left == {"parts.json", *(f"{date}.parquet" for date in parts)}


@pytest.mark.parametrize("in_order", [True, False])
def test_replace__equal_pings_give_equal_bytes_however_they_come(tmp_path, monkeypatch, in_order):
    pings = many(3000, days=5.0)
    if in_order:
        pings = pings.take(np.argsort(pings.time_s))
    store = PartStore(tmp_path / "parts")
    made = []
    for name, size, buffer in (
        ("one", 3000, 10**9),
        ("two", 70, 10**9),
        ("three", 70, 200),
        ("four", 40, 1500),
    ):
        monkeypatch.setattr(parts_module, "_LARGEST_BUFFER", buffer)
        made.append(store.replace(name, batches(pings, size), CALENDAR, MARGIN_S))
    assert all(one == made[0] for one in made)
    for date, digest in made[0].items():
        assert sha256_file(tmp_path / "parts" / "one" / f"{date}.parquet") == digest
    assert json.loads((tmp_path / "parts" / "one" / "parts.json").read_text()) == made[0]


def test_replace__units_that_differ_from_piece_to_piece(tmp_path, monkeypatch):
    monkeypatch.setattr(parts_module, "_LARGEST_BUFFER", 1)
    each = [many(50, seed=number, units=names)
            for number, names in enumerate([("z",), ("a", "z"), ("m", "b")])]  # fmt: skip
    store = PartStore(tmp_path / "parts")
    store.replace("log", iter(each), CALENDAR, MARGIN_S)
    wanted = [row for one in each for row in expected_rows(one, DAY)]
    assert rows_of(read_parts(store.of_day(DAY))) == wanted


def test_replace__takes_the_place_of_all_that_a_file_had(tmp_path):
    store = PartStore(tmp_path / "parts")
    store.replace("log", iter([many(100, days=4.0)]), CALENDAR, MARGIN_S)
    store.replace("other", iter([many(10, seed=5)]), CALENDAR, MARGIN_S)
    before = store.fingerprint(DAY)
    other = sha256_file(tmp_path / "parts" / "other" / f"{DAY}.parquet")
    again = many(20, first=DAY + dt.timedelta(days=20), seed=2)
    parts = store.replace("log", iter([again]), CALENDAR, MARGIN_S)
    assert {path.stem for path in (tmp_path / "parts" / "log").glob("*.parquet")} == set(parts)
    assert min(parts) >= str(DAY + dt.timedelta(days=19))
    assert store.fingerprint(DAY) != before
    assert sha256_file(tmp_path / "parts" / "other" / f"{DAY}.parquet") == other
    assert rows_of(read_parts(store.of_day(DAY))) == expected_rows(many(10, seed=5), DAY)


def test_replace__what_cannot_be_read_leaves_what_was_there(tmp_path):
    store = PartStore(tmp_path / "parts")
    store.replace("log", iter([many(100)]), CALENDAR, MARGIN_S)
    before = store.fingerprint(DAY)

    def broken():
        yield many(50, seed=9)
        raise InputError("the file ends in the middle of a line")

    with pytest.raises(InputError):
        store.replace("log", broken(), CALENDAR, MARGIN_S)
    assert store.fingerprint(DAY) == before
    assert [path.name for path in (tmp_path / "parts").iterdir()] == ["log"]


def test_replace__of_an_empty_file(tmp_path):
    store = PartStore(tmp_path / "parts")
    assert store.replace("log", iter([]), CALENDAR, MARGIN_S) == {}
    assert store.replace("log", iter([many(0)]), CALENDAR, MARGIN_S) == {}
    assert store.dates() == []
    assert len(read_parts([])) == 0


@pytest.mark.parametrize("buffer", [100, 10**9])
def test_replace__more_days_than_files_that_may_be_open(tmp_path, monkeypatch, buffer):
    monkeypatch.setattr(parts_module, "_LARGEST_BUFFER", buffer)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with (tmp_path / "free").open("w") as stream:
        lowest = stream.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + 64, hard))
    try:
        store = PartStore(tmp_path / "parts")
        parts = store.replace("log", batches(many(2000, days=400.0), 50), CALENDAR, MARGIN_S)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(parts) >= 350


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(-5 * 10**8, 4 * 10**9), min_size=1, max_size=6))
def test_by_day__devices_whose_clock_is_years_away(times):
    batch = Pings.of(("a",), [0] * len(times), times, [0] * len(times), [0] * len(times))
    found = list(parts_module._by_day(batch, CALENDAR, MARGIN_S))
    dates = [date for date, _ in found]
    assert dates == sorted(set(dates))
    placed = []
    for date, part in found:
        start, end = edges_of(date)
        assert ((part.time_s >= start - MARGIN_S) & (part.time_s < end + MARGIN_S)).all()
        placed += part.time_s[(part.time_s >= start) & (part.time_s < end)].tolist()
    assert sorted(placed) == sorted(times)


@pytest.mark.parametrize("kind", [pa.float64(), pa.string()])
def test_read_seconds__a_year_that_no_calendar_has_is_no_time(kind):
    # Seconds, milliseconds, and microseconds that somebody took for either.
    numbers = pa.array([1709816430, 1709816430000, 1709816430000000, -4e15], pa.float64())
    rows = numbers if kind == pa.float64() else pa.array(
        [f"{number:.0f}" for number in numbers.to_pylist()], kind
    )  # fmt: skip
    found, unusable = read_seconds(rows, timezone="UTC", time_unit="auto", report=PingReport())
    assert found[:2].tolist() == [1709816430.0] * 2
    assert np.isnan(found[2:]).all()
    assert unusable.tolist() == [False, False, True, True]


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A workspace, and a function that gives a context at a minute of its day."""
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    root = tmp_path / "office"
    root.mkdir()
    (root / "evenbeat.toml").write_text('[agency]\nname = "T"\ntimezone = "America/Chicago"\n')
    noon = dt.datetime(2023, 3, 7, 18, tzinfo=dt.UTC)

    def at(minutes):
        moment = noon + dt.timedelta(minutes=minutes)
        return Context(Workspace.open(root), "sue", now=lambda: moment)

    return SimpleNamespace(root=root, at=at, noon=noon.timestamp())


def test_pseudonym_key__is_made_once_and_for_its_owner(office):
    workspace = office.at(0).workspace
    key = pseudonym_key(workspace)
    assert len(key) >= KEY_BYTES
    assert pseudonym_key(Workspace.open(office.root)) == key
    assert stat.S_IMODE((office.root / "private" / "pseudonym.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(private_folder(workspace).stat().st_mode) == 0o700
    shutil.rmtree(office.root / "private")
    assert pseudonym_key(workspace) != key


@pytest.mark.parametrize("content", ["", "abcd\n", "not hexadecimal, but long enough for a key\n"])
def test_pseudonym_key__a_spoiled_file_is_said_and_kept(office, content):
    path = private_folder(office.at(0).workspace) / "pseudonym.key"
    path.write_text(content, "ascii")
    with pytest.raises(ConfigError, match=r"pseudonym\.key must hold at least 32 hexadecimal"):
        pseudonym_key(office.at(0).workspace)
    assert path.read_text("ascii") == content


def test_pseudonym_key__the_environment_stands_before_the_file(office, monkeypatch):
    own = pseudonym_key(office.at(0).workspace)
    monkeypatch.setenv(KEY_VARIABLE, "x" * KEY_BYTES)
    assert pseudonym_key(office.at(0).workspace) == b"x" * KEY_BYTES
    monkeypatch.setenv(KEY_VARIABLE, "x" * (KEY_BYTES - 1))
    with pytest.raises(ConfigError, match="at least 16 bytes, got 15"):
        pseudonym_key(office.at(0).workspace)
    monkeypatch.setenv(KEY_VARIABLE, "")
    assert pseudonym_key(office.at(0).workspace) == own


def logged_in(office):
    report = ActivityReport()
    found = journal_activities(office.at(0).workspace, key=KEY, library=TacticsLibrary.load(),
                               report=report)  # fmt: skip
    assert report.rows_in == report.rows_kept + sum(report.dropped.values())
    return found, report


def test_journal_activities__units_at_the_same_time_stay_apart(office):
    first = start_activity(office.at(0), "7A", tactic="be-seen", assignment_id="box-1", officers=2,
                           officer_ids=("77",))  # fmt: skip
    other = start_activity(office.at(1), "7B", tactic="Be seen")
    note_activity(office.at(2), "7b", "door open")
    note_activity(office.at(3), "7A", "met Mr. Smith")
    stop_activity(office.at(10), "7a", note="quiet")
    running = start_activity(office.at(11), "7A", tactic="greet-people")
    stop_activity(office.at(15), "7B")
    assert len({first.activity_id, other.activity_id, running.activity_id}) == 3

    found, report = logged_in(office)

    assert [one.activity_id for one in found] == [first.activity_id, other.activity_id]
    one, two = found
    assert (one.unit, two.unit) == (pseudonym("7A", KEY), pseudonym("7B", KEY))
    assert (one.started_s, one.ended_s) == (office.noon, office.noon + 600)
    assert (two.started_s, two.ended_s) == (office.noon + 60, office.noon + 900)
    assert (one.officers, one.officer_ids, one.assignment_id) == (2, ("77",), "box-1")
    assert (one.tactic, two.tactic, two.note) == ("Be seen", "Be seen", "door open")
    assert one.note.endswith("; quiet")
    assert "Smith" not in one.note
    assert report.to_dict()["repaired"] == {"withheld_note": 1}


def test_journal_activities__of_no_journal(office):
    assert logged_in(office)[0] == []
    start_activity(office.at(0), "7A", tactic="be-seen")
    assert logged_in(office)[0] == []


def test_start_activity__what_is_refused_is_not_written(office):
    with pytest.raises(InputError, match="not in the library"):
        start_activity(office.at(0), "7A", tactic="chase")
    with pytest.raises(InputError, match="on no directed patrol"):
        note_activity(office.at(0), "7A", "nothing")
    assert not (office.root / "private" / "journal.jsonl").exists()
    start_activity(office.at(0), "7A", tactic="be-seen")
    written = (office.root / "private" / "journal.jsonl").read_bytes()
    with pytest.raises(InputError, match="evenbeat activity stop"):
        start_activity(office.at(1), "7a", tactic="be-seen")
    assert (office.root / "private" / "journal.jsonl").read_bytes() == written


def test_journal__only_grows_and_is_read_by_its_owner_alone(office):
    path = office.root / "private" / "journal.jsonl"
    start_activity(office.at(0), "7A", tactic="be-seen", officer_ids=("77",))
    before = path.read_bytes()
    note_activity(office.at(1), "7A", "ask 312-555-0147")
    assert path.read_bytes().startswith(before)
    assert b"0147" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    entries = [one for one in office.at(2).workspace.audit.entries() if one.action == "activity"]
    assert len(entries) == len(path.read_text("utf-8").splitlines()) == 2
    assert all("77" not in json.loads(one.detail).get("event", "") for one in entries)
