"""ArcGIS layers, read from a real HTTP server that pages, fails and lies."""

from __future__ import annotations

import httpx
import pandas as pd
import pytest
import shapely
from ingest.arcgis_stand_in import StandIn, serve

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.arcgis import read_layer
from evenbeat.core.ingest.esri_geometry import assemble_polygons, crs_text, to_shapely
from evenbeat.core.ingest.formats import read_table

POINTS = [{"x": -87.6 - 0.01 * index, "y": 41.8} for index in range(10)]


def never_sleep(seconds: float) -> None:
    assert seconds >= 0


def read(service, suffix="", **options):
    return read_layer(service.url + suffix, sleep=never_sleep, **options)


def assert_all_points(raw, n=10):
    assert sorted(raw.rows["OBJECTID"]) == list(range(1, n + 1))
    expected = [-87.6 - 0.01 * (key - 1) for key in raw.rows["OBJECTID"]]
    assert raw.geometry.x.tolist() == pytest.approx(expected)
    assert raw.crs == "EPSG:4326"


def test_read_layer__pages_until_all_arrived():
    with serve(StandIn(POINTS)) as service:
        raw = read(service)
    assert_all_points(raw)
    offsets = [one["resultOffset"] for one in service.requests if "resultOffset" in one]
    assert offsets == ["0", "4", "8"]
    assert raw.rows["opened"].unique().tolist() == [pd.Timestamp("2016-01-01", tz="UTC")]
    assert (raw.name, raw.format, raw.lines_skipped) == ("Places", "arcgis", 0)


def test_read_table__takes_a_layer_url():
    with serve(StandIn(POINTS)) as service:
        assert_all_points(read_table(service.url))


def test_read_layer__redirect_within_the_host_is_followed():
    with serve(StandIn(POINTS, token="secret", redirect_to="")) as service:
        assert_all_points(read(service, "?token=secret"))
    assert {one["method"] for one in service.requests} == {"POST"}


@pytest.mark.parametrize("suffix", ["", "?token=secret"])
def test_read_layer__redirect_to_another_host_is_refused(suffix):
    with serve(StandIn(POINTS)) as other, serve(StandIn(POINTS)) as service:
        service.redirect_to = other.url.split("/arcgis")[0].replace("127.0.0.1", "localhost")
        with pytest.raises(InputError, match="redirects to another host, localhost") as refusal:
            read(service, suffix, client=httpx.Client(follow_redirects=True))
    assert other.requests == []
    assert "secret" not in str(refusal.value)


def test_read_layer__service_returns_fewer_than_it_advertises():
    with serve(StandIn(POINTS, advertised_limit=2000, real_limit=3)) as service:
        assert_all_points(read(service))


def test_read_layer__service_does_not_flag_that_there_is_more():
    with serve(StandIn(POINTS, flags_more=False)) as service:
        assert_all_points(read(service))


def test_read_layer__without_paging_by_object_ids():
    with serve(StandIn(POINTS, can_page=False)) as service:
        raw = read(service)
    assert_all_points(raw)
    assert not any("resultOffset" in one for one in service.requests)


def test_read_layer__object_ids_when_the_offset_is_ignored():
    with serve(StandIn(POINTS, ignores_offset=True)) as service:
        raw = read(service)
    assert_all_points(raw)
    assert raw.repairs["feature delivered more than once"] > 0


def test_read_layer__object_ids_in_smaller_parts_when_fewer_come():
    with serve(StandIn(POINTS, can_page=False, advertised_limit=500, real_limit=3)) as service:
        assert_all_points(read(service))


def test_read_layer__features_that_never_come_are_counted():
    with serve(StandIn(POINTS, withheld=(3, 7))) as service:
        raw = read(service)
    assert len(raw) == 8
    assert raw.lines_skipped == 2
    assert raw.skipped_examples == ("object 3 was not delivered", "object 7 was not delivered")


@pytest.mark.parametrize("status", [429, 503])
def test_read_layer__busy_service_is_asked_again(status):
    waits: list[float] = []
    with serve(StandIn(POINTS, fail_first=2, fail_status=status)) as service:
        assert_all_points(read_layer(service.url, sleep=waits.append))
    assert waits == [0.5, 1.0]


def test_read_layer__error_inside_a_good_answer_is_asked_again():
    body = {"code": 500, "message": "Error performing query operation"}
    with serve(StandIn(POINTS, fail_first=1, error_body=body)) as service:
        assert_all_points(read(service))


def test_read_layer__service_that_stays_busy():
    with (
        serve(StandIn(POINTS, fail_first=99)) as service,
        pytest.raises(InputError, match="did not answer 5 times: HTTP status 503"),
    ):
        read(service)
    assert len(service.requests) == 5


def test_read_layer__nobody_listens():
    with serve(StandIn(POINTS)) as service:
        url = service.url
    with pytest.raises(InputError, match="did not answer 5 times: ConnectError"):
        read_layer(url, sleep=never_sleep)


def test_read_layer__permanent_error_is_told():
    body = {"code": 400, "message": "Invalid URL", "details": ["no such layer"]}
    with (
        serve(StandIn(POINTS, fail_first=1, error_body=body)) as service,
        pytest.raises(InputError, match="error 400 Invalid URL no such layer"),
    ):
        read(service)


def test_read_layer__log_in_page_instead_of_json():
    with (
        serve(StandIn(POINTS, fail_first=1, fail_status=200)) as service,
        pytest.raises(InputError, match="no JSON but perhaps a log-in page"),
    ):
        read(service)


def test_read_layer__token_is_sent_and_never_in_the_address():
    with serve(StandIn(POINTS, token="s3cret")) as service:
        raw = read(service, "/query?where=1%3D1&token=s3cret&f=html")
    assert_all_points(raw)
    assert {one["method"] for one in service.requests} == {"POST"}
    assert "s3cret" not in raw.location


def test_read_layer__wrong_token_is_not_told():
    with (
        serve(StandIn(POINTS, token="right")) as service,
        pytest.raises(InputError, match="valid token") as caught,
    ):
        read(service, "/query?token=wr0ngt0ken")
    assert "wr0ngt0ken" not in str(caught.value)
    assert "token=***" in str(caught.value)
    assert caught.value.__cause__ is None


def test_read_layer__query_of_the_url_is_kept():
    with serve(StandIn(POINTS)) as service:
        read(service, "/query?WHERE=kind%3D%27bar%27&outfields=kind,OBJECTID")
    queries = [one for one in service.requests if one["path"].endswith("/query")]
    assert {one["where"] for one in queries} == {"kind='bar'"}
    assert {one["outFields"] for one in queries} == {"kind,OBJECTID"}
    assert {one["outSR"] for one in queries if "outSR" in one} == {"4326"}


@pytest.mark.parametrize(
    "url", ["https://gis.example/FeatureServer", "https://gis.example/a.csv?token=abc"]
)
def test_read_layer__no_layer(url):
    with pytest.raises(InputError, match="no ArcGIS layer") as caught:
        read_table(url)
    assert "abc" not in str(caught.value)


def test_read_layer__missing_geometry_and_empty_layer():
    with serve(StandIn([POINTS[0], None, {"x": "NaN", "y": "NaN"}])) as service:
        raw = read(service)
    assert raw.geometry.isna().tolist() == [False, True, True]
    with serve(StandIn([])) as service:
        raw = read(service)
    assert len(raw) == 0
    assert list(raw.rows.columns) == ["OBJECTID", "kind", "opened"]


def test_read_layer__web_mercator_answer_keeps_its_crs():
    mercator = {"wkid": 102100, "latestWkid": 3857}
    with serve(StandIn([{"x": -9751000.0, "y": 5120000.0}], reference=mercator)) as service:
        raw = read(service)
    assert raw.crs == "EPSG:3857"
    assert raw.geometry.to_crs(4326).x.iloc[0] == pytest.approx(-87.594, abs=0.01)


def ring(west, south, east, north, clockwise):
    box = shapely.box(west, south, east, north, ccw=not clockwise)
    return [list(vertex) for vertex in box.exterior.coords]


def test_to_shapely__polygon_with_hole_and_island():
    rings = [
        ring(4, 4, 6, 6, clockwise=False),
        ring(0, 0, 10, 10, clockwise=True),
        ring(4.5, 4.5, 5.5, 5.5, clockwise=True),
        ring(20, 20, 21, 21, clockwise=True),
    ]
    shape = to_shapely({"rings": rings})
    assert shape.geom_type == "MultiPolygon"
    assert shape.is_valid
    assert shape.area == pytest.approx(100 - 4 + 1 + 1)


def test_assemble_polygons__ring_in_the_wrong_direction_is_no_hole():
    polygons = assemble_polygons([ring(0, 0, 2, 2, clockwise=False)])
    assert [polygon.area for polygon in polygons] == [4]


def test_to_shapely__other_kinds():
    assert to_shapely({"points": [[1, 2, 9], [3, 4, 9]]}).wkt == "MULTIPOINT ((1 2), (3 4))"
    assert to_shapely({"paths": [[[0, 0], [1, 1]], [[2, 2]]]}).wkt == "LINESTRING (0 0, 1 1)"
    two = to_shapely({"paths": [[[0, 0], [1, 1]], [[2, 2], [3, 3]]]})
    assert two.geom_type == "MultiLineString"
    assert to_shapely({"xmin": 0, "ymin": 0, "xmax": 2, "ymax": 1}).area == 2
    for nothing in (None, {}, {"rings": []}, {"paths": []}, {"x": None, "y": None}):
        assert to_shapely(nothing) is None


def test_crs_text__codes_and_text():
    assert crs_text({"wkid": 102671}) == "ESRI:102671"
    assert crs_text({"wkid": 26971}) == "EPSG:26971"
    assert crs_text(None) is None
