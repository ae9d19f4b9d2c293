"""Free text of a column that is mapped wrongly stays out of reports, and so out of the log."""

from dataclasses import replace

import pytest

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.layers import read_places
from evenbeat.core.ingest.tally import MAX_NAMES, OTHERS, cap_names, example_of
from tests.ingest.incident_files import raw_table, read
from tests.ingest.layer_files import CITY, CRS, TIMEZONE, degrees, of_text, source

TEXT = "Jane Doe, 12 Oak Street, was seen by her neighbour"


@pytest.mark.parametrize(
    "value",
    ["0860", "13A|23C", "HX123456", "2.00847E+09", "-87,65", "406.2", "2016-05-04T22:15:00Z",
     "5/4/2016 10:15:00 PM", "2016-05-04 22:15 -5:00", "120|220", "29.02.2017"],
)  # fmt: skip
def test_example_of__shows_codes_numbers_and_times(value):
    assert example_of("row 2", value) == f"row 2: {value}"


@pytest.mark.parametrize(
    "value",
    ["Jane Doe", "Doe", "12 Oak Street", "1200 W 5 St", "312-555-1234", "(312) 555-1234",
     "123-45-6789", "jane7@example.org", "", "x" * 90, "1" * 90, "born 1975"],
)  # fmt: skip
def test_example_of__shows_nothing_else(value):
    assert example_of("row 2", value) == "row 2"


def test_cap_names__few_and_short():
    capped = cap_names({f"{number:02d} {TEXT}": number + 1 for number in range(30)} | {"ZZ1": 99})
    assert len(capped) == MAX_NAMES + 1
    assert all(len(name) <= 24 for name in capped)
    assert capped["ZZ1"] == 99
    assert capped[OTHERS] == sum(range(1, 12))
    assert sum(capped.values()) == 99 + sum(range(1, 31))


@pytest.mark.parametrize("column", ["datetimefrom", "datetimeto", "pointx", "report_time",
                                    "last_updated", "source_kind", "geocode_quality"])  # fmt: skip
def test_read_incidents__text_in_a_column_is_not_in_the_report(column):
    raw = raw_table([{}, {}])
    raw = replace(raw, rows=raw.rows.assign(**{column: TEXT}))
    columns = {column: column} if column == "geocode_quality" else {}
    _, report = read(raw, columns=columns)
    assert "Jane" not in str(report.to_dict())
    assert any(tally.examples for tally in (*report.dropped.values(), *report.repaired.values()))


def test_read_incidents__narratives_as_class_codes_are_cut_short():
    raw = raw_table([{"class": f"{number} {TEXT}"} for number in range(60)])
    _, report = read(raw)
    assert len(report.unknown_classes) == MAX_NAMES + 1
    assert sum(report.unknown_classes.values()) == 60
    assert "neighbour" not in str(report.to_dict())


def test_read_places__narratives_as_categories_are_cut_short():
    lon, lat = degrees(355_000.0, 575_000.0)
    words = [f"{number} {TEXT}{end}" for number in range(30) for end in ("", " school")]
    raw = of_text(lon=[lon] * 60, lat=[lat] * 60, category=words)
    _, report = read_places(raw, source=source("places"), crs=CRS, timezone=TIMEZONE, boundary=CITY)
    assert report.dropped["unknown_category"].count == 30
    assert report.dropped["refused_category"].count == 30
    assert set(report.refused_reasons) == set(report.refused_classes)
    assert len(report.refused_classes) == len(report.unknown_classes) == MAX_NAMES + 1
    assert "neighbour" not in str(report.to_dict())


def test_source__names_of_systems_only():
    raw = raw_table([{"datasource": "rms:2-b.c_d"}, {"datasource": ""}])
    incidents, _ = read(raw)
    assert "rms:2-b.c_d" in set(incidents["source"])
    for name in (TEXT, "D'Oe", "x" * 41, "Zo\u00eb"):
        with pytest.raises(InputError, match=r"no names of data sources.*constants") as refusal:
            read(raw_table([{"datasource": name}]))
        assert name not in str(refusal.value)
    with pytest.raises(InputError, match="60 distinct values; expected at most 50"):
        read(raw_table([{"datasource": f"Doe {number}"} for number in range(60)]))
    with pytest.raises(InputError, match="no names of data sources"):
        read(raw_table([{}]), constants={"source": TEXT})


def test_source__of_places():
    lon, lat = degrees(355_000.0, 575_000.0)
    raw = of_text(lon=[lon], lat=[lat], category=["bar"], remark=[TEXT])
    with pytest.raises(InputError, match="no names of data sources"):
        read_places(
            raw, source=source("places", columns={"source": "remark"}), crs=CRS,
            timezone=TIMEZONE, boundary=CITY,
        )  # fmt: skip
