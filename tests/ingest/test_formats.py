"""Files as agencies hand them in, read without losing a row in silence."""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import zipfile

import geopandas
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.csv_files import decode_text, read_csv, sniff_delimiter
from evenbeat.core.ingest.formats import read_table

PLAIN = "id,when,place\n1,2016-01-01,Main St\n2,2016-01-02,\n"
ROWS = [["1", "2016-01-01", "Main St"], ["2", "2016-01-02", ""]]


def rows_of(stored: bytes | str) -> list[list[str]]:
    raw = stored.encode() if isinstance(stored, str) else stored
    return read_csv(raw, name="test.csv").rows.to_numpy().tolist()


@pytest.fixture
def places():
    return geopandas.GeoDataFrame(
        {"name": ["Bar", "Park"], "code": [1, 2]},
        geometry=[shapely.Point(-87.6, 41.9), shapely.box(-87.7, 41.8, -87.6, 41.9)],
        crs="EPSG:4326",
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_read_csv__line_ends_delimiters_encodings(line_end, delimiter, encoding):
    text = PLAIN.replace(",", delimiter).replace("\n", line_end)
    parsed = read_csv(text.encode(encoding), name="test.csv")
    assert parsed.rows.columns.tolist() == ["id", "when", "place"]
    assert parsed.rows.to_numpy().tolist() == ROWS
    assert parsed.lines_skipped == 0
    assert ("line ends were carriage returns only" in parsed.repairs) == (line_end == "\r")
    assert ("byte-order mark removed" in parsed.repairs) == (encoding == "utf-8-sig")
    assert ("file in UTF-16 instead of UTF-8" in parsed.repairs) == encoding.startswith("utf-16")


def test_read_csv__cells_stay_text_as_written():
    text = "a,b,c,d\n007,2008466348.0,NA, x \n1e5,,null,-5:00\n"
    parsed = read_csv(text.encode(), name="test.csv")
    assert set(parsed.rows.dtypes.astype(str)) == {"str"}
    assert rows_of(text) == [["007", "2008466348.0", "NA", " x "], ["1e5", "", "null", "-5:00"]]
    assert not parsed.rows.isna().any(axis=None)


def test_read_csv__lines_in_windows_encoding_are_counted():
    stored = "id,street\n1,Café\n".encode() + "2,Peña\n3,Main\n".encode("cp1252")
    parsed = read_csv(stored, name="test.csv")
    assert parsed.rows["street"].tolist() == ["Café", "Peña", "Main"]
    assert parsed.repairs["lines in Windows-1252 instead of UTF-8"] == 1


def test_decode_text__bytes_that_windows_does_not_have_and_zero_bytes():
    text, repairs = decode_text(b"a,b\n1,\x81\n2,x\x00\n")
    assert text == "a,b\n1,\x81\n2,x\n"
    assert repairs["zero bytes removed"] == 1


def test_read_csv__quoted_delimiters_quotes_and_line_ends():
    text = 'id,note\n1,"two\nlines, and ""quotes"""\n2,plain\n'
    assert rows_of(text) == [["1", 'two\nlines, and "quotes"'], ["2", "plain"]]


def test_read_csv__header_names_repeated_blank_and_spaced():
    parsed = read_csv(b'id, id ,"the\nplace",\n1,2,3,4\n', name="test.csv")
    assert parsed.rows.columns.tolist() == ["id", "id (2)", "the place", "column_4"]
    assert parsed.rows.to_numpy().tolist() == [["1", "2", "3", "4"]]
    assert parsed.repairs["repeated column name numbered"] == 1


def test_read_csv__number_in_brackets_that_is_taken():
    parsed = read_csv(b"id,id (2),id\n1,2,3\n", name="test.csv")
    assert parsed.rows.columns.is_unique
    assert parsed.rows.to_numpy().tolist() == [["1", "2", "3"]]


def test_read_csv__ragged_rows_are_mended_in_place_or_counted():
    text = "a,b,c\n1,2,3\n4,5\n6,7,8,,\n9,10,11,12\n\n13,14,15\n"
    parsed = read_csv(text.encode(), name="test.csv")
    assert parsed.rows.to_numpy().tolist() == [
        ["1", "2", "3"], ["4", "5", ""], ["6", "7", "8"], ["13", "14", "15"],
    ]  # fmt: skip
    assert parsed.repairs == {
        "row shorter than the header filled with blanks": 1, "blank extra fields removed": 1,
    }  # fmt: skip
    assert parsed.lines_skipped == 1
    assert parsed.skipped_examples == ["line 5: 4 fields, the header has 3"]


def test_read_csv__ragged_rows_quotes_and_line_ends_of_windows():
    text = 'a,b,c\r\n1,"x, y",3\r\n4,"two\r\nlines",6\r\n7,"8"\r\n9,10,11,\r\n'
    parsed = read_csv(text.encode(), name="test.csv")
    assert parsed.rows.to_numpy().tolist() == [
        ["1", "x, y", "3"], ["4", "two\r\nlines", "6"], ["7", "8", ""], ["9", "10", "11"],
    ]  # fmt: skip
    assert parsed.lines_skipped == 0


def test_read_csv__last_line_cut_off_is_not_trusted():
    parsed = read_csv(b"id,lon,lat\n1,-87.6,41.9\n2,-87", name="test.csv")
    assert parsed.rows["id"].tolist() == ["1"]
    assert parsed.lines_skipped == 1


def test_read_csv__complete_last_line_without_line_end():
    assert rows_of("a,b\n1,2\n3,4") == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize("quoted", ['120,"street 120"', '"120","street 120"', "120,street 120"])
def test_read_csv__open_quote_loses_no_other_row(quoted):
    lines = [f"{number},street {number}" for number in range(200)]
    lines[50] = '50,"street 50'
    lines[120] = quoted
    parsed = read_csv(("id,place\n" + "\n".join(lines) + "\n").encode(), name="test.csv")
    assert parsed.rows["id"].tolist() == [str(number) for number in range(200)]
    assert parsed.rows["place"].iloc[50] == "street 50"
    assert parsed.rows["place"].iloc[120] == "street 120"
    assert parsed.repairs == {"quotation mark that is never closed": 1}


def test_read_csv__many_blocks_keep_order_with_ragged_rows():
    lines = [f"{number},{'x' * 90}" for number in range(150_000)]
    lines[77_777] = "77777"
    lines[140_000] = "140000,x,y"
    parsed = read_csv(("id,text\n" + "\n".join(lines) + "\n").encode(), name="test.csv")
    expected = [str(number) for number in range(150_000) if number != 140_000]
    assert parsed.rows["id"].tolist() == expected
    assert parsed.rows["text"].iloc[77_777] == ""
    assert parsed.skipped_examples == ["line 140002: 3 fields, the header has 2"]


def test_read_csv__examples_never_hold_content():
    parsed = read_csv(b"id,name\n1,Jane,Doe,1990-01-01\n", name="test.csv")
    assert "Jane" not in " ".join(parsed.skipped_examples)


def test_read_csv__spreadsheet_separator_line():
    parsed = read_csv(b"sep=;\r\nid;place\r\n1;a,b,c\r\n", name="test.csv")
    assert parsed.rows.to_numpy().tolist() == [["1", "a,b,c"]]


def test_read_csv__header_alone_is_a_table_without_rows():
    parsed = read_csv(b"id,when\n", name="test.csv")
    assert parsed.rows.columns.tolist() == ["id", "when"]
    assert len(parsed.rows) == 0


@pytest.mark.parametrize("stored", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \r\n"])
def test_read_csv__empty(stored):
    with pytest.raises(InputError, match=r"test\.csv is empty; a header row was expected"):
        read_csv(stored, name="test.csv")


def test_read_csv__no_header():
    with pytest.raises(InputError, match="no column names"):
        read_csv(b"1,-87.6,41.9\n2,-87.5,41.8\n", name="test.csv")


def test_sniff_delimiter__commas_inside_semicolons():
    assert sniff_delimiter("id;lon\n1;-87,6\n2;-87,5\n") == ";"
    assert sniff_delimiter("only\none\n") == ","


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=8)


def test_read_csv__inch_mark_next_to_a_quoted_field_with_line_end():
    text = 'id,note\n1,5" pipe\n2,"a\n\nb"\n3,"6"" pipe"\n'
    assert rows_of(text) == [["1", '5" pipe'], ["2", "a\n\nb"], ["3", '6" pipe']]


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=12), st.sampled_from(",;\t|"))
@settings(deadline=None, max_examples=80)
def test_read_csv__gives_back_what_was_written(table, delimiter):
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["first", "second", "third"])
    writer.writerows(table)
    assert rows_of(written.getvalue()) == table


@pytest.mark.parametrize("suffix", [".csv", ".txt", ".tsv", ".csv.gz", ".csv.xz", ".zip"])
def test_read_table__compressed_text(tmp_path, suffix):
    path = tmp_path / f"events{suffix}"
    stored = PLAIN.encode()
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.md", "text")
            archive.writestr("inside/events.csv", stored)
    else:
        pack = {"gz": gzip.compress, "xz": lzma.compress}.get(suffix.rsplit(".", 1)[-1], bytes)
        path.write_bytes(pack(stored))
    raw = read_table(path)
    assert raw.rows.to_numpy().tolist() == ROWS
    assert (raw.name, raw.format, raw.geometry, raw.crs) == ("events", "csv", None, None)


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".geojson", ".parquet"])
def test_read_table__vector_files(tmp_path, places, suffix):
    one_kind = places.iloc[1:]
    path = tmp_path / f"places{suffix}"
    if suffix == ".parquet":
        one_kind.to_parquet(path)
    else:
        one_kind.to_file(path)
    raw = read_table(str(path))
    assert raw.rows.to_dict("list") == {"name": ["Park"], "code": [2]}
    assert raw.crs == "EPSG:4326"
    assert raw.geometry.iloc[0].equals(places.geometry.iloc[1])
    assert raw.format == suffix[1:]


def test_read_table__parquet_without_geometry_keeps_types(tmp_path):
    path = tmp_path / "events.parquet"
    pd.DataFrame({"when": pd.to_datetime(["2016-01-01"]), "n": [3]}).to_parquet(path)
    raw = read_table(path)
    assert raw.geometry is None
    assert raw.rows.dtypes.astype(str).tolist() == ["datetime64[us]", "int64"]


def test_read_table__shapefile_in_a_zip(tmp_path, places):
    places.iloc[:1].to_file(tmp_path / "bars.shp")
    with zipfile.ZipFile(tmp_path / "bars.zip", "w") as archive:
        for part in tmp_path.glob("bars.*"):
            if part.suffix != ".zip":
                archive.write(part, f"folder/{part.name}")
    raw = read_table(tmp_path / "bars.zip")
    assert (raw.name, raw.format, raw.crs) == ("bars", "shp", "EPSG:4326")
    assert raw.geometry.iloc[0].equals(places.geometry.iloc[0])


def test_read_table__parquet_in_a_zip(tmp_path, places):
    places.to_parquet(tmp_path / "places.parquet")
    with zipfile.ZipFile(tmp_path / "places.zip", "w") as archive:
        archive.write(tmp_path / "places.parquet", "places.parquet")
    assert len(read_table(tmp_path / "places.zip").geometry) == 2


def test_read_table__several_layers_and_members(tmp_path, places):
    path = tmp_path / "city.gpkg"
    places.iloc[:1].to_file(path, layer="bars")
    places.iloc[1:].to_file(path, layer="parks")
    with pytest.raises(InputError, match=r"layers bars, parks; pick one, .*\|layername=bars"):
        read_table(path)
    assert read_table(f"{path}|layername=parks").rows["name"].tolist() == ["Park"]
    with pytest.raises(InputError, match="cannot be read"):
        read_table(f"{path}|layername=schools")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("a.csv", "id\n1\n")
        archive.writestr("b.csv", "id\n2\n")
    with pytest.raises(InputError, match=r"found: a\.csv, b\.csv"):
        read_table(tmp_path / "all.zip")
    assert read_table(f"{tmp_path / 'all.zip'}!b.csv").rows["id"].tolist() == ["2"]


def test_read_table__what_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_table(tmp_path / "none.csv")
    for name, stored, says in [
        ("book.xlsx", b"PK", "Save the sheet as CSV"),
        ("a.csv.gz", gzip.compress(b"id\n1\n" * 99)[:-9], "cannot be read"),
        ("a.csv.xz", lzma.compress(b"id\n1\n" * 99)[:-9], "cannot be read"),
        ("a.zip", b"PK\x03\x04 broken", "not a readable zip"),
        ("a.parquet", b"PAR1 broken", "no readable Parquet"),
        ("a.gpkg", b"SQLite broken", "cannot be read as a vector layer"),
        ("a.geojson", b'{"type": "FeatureColl', "cannot be read as a vector layer"),
    ]:
        (tmp_path / name).write_bytes(stored)
        with pytest.raises(InputError, match=says):
            read_table(tmp_path / name)


def test_read_table__shapefile_without_its_parts(tmp_path, places):
    places.iloc[:1].to_file(tmp_path / "bars.shp")
    (tmp_path / "bars.shx").unlink()
    with pytest.raises(InputError, match=r"needs its \.shx beside it"):
        read_table(tmp_path / "bars.shp")
    assert not (tmp_path / "bars.shx").exists()


def test_read_table__shapefile_without_a_projection_has_no_crs(tmp_path, places):
    places.iloc[:1].to_file(tmp_path / "bars.shp")
    (tmp_path / "bars.prj").unlink()
    assert read_table(tmp_path / "bars.shp").crs is None


def test_read_table__progress_is_told(tmp_path):
    (tmp_path / "a.csv").write_text(PLAIN)
    told: list[tuple[str, float]] = []
    read_table(tmp_path / "a.csv", progress=lambda stage, fraction: told.append((stage, fraction)))
    assert told == [("read a.csv", 0.0), ("read a.csv", 1.0)]
