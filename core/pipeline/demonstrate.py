"""Demo: a simulated city from raw files to a published day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from evenbeat.core.pipeline.context import Context
from evenbeat.core.pipeline.daily import DailyOutcome, run_daily
from evenbeat.core.pipeline.describe import run_describe


@dataclass(frozen=True)
class DemoOutcome:
    """What the demo made."""

    day: DailyOutcome
    description: Path


def run_demo(context: Context, date: dt.date) -> DemoOutcome:
    """Run the day on a workspace that the simulator wrote, and describe its data."""
    part = Context(context.workspace, context.actor, context.now, context.part(0.0, 0.9))
    day = run_daily(part, date)
    described = run_describe(
        Context(context.workspace, context.actor, context.now, context.part(0.9, 1.0))
    )
    return DemoOutcome(day, described.page)
