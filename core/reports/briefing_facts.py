"""What a briefing says about boxes, incidents, events and weather: plain facts for the template."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.features.knowledge import known_at
from evenbeat.core.features.weather import announced_weather
from evenbeat.core.reports import wording
from evenbeat.core.reports.briefing_tours import chosen_words, instead_words
from evenbeat.core.reports.page import words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from geopandas import GeoDataFrame

RECENT_DAYS = 14
NEAR_M = 300.0
MAPPED_TYPES = (
    "gunfire", "homicide", "aggravated_assault", "robbery", "burglary", "motor_vehicle_theft",
    "theft", "arson",
)  # fmt: skip
"""Types that may be drawn where they occurred; others are counted near a box and not placed."""
REPORTED_KINDS = ("reported", "sensor")
"""Kinds of sources whose incidents are told near a box."""
_STALE_HOURS = 48.0
_MOST_REASONS = 4
_NOTHING_STANDS_OUT = "Nothing stands out in this cell."
_MOST_DATES = 4
_MOST_PARTS = 3
_LEAST_PART, _MAIN_PART = 0.05, 0.25


@dataclass(frozen=True)
class RecentIncidents:
    """Incidents of the last days before the cut-off, as arrays of one length.

    Parameters
    ----------
    crime_type, easting, northing
        What and where.
    local_date
        The local date on which each began.
    """

    crime_type: npt.NDArray[np.object_]
    easting: npt.NDArray[np.float64]
    northing: npt.NDArray[np.float64]
    local_date: npt.NDArray[np.object_]

    @classmethod
    def of(
        cls,
        incidents: pd.DataFrame,
        *,
        cutoff: dt.datetime,
        zone: ZoneInfo,
        reporting_lag_days: int = 0,
    ) -> RecentIncidents:
        """Take what was known at the cut-off, was reported or sensed, and has a usable place."""
        began = incidents["occurred_from"]
        kept = incidents[
            (known_at(incidents, reporting_lag_days) < cutoff)
            & (began < cutoff)
            & (began > cutoff - dt.timedelta(days=RECENT_DAYS))
            & incidents["source_kind"].isin(REPORTED_KINDS)
            & (incidents["geocode_quality"] != "centroid")
        ]
        local = kept["occurred_from"].dt.tz_convert(zone)
        return cls(
            kept["crime_type"].to_numpy(dtype=object),
            kept["easting"].to_numpy(dtype=np.float64),
            kept["northing"].to_numpy(dtype=np.float64),
            local.dt.date.to_numpy(dtype=object),
        )

    def within(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> RecentIncidents:
        """Return a part of the incidents."""
        return RecentIncidents(
            self.crime_type[chosen], self.easting[chosen], self.northing[chosen],
            self.local_date[chosen],
        )  # fmt: skip

    def inside(self, bounds: tuple[float, float, float, float]) -> RecentIncidents:
        """Return the incidents in a rectangle."""
        west, south, east, north = bounds
        return self.within(
            (self.easting >= west) & (self.easting <= east)
            & (self.northing >= south) & (self.northing <= north)
        )  # fmt: skip

    def near_square(
        self, easting: float, northing: float, half: float, reach: float
    ) -> npt.NDArray[np.bool_]:
        """Return which incidents lie in a square or within ``reach`` of its edge."""
        across = np.maximum(np.abs(self.easting - easting) - half, 0.0)
        along = np.maximum(np.abs(self.northing - northing) - half, 0.0)
        return np.hypot(across, along) <= reach

    def by_type(self) -> list[dict[str, Any]]:
        """Return count and newest dates by type, the most frequent first."""
        found: dict[str, list[dt.date]] = {}
        for crime_type, when in zip(self.crime_type, self.local_date, strict=True):
            found.setdefault(str(crime_type), []).append(when)
        lines = []
        for crime_type, dates in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
            newest = sorted(set(dates), reverse=True)
            said = [wording.day(when, weekday=False, year=False) for when in newest[:_MOST_DATES]]
            more = " and earlier" if len(newest) > _MOST_DATES else ""
            lines.append({
                "type": words(crime_type), "count": len(dates), "dates": ", ".join(said) + more,
            })  # fmt: skip
        return lines


def freshness(
    incidents: pd.DataFrame, *, cutoff: dt.datetime, zone: ZoneInfo, reporting_lag_days: int = 0
) -> dict[str, Any]:
    """Return how new the newest known incident is, and whether that is too old."""
    was_known = known_at(incidents, reporting_lag_days) < cutoff
    known = incidents.loc[was_known & (incidents["occurred_from"] < cutoff)]
    if known.empty:
        return {"text": "no incident in the last weeks", "stale": True}
    newest = known["occurred_from"].max().to_pydatetime()
    age = (cutoff - newest).total_seconds() / 3600.0
    text = f"newest incident {wording.moment(newest, zone)}"
    if age > _STALE_HOURS:
        return {"text": f"{text}, {age / 24:.0f} days before the forecast", "stale": True}
    return {"text": text, "stale": False}


def weather_text(
    weather: pd.DataFrame | None, date: dt.date, *, cutoff: dt.datetime, country: str
) -> str:
    """Return what was forecast for the day, in words and in the units of the country.

    What was observed on the day is never told: it was not known at the cut-off.
    """
    if weather is None or weather.empty:
        return "not in the data"
    line, american = announced_weather(weather, date, cutoff), country.upper() == "US"
    if line is None:
        return "no forecast in the data for this date"
    parts = []
    if pd.notna(line.get("temperature_c")):
        celsius = float(line["temperature_c"])
        metric = f"{celsius:.0f} °C"
        parts.append(f"{celsius * 1.8 + 32:.0f} °F ({metric})" if american else metric)
    for column, name in (("precipitation_mm", "precipitation"), ("snow_mm", "snow")):
        amount = line.get(column)
        if pd.notna(amount) and float(amount) > 0:
            inches = f"{float(amount) / 25.4:.2f} in"
            parts.append(f"{name} {inches if american else f'{float(amount):.0f} mm'}")
    if pd.notna(line.get("wind_kmh")):
        speed = float(line["wind_kmh"])
        parts.append(f"wind {f'{speed / 1.609344:.0f} mph' if american else f'{speed:.0f} km/h'}")
    if not parts:
        return "no forecast in the data for this date"
    title = "forecast, time of issue unknown" if pd.isna(line["issued_at"]) else "forecast"
    return f"{title}: {', '.join(parts)}".replace("-", "−")


def box_card(
    row: Mapping[str, Any],
    *,
    position: tuple[float, float],
    recent: RecentIncidents,
    places: Sequence[tuple[str, int]],
) -> dict[str, Any]:
    """Return everything a page says about one box.

    Parameters
    ----------
    row
        The box's row of the assignments.
    position
        Longitude and latitude of its centre.
    recent
        Incidents in it or near it.
    places
        Categories and counts of places in it or beside it.
    """
    dominant, parts = str(row["dominant_type"]), _parts(row)
    main = [part["type"] for part in parts if part["share"] >= _MAIN_PART] or [words(dominant)]
    return {
        "rank": int(row["rank"]),
        "id": str(row["assignment_id"]),
        "position": wording.position(*position),
        "geo": f"geo:{position[1]:.6f},{position[0]:.6f}",
        "visits": int(row["visits"]),
        "dose": wording.dose(
            int(row["visits"]), float(row["visit_minutes"]), float(row["visit_gap_hours"])
        ),
        "dominant": words(dominant),
        "dominant_id": dominant,
        "parts": parts,
        "headline": ", ".join(main).capitalize(),
        "dominant_odds": wording.in_shifts(float(row[f"expected_{dominant}"])),
        "total_odds": wording.in_shifts(float(row["expected_total"])),
        "place_among": wording.place_among_cells(float(row["percentile"])),
        "days_in_last_7": int(row["days_in_last_7"]),
        "why": _reasons(str(row["why"]), str(row["chosen_by"])),
        "recent": recent.by_type(),
        "places": [f"{words(name)} ({count})" for name, count in places],
        "proposed": str(row["status"]) != "approved",
        "chosen": chosen_words(row),
        "instead": instead_words(row),
    }


def tactic_groups(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the tactics of a page, each list once with the boxes it is for."""
    groups: dict[str, dict[str, Any]] = {}
    for row in rows:
        tactics, dominant = str(row["tactics"]), words(str(row["dominant_type"]))
        group = groups.setdefault(
            tactics, {"types": [], "boxes": [], "tactics": json.loads(tactics)}
        )
        group["boxes"].append(int(row["rank"]))
        if dominant not in group["types"]:
            group["types"].append(dominant)
    return list(groups.values())


def events_near(
    events: GeoDataFrame | None,
    *,
    start: dt.datetime,
    end: dt.datetime,
    cutoff: dt.datetime,
    zone: ZoneInfo,
) -> GeoDataFrame | None:
    """Return the events that were known and overlap a shift, with a column ``line`` of words."""
    if events is None or events.empty:
        return None
    unknown = events["known_at"].isna()
    during = events[
        (events["starts_at"] < end)
        & (events["ends_at"] > start)
        & (unknown | (events["known_at"] < cutoff))
    ].sort_values(["starts_at", "event_id"], kind="stable")
    if during.empty:
        return None
    lines = []
    for event in during.itertuples():
        line = f"{words(str(event.category))}, {wording.span(event.starts_at, event.ends_at, zone)}"
        if pd.notna(event.expected_attendance):
            line += f", about {float(event.expected_attendance):,.0f} people expected"
        lines.append(line[:1].upper() + line[1:])
    return during.assign(line=lines)


def _parts(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the crime types that make most of a box's priority, the largest first."""
    shares = {
        key.removeprefix("share_"): float(value)
        for key, value in row.items()
        if key.startswith("share_") and key != "share_of_district"
    }
    largest = sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:_MOST_PARTS]
    return [
        {"type": words(name), "share": share, "text": wording.percent(share)}
        for name, share in largest
        if share >= _LEAST_PART
    ]


def _reasons(why: str, chosen_by: str) -> list[str]:
    """Return the reasons in words, the first letter large.

    Where nothing stands out that is said; of a box that a reviewer placed nothing was computed.
    """
    said = [str(reason.get("words", "")).strip() for reason in json.loads(why)]
    unique = list(dict.fromkeys(text for text in said if text))
    if not unique and chosen_by != "reviewer":
        return [_NOTHING_STANDS_OUT]
    return [text[:1].upper() + text[1:] for text in unique[:_MOST_REASONS]]
