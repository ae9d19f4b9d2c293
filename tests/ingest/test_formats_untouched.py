"""Reading leaves nothing beside the files of the agency."""

import geopandas as gpd
from shapely.geometry import Point

from evenbeat.core.ingest.formats import read_table


def test_read_table__writes_nothing(tmp_path):
    places = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[Point(1, 2), Point(3, 4)], crs=32616)
    places.to_file(tmp_path / "places.gpkg", layer="places")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(read_table(tmp_path / "places.gpkg")) == 2
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
