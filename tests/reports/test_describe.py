"""The description: numbers that are right, and a page that needs nothing else."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import geopandas
import pandas as pd
import pytest
import shapely

from evenbeat.core.ingest.tally import IngestReport
from evenbeat.core.reports.describe import summarize, write_description

ZONE = "America/Chicago"
CRS = "EPSG:26971"
DISTRICTS = geopandas.GeoDataFrame(
    {"district_id": ["1", "2"], "name": ["1", "2"]},
    geometry=[shapely.box(0, 0, 5000, 10_000), shapely.box(5000, 0, 10_000, 10_000)],
    crs=CRS,
)


def incident(local: str, kind="robbery", hours=0.0, lag=None, at=(2500.0, 2500.0), **other):
    start = pd.Timestamp(local, tz=ZONE).tz_convert("UTC")
    end = start + pd.Timedelta(hours=hours)
    return {
        "source": "rms", "incident_id": "0", "crime_type": kind, "class_code": "120",
        "occurred_from": start, "occurred_to": end,
        "reported_at": pd.NaT if lag is None else end + pd.Timedelta(hours=lag),
        "last_updated": pd.NaT, "easting": at[0], "northing": at[1], "source_kind": "reported",
        "weight": 1.0, "geocode_quality": "exact", **other,
    }  # fmt: skip


def table(*rows):
    columns = list(incident("2016-01-01"))
    made = pd.DataFrame(list(rows), columns=columns)
    made["incident_id"] = [str(number) for number in range(len(made))]
    for name in ("occurred_from", "occurred_to", "reported_at", "last_updated"):
        made[name] = pd.to_datetime(made[name], utc=True).dt.as_unit("us")
    texts = ("source", "incident_id", "crime_type", "class_code", "source_kind", "geocode_quality")
    return made.astype({
        "weight": "float32", "easting": "float64", "northing": "float64",
        **dict.fromkeys(texts, "str"),
    })  # fmt: skip


def many(n, kind="robbery", start="2016-01-01 13:07", **other):
    """One incident every 7 hours and 11 minutes, each at a place of its own."""
    first = pd.Timestamp(start)
    return [
        incident(str(first + number * pd.Timedelta("7h11min")), kind,
                 at=(100.0 + 37 * number % 9000, 100.0 + 91 * number % 9000), **other)
        for number in range(n)
    ]  # fmt: skip


def report(**facts):
    made = IngestReport(name="export", role="incidents", rows_in=100, rows_kept=80)
    made.drop("missing_coordinates", 5, ["row 3"])
    made.drop("refused_class", 15, ["row 4: 18"])
    made.repair("unpadded_time", 7, ["row 1: 1/2/2016"])
    made.refused_classes = {"narcotics": 15}
    made.refused_reasons = {"narcotics": "it is found by police who look for it"}
    made.flagged_by_class = {"narcotics": (15, 15), "robbery": (80, 8)}
    made.dropped_columns = ["Victim <Name>"]
    made.columns = {"class_code": "UCR"}
    return {"file": "export.csv", "sha256": "0", **made.to_dict(), **facts}


def summary(*rows, reports=()):
    return summarize(incidents=table(*rows), timezone=ZONE, reports=list(reports))


def test_summarize__counts_by_local_month_with_the_empty_ones():
    facts = summary(
        incident("2016-01-31 23:30"), incident("2016-03-01 00:30"), incident("2016-03-02", "theft")
    )
    assert facts["counts_by_type"] == {"robbery": 2, "theft": 1}
    assert facts["counts_by_month"]["robbery"] == {"2016-01": 1, "2016-02": 0, "2016-03": 1}
    assert (facts["first_day"], facts["last_day"]) == ("2016-01-31", "2016-03-02")
    assert any("Months without any incident: 2016-02" in found for found in facts["findings"])


def test_summarize__heaping_leaves_dates_apart():
    facts = summary(
        incident("2016-01-01 00:00", hours=24), incident("2016-01-05 00:00"),
        incident("2016-01-06 10:00"), incident("2016-01-07 10:30"), incident("2016-01-08 10:31"),
    )  # fmt: skip
    told = facts["heaping"]["robbery"]
    assert told["date_only"] == 0.2
    assert told["on_the_hour"] == 0.5
    assert told["at_midnight"] == 0.25
    assert told["first_of_month"] == 0.2
    assert told["by_minute"][30] == 1
    assert sum(told["by_minute"]) == 4
    assert told["by_day_of_month"][0] == 1


def test_summarize__date_on_a_day_of_25_hours_is_a_date():
    assert summary(incident("2016-11-06", hours=25))["heaping"]["all"]["date_only"] == 1


def test_summarize__windows_and_delays():
    facts = summary(
        incident("2016-01-01 10:00", lag=1), incident("2016-01-01 10:00", hours=0.5, lag=3),
        incident("2016-01-01 10:00", hours=6, lag=200), incident("2016-01-01 10:00", hours=30),
    )  # fmt: skip
    assert facts["windows"]["robbery"]["shares"] == {
        "exact": 0.25, "up to 1 h": 0.25, "up to 8 h": 0.25, "up to 24 h": 0,
        "more than a day": 0.25,
    }  # fmt: skip
    assert facts["windows"]["robbery"]["median_hours"] == 6
    lag = facts["reporting_lag"]["robbery"]
    assert (lag["known"], lag["median"]) == (0.75, 3)
    assert lag["over_a_week"] == pytest.approx(1 / 3, abs=1e-6)
    assert any("more than a week later: robbery" in found for found in facts["findings"])


def test_summarize__completeness_counts_unknown_as_blank():
    filled = summary(
        incident("2016-01-01 10:00", geocode_quality="unknown"),
        incident("2016-01-01 10:00", lag=1, class_code=""),
    )["completeness"]
    assert filled["geocode_quality"] == 0.5
    assert filled["reported_at"] == 0.5
    assert filled["class_code"] == 0.5
    assert filled["easting"] == 1


def test_summarize__sums_over_the_files():
    facts = summary(*many(3), reports=[report(), report(rows_in=100)])["ingested"]
    assert (facts["rows_in"], facts["rows_kept"], facts["rows_dropped"]) == (200, 160, 40)
    assert facts["dropped"] == {"refused_class": 30, "missing_coordinates": 10}
    assert facts["refused"] == [
        {"role": "incidents", "class": "narcotics", "rows": 30,
         "why": "it is found by police who look for it"},
    ]  # fmt: skip
    narcotics, robbery = facts["flagged"]
    assert (narcotics["share"], narcotics["is_modelled"]) == (1.0, False)
    assert (robbery["share"], robbery["is_modelled"]) == (0.1, True)


def test_summarize__findings_on_clean_data_are_few():
    rows = many(800, lag=1)
    assert summary(*rows)["findings"] == []


def test_summarize__findings_on_heaped_data():
    rows = [
        *many(200, "burglary", "2016-01-01 12:00"),
        *[incident(f"2016-0{month}-01 00:00", "burglary") for month in range(1, 7)] * 20,
        *[incident("2016-03-05", "theft", hours=24)] * 70,
        *many(5, "homicide"),
    ]
    found = " ".join(summary(*rows)["findings"]).replace("\xa0", " ")
    assert "Fewer than 60 incidents: homicide" in found
    assert "exactly midnight: burglary 3" in found
    assert "first of a month: burglary" in found
    assert "Dates without a time: theft 100 %" in found
    assert "No incident has a time of report" in found
    assert "One position has 190 incidents" in found


def test_summarize__findings_name_rows_left_out_for_their_quality_alone():
    bad = report(rows_in=1000, dropped={
        "missing_coordinates": {"count": 90, "examples": []},
        "refused_class": {"count": 500, "examples": []},
        "missing_id": {"count": 2, "examples": []},
    })  # fmt: skip
    found = summary(*many(800, lag=1), reports=[bad])["findings"]
    assert [line.replace("\xa0", " ") for line in found] == [
        "export.csv: 90 rows (9.0 %) are left out because the row has no coordinates."
    ]


def test_summarize__is_plain_json():
    assert json.loads(json.dumps(summary(*many(5), reports=[report()])))["incidents"] == 5


def test_summarize__store_without_incidents():
    facts = summary()
    assert facts["incidents"] == 0
    assert facts["findings"] == [
        "The store holds no incident, so nothing can be fitted or forecast."
    ]


class Page(HTMLParser):
    """What a page refers to, and whether its parts fit together."""

    VOID = ("meta", "br", "rect", "path", "image", "use", "col")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.figures: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag not in self.VOID:
            self.open.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("href", "src", "xlink:href") if name in given]
        if tag == "svg" and given.get("aria-hidden") != "true":
            self.figures.append(given["aria-label"])
            assert given["role"] == "img"

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def write(path, rows, reports):
    return write_description(
        path, incidents=table(*rows), timezone=ZONE, reports=reports, districts=DISTRICTS
    )


def test_write_description__one_file_with_everything_in_it(tmp_path):
    rows = [*many(300, lag=2), *many(90, "burglary", hours=9), *many(40, "gunfire")]
    path = write(tmp_path / "new" / "description.html", rows, [report()])
    text = path.read_text("utf-8")
    page = Page(text)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    inside = {f"#{name}" for name in page.ids}
    assert all(link in inside or link.startswith("data:image/png") for link in page.links)
    for foreign in ("<script", "@import", "<link", "url(http", "<metadata"):
        assert foreign not in text
    assert len(page.figures) == 5
    assert "gunfire: 40" in page.figures[0]
    words = " ".join(page.text)
    for needed in ("430 incidents", "the row has no coordinates", "found by police who look for it",
                   "Race, ethnicity, education", "not a prediction that a crime will", "row 4: 18",
                   "date or hour written without leading zeros"):  # fmt: skip
        assert needed in words
    assert "Victim &lt;Name&gt;" in text


def test_write_description__same_tables_same_bytes(tmp_path):
    rows = many(200, lag=2)
    first = write(tmp_path / "a.html", rows, [report()]).read_bytes()
    assert write(tmp_path / "b.html", rows, [report()]).read_bytes() == first


def test_write_description__files_without_windows_and_reports(tmp_path):
    text = write(tmp_path / "a.html", many(100), []).read_text("utf-8")
    assert "Every incident has a single time" in text
    assert "the delay is not known" in text


def test_write_description__one_incident_and_none(tmp_path):
    assert "1 incident that" in write(tmp_path / "a.html", many(1), []).read_text("utf-8")
    empty = write(tmp_path / "b.html", [], [report()]).read_text("utf-8")
    assert "No incident is stored yet" in empty
    assert "What became of every row" in empty
    assert Page(empty).figures == []


def test_write_description__real_reports_of_every_role(tmp_path, small_city_files):
    from evenbeat.core.config import load_settings
    from evenbeat.core.ingest import layers
    from evenbeat.core.ingest.formats import read_table

    settings = load_settings(small_city_files / "evenbeat.toml")
    zone, crs, reports, boundary = settings.agency.timezone, settings.agency.crs, [], None
    for source in settings.sources:
        if source.role in ("incidents", "gunfire"):
            continue
        options = {"timezone": zone}
        if source.role != "weather":
            options["crs"] = crs
        if source.role in ("places", "events"):
            options["boundary"] = boundary
        reader = getattr(layers, f"read_{source.role}")
        made, account = reader(read_table(small_city_files / source.path), source=source, **options)
        boundary = made.geometry.iloc[0] if source.role == "boundary" else boundary
        assert account.rows_kept == len(made) > 0
        reports.append({"file": source.path, **account.to_dict()})
    text = write(tmp_path / "a.html", many(10), reports).read_text("utf-8")
    assert "education is never an input" in text
