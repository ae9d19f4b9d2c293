"""Vehicle logs to measured days: once, only where something changed, nothing lost, no names."""

import datetime as dt
import stat

import numpy as np
import pandas as pd
import pytest

from evenbeat.core.dosage.pseudonyms import pseudonym
from evenbeat.core.errors import ConfigError, InputError
from evenbeat.core.pipeline.patrol.days import HOURS, day_store
from evenbeat.core.pipeline.patrol.journal import note_activity, start_activity, stop_activity
from evenbeat.core.pipeline.patrol.measure import run_dosage
from evenbeat.core.pipeline.patrol.publishing import publish_measured
from evenbeat.core.pipeline.patrol.retention import run_retention
from evenbeat.core.pipeline.patrol.secrets import KEY_VARIABLE, pseudonym_key
from evenbeat.core.pipeline.plan_inputs import past_use
from evenbeat.core.pipeline.publish import run_publish
from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.publication import is_whole, published_run
from tests.rehearsed_days import context_at, now_after


def late_pings(done, root, day, minutes=30):
    """Write pings of a new unit that came late, at noon of a day."""
    noon = dt.datetime.combine(day, dt.time(12), done.workspace.calendar.zone)
    seconds = np.arange(0, minutes * 60, 30)
    box = done.visits.iloc[0]
    times = pd.to_datetime(noon.timestamp() + seconds, unit="s", utc=True)
    pd.DataFrame({
        "unit_id": "late-1", "time": times.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "easting": box.easting, "northing": box.northing, "crew": 1, "incident_number": "",
    }).to_csv(root / "avl" / f"late-{day}.csv", index=False)  # fmt: skip


def test_run_dosage__minutes_are_conserved_and_shifts_are_the_sums_of_hours(rehearsed):
    store = day_store(rehearsed.workspace)
    assert store.dates() == rehearsed.dates
    for date in rehearsed.dates:
        facts = store.facts(date)
        assert facts["imbalance"] <= 1e-6
        shifts, hours = store.cube(date), store.cube(date, HOURS)
        for name in ("presence_minutes", "unit_minutes", "officer_minutes", "visits"):
            both = [cube[name].sum("shift", dtype="float64") for cube in (shifts, hours)]
            np.testing.assert_allclose(both[0], both[1], rtol=1e-5, atol=1e-3)
        account = facts["account"]
        assert account["rows_in"] == account["rows_kept"] + sum(account["dropped"].values())


def test_run_dosage__visits_are_those_that_units_made(rehearsed):
    delivered = day_store(rehearsed.workspace).table("delivered", rehearsed.dates)
    made = rehearsed.visits.groupby("assignment_id").size()
    seen = delivered.set_index("assignment_id")["visits"]
    # Two visits of one unit may follow each other in one stay, and a unit may pass by.
    assert (seen.reindex(made.index) > 0).all()
    assert seen.sum() == pytest.approx(made.sum(), rel=0.1)
    never = delivered[~delivered["assignment_id"].isin(made.index)]
    assert (never["outcome"] != "visited").all()
    assert (never["reason"] != "").all()


def test_run_dosage__delivered_minutes_are_the_union_of_stays(rehearsed):
    store = day_store(rehearsed.workspace)
    delivered = store.table("delivered", rehearsed.dates)
    visits = store.table("visits", rehearsed.dates)
    summed = visits.groupby("assignment_id")["minutes"].sum()
    unit = delivered.set_index("assignment_id")["unit_minutes"]
    np.testing.assert_allclose(unit.reindex(summed.index), summed)
    assert (delivered["presence_minutes"] <= delivered["unit_minutes"] + 1e-9).all()
    assert (delivered["over_minutes"] == np.maximum(
        delivered["presence_minutes"] - delivered["cap_minutes"], 0)).all()  # fmt: skip


def test_run_dosage__what_is_done_is_not_done_again(patrolled):
    outcome = run_dosage(patrolled)
    assert (outcome.files, outcome.measured) == ([], [])
    assert len(outcome.unchanged) == 3


def test_run_dosage__late_pings_open_only_their_day(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[1]
    store = day_store(patrolled.workspace)
    former = {date: store.facts(date)["output_sha256"] for date in rehearsed.dates}
    late_pings(rehearsed, root, day)
    outcome = run_dosage(patrolled)
    assert outcome.measured == [str(day)]
    assert [one["file"] for one in outcome.files] == [f"avl/late-{day}.csv"]
    changed = [date for date in rehearsed.dates
               if store.facts(date)["output_sha256"] != former[date]]  # fmt: skip
    assert changed == [day]
    added = store.facts(day)["totals"]["day"]["elapsed_minutes"]
    before = day_store(rehearsed.workspace).facts(day)["totals"]["day"]["elapsed_minutes"]
    assert added - before == pytest.approx(29.5, abs=0.01)


def test_run_dosage__a_file_that_shrinks_takes_its_pings_back(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[1]
    late_pings(rehearsed, root, day)
    run_dosage(patrolled)
    late_pings(rehearsed, root, day, minutes=10)
    assert run_dosage(patrolled).measured == [str(day)]
    units = day_store(patrolled.workspace).table("units", [day])
    late = pseudonym("late-1", pseudonym_key(patrolled.workspace))
    assert units.set_index("unit").loc[late, "on_duty_minutes"] == pytest.approx(9.5, abs=0.01)


def test_run_dosage__processes_and_a_cluster_give_the_same_bytes(patrolled):
    from distributed import LocalCluster

    store = day_store(patrolled.workspace)
    alone = [store.facts(date)["output_sha256"] for date in store.dates()]
    run_dosage(patrolled, force=True, jobs=2)
    assert [store.facts(date)["output_sha256"] for date in store.dates()] == alone
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        run_dosage(patrolled, force=True, scheduler=cluster.scheduler_address)
    assert [store.facts(date)["output_sha256"] for date in store.dates()] == alone


def test_run_dosage__caps_of_later_plans_count_what_was_delivered(rehearsed):
    workspace = rehearsed.workspace
    grid, after = workspace.grid(), rehearsed.dates[-1] + dt.timedelta(days=1)
    with workspace.database.reading() as connection:
        past = past_use(workspace, connection, grid, after)
    store = day_store(workspace)
    for back, date in enumerate(reversed(rehearsed.dates), start=1):
        patrol = store.patrol(date)
        minutes = np.zeros(grid.shape)
        minutes[patrol["row"], patrol["column"]] = patrol["minutes"]
        np.testing.assert_allclose(past.minutes[27 - back], minutes, atol=1e-4)
        assert (past.used[27 - back] == (minutes >= 5.0)).all()
    assert past.minutes.sum() > 0


def test_run_dosage__time_on_incidents_and_in_transit_is_no_patrol(rehearsed):
    store = day_store(rehearsed.workspace)
    for date in rehearsed.dates:
        patrol = store.patrol(date)["minutes"].sum()
        presence = float(store.cube(date)["presence_minutes"].sum(dtype="float64"))
        assert 0 < patrol < presence


def test_run_dosage__no_unit_is_named_outside_the_private_folder(rehearsed):
    root = rehearsed.workspace.root
    names = {name.encode() for name in rehearsed.visits["unit_id"].unique()}
    officers = {f"{name.decode()}-a".encode() for name in names}
    for path in [*(root / "dosage").rglob("*"), *(root / "data" / "dosage").rglob("*")]:
        if path.is_file():
            content = path.read_bytes()
            assert not any(b'"' + name + b'"' in content for name in names), path
            assert not any(name in content for name in officers), path
    tables = day_store(rehearsed.workspace)
    pseudonyms = {pseudonym(name.decode(), pseudonym_key(rehearsed.workspace)) for name in names}
    for name in ("units", "timeline", "tracks", "visits", "activities"):
        assert set(tables.table(name, rehearsed.dates)["unit"]) <= pseudonyms


def test_run_dosage__officers_are_kept_for_their_owner_alone(rehearsed):
    private = rehearsed.workspace.root / "private"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    files = sorted((private / "officers").glob("*.parquet"))
    assert [path.stem for path in files] == [str(date) for date in rehearsed.dates]
    for path in (*files, private / "pseudonym.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    officers = pd.read_parquet(files[0])
    assert officers["officer"].str.endswith(("-a", "-b")).all()


def test_run_dosage__activities_are_joined_to_their_assignment(rehearsed):
    found = day_store(rehearsed.workspace).table("activities", rehearsed.dates)
    assert len(found) == len(rehearsed.visits)
    assert set(found["assignment_id"]) == set(rehearsed.visits["assignment_id"])
    assert not found["enforcement"].any()


def test_run_dosage__without_a_log_it_says_what_to_add(patrolled):
    settings = patrolled.workspace.root / "evenbeat.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text[: text.index("[[dosage.sources]]")], "utf-8")
    with pytest.raises(ConfigError, match=r"\[\[dosage.sources\]\]"):
        run_dosage(context_at(patrolled.workspace.root, patrolled.now()))


def test_run_dosage__a_day_without_pings_is_refused(patrolled):
    with pytest.raises(InputError, match="No pings of 1999-01-01"):
        run_dosage(patrolled, dates=[dt.date(1999, 1, 1)])


def test_run_dosage__is_in_the_log(rehearsed):
    entries = [one for one in rehearsed.workspace.audit.entries() if one.action == "dosage"]
    assert len(entries) == 1
    for date in rehearsed.dates:
        assert f'"{date}"' in entries[0].detail


def test_pseudonym_key__from_the_environment(patrolled, monkeypatch):
    own = pseudonym_key(patrolled.workspace)
    monkeypatch.setenv(KEY_VARIABLE, "another key of sixteen bytes")
    assert pseudonym_key(patrolled.workspace) != own
    assert len(run_dosage(patrolled).measured) == 3
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(ConfigError, match="at least 16 bytes"):
        pseudonym_key(patrolled.workspace)


def test_publish_measured__late_coarse_and_beside_the_risk(rehearsed, patrolled):
    workspace, day = patrolled.workspace, rehearsed.dates[-1]
    run_publish(patrolled, day)
    risk_run = published_run(workspace.publication, day)
    early = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(20), dt.UTC)
    outcome = publish_measured(context_at(workspace.root, early))
    days = [str(date) for date in rehearsed.dates]
    # Each day waits for 48 hours from its end.
    assert (outcome.published, outcome.waiting) == (days[:1], days[1:])

    outcome = publish_measured(patrolled)

    assert (outcome.published, outcome.unchanged) == (days[1:], days[:1])
    assert publish_measured(patrolled).unchanged == days
    manifest = read_manifest(workspace.publication)
    assert published_run(workspace.publication, day) == risk_run
    assert is_whole(workspace.publication, day)
    assert "priority" in manifest.layers
    cube = day_store(workspace).cube(day)["unit_minutes"]
    inside = cube.where(workspace.grid().mask)
    for name, raster in manifest.layers["dosage"].shifts_of(str(day)):
        assert manifest.grids[raster.grid].cell_size_m >= 500.0
        expected = float(inside.sel(shift=name).sum(dtype="float64"))
        assert raster.total == pytest.approx(expected, rel=1e-4)
        assert len(raster.hours) == 8


def test_publish_measured__risk_published_later_leaves_dosage(rehearsed, patrolled):
    publish_measured(patrolled)
    run_publish(patrolled, rehearsed.dates[0])
    manifest = read_manifest(patrolled.workspace.publication)
    assert str(rehearsed.dates[0]) in manifest.layers["dosage"].dates
    assert str(rehearsed.dates[0]) in manifest.layers["priority"].dates


def test_publish_measured__a_day_that_is_measured_no_more_is_taken_back(rehearsed, patrolled):
    publish_measured(patrolled)
    day = rehearsed.dates[1]
    (patrolled.workspace.root / "avl" / f"{day}.csv").unlink()
    assert run_dosage(patrolled).removed == [str(day)]
    outcome = publish_measured(patrolled)
    assert outcome.withdrawn == [str(day)]
    manifest = read_manifest(patrolled.workspace.publication)
    assert set(manifest.layers["dosage"].dates) == {
        str(date) for date in rehearsed.dates if date != day
    }
    assert publish_measured(patrolled).withdrawn == []


def test_publish_measured__hourly_bands_add_up_to_the_shift(rehearsed, patrolled):
    import rasterio

    publish_measured(patrolled)
    target = patrolled.workspace.publication
    layer = read_manifest(target).layers["dosage"]
    for _, raster in layer.shifts_of(str(rehearsed.dates[0])):
        with (
            rasterio.open(target / raster.path) as whole,
            rasterio.open(target / raster.hourly.path) as hourly,
        ):
            np.testing.assert_allclose(
                np.nansum(hourly.read(), axis=0), np.nan_to_num(whole.read(1)), rtol=1e-4, atol=1e-3
            )
            assert hourly.descriptions == raster.hours


def test_run_retention__removes_traces_and_keeps_minutes(rehearsed, patrolled):
    workspace = patrolled.workspace
    years_later = context_at(workspace.root, now_after(rehearsed) + dt.timedelta(days=800))
    parts = list((workspace.root / "dosage" / "parts").glob("*/*.parquet"))
    told = run_retention(years_later, dry_run=True)
    assert told.removed == {"pings": len(parts), "traces": 6, "officers": 3}
    assert run_dosage(patrolled).measured == []

    run_retention(years_later)

    store = day_store(workspace)
    assert store.table("tracks", rehearsed.dates).empty
    assert store.table("timeline", rehearsed.dates).empty
    assert not list((workspace.root / "private" / "officers").glob("*"))
    assert not list((workspace.root / "dosage" / "parts").glob("*/*.parquet"))
    assert len(store.table("delivered", rehearsed.dates)) > 0
    assert store.dates() == rehearsed.dates
    assert [one for one in workspace.audit.entries() if one.action == "retention"]


def test_run_retention__late_pings_do_not_spoil_a_day_whose_pings_are_gone(rehearsed, patrolled):
    workspace, day = patrolled.workspace, rehearsed.dates[1]
    run_retention(context_at(workspace.root, now_after(rehearsed) + dt.timedelta(days=100)))
    former = day_store(workspace).facts(day)
    late_pings(rehearsed, workspace.root, day)
    outcome = run_dosage(patrolled)
    assert outcome.measured == []
    assert any("removed by evenbeat retention" in note for note in outcome.notes)
    assert day_store(workspace).facts(day) == former


def test_activity__start_note_stop_is_a_logged_patrol(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[0]
    noon = dt.datetime.combine(day, dt.time(12), patrolled.workspace.calendar.zone)
    unit = rehearsed.visits["unit_id"].iloc[0]
    begun = start_activity(
        context_at(root, noon), unit, tactic="be-seen", officers=2, officer_ids=("77", "78")
    )
    with pytest.raises(InputError, match="has not ended it"):
        start_activity(context_at(root, noon), unit, tactic="be-seen")
    noted = note_activity(context_at(root, noon), unit, "met Mr. Smith, call 312-555-0147")
    assert noted.withheld
    assert "Smith" not in noted.note
    stop_activity(context_at(root, noon + dt.timedelta(minutes=14)), unit, note="quiet")
    with pytest.raises(InputError, match="is on no directed patrol"):
        stop_activity(context_at(root, noon), unit)

    assert run_dosage(patrolled).measured == [str(day)]

    found = day_store(patrolled.workspace).table("activities", [day]).set_index("activity_id")
    one = found.loc[begun.activity_id]
    assert (one["tactic"], one["minutes"], one["officers"]) == ("Be seen", 14.0, 2)
    assert one["note"].endswith("quiet")
    assert "312" not in one["note"]
    officers = pd.read_parquet(root / "private" / "officers" / f"{day}.parquet")
    assert set(officers.loc[officers["activity_id"] == begun.activity_id, "officer"]) == {
        "77", "78",
    }  # fmt: skip
    logged = [one for one in patrolled.workspace.audit.entries() if one.action == "activity"]
    assert len(logged) == 3
    assert not any("77" in one.detail and "officer" in one.detail for one in logged)


def test_activity__a_tactic_must_be_known(patrolled):
    with pytest.raises(InputError, match="not in the library"):
        start_activity(patrolled, "1A", tactic="stop-and-frisk")


def test_run_dosage__what_dispatch_says_is_no_delivered_presence(rehearsed, patrolled):
    root, day = patrolled.workspace.root, rehearsed.dates[1]
    units = sorted(rehearsed.visits["unit_id"].unique())
    start, end = (
        dt.datetime.combine(when, dt.time(0), dt.UTC).isoformat()
        for when in (day, day + dt.timedelta(days=2))
    )
    pd.DataFrame({"unit": units, "dispatched": start, "cleared": end, "status": "on scene"}).to_csv(
        root / "cad.csv", index=False
    )
    settings = root / "evenbeat.toml"
    more = '\n[[dosage.committed]]\npath = "cad.csv"\nstatuses = ["on scene"]\n'
    settings.write_text(settings.read_text("utf-8") + more, "utf-8")
    outcome = run_dosage(context_at(root, patrolled.now()))
    assert outcome.committed["rows_kept"] == len(units)
    assert str(day) in outcome.measured
    store = day_store(patrolled.workspace)
    delivered = store.table("delivered", [day])
    assert (delivered["presence_minutes"] == 0).all()
    cube = store.cube(day)
    assert float(cube["free_minutes"].sum()) == 0.0
    assert float(cube["presence_minutes"].sum()) > 0.0
