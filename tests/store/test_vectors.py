"""GeoPackages: same bytes, right version, whole or not at all."""

import datetime as dt
import json
import sqlite3
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from shapely.geometry import MultiPolygon, Point, box

from evenbeat.core.errors import PublishError
from evenbeat.core.store.vectors import read_geopackage, write_geopackage

WHEN = dt.datetime(2017, 1, 3, 5, 0, tzinfo=dt.UTC)
FACTS = {"run_id": "2017-01-03-abc", "input_fingerprint": "f00d"}


def boxes(n=40):
    rng = np.random.default_rng(7)
    corners = rng.integers(0, 200, (n, 2)) * 150.0
    return gpd.GeoDataFrame(
        {
            "assignment_id": [f"2017-01-03-day-a-{i:02d}" for i in range(n)],
            "rank": np.arange(n),
            "priority": rng.random(n),
            "enforcement": rng.random(n) < 0.5,
            "shift_start": pd.to_datetime(["2017-01-03T13:00:00Z"] * n).astype(
                "datetime64[us, UTC]"
            ),
            "tactics": [json.dumps([{"id": "visit", "text": "Räume & Türen"}])] * n,
        },
        geometry=[box(x, y, x + 150, y + 150) for x, y in corners],
        crs="EPSG:26971",
    )


def test_write_geopackage__same_input_same_bytes(tmp_path):
    first = write_geopackage(tmp_path / "a.gpkg", {"assignments": boxes()}, when=WHEN,
                             metadata=FACTS)  # fmt: skip
    time.sleep(1.1)  # GDAL stamps milliseconds and SQLite seconds
    second = write_geopackage(tmp_path / "elsewhere" / "b.gpkg", {"assignments": boxes()},
                              when=WHEN, metadata=dict(reversed(FACTS.items())))  # fmt: skip
    assert first.read_bytes() == second.read_bytes()
    other = write_geopackage(tmp_path / "c.gpkg", {"assignments": boxes()},
                             when=WHEN + dt.timedelta(days=1), metadata=FACTS)  # fmt: skip
    assert other.read_bytes() != first.read_bytes()


def test_write_geopackage__version_stamp_and_facts(tmp_path):
    path = write_geopackage(
        tmp_path / "a.gpkg", {"assignments": boxes()}, when=WHEN, metadata=FACTS
    )
    with sqlite3.connect(path) as database:
        assert database.execute("pragma user_version").fetchone() == (10200,)
        assert database.execute("pragma journal_mode").fetchone() == ("delete",)
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        assert database.execute("select table_name, last_change from gpkg_contents").fetchall() == [
            ("assignments", "2017-01-03T05:00:00.000Z")
        ]
    database.close()
    assert pyogrio.read_info(path)["dataset_metadata"] == FACTS


def test_write_geopackage__reads_back_with_extra_layers(tmp_path):
    stations = gpd.GeoDataFrame({"name": ["1st"]}, geometry=[Point(3, 4)], crs="EPSG:26971")
    mixed = gpd.GeoDataFrame(
        {"name": ["one", "two"]},
        geometry=[box(0, 0, 1, 1), MultiPolygon([box(2, 2, 3, 3), box(5, 5, 6, 6)])],
        crs="EPSG:26971",
    )
    settings = pd.DataFrame({"key": ["seed"], "value": ["7"]})
    layers = {"assignments": boxes(), "stations": stations, "mixed": mixed, "settings": settings,
              "none": boxes().iloc[:0]}  # fmt: skip
    path = write_geopackage(tmp_path / "a.gpkg", layers, when=WHEN, metadata={})
    assert {name for name, _ in pyogrio.list_layers(path)} == set(layers)
    back = pyogrio.read_dataframe(path, layer="assignments")
    assert back.crs == boxes().crs
    assert back["tactics"].tolist() == boxes()["tactics"].tolist()
    assert back["priority"].tolist() == boxes()["priority"].tolist()
    assert back.geometry.geom_equals(boxes().geometry).all()
    assert pyogrio.read_dataframe(path, layer="mixed").geom_type.tolist() == [
        "MultiPolygon", "MultiPolygon",
    ]  # fmt: skip
    assert pyogrio.read_info(path, layer="none")["features"] == 0
    assert pyogrio.read_dataframe(path, layer="settings")["value"].tolist() == ["7"]


def test_write_geopackage__leaves_nothing_beside_it(tmp_path):
    write_geopackage(tmp_path / "a.gpkg", {"assignments": boxes()}, when=WHEN, metadata=FACTS)
    assert [path.name for path in tmp_path.iterdir()] == ["a.gpkg"]


def test_write_geopackage__a_failure_keeps_the_old_file(tmp_path):
    path = write_geopackage(tmp_path / "a.gpkg", {"old": boxes()}, when=WHEN, metadata=FACTS)
    before = path.read_bytes()
    broken = boxes().set_crs(None, allow_override=True)
    with pytest.raises(PublishError, match="'broken' has no CRS"):
        write_geopackage(path, {"new": boxes(), "broken": broken}, when=WHEN, metadata=FACTS)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["a.gpkg"]


def test_write_geopackage__restores_the_configuration(tmp_path):
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    write_geopackage(tmp_path / "a.gpkg", {"assignments": boxes()}, when=WHEN, metadata=FACTS)
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


@pytest.mark.parametrize(
    ("name", "layers", "when", "message"),
    [
        ("a.shp", {"assignments": None}, WHEN, ".gpkg"),
        ("a.gpkg", {}, WHEN, "a layer"),
        ("a.gpkg", {"assignments": None}, WHEN.replace(tzinfo=None), "time zone"),
    ],
)
def test_write_geopackage__refuses(tmp_path, name, layers, when, message):
    with pytest.raises(PublishError, match=message):
        write_geopackage(tmp_path / name, layers, when=when, metadata={})
    assert not list(tmp_path.iterdir())


def test_read_geopackage__names_what_is_missing(tmp_path):
    path = write_geopackage(tmp_path / "a.gpkg", {"here": boxes()}, when=WHEN, metadata={})
    assert read_geopackage(path, "here")["rank"].tolist() == list(range(40))
    with pytest.raises(PublishError, match="Layer 'gone' of"):
        read_geopackage(path, "gone")
    with pytest.raises(PublishError, match="nowhere"):
        read_geopackage(tmp_path / "nowhere.gpkg", "here")
