"""What the agency hands in: readable by anyone, dirty by exact numbers, the same bytes again."""

import gzip
import io
import json

import geopandas
import pandas as pd
import pytest

from evenbeat.core.config import load_settings
from evenbeat.core.errors import InputError
from evenbeat.core.ingest.formats import read_table
from evenbeat.core.ingest.incidents import read_incidents
from evenbeat.core.policy.crime_types import CrimeTypeTable
from evenbeat.core.simulate import write_agency_files
from evenbeat.core.simulate.sample import write_sample_data

INCIDENT_FILES = {
    "incidents.csv": ("datasource", "id", "pointx", ",", "\n"),
    "incidents_month.csv": ("datasource", "id", "pointx", ",", "\r"),
    "incidents_legacy.csv": ("UCR", "Case No", "Longitude", ";", "\r\n"),
}


@pytest.fixture(scope="module")
def truth(small_city_files):
    return json.loads((small_city_files / "truth" / "truth.json").read_text())


def rows_of(folder, name):
    separator = INCIDENT_FILES[name][3]
    text = (folder / name).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    return pd.read_csv(
        io.StringIO(text.replace("\r", "\n")), sep=separator, dtype="str", keep_default_na=False
    )


def rows_with(truth, name, kind):
    return truth["files"][name]["dirt"][kind]["rows"]


def test_write_agency_files__gives_the_same_bytes(small_city, small_city_files, tmp_path):
    again = write_agency_files(small_city, tmp_path / "again")
    names = sorted(path.relative_to(tmp_path / "again").as_posix() for path in again)
    there = [path for path in small_city_files.rglob("*") if path.is_file()]
    assert names == sorted(path.relative_to(small_city_files).as_posix() for path in there)
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (small_city_files / name).read_bytes()


def test_write_agency_files__refuses_a_file_as_folder(small_city, tmp_path):
    (tmp_path / "taken").write_text("here")
    with pytest.raises(InputError, match="is a file"):
        write_agency_files(small_city, tmp_path / "taken")


def test_write_agency_files__tells_progress(small_city, tmp_path):
    told = []
    write_agency_files(small_city, tmp_path, progress=lambda stage, share: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_incident_files__have_the_line_ends_and_marks_of_their_systems(small_city_files):
    month = (small_city_files / "incidents_month.csv").read_bytes()
    assert b"\r" in month
    assert b"\n" not in month
    legacy = (small_city_files / "incidents_legacy.csv").read_bytes()
    assert legacy.startswith(b"\xef\xbb\xbf")
    assert legacy.count(b";") > 5 * legacy.count(b"\r\n")
    assert not (small_city_files / "incidents.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", INCIDENT_FILES)
def test_truth__counts_the_dirt_that_is_in_the_files(small_city_files, truth, name):
    rows = rows_of(small_city_files, name)
    _, identifier, longitude, _, _ = INCIDENT_FILES[name]
    assert len(rows) == truth["files"][name]["rows"]
    assert (rows[longitude] == "0").sum() == rows_with(truth, name, "zero_coordinates")
    assert (rows[longitude] == "").sum() == rows_with(truth, name, "missing_coordinates")
    assert (rows[longitude] == "n/a").sum() == rows_with(truth, name, "unparseable_coordinates")
    assert (rows[identifier] == "").sum() == rows_with(truth, name, "missing_id")
    assert rows[identifier].str.endswith(".0").sum() == rows_with(truth, name, "id_as_float")
    swapped = pd.to_numeric(rows[longitude], errors="coerce") > 10
    assert swapped.sum() == rows_with(truth, name, "swapped_coordinates")
    repeated = rows[identifier][rows[identifier] != ""].duplicated().sum()
    assert repeated == sum(
        rows_with(truth, name, f"repeated_{kind}") for kind in ("row", "id_older")
    )


def test_truth__counts_the_odd_times(small_city_files, truth):
    times = rows_of(small_city_files, "incidents.csv")["datetimefrom"]

    def counted(kind):
        return rows_with(truth, "incidents.csv", kind)

    assert times.str.fullmatch(r"\d{5}\.\d+").sum() == counted("excel_serial_time") > 0
    assert times.str.fullmatch(r"\d{4}-\d\d-\d\d").sum() == counted("date_only") > 0
    assert times.str.contains(r"[+-]\d:00$").sum() == counted("short_offset") > 0
    unpadded = times.str.contains(r"^\d{4}-(?:\d-|\d\d-\dT|\d\d-\d\dT\d:)")
    assert unpadded.sum() == counted("unpadded_time") > 0
    legacy = rows_of(small_city_files, "incidents_legacy.csv")["Occurred From"]
    repeated_hour = legacy.str.fullmatch(r"11/06/2016 01:30").sum()
    assert repeated_hour >= rows_with(truth, "incidents_legacy.csv", "ambiguous_local_time") == 3


@pytest.mark.parametrize("name", [*INCIDENT_FILES, "gunfire.csv"])
def test_ingest__finds_exactly_the_dirt_that_was_put_in(small_city, small_city_files, truth, name):
    settings = load_settings(small_city_files / "evenbeat.toml")
    source = next(source for source in settings.sources if source.path == name)
    kept, report = read_incidents(
        read_table(small_city_files / name), source=source, settings=settings.ingest,
        timezone=settings.agency.timezone, crs=settings.agency.crs,
        boundary=small_city.boundary.geometry.iloc[0], crime_types=CrimeTypeTable.load(None),
    )  # fmt: skip
    facts = truth["files"][name]
    dropped = {"refused_class": sum(facts["refused"].values())}
    repaired = {}
    for kind, entry in facts["dirt"].items():
        reason = "repeated_id" if kind.startswith("repeated") else kind
        into = {"drop": dropped, "repair": repaired}.get(entry["effect"], {})
        into[reason] = into.get(reason, 0) + entry["rows"]
    found = {reason: tally.count for reason, tally in report.dropped.items()}
    assert found == {reason: count for reason, count in dropped.items() if count}
    for reason, count in repaired.items():
        mended = report.repaired.get(reason)
        assert (mended.count if mended else 0) == count, reason
    assert len(kept) == facts["rows_to_keep"]
    for column in facts.get("person_columns", []):
        assert column in report.dropped_columns
    _require_truth(kept, small_city.known_incidents())


def _require_truth(kept, known):
    """Make sure that ingested rows are the true ones, but for what dirt has hidden."""
    both = kept.merge(known, on=["source", "incident_id"], suffixes=("", "_true"))
    assert len(both) == len(kept)
    for column in ("crime_type", "source_kind", "weight", "last_updated"):
        assert (both[column] == both[f"{column}_true"]).all(), column
    assert (both["easting"] - both["easting_true"]).abs().max() < 0.2
    assert (both["northing"] - both["northing_true"]).abs().max() < 0.2
    assert (both["occurred_from"] == both["occurred_from_true"]).mean() > 0.97


def test_write_agency_files__leaves_the_dirt_out_when_asked(small_city, tmp_path):
    write_agency_files(small_city, tmp_path, dirt=False)
    truth = json.loads((tmp_path / "truth" / "truth.json").read_text())
    assert all(not facts["dirt"] for facts in truth["files"].values())
    known = small_city.known_incidents()
    assert sum(facts.get("rows_to_keep", 0) for facts in truth["files"].values()) == len(known)


def test_settings__map_files_that_exist_and_keep_audit_data_out(small_city, small_city_files):
    settings = load_settings(small_city_files / "evenbeat.toml")
    paths = [source.path for source in settings.sources]
    assert all((small_city_files / path).is_file() for path in paths)
    assert not any("AUDIT" in path or "truth" in path or "block_groups" in path for path in paths)
    assert {source.role for source in settings.sources} == {
        "incidents", "gunfire", "places", "events", "weather", "boundary", "districts",
        "neighbourhoods", "streets",
    }  # fmt: skip
    assert settings.model.history_days == small_city.days
    assert settings.agency.crs == small_city.crs


def test_layer_files__are_readable_and_hold_the_layers(small_city, small_city_files):
    for name, table in {
        "boundary.geojson": small_city.boundary, "districts.geojson": small_city.districts,
        "neighbourhoods.geojson": small_city.neighbourhoods,
        "streets.gpkg": small_city.streets, "block_groups.geojson": small_city.block_groups,
    }.items():  # fmt: skip
        layer = geopandas.read_file(small_city_files / name).to_crs(small_city.crs)
        assert len(layer) == len(table)
        apart = layer.geometry.hausdorff_distance(table.geometry)
        assert apart.max() < 0.05, name
    parcels = geopandas.read_file(small_city_files / "vacant_parcels.gpkg")
    assert set(parcels.geom_type) == {"Polygon"}
    railways = geopandas.read_parquet(small_city_files / "railways.parquet")
    assert set(railways.geom_type) == {"LineString"}
    points = geopandas.read_file(small_city_files / "places.geojson")
    assert {"bar", "liquor_outlet", "grocery", "gas_station", "school"} == set(points["category"])


def test_events_file__lists_only_what_was_known(small_city, small_city_files):
    events = pd.read_csv(small_city_files / "events.csv")
    known = pd.to_datetime(events["known_at"], utc=True)
    starts = pd.to_datetime(events["starts_at"], utc=True)
    assert (known < small_city.cutoff).all()
    assert (starts >= small_city.cutoff).any()


def test_ping_file__holds_the_dirt_that_was_put_in(small_city, small_city_files, truth):
    facts = truth["files"]["avl_pings.csv.gz"]
    text = gzip.decompress((small_city_files / "avl_pings.csv.gz").read_bytes()).decode()
    pings = pd.read_csv(io.StringIO(text), dtype={"unit_id": "str"})
    dirt = {kind: entry["rows"] for kind, entry in facts["dirt"].items()}
    assert len(pings) == facts["rows"]
    assert facts["rows"] == facts["rows_before_dirt"] - dirt["lost_signal"] + dirt["duplicate"]
    assert pings.duplicated().sum() == dirt["duplicate"] > 0
    assert (pings["longitude"] == 0).sum() == dirt["zero_coordinates"] > 0
    assert (pings["accuracy_m"] > 50).sum() == dirt["inaccurate"] > 0
    assert (pd.to_datetime(pings["time"]) < small_city.cutoff).all()


def test_sample_data__is_what_the_simulation_writes(tmp_path, request):
    stored = request.config.rootpath / "sample_data" / "sampleton"
    written = write_sample_data(tmp_path)
    for path in written:
        name = path.relative_to(tmp_path)
        assert path.read_bytes() == (stored / name).read_bytes(), name
    kept = [path for path in stored.rglob("*") if path.is_file()]
    assert len(kept) == len(written)
    assert sum(path.stat().st_size for path in kept) < 1_500_000
