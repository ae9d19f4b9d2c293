"""The section about what is modelled, and from how much history."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from evenbeat.core.config.base import Positive, Settings

ModelKind = Literal[
    "best", "boosted", "mixture", "glm", "etas", "shrunk", "terrain", "count_28", "count_365",
    "count_1095", "smoothed_365", "smoothed_1095",
]  # fmt: skip


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
