"""Vehicle logs that change, vanish, break or lie; runs that are killed; disks that refuse."""

import datetime as dt
import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from evenbeat.core.cli.main import group
from evenbeat.core.dosage.pseudonyms import pseudonym
from evenbeat.core.errors import ConfigError, InputError, WorkspaceError
from evenbeat.core.pipeline import daily
from evenbeat.core.pipeline.patrol.days import day_store
from evenbeat.core.pipeline.patrol.measure import run_dosage
from evenbeat.core.pipeline.patrol.parts import PartStore
from evenbeat.core.pipeline.patrol.retention import removed_dates, run_retention
from evenbeat.core.pipeline.patrol.secrets import KEY_VARIABLE, pseudonym_key
from tests.pipeline.test_dosage import late_pings
from tests.rehearsed_days import context_at, now_after


@pytest.fixture(autouse=True)
def own_key(monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


def log_of(context, day):
    return context.workspace.root / "avl" / f"{day}.csv"


def parts_of(context):
    return PartStore(context.workspace.root / "dosage" / "parts")


def hashes(context):
    store = day_store(context.workspace)
    return {date: store.facts(date)["output_sha256"] for date in store.dates()}


def rows_of(path):
    return len(path.read_text("utf-8").splitlines()) - 1


def newest_log(context):
    return [one for one in context.workspace.audit.entries() if one.action == "dosage"][-1].detail


def empty(path):
    """Leave the header alone."""
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")


def minutes_in_table(context, day):
    table = context.workspace.delivered(day, day)
    return float(table.minutes.sum(dtype=float)) if table else None


def test_run_dosage__a_corrected_file_under_a_new_name_takes_the_place_of_the_old(
    rehearsed, patrolled
):
    day, former = rehearsed.dates[1], hashes(patrolled)
    old = log_of(patrolled, day)
    table = pd.read_csv(old, dtype=str)
    pings = len(table)
    moved = table.assign(easting=(table["easting"].astype(float) + 60.0).round(1))
    old.unlink()
    # The name sorts after the old one, whose pings would win over those of the same time.
    new = old.with_name(f"{day}_corrected.csv")
    moved.to_csv(new, index=False)

    outcome = run_dosage(patrolled)

    # Days beside it see its pings near midnight.
    assert str(day) in outcome.measured
    assert list(outcome.taken_back.values()) == [pings]
    note = f"taken back: {pings:,} pings of avl/{day}.csv, which no source matches any more"
    assert note in outcome.notes
    assert f'"taken_back":{{"{next(iter(outcome.taken_back))}":{pings}}}' in newest_log(patrolled)
    assert day_store(patrolled.workspace).facts(day)["account"]["rows_in"] >= pings
    assert day_store(patrolled.workspace).facts(day)["account"]["dropped"].get("duplicate", 0) == 0
    assert hashes(patrolled)[day] != former[day]
    assert len(parts_of(patrolled).names()) == 3
    assert run_dosage(patrolled).notes == []


def test_run_dosage__a_file_that_is_only_renamed_changes_no_minutes(rehearsed, patrolled):
    day, store = rehearsed.dates[0], day_store(patrolled.workspace)
    former = [store.facts(date)["totals"] for date in rehearsed.dates]
    log_of(patrolled, day).rename(log_of(patrolled, f"zz-{day}"))
    outcome = run_dosage(patrolled)
    assert [one["file"] for one in outcome.files] == [f"avl/zz-{day}.csv"]
    assert len(outcome.taken_back) == 1
    for date, totals in zip(rehearsed.dates, former, strict=True):
        for shift, minutes in store.facts(date)["totals"].items():
            assert minutes == pytest.approx(totals[shift], abs=1e-6)


def test_run_dosage__of_two_files_the_first_one_counts_whatever_the_key(rehearsed, patrolled):
    day = rehearsed.dates[1]
    table = pd.read_csv(log_of(patrolled, day), dtype=str)
    moved = table.assign(easting=(table["easting"].astype(float) + 60.0).round(1))
    former = day_store(patrolled.workspace).facts(day)["totals"]
    for name in ("2", "9", "99", "zz"):
        moved.to_csv(log_of(patrolled, f"{day}_{name}"), index=False)
    run_dosage(patrolled)
    assert day_store(patrolled.workspace).facts(day)["totals"] == former


def test_run_dosage__sources_taken_out_of_the_settings(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[1]
    settings = root / "evenbeat.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('"avl/*.csv"', f'"avl/{day}.csv"'), "utf-8")
    outcome = run_dosage(context_at(root, patrolled.now()))
    assert day_store(patrolled.workspace).dates() == [day]
    assert outcome.removed == [str(date) for date in rehearsed.dates if date != day]
    assert len(outcome.taken_back) == 2


def test_run_dosage__a_day_beyond_retention_stays_when_its_file_goes(rehearsed, patrolled):
    workspace = patrolled.workspace
    run_retention(context_at(workspace.root, now_after(rehearsed) + dt.timedelta(days=100)))
    former = hashes(patrolled)
    log_of(patrolled, rehearsed.dates[0]).unlink()
    outcome = run_dosage(patrolled)
    assert (outcome.removed, outcome.taken_back) == ([], {})
    assert hashes(patrolled) == former


@pytest.mark.parametrize("force", [False, True])
def test_run_dosage__a_day_that_lost_its_pings_is_told_no_more(rehearsed, patrolled, force):
    first, day, last = rehearsed.dates
    assert minutes_in_table(patrolled, day) > 0
    other = minutes_in_table(patrolled, first)
    empty(log_of(patrolled, day))

    outcome = run_dosage(patrolled, force=force)

    assert outcome.removed == [str(day)]
    assert any(str(day) in note and "measured no more" in note for note in outcome.notes)
    assert f'"removed":["{day}"]' in newest_log(patrolled)
    assert day_store(patrolled.workspace).dates() == [first, last]
    assert minutes_in_table(patrolled, day) is None
    # The last step of the day before ended with a ping of the file that is empty now.
    assert minutes_in_table(patrolled, first) == pytest.approx(other, rel=1e-3)
    assert not (patrolled.workspace.root / "private" / "officers" / f"{day}.parquet").exists()
    with pytest.raises(InputError, match=f"No pings of {day} are known"):
        run_dosage(patrolled, dates=[day], force=force)
    assert run_dosage(patrolled).removed == []


def test_run_dosage__a_run_killed_while_it_removed_a_day_is_finished(rehearsed, patrolled):
    day = rehearsed.dates[1]
    empty(log_of(patrolled, day))
    day_store(patrolled.workspace).forget_patrol(day)
    assert run_dosage(patrolled).removed == [str(day)]
    assert minutes_in_table(patrolled, day) is None


def test_run_dosage__all_days_lost(rehearsed, patrolled):
    for day in rehearsed.dates:
        empty(log_of(patrolled, day))
    outcome = run_dosage(patrolled)
    assert outcome.removed == [str(day) for day in rehearsed.dates]
    assert len(patrolled.workspace.delivered(rehearsed.dates[0], rehearsed.dates[-1])) == 0
    assert run_dosage(patrolled).removed == []


def test_run_dosage__what_a_killed_run_left_is_swept_and_never_read(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[1]
    parts = root / "dosage" / "parts"
    name = parts_of(patrolled).names()[0]
    shutil.copytree(parts / name, parts / f".writing-99-{name}")
    (parts / f".writing-99-{name}" / f"{day}.0.parquet").write_bytes(b"half")
    (parts / name / f".writing-99-{day}.parquet").write_bytes(b"half")
    days = root / "dosage" / "days"
    shutil.copytree(days / str(day), days / f".writing-99-{day}")
    (root / "private" / "officers" / f".writing-99-{day}.parquet").write_bytes(b"half")
    assert day_store(patrolled.workspace).dates() == rehearsed.dates
    assert set(rehearsed.dates) <= set(parts_of(patrolled).dates())
    assert all(not path.parent.name.startswith(".") for path in parts_of(patrolled).of_day(day))

    assert run_dosage(patrolled).measured == []

    for folder in (parts, days, root / "private" / "officers"):
        assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_run_dosage__files_whose_names_begin_with_a_dot_are_no_logs(patrolled):
    (patrolled.workspace.root / "avl" / "._2022.csv").write_bytes(b"\x00\x05\x16\x07")
    (patrolled.workspace.root / "avl" / "folder.csv").mkdir()
    assert run_dosage(patrolled).notes == []


def test_run_dosage__a_unit_name_that_is_not_utf8(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[1]
    late_pings(rehearsed, root, day)
    late = root / "avl" / f"late-{day}.csv"
    late.write_bytes(late.read_bytes().replace(b"late-1", b"\xc4-1"))
    outcome = run_dosage(patrolled)
    assert outcome.measured == [str(day)]
    assert outcome.files[0]["repaired"] == {"not_utf8": 60}
    units = day_store(patrolled.workspace).table("units", [day])
    assert pseudonym("Ä-1", pseudonym_key(patrolled.workspace)) in set(units["unit"])


def test_measure__no_failure_of_a_log_holds_up_the_day(patrolled, monkeypatch):
    def fail(_):
        raise UnicodeDecodeError("utf-8", b"\xc4", 0, 1, "invalid continuation byte")

    monkeypatch.setattr(daily, "run_dosage", fail)
    outcome = daily.DailyOutcome("2022-05-01")
    daily._measure(patrolled, outcome)
    assert len(outcome.notes) == 1
    assert outcome.notes[0].startswith("patrol was not measured: UnicodeDecodeError")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("broken-Smith.csv", b"", "is empty"),
        ("broken-Smith.parquet", b"PAR1 and then nothing", "cannot be read to its end"),
        ("broken-Smith.csv.gz", b"\x1f\x8b\x08 cut off", "cannot be read to its end"),
        ("broken-Smith.gpkg", b"no database", "no readable GeoPackage"),
        ("broken-Smith.csv", b"a,b,c\n1,2,3\n", "lack unit_id"),
        ("broken-Smith.csv", None, "does not exist|cannot be opened"),
    ],
)
def test_run_dosage__one_broken_file_is_named_and_the_others_measured(
    rehearsed, patrolled, name, content, reason
):
    root, day = patrolled.workspace.root, rehearsed.dates[1]
    settings = root / "evenbeat.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('"avl/*.csv"', '"avl/*"'), "utf-8")
    context = context_at(root, patrolled.now())
    path = root / "avl" / name
    if content is None:
        path.symlink_to(root / "nowhere.csv")
    else:
        path.write_bytes(content)
    late_pings(rehearsed, root, day)

    outcome = run_dosage(context)

    assert outcome.measured == [str(day)]
    (note,) = outcome.notes
    assert note.startswith(f"avl/{name} was left out and is tried again")
    (known,) = outcome.unread.values()
    assert re.search(reason, note)
    assert re.search(reason, known)
    assert "Smith" not in newest_log(context)
    assert next(iter(outcome.unread)) in newest_log(context)
    assert len(run_dosage(context).unread) == 1


def test_run_dosage__a_file_that_breaks_keeps_what_was_read_of_it(rehearsed, patrolled):
    day, former = rehearsed.dates[1], hashes(patrolled)
    log = log_of(patrolled, day)
    whole = log.read_bytes()
    log.write_bytes(b"")
    outcome = run_dosage(patrolled)
    assert (outcome.measured, outcome.removed) == ([], [])
    assert "What was read of it before stays" in outcome.notes[0]
    assert len(run_dosage(patrolled, force=True).unread) == 1
    assert hashes(patrolled) == former
    log.write_bytes(whole)
    outcome = run_dosage(patrolled)
    assert (outcome.notes, outcome.measured) == ([], [])
    assert len(outcome.files) == 1


def test_run_dosage__no_file_that_can_be_read_is_an_error(rehearsed, patrolled):
    former = hashes(patrolled)
    for day in rehearsed.dates:
        log_of(patrolled, day).write_bytes(b"")
    with pytest.raises(InputError, match=r"No vehicle log could be read. The first of 3: .* is em"):
        run_dosage(patrolled)
    assert hashes(patrolled) == former


def test_run_dosage__an_open_quote_is_said(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[1]
    late_pings(rehearsed, root, day)
    late = root / "avl" / f"late-{day}.csv"
    lines = late.read_text("utf-8").splitlines()
    lines[31] = f'"{lines[31]}'
    late.write_text("\n".join(lines) + "\n", "utf-8")
    outcome = run_dosage(patrolled)
    assert outcome.files[0]["dropped"] == {"inside_quotes": 29, "unsplittable_line": 1}
    assert "29 lines stand inside quotes" in outcome.notes[0]


def test_run_dosage__a_header_of_other_width_is_said(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[1]
    late_pings(rehearsed, root, day)
    late = root / "avl" / f"late-{day}.csv"
    header, _, rows = late.read_text("utf-8").partition("\n")
    late.write_text(f"{header},more\n{rows}", "utf-8")
    assert "60 of 60 lines could not be split" in run_dosage(patrolled).notes[0]


def test_run_dosage__two_files_of_one_name_stay_apart(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[1]
    for folder in ("north", "south"):
        (root / "avl" / folder).mkdir()
        late_pings(rehearsed, root, day, minutes=10 if folder == "north" else 20)
        (root / "avl" / f"late-{day}.csv").rename(root / "avl" / folder / "unit-01-1-Smith.csv")
    settings = root / "evenbeat.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('"avl/*.csv"', '"avl/**/*.csv"'), "utf-8")
    outcome = run_dosage(context_at(root, patrolled.now()))
    assert {one["file"]: one["rows_in"] for one in outcome.files} == {
        "avl/north/unit-01-1-Smith.csv": 20, "avl/south/unit-01-1-Smith.csv": 40,
    }  # fmt: skip
    ids = {one["id"]: one["bytes"] for one in outcome.files}
    logged = json.loads(newest_log(patrolled))["files"]
    assert {name: facts["bytes"] for name, facts in logged.items()} == ids
    assert all(name.endswith(".csv") for name in ids)


def test_run_dosage__no_name_of_a_file_is_stored_but_for_its_owner(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[1]
    late_pings(rehearsed, root, day)
    (root / "avl" / f"late-{day}.csv").rename(root / "avl" / "unit-01-1-Smith.J.csv")
    run_dosage(patrolled)
    (root / "avl" / "unit-01-1-Smith.J.csv").unlink()
    outcome = run_dosage(patrolled)
    assert "pings of avl/unit-01-1-Smith.J.csv" in outcome.notes[0]
    for path in (root / "dosage").rglob("*"):
        assert "smith" not in str(path.relative_to(root)).lower()
        assert not path.is_file() or b"Smith" not in path.read_bytes(), path
    assert not any("Smith" in one.detail for one in patrolled.workspace.audit.entries())


def test_run_dosage__another_key_takes_nothing_back(patrolled, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "another key of sixteen bytes")
    outcome = run_dosage(patrolled)
    assert (outcome.notes, outcome.taken_back, len(outcome.measured)) == ([], {}, 3)
    assert len(parts_of(patrolled).names()) == 3


def test_run_dosage__a_clock_years_ahead_does_not_move_the_newest_day(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[1]
    late_pings(rehearsed, root, day)
    late = root / "avl" / f"late-{day}.csv"
    table = pd.read_csv(late)
    soon, far = patrolled.now() + dt.timedelta(hours=23), patrolled.now() + dt.timedelta(hours=25)
    table.loc[0, "time"] = f"{soon:%Y-%m-%dT%H:%M:%SZ}"
    table.loc[1, "time"] = f"{far:%Y-%m-%dT%H:%M:%SZ}"
    table.loc[2, "time"] = "2093-01-01T00:00:00Z"
    table.to_csv(late, index=False)
    outcome = run_dosage(patrolled)
    assert outcome.files[0]["dropped"] == {"in_the_future": 2}
    assert max(parts_of(patrolled).dates()) <= far.date()


def test_run_dosage__force_writes_no_pings_of_closed_days(rehearsed, patrolled):
    workspace = patrolled.workspace
    run_retention(context_at(workspace.root, now_after(rehearsed) + dt.timedelta(days=100)))
    former = hashes(patrolled)
    outcome = run_dosage(patrolled, force=True)
    closed = {dt.date.fromisoformat(date) for date in removed_dates(workspace)}
    assert not closed & set(parts_of(patrolled).dates())
    assert [note for note in outcome.notes if "removed by evenbeat retention" in note]
    assert hashes(patrolled) == former
    outcome = run_dosage(patrolled, dates=[rehearsed.dates[0]])
    assert outcome.notes == [
        f"{rehearsed.dates[0]} stays as measured: the pings were removed by evenbeat retention"
    ]


def test_run_dosage__a_scheduler_is_checked_where_nothing_is_due(patrolled):
    with pytest.raises(ConfigError, match="must be an address such as tcp"):
        run_dosage(patrolled, scheduler="foo")


def test_command__without_a_measured_day_it_names_none(rehearsed, patrolled):
    root = patrolled.workspace.root
    shown = CliRunner().invoke(group, ["dosage", "-w", str(root)])
    assert f"--date {rehearsed.dates[-1]}" in shown.output
    run_retention(context_at(root, now_after(rehearsed) + dt.timedelta(days=100)))
    shown = CliRunner().invoke(group, ["dosage", "-w", str(root)])
    assert shown.exit_code == 0
    assert "Next:" not in shown.output


def test_run_dosage__a_workspace_that_cannot_be_written(rehearsed, patrolled):
    parts = patrolled.workspace.root / "dosage" / "parts"
    late_pings(rehearsed, patrolled.workspace.root, rehearsed.dates[1])
    shutil.rmtree(parts)
    parts.write_text("a file in the place of a folder")
    with pytest.raises(WorkspaceError, match=r"cannot be read or written: .*Run as a user who may"):
        run_dosage(patrolled)


def test_count_own__what_lies_near_the_edge_is_another_days(rehearsed, patrolled):
    from evenbeat.core.pipeline.patrol.parts import count_own, read_parts

    store, calendar = parts_of(patrolled), patrolled.workspace.calendar
    total = 0
    for date in store.dates():
        start, end = (float(edge) for edge in calendar.edges(date, 1)[[0, -1]])
        times = read_parts(store.of_day(date)).time_s
        assert times.size
        own = count_own(store.of_day(date), date, calendar)
        assert own == sum(start <= time < end for time in times.tolist())
        total += own
    assert total == sum(rows_of(log_of(patrolled, day)) for day in rehearsed.dates)
    assert np.isfinite(total)
