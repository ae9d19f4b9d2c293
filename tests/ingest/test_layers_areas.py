"""Districts, boundary, neighbourhoods: whole, projected, with overlaps and gaps told."""

from __future__ import annotations

import pytest
import shapely
from ingest.layer_files import CITY, CRS, counts, of_shapes, of_text, source

from evenbeat.core.errors import GridError, InputError, PolicyError
from evenbeat.core.grid import Grid
from evenbeat.core.ingest.formats import read_table
from evenbeat.core.ingest.layers import read_boundary, read_districts, read_neighbourhoods

WEST, EAST = (
    shapely.box(350_000, 570_000, 355_000, 580_000),
    shapely.box(355_000, 570_000, 360_000, 580_000),
)


def districts(raw, crs=CRS, **settings):
    return read_districts(raw, source=source("districts", **settings), crs=crs)


def boundary(raw, crs=CRS, **settings):
    return read_boundary(raw, source=source("boundary", **settings), crs=crs)


def neighbourhoods(raw, crs=CRS, area=CITY, **settings):
    return read_neighbourhoods(
        raw, source=source("neighbourhoods", **settings), crs=crs, boundary=area
    )


def test_read_districts__columns():
    table, report = districts(of_shapes([EAST, WEST], district=[12.0, 7.0], name=["E", "W"]))
    assert table.columns.tolist() == ["district_id", "name", "geometry"]
    assert table["district_id"].tolist() == ["12", "7"]
    assert table["name"].tolist() == ["E", "W"]
    assert table.crs.to_string() == CRS
    assert not report.notes
    assert not report.repaired


def test_read_districts__utm_zone_when_the_crs_is_open():
    table, _ = districts(of_shapes([EAST, WEST], id=["a", "b"]), crs="auto")
    assert table.crs.to_string() == "EPSG:32616"
    assert table.geometry.area.sum() == pytest.approx(1e8, rel=0.002)
    with pytest.raises(GridError, match="projected CRS"):
        districts(of_shapes([EAST], id=["a"]), crs="EPSG:4326")


def test_read_districts__parts_of_one_district_are_dissolved():
    raw = of_shapes([WEST, EAST], precinct=["9", "9"])
    table, report = districts(raw)
    assert len(table) == 1
    assert table.geometry.iloc[0].equals(shapely.union(WEST, EAST))
    assert counts(report.repaired) == {"dissolved_into_its_district": 1}
    assert report.rows_in == report.rows_kept == 2


def test_read_districts__the_identifier_that_tells_rows_apart_is_taken():
    raw = of_shapes([WEST, EAST], district=["1", "1"], beat=["111", "112"])
    table, report = districts(raw)
    assert table["district_id"].tolist() == ["111", "112"]
    assert report.columns["district_id"] == "beat"
    table, _ = districts(raw, columns={"district_id": "district"})
    assert table["district_id"].tolist() == ["1"]


def test_read_districts__rows_without_identifier_or_polygon():
    raw = of_shapes([WEST, EAST, shapely.Point(355_000, 575_000), None], beat=["1", "", "3", "4"])
    table, report = districts(raw)
    assert table["district_id"].tolist() == ["1", "unnamed-2"]
    assert counts(report.dropped) == {"no_polygon": 1, "missing_geometry": 1}
    assert counts(report.repaired) == {"district_without_id_numbered": 1}


def test_read_districts__overlaps_gaps_and_slivers_are_told():
    wider = shapely.box(354_900, 570_000, 360_000, 580_000)
    hole = shapely.box(351_000, 571_000, 351_100, 571_100)
    speck = shapely.box(362_000, 570_000, 362_005, 570_005)
    west = shapely.union_all([WEST.difference(hole), speck])
    table, report = districts(of_shapes([west, wider], beat=["a", "b"]))
    assert counts(report.repaired) == {"sliver_removed": 1}
    assert table.geometry.iloc[0].bounds[2] == 355_000
    overlap, gap = report.notes
    assert overlap.startswith("1 pairs of districts overlap, together by 1,000,000 m2")
    assert gap.startswith("1 gaps lie between districts, together 10,000 m2")


def test_read_districts__polygons_that_cross_themselves():
    bow_tie = shapely.Polygon([(350_000, 570_000), (352_000, 572_000), (352_000, 570_000),
                               (350_000, 572_000)])  # fmt: skip
    table, report = districts(of_shapes([bow_tie], beat=["a"]))
    assert table.geometry.iloc[0].is_valid
    assert table.geometry.iloc[0].area == pytest.approx(2e6)
    assert counts(report.repaired) == {"invalid_geometry": 1}


def test_read_districts__file_that_names_none():
    table, report = districts(of_shapes([WEST, EAST]))
    assert table["district_id"].tolist() == ["1", "2"]
    assert any("names no districts" in note for note in report.notes)


def test_read_districts__no_area_at_all():
    with pytest.raises(InputError, match="holds no polygon; the role districts needs areas"):
        districts(of_shapes([shapely.LineString([(0, 0), (1, 1)])], beat=["a"]))


def test_read_boundary__one_row_of_all_polygons():
    table, report = boundary(of_shapes([WEST, EAST], name=["City", "City"]))
    assert table.columns.tolist() == ["name", "geometry"]
    assert table["name"].tolist() == ["City"]
    assert table.geometry.iloc[0].equals(shapely.union(WEST, EAST))
    assert (report.rows_in, report.rows_kept) == (2, 2)
    assert boundary(of_shapes([WEST, EAST], name=["A", "B"]))[0]["name"].tolist() == ["layer"]


def test_read_boundary__well_known_text_and_utm():
    raw = of_text(the_geom=["POLYGON ((-87.7 41.8, -87.6 41.8, -87.6 41.9, -87.7 41.8))"])
    table, _ = boundary(raw, crs="auto")
    assert table.crs.to_string() == "EPSG:32616"
    assert table.geometry.iloc[0].area == pytest.approx(4.61e7, rel=0.01)


def test_read_districts__real_beats_make_a_grid(real_data):
    raw = read_table(real_data / "chicago" / "beats_dec2012.parquet")
    table, report = districts(raw)
    assert (report.rows_in, len(table)) == (277, 275)
    assert table.geometry.is_valid.all()
    grid = Grid.from_districts(table, crs=CRS, cell_size=250.0)
    assert grid.n_inside * grid.cell_area_km2 == pytest.approx(608, rel=0.01)


def test_read_neighbourhoods__columns_and_what_is_left_out():
    raw = of_shapes([EAST, WEST], area_num_1=["35", "36"], community=["DOUGLAS", "OAKLAND"],
                    MEDINC=[1, 2], pct_race=[0.1, 0.2])  # fmt: skip
    table, report = neighbourhoods(raw)
    assert table.columns.tolist() == ["neighbourhood_id", "name", "geometry"]
    assert table["neighbourhood_id"].tolist() == ["35", "36"]
    assert table["name"].tolist() == ["DOUGLAS", "OAKLAND"]
    assert report.dropped_columns == ["MEDINC", "pct_race"]
    assert (report.role, report.rows_in, report.rows_kept) == ("neighbourhoods", 2, 2)


def test_read_neighbourhoods__named_only_by_their_name():
    table, _ = neighbourhoods(of_shapes([EAST, WEST], nhood=["East", "West"]))
    assert table["neighbourhood_id"].tolist() == table["name"].tolist() == ["East", "West"]


def test_read_neighbourhoods__may_reach_out_of_the_city_but_not_lie_outside():
    beyond = shapely.box(355_000, 570_000, 390_000, 580_000)
    far = shapely.box(362_000, 570_000, 370_000, 580_000)
    table, report = neighbourhoods(of_shapes([WEST, beyond, far], id=["a", "b", "c"]))
    assert table["neighbourhood_id"].tolist() == ["a", "b"]
    assert table.geometry.iloc[1].equals(beyond)
    assert counts(report.dropped) == {"outside_jurisdiction": 1}
    none, report = neighbourhoods(of_shapes([far], id=["c"]))
    assert (len(none), report.rows_kept) == (0, 0)
    assert none.columns.tolist() == ["neighbourhood_id", "name", "geometry"]


def test_read_neighbourhoods__repairs_are_counted():
    bow_tie = shapely.Polygon([(350_000, 570_000), (352_000, 572_000), (352_000, 570_000),
                               (350_000, 572_000)])  # fmt: skip
    raw = of_shapes([WEST, EAST, bow_tie, shapely.Point(355_000, 575_000)], id=["1", "1", "", "4"])
    table, report = neighbourhoods(raw)
    assert table["neighbourhood_id"].tolist() == ["1", "unnamed-3"]
    assert counts(report.repaired) == {
        "invalid_geometry": 1, "neighbourhood_without_id_numbered": 1,
        "dissolved_into_its_neighbourhood": 1,
    }  # fmt: skip
    assert counts(report.dropped) == {"no_polygon": 1}
    assert report.notes == [
        "1 pairs of neighbourhoods overlap, together by 2,000,000 m2, the most 1 and unnamed-3."
        " A cell belongs to the first that covers its centre."
    ]


def test_read_neighbourhoods__columns_about_persons_are_refused():
    raw = of_shapes([WEST], id=["1"], suspect_name=["Jane"])
    with pytest.raises(PolicyError, match="speaks of persons"):
        neighbourhoods(raw, columns={"name": "suspect_name"})
    with pytest.raises(PolicyError, match="'residents' is no column"):
        neighbourhoods(raw, columns={"residents": "id"})


def test_read_neighbourhoods__real_community_areas(real_data):
    raw = read_table(real_data / "chicago" / "community_areas_cmap2020.parquet")
    table, report = neighbourhoods(raw, area=None)
    assert (report.rows_in, len(table)) == (77, 77)
    assert table.columns.tolist() == ["neighbourhood_id", "name", "geometry"]
    assert table.set_index("neighbourhood_id")["name"]["35"] == "DOUGLAS"
    assert table.geometry.is_valid.all()
    assert "MEDINC" in report.dropped_columns
