"""A small city on the morning of a briefing, and a reader of its pages."""

from __future__ import annotations

import base64
import datetime as dt
import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from planning.cities import CALENDARS, DATE, city_grid, no_history, past_of, risk_cube

from evenbeat.core.config import AgencySettings, PlanSettings
from evenbeat.core.grid import Grid
from evenbeat.core.planning import plan_day, priority_surface
from evenbeat.core.reports.briefing import write_briefings

CUTOFF = dt.datetime(2017, 1, 3, 6, tzinfo=dt.UTC)
VOID = {"meta", "link", "br", "img", "input", "hr"}


def instants(*values: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(values), utc=True)).astype("datetime64[us, UTC]")


def incident_table(rows: list[tuple[str, str, float, float]], **columns) -> pd.DataFrame:
    """Return incidents of (type, time, easting, northing), known when they occurred."""
    when = instants(*(row[1] for row in rows))
    table = pd.DataFrame({
        "source": "cad", "incident_id": [str(i) for i in range(len(rows))],
        "crime_type": [row[0] for row in rows], "class_code": "", "occurred_from": when,
        "occurred_to": when, "reported_at": when, "last_updated": instants(*[None] * len(rows)),
        "easting": [row[2] for row in rows], "northing": [row[3] for row in rows],
        "source_kind": "reported", "weight": np.float32(1), "geocode_quality": "exact",
    })  # fmt: skip
    return table.assign(**columns)


def place_table(grid: Grid, rows: list[tuple[str, object]]) -> gpd.GeoDataFrame:
    nothing = instants(*[None] * len(rows))
    return gpd.GeoDataFrame(
        {"place_id": [str(i) for i in range(len(rows))], "category": [row[0] for row in rows],
         "valid_from": nothing, "valid_to": nothing, "dated": False, "source": "s"},
        geometry=[row[1] for row in rows], crs=grid.crs,
    )  # fmt: skip


class Morning:
    """A small city on the morning of a briefing; keyword arguments change one thing."""

    def __init__(self, **changes):
        self.grid = changes.pop("grid", None) or city_grid(height=14, width=16, districts=3)
        self.calendar = changes.pop("calendar", CALENDARS[0])
        self.date = changes.pop("date", DATE)
        plan = changes.pop("plan", PlanSettings(mode="greedy"))
        why = changes.pop("why", "robberies nearby: more than in 99 % of cells")
        self.risk = risk_cube(self.grid, self.calendar, seed=3)
        self.priority = priority_surface(risk=self.risk, grid=self.grid, settings=plan)
        self.plan = plan_day(
            risk=self.risk, priority=self.priority, grid=self.grid, calendar=self.calendar,
            date=self.date, settings=plan,
            past=past_of(self.grid, self.calendar, no_history(), self.date),
            explain=lambda shift, cells: [[{"feature": "a", "words": why}] for _ in cells],
            run_id="run-9",
        )  # fmt: skip
        self.assignments = self.plan.assignments
        self.incidents = incident_table([("robbery", "2017-01-02 12:00", *self.centre_of_first())])
        self.places = self.events = self.weather = None
        self.agency = AgencySettings(name="Springfield", timezone=self.calendar.timezone)
        self.districts = self.polygons()
        for name, value in changes.items():
            setattr(self, name, value)

    def centre_of_first(self) -> tuple[float, float]:
        if self.assignments.empty:
            return (0.0, 0.0)
        row = self.assignments.iloc[0]
        return (row["easting"], row["northing"])

    def polygons(self) -> gpd.GeoDataFrame:
        shapes = []
        for index in range(len(self.grid.district_ids)):
            cells = np.argwhere(self.grid.district == index)
            shapes.append(shapely.union_all([self.grid.box(int(r), int(c)) for r, c in cells]))
        ids = list(self.grid.district_ids)
        return gpd.GeoDataFrame(
            {"district_id": ids, "name": ids}, geometry=shapes, crs=self.grid.crs
        )

    def write(self, folder, **changes):
        given = {
            "assignments": self.assignments, "risk": self.risk, "priority": self.priority,
            "grid": self.grid, "calendar": self.calendar, "date": self.date,
            "incidents": self.incidents, "places": self.places, "events": self.events,
            "weather": self.weather, "districts": self.districts, "agency": self.agency,
            "run_id": "run-9", "provenance": {"data_cutoff": CUTOFF.isoformat(), "model_id": "m1"},
        }  # fmt: skip
        return write_briefings(folder, **{**given, **changes})


class Reader(HTMLParser):
    """Collects links and text; complains about tags that do not match."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.links += [value for key, value in attributes if key in {"href", "src"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.links += [value for key, value in attributes if key in {"href", "src"}]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text.append(data)


def read(path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text("utf-8"))
    reader.close()
    assert reader.open == []
    return reader


def words_of(path) -> str:
    return re.sub(r"\s+", " ", "".join(read(path).text).replace("\xa0", " "))


def drawing_of(path) -> ElementTree.Element:
    page = path.read_text("utf-8")
    found = re.search(r'<svg xmlns.*?class="map".*?</svg>', page, re.DOTALL)
    return ElementTree.fromstring(found.group(0))


def png_of(image) -> io.BytesIO:
    return io.BytesIO(base64.b64decode(image.get("href").split(",", 1)[1]))
