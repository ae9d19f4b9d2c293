"""The workspace's settings: frozen, read once at the edge, each with its unit and its source."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from evenbeat.core.errors import ConfigError

Fraction = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
ModelKind = Literal[
    "best", "boosted", "mixture", "glm", "etas", "shrunk", "terrain", "count_28", "count_365",
    "count_1095", "smoothed_365", "smoothed_1095",
]  # fmt: skip
PlanMode = Literal["lottery", "greedy", "optimal"]
ReviewRole = Literal["analyst", "supervisor", "commander", "auditor"]
Role = Literal[
    "incidents", "gunfire", "places", "events", "weather", "boundary", "districts",
    "neighbourhoods", "streets",
]  # fmt: skip


class Settings(BaseModel):
    """Base of every section: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


class ModelSettings(Settings):
    """What is modelled and from how much history. [pub] 3 years."""

    crime_types: tuple[str, ...] = Field(
        (
            "gunfire", "homicide", "aggravated_assault", "robbery", "burglary",
            "motor_vehicle_theft", "theft",
        ),
        min_length=1,
        description="types with a model each; rape and arson may be added",
    )  # fmt: skip
    kind: ModelKind = Field(
        "best",
        description="`best` chooses for each crime type by validation on its past; or one kind for "
        "all: trees, self-exciting, regression, risk terrain, or plain counts",
    )

    @field_validator("crime_types")
    @classmethod
    def _differ(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"repeats {', '.join(repeated)}")
        return names

    history_days: int = Field(
        2920, ge=28, description="days; [pub] 3 years; [bench] 8 rank better, older incidents fade"
    )
    training_days: int = Field(1095, ge=14, description="[bench] newest days that train the models")
    minimum_incidents: int = Field(
        60, ge=0, description="[choice] fewer: counts drawn to a pooled surface"
    )
    empty_cells_per_incident: Positive = Field(4.0, description="[bench] sampled, re-weighted")
    maximum_rows: int = Field(400_000, ge=1_000, description="[bench] training rows a type")
    max_data_age_days: int = Field(14, ge=1, description="[choice] older data are refused")
    reporting_lag_days: int = Field(
        0, ge=0, le=28, description="days until an incident without a report time is known"
    )
    refit_days: int = Field(28, ge=1, description="[bench] days after which `daily` fits anew")
    seed: int = Field(20170103, description="of every random draw; written to the log")


class CapSettings(Settings):
    """Hard limits of metering; sources in docs/parameters.md."""

    visit_minutes: Positive = Field(15.0, description="[pub] Koper 1995: 10-15 min")
    visit_limit_minutes: float = Field(20.0, gt=0, le=20, description="hard limit; [pub]")
    visits_per_shift: int = Field(3, ge=1, le=6, description="at most; [choice]")
    visit_gap_hours: float = Field(2.0, ge=0, description="[pub] Sacramento")
    minutes_per_day: Positive = Field(
        90.0, description="minutes of a cell over all shifts of a day, at most; [choice]"
    )
    boxes_per_unit: int = Field(6, ge=1, le=6, description="[pub] Sacramento 1 to 6")
    recurrence_days: int = Field(4, ge=1, le=7, description="[choice] of the last 7")
    recurrence_28_days: int = Field(14, ge=1, le=28, description="[choice] of the last 28")
    spacing_m: float = Field(500.0, ge=0, description="[pub] West Midlands")
    buffer_m: float = Field(100.0, ge=0, description="[pub] West Midlands")
    neighbourhood_share: float = Field(
        0.25, gt=0, le=1, description="of a shift's minutes in one neighbourhood, at most; [choice]"
    )


class UnitSettings(Settings):
    """One unit of the roster."""

    id: str = Field(min_length=1, description="name of the unit, as in the vehicle log")
    district: str = Field(description="district in which it patrols")
    shifts: tuple[str, ...] = Field((), description="shifts it works; all when empty")
    minutes: Positive | None = Field(
        None, description="minutes a shift for directed patrol; default: uncommitted_share"
    )


class PlanSettings(Settings):
    """How boxes are chosen."""

    mode: PlanMode = Field(
        "lottery", description="`lottery`; for comparison `greedy` and `optimal` under the caps"
    )
    tau: float = Field(
        1.0, ge=0, le=8, description="chance ~ priority^tau: 0 all alike, large: the top; [choice]"
    )
    pool_factor: float = Field(
        3.0, ge=1, le=10, description="boxes in the draw per place; [choice]"
    )
    exploration_share: float = Field(
        0.05, ge=0, le=0.5, description="of places drawn evenly from all cells; [choice]"
    )
    hold_out_share: float = Field(
        0.10, ge=0, le=0.5, description="of the pool held out to measure effects; [choice]"
    )
    hold_out_minimum: int = Field(2, ge=0, description="hold-outs a shift, at least; [choice]")
    box_cells: int = Field(1, ge=1, le=9, description="adjacent cells of a box, at most; [choice]")
    neglect_days: int = Field(
        14,
        ge=1,
        le=28,
        description="days without a box after which a risky cell moves up; [choice]",
    )
    neglect_area_share: float = Field(
        0.02, ge=0, le=1, description="share of the area that counts as risky for that; [choice]"
    )
    neglect_most: float = Field(
        3.0,
        ge=1,
        le=10,
        description="times its priority a neglected cell counts, at most; [choice]",
    )
    dose_counts_minutes: Positive = Field(
        5.0, description="minutes of presence that make a day count as visited; [choice]"
    )
    boxes_per_district: int = Field(3, ge=0, description="boxes per district and shift; [choice]")
    boxes_by_district: dict[str, int] = Field(
        default_factory=dict, description="district -> boxes, where it differs"
    )
    units: tuple[UnitSettings, ...] = Field((), description="the roster; without it: any number")
    uncommitted_share: float = Field(
        0.6, gt=0, le=1, description="share of a unit's shift free for directed patrol; [choice]"
    )
    speed_kmh: Positive = Field(25.0, description="mean speed between boxes; [choice]")
    severity_preset: str = Field("harm_index", description="`flat`, `harm_index`, `cost_of_crime`")
    severity: dict[str, float] = Field(
        default_factory=dict, description="type -> weight, in place of the preset"
    )
    preventability: dict[str, float] = Field(default_factory=dict, description="type -> weight")
    district_weights: dict[str, dict[str, float]] = Field(
        default_factory=dict, description="district -> type -> factor"
    )
    shift_weights: dict[str, dict[str, float]] = Field(
        default_factory=dict, description="shift -> type -> factor"
    )
    unit_weights: dict[str, dict[str, float]] = Field(
        default_factory=dict, description="unit of the roster -> type -> factor"
    )
    caps: CapSettings = CapSettings()

    @field_validator("units")
    @classmethod
    def _units_differ(cls, units: tuple[UnitSettings, ...]) -> tuple[UnitSettings, ...]:
        names = [unit.id for unit in units]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"repeats {', '.join(repeated)}")
        return units


class PublishSettings(Settings):
    """Where publications go."""

    target: str = Field("published", description="folder, relative to the workspace")
    keep_days: int = Field(90, ge=1, description="days that stay published; [choice]")


class ReviewSettings(Settings):
    """Who may review assignments, and how long a suppressed place stays out of plans."""

    roles: dict[str, ReviewRole] = Field(
        default_factory=dict,
        description="login name -> `analyst`, `supervisor`, `commander` or `auditor`; without any, "
        "who runs the command is an analyst",
    )
    suppress_days: int = Field(
        28, ge=1, le=365, description="days that a suppressed box's place stays out; [choice]"
    )


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


class StoreSettings(Settings):
    """Where assignments, reviews and the audit log are."""

    url: str | None = Field(
        None,
        description="postgresql+psycopg://user@host/db; by default a GeoPackage in the workspace",
    )


class WorkspaceSettings(Settings):
    """Everything that ``evenbeat.toml`` may say."""

    agency: AgencySettings = AgencySettings()
    grid: GridSettings = GridSettings()
    shifts: ShiftSettings = ShiftSettings()
    sources: tuple[SourceSettings, ...] = ()
    ingest: IngestSettings = IngestSettings()
    model: ModelSettings = ModelSettings()
    plan: PlanSettings = PlanSettings()
    publish: PublishSettings = PublishSettings()
    review: ReviewSettings = ReviewSettings()
    dosage: DosageSettings = DosageSettings()
    store: StoreSettings = StoreSettings()

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the settings in canonical JSON.

        Where the database is and who reviews change no plan, so those sections are left out. So is
        how pings are counted: it changes the table of minutes, whose version is recorded itself.
        """
        document = self.model_dump(mode="json", exclude={"store", "review", "dosage"})
        canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def parse_settings(document: dict[str, Any], *, origin: str = "evenbeat.toml") -> WorkspaceSettings:
    """Check a parsed TOML document.

    Raises
    ------
    ConfigError
        A key is unknown, or a value is of the wrong type or range; every fault is listed.
    """
    try:
        return WorkspaceSettings.model_validate(document)
    except ValidationError as error:
        faults = "\n".join(
            f"  {'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            f" (got {fault.get('input')!r})"
            for fault in error.errors()
        )
        raise ConfigError(f"{origin} has settings that cannot be used:\n{faults}") from error


def load_settings(path: Path) -> WorkspaceSettings:
    """Read ``evenbeat.toml``.

    Raises
    ------
    ConfigError
        The file is missing, is not TOML, or holds unusable settings.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path} does not exist. Make a workspace with: evenbeat init {path.parent}"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    return parse_settings(document, origin=str(path))
