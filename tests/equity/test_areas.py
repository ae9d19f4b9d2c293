"""Demographic tables as auditors have them: what is read, what is refused, and why."""

import geopandas
import numpy as np
import pytest
import shapely

from evenbeat.core.equity import ShareColumn, read_areas
from evenbeat.core.errors import InputError
from evenbeat.core.ingest.formats import read_table
from evenbeat.core.pipeline.equity.load import share_columns

CRS = "EPSG:26971"


def frame(**columns):
    """Three squares side by side."""
    rows = {"geoid": ["c", "a", "b"], "people": [300, 100, 200], "pct": [30.0, 10.0, 20.0]}
    squares = [shapely.box(x, 0, x + 100, 100) for x in (200, 0, 100)]
    return geopandas.GeoDataFrame({**rows, **columns}, geometry=squares, crs=CRS)


def read(tmp_path, table, *, shares=(), outlines=None, **options):
    table.to_file(tmp_path / "table.gpkg", driver="GPKG")
    given = {"id_column": "geoid", "residents_column": "people", "crs": CRS, **options}
    return read_areas(
        read_table(tmp_path / "table.gpkg"), shares=shares, outlines=outlines, **given
    )


def test_read_areas__in_order_of_their_identifier(tmp_path):
    found = read(tmp_path, frame(), shares=[ShareColumn("renters", "pct", "percent")])
    assert found.ids == ("a", "b", "c")
    assert found.residents.tolist() == [100, 200, 300]
    assert found.shares["renters"] == pytest.approx([0.1, 0.2, 0.3])
    assert shapely.bounds(found.outlines)[:, 0].tolist() == [0, 100, 200]


def test_read_areas__counts_become_shares_and_nobody_has_none(tmp_path):
    table = frame(people=[300, 0, 200], renters=[150, 0, None])
    found = read(tmp_path, table, shares=[ShareColumn("renters", "renters", "count")])
    assert found.shares["renters"] == pytest.approx([np.nan, np.nan, 0.5], nan_ok=True)


def test_read_areas__a_plain_table_takes_its_outlines_from_another_file(tmp_path):
    frame()[["geoid", "geometry"]].iloc[:2].to_file(tmp_path / "shapes.geojson", driver="GeoJSON")
    table = tmp_path / "people.csv"
    table.write_text("geoid,people,share\na,10,0.5\nb,20,0.25\nc,30,1\n", "utf-8")
    found = read_areas(
        read_table(table), id_column="geoid", residents_column="people", crs=CRS,
        shares=[ShareColumn("x", "share")], outlines=read_table(tmp_path / "shapes.geojson"),
    )  # fmt: skip
    assert found.ids == ("a", "c")
    assert found.shares["x"].tolist() == [0.5, 1.0]
    assert found.notes == ("1 areas have no outline; left out: b.",)


def test_read_areas__well_known_text_in_a_csv(tmp_path):
    shape = "POLYGON((-88.1 40,-88 40,-88 40.1,-88.1 40.1,-88.1 40))"
    path = tmp_path / "wkt.csv"
    path.write_text(f'geoid,people,wkt\na,10,"{shape}"\n', "utf-8")
    found = read_areas(
        read_table(path), id_column="geoid", residents_column="people", crs=CRS, shares=()
    )
    assert shapely.area(found.outlines)[0] == pytest.approx(8_530 * 11_100, rel=0.01)


@pytest.mark.parametrize(
    ("changed", "share", "words"),
    [
        ({"geoid": ["a", "a", "b"]}, None, "identifier of its own"),
        ({"people": [1, -2, 3]}, None, "at least 0"),
        ({"people": ["many", "1", "2"]}, None, "numbers"),
        ({}, ShareColumn("x", "pct"), "--percent"),
        ({"pct": [101.0, 1.0, 2.0]}, ShareColumn("x", "pct", "percent"), "from 0 to 100"),
        ({"pct": [400.0, 1.0, 2.0]}, ShareColumn("x", "pct", "count"), "no more than the res"),
        ({}, ShareColumn("x", "age"), "no column 'age'"),
    ],
)
def test_read_areas__refuses_with_a_reason(tmp_path, changed, share, words):
    with pytest.raises(InputError, match=words):
        read(tmp_path, frame(**changed), shares=[share] if share else [])


def test_read_areas__overlaps_would_count_people_twice(tmp_path):
    table = frame()
    table.loc[0, "geometry"] = shapely.box(150, 0, 250, 100)
    with pytest.raises(InputError, match=r"overlap, the most .*b"):
        read(tmp_path, table)


def test_read_areas__without_outlines(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("geoid,people\na,10\n", "utf-8")
    with pytest.raises(InputError, match="--outlines"):
        read_areas(
            read_table(path), id_column="geoid", residents_column="people", crs=CRS, shares=()
        )


def test_share_columns__name_and_column():
    found = share_columns(shares=["a=x"], percents=["b = y"], counts=["c=z=1"])
    assert [(one.name, one.column, one.scale) for one in found] == [
        ("a", "x", "share"), ("b", "y", "percent"), ("c", "z=1", "count"),
    ]  # fmt: skip
    with pytest.raises(InputError, match="NAME=COLUMN"):
        share_columns(shares=["renters"])
