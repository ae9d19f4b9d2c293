"""Publishing a day: all of it or the one before, whatever happens."""

import datetime as dt
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import published_city as city
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evenbeat.core.errors import PublishError
from evenbeat.core.store.area_classes import area_classes
from evenbeat.core.store.folders import one_publisher
from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.publication import prune_publication, publish_day, published_run

YESTERDAY = city.DATE - dt.timedelta(days=1)
LAYERS = {"priority", *(f"risk-{name}" for name in city.CRIME_TYPES)}
SHIFTS = {"day", "evening", "night"}


def snapshot(folder):
    """Return every file with its bytes and the moment of its last change."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def contents(folder):
    return {name: content for name, (content, _) in snapshot(folder).items()}


def runs_by_manifest(folder):
    """Check that what the manifest names is whole, and return date to run."""
    manifest = read_manifest(folder)
    assert set(manifest.layers) == LAYERS
    assert all(set(layer.dates) == set(manifest.dates) for layer in manifest.layers.values())
    found = {}
    for layer in manifest.layers.values():
        for date, shifts in layer.dates.items():
            assert set(shifts) == SHIFTS
            for raster in shifts.values():
                content = (folder / raster.path).read_bytes()
                assert hashlib.sha256(content).hexdigest() == raster.sha256
                assert json.loads((folder / raster.item).read_bytes())["type"] == "Feature"
                found.setdefault(date, set()).add(raster.run_id)
    for file in [manifest.districts]:
        assert hashlib.sha256((folder / file.path).read_bytes()).hexdigest() == file.sha256
    assert all(len(runs) == 1 for runs in found.values()), found
    return {date: runs.pop() for date, runs in found.items()}


def runs_by_catalog(folder):
    """Walk the STAC catalog from its pointer, and return date to run."""
    root = folder / "catalog.json"
    found, items = {}, 0
    children = [link for link in json.loads(root.read_bytes())["links"] if link["rel"] == "child"]
    assert len(children) == len(LAYERS)
    for child in children:
        path = root.parent / child["href"]
        for link in json.loads(path.read_bytes())["links"]:
            if link["rel"] == "item":
                items += 1
                item_path = path.parent / link["href"]
                item = json.loads(item_path.read_bytes())
                asset = item["assets"]["cog"]
                content = (item_path.parent / asset["href"]).read_bytes()
                assert asset["file:checksum"] == "1220" + hashlib.sha256(content).hexdigest()
                found.setdefault(item["properties"]["evenbeat:service_date"], set()).add(
                    item["properties"]["evenbeat:run_id"]
                )
    assert all(len(runs) == 1 for runs in found.values()), found
    assert items == len(found) * len(LAYERS) * len(SHIFTS)
    return {date: runs.pop() for date, runs in found.items()}


def test_publish_day__files_and_manifest(tmp_path):
    stages = []
    files = publish_day(
        tmp_path, **city.arguments(progress=lambda stage, fraction: stages.append(fraction))
    )
    assert all(path.is_file() for path in files)
    assert [path.name for path in files[-2:]] == ["catalog.json", "manifest.json"]
    assert stages == sorted(stages)
    assert stages[-1] == pytest.approx(1.0)
    assert runs_by_manifest(tmp_path) == {"2017-01-03": "run-a"} == runs_by_catalog(tmp_path)
    manifest = read_manifest(tmp_path)
    assert manifest.timezone == "America/Chicago"
    raster = manifest.layers["risk-robbery"].dates["2017-01-03"]["night"]
    with rasterio.open(tmp_path / raster.path) as source:
        cells = source.read(1)
        tags = source.tags()
    cube = city.risk(city.grid())["expected_count"]
    np.testing.assert_array_equal(cells, cube.sel(crime_type="robbery", shift="night").values)
    assert (tags["run_id"], tags["shift"], tags["seed"]) == ("run-a", "night", "20170103")
    assert tags["shift_start"] == "2017-01-04T05:00:00+00:00" == raster.shift_start.isoformat()
    assert raster.total == pytest.approx(np.nansum(cells, dtype=float))


def test_publish_day__same_run_again_changes_nothing(tmp_path):
    publish_day(tmp_path, **city.arguments())
    before = snapshot(tmp_path)
    publish_day(tmp_path, **city.arguments(when=city.WHEN + dt.timedelta(hours=5)))
    assert snapshot(tmp_path) == before


def test_publish_day__same_bytes_in_another_folder(tmp_path):
    publish_day(tmp_path / "one", **city.arguments())
    publish_day(tmp_path / "two", **city.arguments())
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_publish_day__a_new_run_replaces_the_whole_date(tmp_path):
    publish_day(tmp_path, **city.arguments(date=YESTERDAY, run_id="run-y"))
    publish_day(tmp_path, **city.arguments())
    old = read_manifest(tmp_path)
    publish_day(tmp_path, **city.arguments(run_id="run-b", seed=9, crime_types=("robbery",)))
    new = read_manifest(tmp_path)
    assert "2017-01-03" not in new.layers["risk-burglary"].dates
    assert "2017-01-02" in new.layers["risk-burglary"].dates
    assert published_run(tmp_path, city.DATE) == "run-b"
    assert published_run(tmp_path, YESTERDAY) == "run-y"
    assert published_run(tmp_path, dt.date(2016, 1, 1)) is None
    replaced = old.layers["risk-robbery"].dates["2017-01-03"]["day"]
    assert (tmp_path / replaced.path).is_file()  # a reader may still hold the old manifest


def test_publish_day__a_damaged_raster_is_mended(tmp_path):
    publish_day(tmp_path, **city.arguments())
    raster = read_manifest(tmp_path).layers["priority"].dates["2017-01-03"]["day"]
    whole = (tmp_path / raster.path).read_bytes()
    (tmp_path / raster.path).write_bytes(whole[:-100])
    publish_day(tmp_path, **city.arguments())
    assert (tmp_path / raster.path).read_bytes() == whole


def test_publish_day__only_approved_assignments_leave_the_workspace(tmp_path):
    where = city.grid()
    proposed = city.assignments(where, status=dict.fromkeys(SHIFTS, "proposed"))
    publish_day(tmp_path, **city.arguments(plan=proposed))
    assert read_manifest(tmp_path).assignments == {}
    assert not (tmp_path / "assignments").exists()
    plan = city.assignments(where, status={"day": "approved", "evening": "rejected",
                                           "night": "proposed"})  # fmt: skip
    publish_day(tmp_path, **city.arguments(plan=plan))
    published = read_manifest(tmp_path).assignments
    assert list(published["2017-01-03"]) == ["day"]
    document = json.loads((tmp_path / published["2017-01-03"]["day"].path).read_bytes())
    (feature,) = document["features"]
    assert feature["properties"]["assignment_id"] == "2017-01-03-day-01-01"
    assert not {"reviewer", "why", "run_id", "status"} & set(feature["properties"])
    longitude, latitude = feature["geometry"]["coordinates"][0][0]
    assert (-88 < longitude < -87, 41 < latitude < 42) == (True, True)
    publish_day(tmp_path, **city.arguments(plan=proposed))
    assert read_manifest(tmp_path).assignments == {}


def test_publish_day__districts_in_degrees_with_rounded_coordinates(tmp_path):
    publish_day(tmp_path, **city.arguments())
    path = tmp_path / read_manifest(tmp_path).districts.path
    document = json.loads(path.read_bytes())
    assert "crs" not in document
    assert [feature["properties"]["district_id"] for feature in document["features"]] == sorted(
        city.districts()["district_id"]
    )
    corner = document["features"][0]["geometry"]["coordinates"][0][0]
    assert corner == [round(value, 6) for value in corner]
    publish_day(tmp_path, **city.arguments(date=YESTERDAY, districts=None))
    assert read_manifest(tmp_path).districts.path == path.relative_to(tmp_path).as_posix()


def test_publish_day__refuses_before_it_writes(tmp_path):
    good = city.arguments()
    bad_shifts = {**good, "risk": good["risk"].isel(shift=[0, 2])}
    with pytest.raises(PublishError, match="must have the shifts"):
        publish_day(tmp_path / "new", **bad_shifts)
    with pytest.raises(PublishError, match="shape"):
        publish_day(tmp_path / "new", **{**good, "grid": city.grid(300.0)})
    capital = good["risk"].assign_coords(crime_type=["a", "b", "../C"])
    with pytest.raises(PublishError, match="lower-case"):
        publish_day(tmp_path / "new", **{**good, "risk": capital})
    assert not (tmp_path / "new").exists()


def test_publish_day__refuses_a_second_writer_and_a_foreign_folder(tmp_path):
    with one_publisher(tmp_path), pytest.raises(PublishError, match="Another publication"):
        publish_day(tmp_path, **city.arguments())
    (tmp_path / "manifest.json").write_text('{"format": "something else"}')
    with pytest.raises(PublishError, match="not a publication of format"):
        publish_day(tmp_path, **city.arguments())
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match="cannot be written"):
        publish_day(tmp_path / "file", **city.arguments())


@pytest.mark.slow
def test_publish_day__killed_at_random_points(tmp_path):
    publish_day(tmp_path, **city.arguments(date=YESTERDAY, run_id="run-y", seed=2))
    yesterday = {name: content for name, content in contents(tmp_path).items() if "-02-" in name}
    script = Path(__file__).with_name("killed_publisher.py")
    command = [sys.executable, str(script), str(tmp_path), "24", "7"]
    reads, seen = 0, set()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as publisher:
        while publisher.poll() is None:
            for runs in (runs_by_manifest(tmp_path), runs_by_catalog(tmp_path)):
                assert runs.pop("2017-01-02") == "run-y"
                seen.update(runs.values())
                reads += 1
        endings = json.loads(publisher.stdout.read())
    assert endings.count("killed") >= 10, endings
    assert set(endings) <= {"killed", "ended 0"}, endings
    assert reads >= 30
    assert seen <= {"run-0", "run-1", "run-2"}
    last = city.arguments(run_id="run-last", seed=99)
    publish_day(tmp_path, **last)
    assert runs_by_manifest(tmp_path) == {"2017-01-02": "run-y", "2017-01-03": "run-last"}
    assert contents(tmp_path).items() >= yesterday.items()
    assert not list(tmp_path.rglob(".writing-*"))
    clean = tmp_path / "clean"
    publish_day(clean, **city.arguments(date=YESTERDAY, run_id="run-y", seed=2))
    publish_day(clean, **last)
    published, undisturbed = read_manifest(tmp_path), read_manifest(clean)
    replaced = {one.raster.folder for one in published.superseded}
    assert not replaced & set(undisturbed.folders())
    assert published.model_copy(update={"superseded": ()}) == undisturbed
    assert (clean / "catalog.json").read_bytes() == (tmp_path / "catalog.json").read_bytes()


def test_prune_publication__removes_what_nothing_refers_to_after_the_grace(tmp_path):
    now, day = dt.datetime(2017, 1, 4, tzinfo=dt.UTC), dt.timedelta(days=1)
    publish_day(tmp_path, **city.arguments())
    replaced = [raster.path for raster in _rasters(tmp_path)]
    publish_day(tmp_path, **city.arguments(run_id="run-b", seed=9))
    assert prune_publication(tmp_path, keep_days=90, now=now) == []
    assert prune_publication(tmp_path, keep_days=90, now=now + day / 2) == []
    assert all((tmp_path / path).is_file() for path in replaced)
    removed = prune_publication(tmp_path, keep_days=90, now=now + day)
    assert len(removed) == len(replaced) + 1  # and the catalog that named them
    assert not any((tmp_path / path).exists() for path in replaced)
    assert runs_by_manifest(tmp_path) == {"2017-01-03": "run-b"} == runs_by_catalog(tmp_path)
    assert prune_publication(tmp_path, keep_days=90, now=now + 9 * day) == []


def test_prune_publication__a_version_that_is_published_again_stays(tmp_path):
    now, day = dt.datetime(2017, 1, 4, tzinfo=dt.UTC), dt.timedelta(days=1)
    publish_day(tmp_path, **city.arguments())
    publish_day(tmp_path, **city.arguments(run_id="run-b", seed=9))
    prune_publication(tmp_path, keep_days=90, now=now)
    publish_day(tmp_path, **city.arguments())
    prune_publication(tmp_path, keep_days=90, now=now + 9 * day)
    assert runs_by_manifest(tmp_path) == {"2017-01-03": "run-a"} == runs_by_catalog(tmp_path)


def test_prune_publication__takes_old_dates_out(tmp_path):
    now, day = dt.datetime(2017, 1, 4, tzinfo=dt.UTC), dt.timedelta(days=1)
    for age in (2, 1, 0):
        publish_day(tmp_path, **city.arguments(date=city.DATE - age * day, run_id=f"run-{age}"))
    prune_publication(tmp_path, keep_days=2, now=now, grace=0 * day)
    assert runs_by_manifest(tmp_path) == {"2017-01-02": "run-1", "2017-01-03": "run-0"}
    assert runs_by_catalog(tmp_path) == {"2017-01-02": "run-1", "2017-01-03": "run-0"}
    assert not list(tmp_path.glob("*/2017-01-01-*"))


def test_prune_publication__an_empty_folder_is_nothing_to_do(tmp_path):
    now = dt.datetime(2017, 1, 4, tzinfo=dt.UTC)
    assert prune_publication(tmp_path / "new", keep_days=2, now=now) == []


def _rasters(folder):
    for layer in read_manifest(folder).layers.values():
        for shifts in layer.dates.values():
            yield from shifts.values()


@given(arrays(np.float32, st.integers(1, 400),
              elements=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, np.nan])))  # fmt: skip
def test_area_classes__never_more_than_the_share_and_never_a_tie_cut_in_two(cells):
    known = np.nan_to_num(cells, nan=-1.0)
    for entry in area_classes(cells, (0.01, 0.05, 0.3)):
        allowed = entry.share * cells.size + 1e-9
        assert entry.cells <= allowed
        if entry.value is None:
            highest = known.max()
            assert highest <= 0 or (known == highest).sum() > int(allowed)
            continue
        assert entry.value > 0
        assert (known >= entry.value).sum() == entry.cells
        next_lower = known[known < entry.value].max(initial=-1.0)
        assert next_lower <= 0 or (known >= next_lower).sum() > int(allowed)
