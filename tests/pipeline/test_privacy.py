"""What the log gives away and what is left when its time is over: no unit, no officer, no place."""

import datetime as dt
import hmac
import json
import stat
from pathlib import Path

import pandas as pd

from evenbeat.core.dosage.activities import UNKNOWN_TACTIC
from evenbeat.core.dosage.pseudonyms import pseudonym
from evenbeat.core.pipeline.accounts.write import (
    write_officer_report,
    write_shift_report,
    write_tactic_report,
)
from evenbeat.core.pipeline.patrol.days import day_store
from evenbeat.core.pipeline.patrol.journal import note_activity, start_activity, stop_activity
from evenbeat.core.pipeline.patrol.measure import run_dosage
from evenbeat.core.pipeline.patrol.retention import run_retention
from evenbeat.core.pipeline.patrol.secrets import KEY_VARIABLE, private_folder, pseudonym_key
from evenbeat.core.policy.tactics import TacticsLibrary
from evenbeat.core.simulate import simulate_city, write_agency_files
from evenbeat.core.store.files import fingerprint, sha256_file
from tests.rehearsed_days import context_at, now_after

UNIT, OFFICERS = "01-1-a", ("PC4411", "PC5522")


def today(context):
    """Return the day on which a test stands."""
    return context.now().date()


def log_patrol(root, day, *, unit=UNIT, hour=12, minutes=14, calendar=None):
    """Log a directed patrol of a day at an hour, with a note."""
    zone = calendar.zone if calendar else dt.UTC
    begin = dt.datetime.combine(day, dt.time(hour), zone).astimezone(dt.UTC)
    start_activity(context_at(root, begin), unit, tactic="be-seen", officer_ids=OFFICERS)
    note_activity(context_at(root, begin), unit, "two lights are out")
    return stop_activity(context_at(root, begin + dt.timedelta(minutes=minutes)), unit)


def journal(root):
    text = (root / "private" / "journal.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def written(root):
    """Return every file below a folder with its bytes and time of change."""
    return {path: (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(root.rglob("*")) if path.is_file()}  # fmt: skip


def test_start_activity__unit_and_officer_cannot_be_found_from_the_log_by_trying(patrolled):
    root, day = patrolled.workspace.root, today(patrolled)
    log_patrol(root, day)
    lines = journal(root)
    entries = [one for one in patrolled.workspace.audit.entries() if one.action == "activity"]
    assert len(entries) == len(lines) == 3
    key = pseudonym_key(patrolled.workspace)
    for entry, line in zip(entries, lines, strict=True):
        # The sceptic knows the line but for what he tries, and has it right.
        assert fingerprint(line) not in entry.detail
        assert UNIT not in entry.detail
        text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        by_hand = hmac.new(key, text.encode(), "sha256").hexdigest()
        assert json.loads(entry.detail)["line_hmac_sha256"] == by_hand


def test_line_hash__is_checked_with_the_bytes_of_the_journal(patrolled):
    root = patrolled.workspace.root
    log_patrol(root, today(patrolled))
    raw = (root / "private" / "journal.jsonl").read_bytes().splitlines()
    entries = [one for one in patrolled.workspace.audit.entries() if one.action == "activity"]
    key = bytes.fromhex((root / "private" / "pseudonym.key").read_text("ascii").strip())
    for entry, line in zip(entries, raw, strict=True):
        known = json.loads(entry.detail)["line_hmac_sha256"]
        assert hmac.new(key, line, "sha256").hexdigest() == known


def test_run_dosage__what_a_log_says_of_persons_is_nowhere(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[0]
    noon = dt.datetime.combine(day, dt.time(12), patrolled.workspace.calendar.zone)
    stamp = noon.astimezone(dt.UTC)
    pd.DataFrame({
        "activity_id": ["01-1-a/PC4411", "01-1-a/PC4411"], "unit_id": UNIT,
        "tactic": ["Stop John Smith of 12 Elm St", "be-seen"],
        "started_at": [f"{stamp:%Y-%m-%dT%H:%MZ}", f"{stamp:%Y-%m-%dT%H:30Z}"],
        "ended_at": [f"{stamp:%Y-%m-%dT%H:10Z}", f"{stamp:%Y-%m-%dT%H:40Z}"],
        "officer_ids": "PC4411, PC5522", "note": "Spoke with Maria Gonzalez",
    }).to_csv(root / "activities" / "own.csv", index=False)  # fmt: skip
    outcome = run_dosage(patrolled)
    assert outcome.measured == [str(day)]
    assert outcome.activities["repaired"]["unknown_tactic"] == 1
    account = outcome.activities
    assert account["rows_in"] == account["rows_kept"] + sum(account["dropped"].values())

    found = day_store(patrolled.workspace).table("activities", [day])
    own = found[found["unit"] == pseudonym(UNIT, pseudonym_key(patrolled.workspace))]
    own = own[own["note"] != ""]
    assert own["tactic"].tolist() == [UNKNOWN_TACTIC, "Be seen"]
    assert own["enforcement"].tolist() == [True, False]
    assert own["activity_id"].nunique() == 2
    texts = found.to_csv() + json.dumps(outcome.activities)
    for secret in ("Smith", "Elm", "PC4411", "Gonzalez", "Maria"):
        assert secret not in texts
    officers = pd.read_parquet(root / "private" / "officers" / f"{day}.parquet")
    assert {"PC4411", "PC5522"} <= set(officers["officer"])
    assert "PC4411, PC5522" not in set(officers["officer"])


def test_run_retention__nothing_that_shows_a_unit_or_officer_is_left(rehearsed, patrolled):
    workspace, day = patrolled.workspace, rehearsed.dates[0]
    root = workspace.root
    log_patrol(root, day, calendar=workspace.calendar)
    run_dosage(patrolled)
    supervised = context_at(root, patrolled.now())
    write_shift_report(supervised, day)
    write_officer_report(supervised, day, rehearsed.dates[-1])
    write_officer_report(supervised, day, rehearsed.dates[-1], by="unit")
    late = context_at(root, now_after(rehearsed) + dt.timedelta(days=800))
    store = day_store(workspace)
    before = {name: store.table(name, rehearsed.dates) for name in ("visits", "activities")}

    told = run_retention(late, dry_run=True)
    outcome = run_retention(late)

    assert (told.removed, told.changed) == (outcome.removed, outcome.changed)
    assert outcome.removed["journal lines"] == 3
    assert outcome.removed["shift reports"] > 2
    assert outcome.removed["officer reports"] > 2
    assert outcome.changed == {"tables without units": 6}
    assert journal(root) == []
    assert not list((root / "private" / "reports").glob("*"))
    assert not list((root / "reports").rglob("shift*"))
    assert list((root / "reports").rglob("unit.html"))
    for name, former in before.items():
        now = store.table(name, rehearsed.dates)
        assert (now["unit"] == "").all()
        assert (former["unit"] != "").all()
        pd.testing.assert_frame_equal(now.drop(columns="unit"), former.drop(columns="unit"))
    assert run_retention(late).removed == {}
    assert run_retention(late).changed == {}


def test_run_retention__a_day_tells_what_was_changed_and_when(rehearsed, patrolled):
    workspace, day = patrolled.workspace, rehearsed.dates[1]
    moment = now_after(rehearsed) + dt.timedelta(days=100)
    run_retention(context_at(workspace.root, moment))
    store = day_store(workspace)
    facts = store.facts(day)
    assert facts["retention"] == {
        "at": moment.isoformat(timespec="seconds"), "removed": ["timeline", "tracks"],
        "without_units": ["activities", "visits"],
    }  # fmt: skip
    files = list(store.day(day).glob("*.parquet"))
    assert {path.name: sha256_file(path) for path in files} == {
        name: digest for name, digest in facts["output_sha256"].items() if "parquet" in name
    }
    former = day_store(rehearsed.workspace).facts(day)
    changed = {name for name, digest in facts["output_sha256"].items()
               if former["output_sha256"][name] != digest}  # fmt: skip
    assert changed == {"activities.parquet", "visits.parquet"}
    # Officers' names are kept longer than pings.
    assert (workspace.root / "private" / "officers" / f"{day}.parquet").is_file()


def test_run_retention__reports_of_days_without_units_can_be_written(rehearsed, patrolled):
    root, days = patrolled.workspace.root, (rehearsed.dates[0], rehearsed.dates[-1])
    late = context_at(root, now_after(rehearsed) + dt.timedelta(days=100))
    run_retention(late)
    for by in ("unit", "officer"):
        assert write_officer_report(late, *days, by=by).page.is_file()
    assert write_tactic_report(late, *days).page.is_file()
    assert write_shift_report(late, days[0]).page.is_file()


def test_start_activity__officers_in_one_text_are_counted_each(patrolled):
    start_activity(patrolled, UNIT, tactic="be-seen", officer_ids=("4411, 5522", "4411"))
    (line,) = journal(patrolled.workspace.root)
    assert (line["officers"], line["officer_ids"]) == (2, ["4411", "5522"])


def test_run_retention__what_is_cut_short_is_done_again(rehearsed, patrolled):
    workspace, day = patrolled.workspace, rehearsed.dates[0]
    late = context_at(workspace.root, now_after(rehearsed) + dt.timedelta(days=100))
    path = day_store(workspace).day(day) / "visits.parquet"
    pd.read_parquet(path).assign(unit="").to_parquet(path, index=False)
    run_retention(late)
    facts = day_store(workspace).facts(day)
    assert facts["output_sha256"]["visits.parquet"] == sha256_file(path)


def test_run_retention__the_journal_keeps_what_is_young_or_goes_on(rehearsed, patrolled):
    workspace = patrolled.workspace
    root, last = workspace.root, now_after(rehearsed)
    log_patrol(root, rehearsed.dates[0])
    young = (last + dt.timedelta(days=399)).date()
    kept = log_patrol(root, young)
    long_ago = context_at(root, last - dt.timedelta(days=1))
    start_activity(long_ago, "8Y", tactic="be-seen", officer_ids=("6",))  # never ended
    lately = context_at(root, last + dt.timedelta(days=399))
    running = start_activity(lately, "9Z", tactic="be-seen", officer_ids=("7",))
    before = [line for line in journal(root)
              if line["activity_id"] in (kept.activity_id, running.activity_id)]  # fmt: skip

    outcome = run_retention(context_at(root, last + dt.timedelta(days=400)))

    assert outcome.removed["journal lines"] == 4
    assert journal(root) == before
    assert stat.S_IMODE((root / "private" / "journal.jsonl").stat().st_mode) == 0o600
    hashes = [one for one in workspace.audit.entries() if one.action == "activity"]
    assert len(hashes) == 8


def test_run_retention__a_patrol_that_may_be_measured_again_loses_its_officers_alone(
    rehearsed, patrolled
):
    workspace, day = patrolled.workspace, rehearsed.dates[0]
    root = workspace.root
    log_patrol(root, day, calendar=workspace.calendar)
    run_dosage(patrolled)
    settings = root / "evenbeat.toml"
    text = settings.read_text("utf-8")
    assert text.count("\n[dosage]\n") <= 1
    added = "keep_officers_days = 2\n"
    settings.write_text(
        text.replace("\n[dosage]\n", "\n[dosage]\n" + added) if "\n[dosage]\n" in text
        else text.replace("[[dosage.sources]]", "[dosage]\n" + added + "\n[[dosage.sources]]", 1),
        "utf-8",
    )  # fmt: skip
    soon = context_at(root, patrolled.now() + dt.timedelta(days=1))
    former = day_store(workspace).table("activities", [day])

    outcome = run_retention(soon)

    assert outcome.changed == {"journal lines": 1}
    (start, *others) = journal(root)
    assert (start["officer_ids"], start["officers_removed"], start["unit_id"]) == ([], True, UNIT)
    assert len(others) == 2
    run_dosage(soon)
    now = day_store(workspace).table("activities", [day])
    pd.testing.assert_frame_equal(now, former)


def test_run_retention__a_dry_run_writes_nothing_and_takes_no_lock(rehearsed, patrolled):
    root = patrolled.workspace.root
    log_patrol(root, rehearsed.dates[0])
    late = context_at(root, now_after(rehearsed) + dt.timedelta(days=800))
    before = written(root)
    with patrolled.workspace.writing():
        assert run_retention(late, dry_run=True).removed["pings"] > 0
    assert written(root) == before


def test_private_folder__is_not_made_by_looking(patrolled, tmp_path):
    workspace = patrolled.workspace
    (workspace.root / "private").rename(tmp_path / "away")
    late = context_at(workspace.root, patrolled.now() + dt.timedelta(days=800))
    assert "officers" not in run_retention(late, dry_run=True).removed
    assert not private_folder(workspace, make=False).exists()


def test_pseudonym_key__of_the_environment_keys_the_log_too(patrolled, monkeypatch):
    root, other = patrolled.workspace.root, "another key of sixteen bytes"
    monkeypatch.setenv(KEY_VARIABLE, other)
    log_patrol(root, today(patrolled))
    entry = next(one for one in patrolled.workspace.audit.entries() if one.action == "activity")
    line = (root / "private" / "journal.jsonl").read_bytes().splitlines()[0]
    by_hand = hmac.new(other.encode(), line, "sha256").hexdigest()
    assert json.loads(entry.detail)["line_hmac_sha256"] == by_hand


def test_simulate__ships_no_tactic_outside_the_library(tmp_path, rehearsed):
    known = {name for one in TacticsLibrary.load().tactics for name in (one.id, one.name)}
    city = simulate_city(seed=3, size_km=3.0, start=dt.date(2016, 9, 1), days=28)
    write_agency_files(city, tmp_path / "city", dirt=True)
    samples = Path(__file__).parents[2] / "sample_data"
    for root in (tmp_path / "city", rehearsed.workspace.root, samples):
        logs = [path for path in root.rglob("*.csv") if path.parent.name == "activities"
                or path.name == "activities.csv"]  # fmt: skip
        assert logs
        for path in logs:
            assert set(pd.read_csv(path)["tactic"].dropna()) <= known
    measured = day_store(rehearsed.workspace).table("activities", rehearsed.dates)
    assert set(measured["tactic"]) <= known
