"""Sections about where patrol was: vehicle logs, logged patrols, dispatch, and privacy."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from evenbeat.core.config.base import Positive, Settings


class PingSourceSettings(Settings):
    """One export of vehicle locations: where it is and how to read it."""

    path: str = Field(description="CSV, Parquet or GeoPackage, or a glob; relative to workspace")
    columns: dict[str, str] = Field(default_factory=dict, description="our name -> their column")
    crs: str | None = Field(None, description="CRS of the coordinates; default EPSG:4326")
    timezone: str | None = Field(None, description="of times without offset; default: agency's")
    time_unit: Literal["auto", "s", "ms"] = Field("auto", description="of times that are numbers")
    speed_unit: Literal["km/h", "mph", "kn", "m/s"] = Field("km/h", description="of the speed")


class ActivitySourceSettings(Settings):
    """One export of the officers' own log of directed patrols."""

    path: str = Field(description="CSV or a glob; relative to the workspace")
    columns: dict[str, str] = Field(default_factory=dict, description="our name -> their column")
    timezone: str | None = Field(None, description="of times without offset; default: agency's")


class CommitmentSourceSettings(Settings):
    """One export of dispatch: when units were on incidents."""

    path: str = Field(description="CSV or a glob; relative to the workspace")
    columns: dict[str, str] = Field(default_factory=dict, description="our name -> their column")
    timezone: str | None = Field(None, description="of times without offset; default: agency's")
    statuses: tuple[str, ...] = Field(
        (), description="statuses that mean on an incident; every row when empty"
    )


class DosageSettings(Settings):
    """How pings become minutes, and how long they are kept. Bounds in docs/dosage.md."""

    sources: tuple[PingSourceSettings, ...] = Field(
        (), description="exports of vehicle locations, as `[[dosage.sources]]`"
    )
    activities: tuple[ActivitySourceSettings, ...] = Field(
        (), description="logs of directed patrols, as `[[dosage.activities]]`"
    )
    committed: tuple[CommitmentSourceSettings, ...] = Field(
        (), description="dispatch's intervals on incidents, as `[[dosage.committed]]`"
    )
    accuracy_limit_m: Positive = Field(
        50.0, description="pings less accurate are dropped; [choice]"
    )
    top_speed_kmh: Positive = Field(
        200.0, description="pings that would need more are dropped; [choice]"
    )
    gap_cap_intervals: Positive = Field(
        3.0, description="gap cap in median ping intervals of the unit; [choice]"
    )
    gap_cap_least_s: Positive = Field(90.0, description="gap cap, at least; [choice]")
    gap_cap_most_s: Positive = Field(300.0, description="gap cap, at most; [choice]")
    off_duty_minutes: Positive = Field(
        60.0, description="a longer silence is the end of duty, not unknown time; [choice]"
    )
    stationary_kmh: Positive = Field(5.0, description="slower stands still, if long enough")
    stationary_s: Positive = Field(120.0, description="at least so long to stand still; [choice]")
    slow_kmh: Positive = Field(40.0, description="slower is slow patrol, else transit; [choice]")
    visit_gap_s: float = Field(120.0, ge=0, description="shorter absences are merged; [choice]")
    visit_least_s: float = Field(60.0, ge=0, description="presence that makes a visit; [choice]")
    boundary_tolerance_m: float = Field(
        30.0, ge=0, description="so far outside a box still counts as inside; [choice]"
    )
    visit_interval_s: Positive = Field(
        60.0, description="visits are not counted from longer median intervals; [choice]"
    )
    delivered_share: float = Field(
        0.75, gt=0, le=1, description="of the planned minutes that make a box visited; [choice]"
    )
    fixed_site_categories: tuple[str, ...] = Field(
        ("police_station", "station"), description="places where standing is no patrol; [choice]"
    )
    fixed_site_radius_m: float = Field(75.0, ge=0, description="around such a place; [choice]")
    keep_pings_days: int = Field(
        90, ge=1, description="days that pings, tracks and timelines are kept; [choice]"
    )
    keep_officers_days: int = Field(
        365, ge=1, description="days that officers' names are kept with activities; [choice]"
    )
    publish_delay_hours: float = Field(
        48.0, ge=0, description="dosage is published so long after its day; [choice]"
    )
    publish_cell_m: float = Field(
        500.0, ge=0, description="published dosage is summed to cells of at least this; [choice]"
    )

    @model_validator(mode="after")
    def _is_ordered(self) -> DosageSettings:
        pairs = (
            ("gap_cap_least_s", self.gap_cap_least_s, "gap_cap_most_s", self.gap_cap_most_s),
            ("stationary_kmh", self.stationary_kmh, "slow_kmh", self.slow_kmh),
            ("gap_cap_most_s", self.gap_cap_most_s, "off_duty_minutes", self.off_duty_minutes * 60),
        )
        for low, least, high, most in pairs:
            if least > most:
                raise ValueError(f"{low} must not exceed {high}")
        return self
