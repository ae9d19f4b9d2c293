"""The dry run tells what a file would become, and stores nothing."""

import json
from dataclasses import replace

from evenbeat.core.config import IngestSettings, SourceSettings
from evenbeat.core.ingest.incidents import describe_understanding
from tests.ingest.incident_files import BOUNDARY, CRIME_TYPES, CRS, TIMEZONE, raw_table


def understand(raw, *, places=True, **source):
    where = {"crs": CRS, "boundary": BOUNDARY} if places else {}
    return describe_understanding(
        raw, source=SourceSettings(role=source.pop("role", "incidents"), path="x", **source),
        settings=IngestSettings(), timezone=TIMEZONE, crime_types=CRIME_TYPES, **where,
    )  # fmt: skip


def test_describe_understanding__tells_everything_as_json():
    raw = raw_table([{}, {"class": "35A"}, {"pointx": ""}])
    raw = replace(raw, rows=raw.rows.assign(race="x", arrest="Y"))
    understood = json.loads(json.dumps(understand(raw)))
    assert understood["preset"] == "hunchlab"
    assert understood["columns"]["occurred_from"] == "datetimefrom"
    assert understood["not_kept"] == ["address", "race", "arrest"]
    assert understood["gate_columns"] == ["arrest"]
    assert understood["class_system"] == "nibrs"
    assert understood["class_systems"]["nibrs"] == 1.0
    assert understood["times"]["occurred_from"] == "year-month-day, with a clock time"
    assert understood["coordinates"] == ["pointx, pointy in a CRS to be detected"]
    assert len(understood["first_rows"]) == 1
    assert "robbery (120)" in understood["first_rows"][0]
    assert understood["sample"]["rows_dropped"] == 2
    for words in ("layout hunchlab", "Not kept: address", "For the gate only", "Class codes: nibrs",
                  "First rows", "3 rows, 1 kept"):  # fmt: skip
        assert words in understood["text"]


def test_describe_understanding__without_a_jurisdiction_places_are_not_tried():
    understood = understand(raw_table([{}]), places=False)
    assert "first_rows" not in understood
    assert understood["text"].endswith("in a CRS to be detected")


def test_describe_understanding__gunfire_and_constants():
    understood = understand(raw_table([{}]), role="gunfire", constants={"source": "acoustic"})
    assert understood["class_system"] == "gunfire (every alert)"
    assert understood["constants"] == {"source": "acoustic"}
    assert "source" not in understood["columns"]
