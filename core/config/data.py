"""Sections about the agency, its cells and shifts, and what is read."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, field_validator

from evenbeat.core.config.base import Positive, Settings

Role = Literal[
    "incidents", "gunfire", "places", "events", "weather", "boundary", "districts",
    "neighbourhoods", "streets",
]  # fmt: skip


class AgencySettings(Settings):
    """Who and where."""

    name: str = Field("Agency", description="shown on every page")
    timezone: str = Field("UTC", description="IANA name; local times in the files are in it")

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("must be an IANA name such as 'America/Chicago'")
        return name

    crs: str = Field("auto", description="projected CRS; 'auto' takes the UTM zone")
    country: str = Field("US", description="ISO code for public holidays")
    subdivision: str | None = Field(None, description="state code for public holidays")


class GridSettings(Settings):
    """The cells. [pub] 250 m: ShotSpotter Missions; 150 m and 500 ft are presets."""

    cell_size: Positive = Field(250.0, description="edge of a cell in the CRS's units; [pub]")


class ShiftSettings(Settings):
    """The partition of the day. [pub] 3 x 8 h."""

    starts: dict[str, dt.time] = Field(
        default_factory=lambda: {"day": dt.time(7), "evening": dt.time(15), "night": dt.time(23)},
        description="name -> local start; at least one hour each; [pub]",
    )


class SourceSettings(Settings):
    """One input: where it is and how to read it."""

    role: Role = Field(description="what the file holds")
    path: str = Field(description="file, glob or ArcGIS query URL; relative to the workspace")
    preset: str = Field("auto", description="'auto', 'hunchlab', 'chicago', 'generic'")
    columns: dict[str, str] = Field(default_factory=dict, description="our name -> their column")
    constants: dict[str, str] = Field(default_factory=dict, description="our name -> fixed value")
    crs: str | None = Field(None, description="CRS of the coordinates; default EPSG:4326")
    source_kind: Literal["reported", "discovered", "sensor"] = Field(
        "reported", description="discovered incidents get weight 0"
    )
    time_format: str | None = Field(None, description="strptime format when detection fails")
    class_system: str = Field("auto", description="scheme of the class codes, or 'auto'")
    category: str | None = Field(None, description="category of every place or event of the file")


class IngestSettings(Settings):
    """How raw rows become incidents."""

    boundary_tolerance_m: float = Field(50.0, ge=0, description="[choice] accepted outside edge")
    unknown_time: Literal["drop", "day"] = Field("day", description="date-only: spread over day")
    max_window_days: Positive = Field(30.0, description="[choice] longer windows are dropped")
