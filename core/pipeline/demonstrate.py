"""Demo: a simulated city from raw files to a published day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from evenbeat.core.pipeline.context import Context
from evenbeat.core.pipeline.daily import DailyOutcome, run_daily
from evenbeat.core.pipeline.describe import run_describe
from evenbeat.core.pipeline.equity.load import is_loaded, load_demographics, share_columns


@dataclass(frozen=True)
class DemoOutcome:
    """What the demo made."""

    day: DailyOutcome
    description: Path


def run_demo(context: Context, date: dt.date) -> DemoOutcome:
    """Run the day on a workspace that the simulator wrote, and describe its data."""
    part = Context(context.workspace, context.actor, context.now, context.part(0.0, 0.9))
    day = run_daily(part, date)
    _load_residents(context)
    described = run_describe(
        Context(context.workspace, context.actor, context.now, context.part(0.9, 1.0))
    )
    return DemoOutcome(day, described.page)


def _load_residents(context: Context) -> None:
    """Load the simulated residents for the equity ledger, unless a table is there."""
    root = context.workspace.root
    figures, outlines = root / "AUDIT_ONLY" / "demographics.csv", root / "block_groups.geojson"
    if is_loaded(context.workspace) or not figures.is_file():
        return
    silently = Context(context.workspace, context.actor, context.now)
    load_demographics(
        silently, figures, id_column="block_group_id", residents_column="residents",
        shares=share_columns(counts=[f"group {n}=group_{n}" for n in (1, 2, 3)]),
        outlines=outlines, source="Simulated residents of a simulated city; no real person.",
    )  # fmt: skip
