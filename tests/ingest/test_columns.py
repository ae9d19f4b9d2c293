"""Which column is what: settings first, then a preset, then usual names."""

import pandas as pd
import pytest

from evenbeat.core.config import SourceSettings
from evenbeat.core.errors import InputError, PolicyError
from evenbeat.core.ingest.columns import plan_columns
from evenbeat.core.ingest.formats import RawTable
from evenbeat.core.ingest.presets import PRESETS, choose_preset
from evenbeat.core.policy.columns import GATE_COLUMNS, INPUT_COLUMNS
from tests.ingest.incident_files import GOOD


def plan(names, **source):
    rows = pd.DataFrame({name: pd.Series(["x"], dtype="str") for name in names})
    return plan_columns(
        RawTable(rows, name="events.csv"), SourceSettings(role="incidents", path="x", **source)
    )


def test_presets__read_only_listed_columns():
    for preset in PRESETS.values():
        assert set(preset.columns) <= {*INPUT_COLUMNS, *GATE_COLUMNS}
        assert set(preset.constants) <= set(INPUT_COLUMNS)


def test_plan__hunchlab_is_recognised_in_any_case():
    found = plan([name.upper() for name in GOOD])
    assert found.preset.name == "hunchlab"
    assert found.columns["occurred_from"] == "DATETIMEFROM"
    assert found.dropped == ("ADDRESS",)


def test_plan__usual_names():
    found = plan(["Report Number", "Offense", "Occurred On", "Date Reported", "Lat", "Lng", "Beat"])
    assert found.preset.name == "generic"
    assert dict(found.columns) == {
        "incident_id": "Report Number", "class_code": "Offense", "occurred_from": "Occurred On",
        "reported_at": "Date Reported", "longitude": "Lng", "latitude": "Lat",
    }  # fmt: skip
    assert found.dropped == ("Beat",)


def test_plan__flags_and_source_kinds_are_read_with_any_preset():
    found = plan([*GOOD, "Arrest Made", "source_kind"])
    assert found.columns["arrest"] == "Arrest Made"
    assert found.columns["source_kind"] == "source_kind"
    assert found.dropped == ("address", "Arrest Made")


def test_plan__each_column_is_used_once():
    found = plan(["id", "iucr", "fbi_code", "date", "lat", "lon"])
    assert found.columns["class_code"] == "iucr"
    assert found.columns["fallback_class_code"] == "fbi_code"
    found = plan(["id", "fbi_code", "date", "lat", "lon"])
    assert "fallback_class_code" not in found.columns


def test_plan__settings_come_first_and_a_blank_leaves_out():
    found = plan([*GOOD, "other"], columns={"class_code": "Other", "reported_at": ""})
    assert found.columns["class_code"] == "other"
    assert "reported_at" not in found.columns
    assert set(found.dropped) == {"class", "report_time", "address"}


def test_plan__constants_take_the_place_of_columns():
    found = plan(["id", "date", "lat", "lon"], constants={"class_code": "220"})
    assert found.constants == {"class_code": "220"}
    found = plan([*GOOD], constants={"source": "cad"})
    assert "source" not in found.columns


def test_plan__clock_without_its_date_is_left_out():
    found = plan(["id", "class", "date", "lat", "lon", "reported_time"])
    assert "reported_at_time" not in found.columns
    assert found.dropped == ("reported_time",)


def test_plan__absent_columns():
    with pytest.raises(InputError, match=r"has no column 'When' to read as occurred_from; it has"):
        plan([*GOOD], columns={"occurred_from": "When"})
    with pytest.raises(InputError, match="to read as class_code"):
        plan([name for name in GOOD if name != "class"], preset="hunchlab")
    with pytest.raises(InputError, match="lacks class_code"):
        plan(["id", "date", "lat", "lon"])


def test_plan__asked_for_what_is_never_read():
    with pytest.raises(PolicyError, match="'race' is no column that Evenbeat reads"):
        plan([*GOOD, "race"], columns={"race": "race"})
    with pytest.raises(PolicyError, match=r"'race' cannot be read as 'source'.*persons"):
        plan([*GOOD, "race"], columns={"source": "race"})


def test_choose_preset__unknown():
    with pytest.raises(InputError, match="preset must be 'auto' or one of") as refusal:
        choose_preset("excel", [])
    assert all(name in str(refusal.value) for name in PRESETS)
    assert "'excel'" in str(refusal.value)
