"""Sections about planning: caps, the roster, how boxes are chosen, and who reviews."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from evenbeat.core.config.base import Positive, Settings

PlanMode = Literal["lottery", "greedy", "optimal"]
ReviewRole = Literal["analyst", "supervisor", "commander", "auditor"]


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


_REASONS = {
    "reject": (
        "Road closed or under construction", "Already covered by another unit",
        "Place is closed at that time", "Wrong place: the map is out of date",
        "Residents or school asked for no patrol here",
    ),
    "suppress": ("Building site", "Venue closed for a season", "Event has its own police detail"),
    "move": ("Stand where people can see the unit", "Safe parking is on this side",
             "The problem is on the next block"),
    "resize": ("Both sides of the street", "Only the corner matters"),
    "add": ("Event that the forecast does not know", "Request of residents or shops",
            "Pattern seen by officers this week"),
    "undo": ("Wrong box", "New information"),
}  # fmt: skip


class ReviewSettings(Settings):
    """Who may review assignments, and how long a suppressed place stays out of plans."""

    roles: dict[str, ReviewRole] = Field(
        default_factory=dict,
        description="login name -> `analyst`, `supervisor`, `commander` or `auditor`; without any, "
        "who runs the command is an analyst",
    )
    reasons: dict[str, tuple[str, ...]] = Field(
        default_factory=lambda: dict(_REASONS),
        description="action -> reasons to choose from; others can be typed",
    )
    suppress_days: int = Field(
        28, ge=1, le=365, description="days that a suppressed box's place stays out; [choice]"
    )
