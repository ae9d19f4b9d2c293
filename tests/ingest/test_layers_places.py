"""Places: every row kept or dropped for a reason, categories by the allow-list, dates honest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from ingest.layer_files import CITY, CRS, TIMEZONE, counts, degrees, of_shapes, of_text, source

from evenbeat.core.errors import InputError, PolicyError
from evenbeat.core.ingest.layers import read_places
from evenbeat.core.ingest.tally import IngestReport
from evenbeat.core.policy.features import place_categories


def read(raw, boundary=CITY, crs=CRS, **settings):
    return read_places(
        raw, source=source("places", **settings), crs=crs, timezone=TIMEZONE, boundary=boundary
    )


def points(*positions, **columns):
    lon, lat = zip(*(degrees(*position) for position in positions), strict=True)
    return of_text(lon=list(lon), lat=list(lat), **columns)


INSIDE = (355_000.0, 575_000.0)


def test_read_places__columns_and_types():
    table, report = read(points(INSIDE, id=["7"], category=["Tavern"]))
    assert table.columns.tolist() == [
        "place_id", "category", "valid_from", "valid_to", "dated", "source", "geometry",
    ]  # fmt: skip
    assert table.iloc[0][["place_id", "category", "source"]].tolist() == ["7", "bar", "layer"]
    assert str(table["valid_from"].dtype) == "datetime64[us, UTC]"
    assert table.crs.to_string() == CRS
    assert table.geometry.iloc[0].distance(shapely.Point(INSIDE)) < 0.05
    assert (report.rows_in, report.rows_kept, report.rows_dropped) == (1, 1, 0)


def test_read_places__every_dropped_row_has_its_reason():
    near, far = (360_900.0, 575_000.0), (361_200.0, 575_000.0)
    raw = points(
        INSIDE, near, far, INSIDE, INSIDE, INSIDE, INSIDE, INSIDE, INSIDE, INSIDE,
        category=["bar"] * 5 + ["school", "graffiti", "sculpture", "", "bar"],
        id=list("abcdefghia"),
    )  # fmt: skip
    raw.rows.loc[3, ["lon", "lat"]] = ["0", "0.0"]
    raw.rows.loc[4, "lon"] = "west"
    table, report = read(raw)
    assert table["place_id"].tolist() == ["a", "b"]
    assert counts(report.dropped) == {
        "outside_jurisdiction": 1, "zero_coordinates": 1, "unparseable_coordinates": 1,
        "refused_category": 2, "unknown_category": 1, "missing_category": 1, "repeated_row": 1,
    }  # fmt: skip
    assert report.refused_classes == {"school": 1, "graffiti": 1}
    assert report.unknown_classes == {"sculpture": 1}
    assert report.dropped["outside_jurisdiction"].examples == ("row 3",)
    assert "education is never an input" in report.refused_reasons["school"]
    assert report.rows_in == 10 == report.rows_kept + report.rows_dropped


def test_read_places__lines_skipped_by_the_reader_are_rows_too():
    raw = points(INSIDE, category=["bar"])
    damaged = type(raw)(
        rows=raw.rows, name="bars", lines_skipped=2, skipped_examples=("line 3: 1 field",),
        repairs={"byte-order mark removed": 1},
    )  # fmt: skip
    _, report = read(damaged)
    assert report.rows_in == 3
    assert counts(report.dropped) == {"unsplittable_line": 2}
    assert counts(report.repaired) == {"byte-order mark removed": 1}


def test_read_places__only_listed_columns_are_kept_and_the_others_named():
    raw = points(INSIDE, category=["bar"], owner_name=["Jane Doe"], median_income=["1"])
    table, report = read(raw)
    assert report.dropped_columns == ["owner_name", "median_income"]
    assert "Jane Doe" not in table.to_string()
    assert "Jane Doe" not in str(report.to_dict())


@pytest.mark.parametrize("column", ["owner_name", "suspect_id", "race", "license_holder_dob"])
def test_read_places__column_about_persons_cannot_be_mapped(column):
    raw = points(INSIDE, category=["bar"], **{column: ["x"]})
    with pytest.raises(PolicyError, match="speaks of persons"):
        read(raw, columns={"place_id": column})


@pytest.mark.parametrize(
    "column",
    ["offender_name", "ParoleeID", "PROBATION", "victims", "suspect 1", "n_arrests", "gang",
     "Race", "sexoffenderlevel"],
)  # fmt: skip
def test_read_places__list_of_persons_is_refused_by_any_column(column):
    raw = points(INSIDE, **{column: ["x"]})
    with pytest.raises(PolicyError, match="list of persons is never an input") as refusal:
        read(raw, category="bar")
    assert repr(column) in str(refusal.value)


@pytest.mark.parametrize("file", ["parolees", "SexOffenders2017", "gang-members", "heatlist"])
def test_read_places__list_of_persons_is_refused_by_its_name(file):
    raw = points(INSIDE, category=["bar"])
    with pytest.raises(PolicyError, match="speaks of persons"):
        read(replace(raw, name=file))
    with pytest.raises(PolicyError, match="speaks of persons"):
        read(replace(raw, location=f"/exports/{file}.csv"))


def test_read_places__list_of_persons_is_refused_by_a_constant():
    with pytest.raises(PolicyError, match="speaks of persons"):
        read(points(INSIDE, category=["bar"]), constants={"source": "probation office"})


def test_read_places__ordinary_columns_are_only_dropped():
    ordinary = ["name", "address", "owner_name", "phone", "license_number", "terrace", "race_track",
                "parcel", "contact_person", "email"]  # fmt: skip
    table, report = read(points(INSIDE, category=["bar"], **{name: ["x"] for name in ordinary}))
    assert len(table) == 1
    assert set(ordinary) - {"license_number"} == set(report.dropped_columns)


def test_read_places__licence_number_may_be_the_identifier():
    raw = points(INSIDE, category=["bar"], **{"Street License No": ["17"]})
    table, _ = read(raw, columns={"place_id": "Street License No"})
    assert table["place_id"].tolist() == ["17"]


def test_read_places__name_that_places_do_not_have():
    with pytest.raises(PolicyError, match="'income' is no column that Evenbeat reads from places"):
        read(points(INSIDE, category=["bar"], inc=["1"]), columns={"income": "inc"})


def test_read_places__mapped_column_is_missing():
    with pytest.raises(InputError, match="no column 'kinds'; it has lon, lat"):
        read(points(INSIDE), columns={"category": "kinds"})


def test_read_places__category_of_the_whole_file():
    table, report = read(points(INSIDE, category=["anything"]), category="Liquor stores")
    assert table["category"].tolist() == ["liquor_outlet"]
    assert report.dropped_columns == ["category"]
    with pytest.raises(PolicyError, match="'schools' cannot be used"):
        read(points(INSIDE), category="schools")


def test_read_places__category_by_the_name_of_the_file():
    raw = of_shapes([shapely.Point(INSIDE)], file="bus_stops")
    table, report = read(raw)
    assert table["category"].tolist() == ["transit_stop"]
    assert any("name of the file" in note for note in report.notes)
    with pytest.raises(InputError, match="no column that says what its places are"):
        read(of_shapes([shapely.Point(INSIDE)], file="layer_1"))


def test_read_places__no_category_off_the_allow_list_ever_comes_out():
    names = [*place_categories(), "schools", "race", "parolee list", "census tract", "mosque"]
    raw = points(*[INSIDE] * len(names), category=names)
    table, report = read(raw)
    assert set(table["category"]) == set(place_categories())
    assert counts(report.dropped) == {"refused_category": 5}


def test_read_places__dates():
    raw = points(
        *[INSIDE] * 6, category=["bar"] * 6, id=list("abcdef"),
        opened=["2016-03-01", "", "03/05/2016 10:00:00 AM", "soon", "2017-01-01", "9999-12-31"],
        closed=["2016-04-01", "2016-05-01", "", "", "2016-01-01", ""],
    )  # fmt: skip
    table, report = read(raw)
    assert table["dated"].tolist() == [True, False, True, False, True, False]
    # A closing day is open to its end; a day is local.
    assert table["valid_from"].iloc[0] == pd.Timestamp("2016-03-01 06:00", tz="UTC")
    assert table["valid_to"].iloc[0] == pd.Timestamp("2016-04-02 05:00", tz="UTC")
    assert table["valid_from"].iloc[4] < table["valid_to"].iloc[4]
    assert counts(report.repaired) == {"unparseable_valid_from": 2, "reversed_validity": 1}


def test_read_places__points_lines_polygons_and_mended_shapes():
    bow_tie = shapely.Polygon([(355_000, 575_000), (355_100, 575_100), (355_100, 575_000),
                               (355_000, 575_100)])  # fmt: skip
    road = shapely.LineString([(340_000, 575_000), (370_000, 575_000)])
    raised = shapely.Point(*INSIDE, 12.0)
    flat = shapely.Polygon([(355_000, 575_000), (355_001, 575_000), (355_002, 575_000)])
    raw = of_shapes(
        [raised, road, bow_tie, None, shapely.Point(), flat], kind=["bar", "street"] + ["park"] * 4
    )
    table, report = read(raw)
    assert table.geometry.geom_type.tolist() == ["Point", "LineString", "MultiPolygon"]
    assert table.geometry.is_valid.all()
    assert not table.geometry.has_z.any()
    assert table.geometry.iloc[2].area == pytest.approx(5000)
    assert counts(report.dropped) == {"missing_geometry": 2, "geometry_beyond_repair": 1}
    assert counts(report.repaired) == {"invalid_geometry": 1}


def test_read_places__exchanged_coordinates_are_put_right():
    lon, lat = degrees(*INSIDE)
    table, report = read(of_text(lon=[lat, lon], lat=[lon, lat], type=["bar", "bar"]))
    assert counts(report.repaired) == {"swapped_coordinates": 1}
    assert table.geometry.iloc[0].distance(table.geometry.iloc[1]) < 0.05


def test_read_places__coordinates_of_a_projected_crs():
    raw = of_text(x=["355000", "355,100.5"], y=["575000", "575,000"], type=["bar", "bar"])
    with pytest.raises(InputError, match="no degrees"):
        read(raw)
    table, _ = read_places(
        raw, source=source("places", crs=CRS), crs=CRS, timezone=TIMEZONE, boundary=CITY
    )
    assert table.geometry.x.tolist() == [355_000, 355_100.5]


def test_read_places__well_known_text():
    raw = of_text(
        the_geom=["POINT (-87.6 41.88)", "LINESTRING (-87.61 41.8, -87.62 41.8)", "POINT ("],
        type=["bar", "street", "bar"],
    )
    table, report = read(raw, boundary=None)
    assert table.geometry.geom_type.tolist() == ["Point", "LineString"]
    assert counts(report.dropped) == {"missing_geometry": 1}


def test_read_places__crs_of_the_file_missing_or_overruled():
    far = of_shapes([shapely.Point(INSIDE)], crs=None, type=["bar"])
    with pytest.raises(InputError, match="does not say in which CRS"):
        read(far)
    lon, lat = (float(value) for value in degrees(*INSIDE))
    table, report = read(of_shapes([shapely.Point(lon, lat)], crs=None, type=["bar"]))
    assert len(table) == 1
    assert any("EPSG:4326" in note for note in report.notes)
    wrong = of_shapes([shapely.Point(INSIDE)], crs="EPSG:32616", type=["bar"])
    table, report = read_places(
        wrong, source=source("places", crs=CRS), crs=CRS, timezone=TIMEZONE, boundary=CITY
    )
    assert table.geometry.x.tolist() == [INSIDE[0]]
    assert any("instead" in note for note in report.notes)


def test_read_places__margin_is_one_kilometre_in_feet_too():
    feet = "EPSG:3435"
    city = shapely.box(1_150_000, 1_850_000, 1_180_000, 1_880_000)
    inside, outside = 1_180_000 + 990 / 0.3048, 1_180_000 + 1010 / 0.3048
    raw = of_shapes(
        [shapely.Point(inside, 1_860_000), shapely.Point(outside, 1_860_000)], crs=feet,
        type=["bar", "bar"],
    )  # fmt: skip
    table, report = read(raw, boundary=city, crs=feet)
    assert table.geometry.x.tolist() == [inside]
    assert counts(report.dropped) == {"outside_jurisdiction": 1}


def test_read_places__nothing_says_where():
    with pytest.raises(InputError, match="says nowhere where its rows lie"):
        read(of_text(category=["bar"], address=["1 Main St"]))


def test_read_places__identifiers_are_unique():
    other = (355_500.0, 575_000.0)
    raw = points(INSIDE, other, INSIDE, other, type=["bar"] * 4, id=["1.0", "1.0", "", "1.0-2"])
    table, report = read(raw)
    assert table["place_id"].is_unique
    assert table["place_id"].iloc[[0, 2]].tolist() == ["1.0", "layer-3"]
    assert report.repaired["repeated_id_numbered"].count >= 1


def test_read_places__same_rows_same_table():
    raw = points(INSIDE, INSIDE, type=["bar", "park"])
    assert read(raw)[0].equals(read(raw)[0])


def test_read_places__file_without_rows():
    table, report = read(of_text(lon=[], lat=[], type=[]))
    assert len(table) == 0
    assert report.rows_in == 0
    assert table["dated"].dtype == bool


def test_read_places__real_environment_of_a_city(real_data):
    import geopandas

    from evenbeat.core.ingest.formats import read_table

    beats = geopandas.read_parquet(real_data / "chicago" / "beats_dec2012.parquet").to_crs(CRS)
    raw = read_table(real_data / "chicago" / "env_points.parquet")
    table, report = read(raw, boundary=beats.union_all(), columns={"category": "layer"})
    assert isinstance(report, IngestReport)
    assert report.rows_in == 136_099 == report.rows_kept + report.rows_dropped
    assert set(report.refused_classes) == {"311_graffiti", "311_sanitation"}
    assert np.isfinite(table.geometry.x).all()
    assert {"liquor_outlet", "transit_station", "vacant_building"} <= set(table["category"])
