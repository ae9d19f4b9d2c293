"""Streets: lines near the city, every other row dropped for a reason."""

from __future__ import annotations

import geopandas
import pytest
import shapely
from ingest.layer_files import CITY, CRS, TIMEZONE, counts, of_shapes, of_text, source

from evenbeat.core.errors import InputError, PolicyError
from evenbeat.core.ingest.formats import read_table
from evenbeat.core.ingest.layers import read_streets

MAIN = shapely.LineString([(351_000, 575_000), (359_000, 575_000)])
CROSS = shapely.LineString([(355_000, 571_000), (355_000, 579_000)])


def read(raw, boundary=CITY, crs=CRS, **settings):
    return read_streets(
        raw, source=source("streets", **settings), crs=crs, timezone=TIMEZONE, boundary=boundary
    )


def test_read_streets__columns_and_what_is_left_out():
    raw = of_shapes([MAIN, CROSS], FULLNAME=["Main St", None], TLID=[12.0, 13.0], owner=["a", "b"])
    table, report = read(raw)
    assert table.columns.tolist() == ["street_id", "name", "geometry"]
    assert table["street_id"].tolist() == ["12", "13"]
    assert table["name"].tolist() == ["Main St", ""]
    assert report.columns == {"street_id": "TLID", "name": "FULLNAME"}
    assert report.dropped_columns == ["owner"]
    assert table.crs.to_string() == CRS
    assert (report.rows_in, report.rows_kept, report.rows_dropped) == (2, 2, 0)


def test_read_streets__every_dropped_row_has_its_reason():
    near, far = (shapely.affinity.translate(MAIN, easting, 0) for easting in (9_900, 12_000))
    raw = of_shapes(
        [MAIN, shapely.Point(355_000, 575_000), CITY, None, shapely.LineString(), near, far],
        id=list("abcdefg"),
    )
    table, report = read(raw)
    assert table["street_id"].tolist() == ["a", "f"]
    assert counts(report.dropped) == {
        "no_line": 2, "missing_geometry": 2, "outside_jurisdiction": 1,
    }  # fmt: skip


def test_read_streets__ids_are_numbered_where_they_repeat_or_are_absent():
    table, report = read(of_shapes([MAIN, CROSS, MAIN], id=["7", "7", ""], file="roads"))
    assert table["street_id"].tolist() == ["7", "7-2", "roads-3"]
    assert counts(report.repaired) == {"repeated_id_numbered": 1}
    table, _ = read(of_shapes([MAIN, CROSS], file="roads"))
    assert table["street_id"].tolist() == ["roads-1", "roads-2"]


def test_read_streets__degrees_multilines_and_heights_are_brought_into_the_plane():
    both = shapely.force_3d(shapely.MultiLineString([MAIN, CROSS]), 180.0)
    degrees = geopandas.GeoSeries([both], crs=CRS).to_crs(4326)
    table, _ = read(of_shapes([degrees.iloc[0]], crs="EPSG:4326"))
    assert table.geometry.iloc[0].geom_type == "MultiLineString"
    assert not table.geometry.iloc[0].has_z
    assert table.geometry.iloc[0].hausdorff_distance(shapely.union(MAIN, CROSS)) < 0.01
    text = of_text(the_geom=["LINESTRING (-87.7 41.8, -87.6 41.8)"], street=["x"])
    assert len(read(text, boundary=None)[0]) == 1


def test_read_streets__no_line_at_all_and_unknown_columns():
    with pytest.raises(InputError, match="holds no line; streets need centre lines"):
        read(of_shapes([CITY]))
    with pytest.raises(PolicyError, match="'category' is no column"):
        read(of_shapes([MAIN], kind=["x"]), columns={"category": "kind"})
    with pytest.raises(PolicyError, match="speaks of persons"):
        read(of_shapes([MAIN], victim_name=["x"]), columns={"name": "victim_name"})


def test_read_streets__of_the_simulated_agency(small_city, small_city_files):
    table, report = read(
        read_table(small_city_files / "streets.gpkg"), crs=small_city.crs,
        boundary=small_city.boundary.geometry.iloc[0],
    )  # fmt: skip
    assert table["street_id"].tolist() == small_city.streets["street_id"].tolist()
    assert table["name"].tolist() == small_city.streets["name"].tolist()
    assert report.dropped_columns == ["category"]
