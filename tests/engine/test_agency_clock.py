"""What maps of patrol need besides: the agency's clock, and where districts are."""

import datetime as dt
import zoneinfo

import geopandas
import pytest

from evenbeat.core.store.workspace import Workspace


@pytest.fixture(scope="module")
def summary(warm, city):
    return warm.ask("workspace-summary", workspace=city)


def clock(moment, summary):
    """The numbers on the agency's clock."""
    zone = zoneinfo.ZoneInfo(summary["timezone"])
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


def test_hours__begin_on_the_agencys_clock(warm, city, dates, summary, tmp_path):
    made = warm.ask("dosage-rasters", workspace=city, date=dates[0], out=tmp_path)
    for band in made["bands"]:
        assert band["local_start"] == clock(dt.datetime.fromisoformat(band["start"]), summary)


def test_tracks__have_the_agencys_clock(warm, city, dates, summary, tmp_path):
    made = warm.ask("tracks", workspace=city, date=dates[0], out=tmp_path)
    lines = geopandas.read_file(made["path"], layer="tracks")
    points = geopandas.read_file(made["path"], layer="positions").head(50)
    for table, name in ((lines, "start"), (lines, "end"), (points, "time")):
        told = table[f"local_{name}"].astype(str).str.slice(0, 19).str.replace(" ", "T")
        assert list(told) == [clock(moment.floor("s"), summary) for moment in table[name]]


def test_districts__bounds_are_those_of_their_outlines(city, summary):
    areas = Workspace.open(city).districts().set_index("district_id")
    for district in summary["districts"]:
        truth = areas.geometry[district["district_id"]].bounds
        assert district["bounds"] == pytest.approx(truth)
