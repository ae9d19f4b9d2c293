"""Snapshots are named by their content, whole, and readable by any Parquet tool."""

import geopandas as gpd
import pandas as pd
import pyarrow.dataset
import pytest
from shapely.geometry import Point

from evenbeat.core.errors import WorkspaceError
from evenbeat.core.store.tables import SnapshotTable


def incidents(rows):
    times = pd.to_datetime([when for when, _ in rows], utc=True).as_unit("us")
    return pd.DataFrame({"occurred_from": times, "incident_id": [name for _, name in rows]})


@pytest.fixture
def table(tmp_path):
    return SnapshotTable(tmp_path / "incidents", "occurred_from")


def test_write__round_trip_by_year(table):
    rows = incidents(
        [("2015-12-31 23:00", "a"), ("2016-01-01 01:00", "b"), ("2016-05-01 00:00", "c")]
    )
    assert table.write(rows)
    pd.testing.assert_frame_equal(table.read(), rows)
    years = sorted(path.name for path in table.snapshot_folder().iterdir())
    assert years == ["year=2015", "year=2016"]
    outside = pyarrow.dataset.dataset(table.snapshot_folder(), partitioning="hive").to_table()
    assert outside.num_rows == 3


def test_write__same_rows_change_nothing(table):
    rows = incidents([("2016-01-01", "a")])
    assert table.write(rows)
    version = table.version
    assert not table.write(rows.copy())
    assert table.version == version
    assert len([path for path in table.folder.iterdir() if path.is_dir()]) == 1


def test_write__without_hard_links_the_copy_stays(table, monkeypatch):
    def fail(*_):
        raise OSError("Operation not supported")

    monkeypatch.setattr("os.link", fail)
    table.write(incidents([("2015-05-01", "a"), ("2016-05-01", "b")]))
    rows = incidents([("2015-05-01", "a"), ("2016-05-01", "b"), ("2016-06-01", "c")])
    assert table.write(rows)
    pd.testing.assert_frame_equal(table.read(), rows)
    files = [path.name for path in table.snapshot_folder().rglob("*") if path.is_file()]
    assert files == ["part-0.parquet", "part-0.parquet"]


def test_write__unchanged_years_are_shared(table):
    table.write(incidents([("2015-05-01", "a"), ("2016-05-01", "b")]))
    first = table.snapshot_folder()
    table.write(incidents([("2015-05-01", "a"), ("2016-05-01", "b"), ("2016-06-01", "c")]))
    second = table.snapshot_folder()
    shared = "year=2015/part-0.parquet"
    assert first != second
    assert (first / shared).samefile(second / shared)
    assert len(table.read()) == 3
    assert len(table.read(first.name)) == 2


def test_write__failure_leaves_the_former_snapshot(table):
    table.write(incidents([("2016-01-01", "a")]))
    version = table.version
    spoiled = incidents([("2016-01-01", "b")]).assign(odd=[object()])
    with pytest.raises(Exception, match="object"):
        table.write(spoiled)
    assert table.version == version
    assert table.read()["incident_id"].tolist() == ["a"]


def test_read__absent_table_says_what_to_do(table):
    with pytest.raises(WorkspaceError, match="evenbeat ingest"):
        table.read()


def test_write__geometry_is_geoparquet(tmp_path):
    places = gpd.GeoDataFrame({"place_id": ["p"]}, geometry=[Point(1, 2)], crs="EPSG:26971")
    table = SnapshotTable(tmp_path / "places")
    table.write(places)
    read = table.read()
    assert read.crs == places.crs
    assert read.geometry.iloc[0].equals(Point(1, 2))


def test_write__empty_table(table):
    rows = incidents([("2016-01-01", "a")]).iloc[:0]
    table.write(rows)
    assert table.read().empty
