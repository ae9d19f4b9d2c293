"""The section about the equity ledger."""

from __future__ import annotations

from pydantic import Field

from evenbeat.core.config.base import Settings


class EquitySettings(Settings):
    """The equity ledger: how it is told. It changes no forecast and no plan."""

    least_residents: int = Field(
        100, ge=1, description="residents below which no rate of an area is told; [choice]"
    )
    harm_days: int = Field(
        365, ge=28, le=3650,
        description="days before a plan whose reported crime the counterfactual goes by; [choice]",
    )  # fmt: skip
    block_days: int = Field(
        7, ge=1, le=91,
        description="consecutive days that the bootstrap keeps together; [choice]",
    )  # fmt: skip
    resamples: int = Field(2000, ge=200, le=20_000, description="draws of the bootstrap; [choice]")
