"""Brief: one page per district and shift, from a day's current run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evenbeat.core.features.knowledge import known_at
from evenbeat.core.pipeline.context import Context, cutoff_of, run_facts, run_of
from evenbeat.core.pipeline.plan import day_priority, plan_facts
from evenbeat.core.pipeline.standing import Standing, standing_boxes
from evenbeat.core.reports.briefing import write_briefings
from evenbeat.core.store.files import (
    read_json,
    replacing_folder,
    sha256_tree,
    write_json,
)

BRIEFING, FACTS = "briefing", "brief.json"
_RECENT_DAYS = 28


@dataclass(frozen=True)
class BriefOutcome:
    """What one briefing made."""

    run_id: str
    index: Path
    pages: int
    reused: bool


def run_brief(
    context: Context, date: dt.date, *, force: bool = False, anchor: bool = False
) -> BriefOutcome:
    """Write the briefing pages of a day: the boxes that stand after review.

    Parameters
    ----------
    force
        Write them although they are written.
    anchor
        Print the newest entry of the audit log on every page. Paper that leaves the office then
        proves what the log was; without it the same day gives the same bytes.

    Raises
    ------
    WorkspaceError
        The day has no plan yet.
    """
    workspace = context.workspace
    with workspace.writing():
        run_id, folder = run_of(workspace, date)
        target = folder / BRIEFING
        plan_id = plan_facts(folder)["plan_id"]
        standing = standing_boxes(workspace, date)
        made_of = {"plan_id": plan_id, "boxes": standing.fingerprint}
        whole = {**made_of, "pages_sha256": sha256_tree(target)}
        reused = target.is_dir() and read_json(folder / FACTS) == whole and not (force or anchor)
        head = standing.log_head if anchor else ""
        if not reused:
            with replacing_folder(target) as temporary:
                _write(context, date, run_id, folder, temporary, standing, head)
            pages = sha256_tree(target)
            write_json(folder / FACTS, {**made_of, "pages_sha256": pages})
            context.log("brief", {"run_id": run_id, **made_of, "output_sha256": pages})
    return BriefOutcome(run_id, target / "index.html", len(list(target.glob("*.html"))), reused)


def _write(
    context: Context, date: dt.date, run_id: str, folder: Path, target: Path,
    standing: Standing, head: str,
) -> None:  # fmt: skip
    risk, priority = day_priority(context.workspace, folder)
    write_briefings(
        target, risk=risk, priority=priority, progress=context.progress,
        **briefing_inputs(context, date, run_id, folder, standing, head),
    )  # fmt: skip


def briefing_inputs(
    context: Context, date: dt.date, run_id: str, folder: Path, standing: Standing, head: str
) -> dict[str, Any]:
    """Return what `write_briefings` and `edition_of` are told of a day, but for its surfaces."""
    workspace = context.workspace
    cutoff = cutoff_of(workspace, date)
    incidents = workspace.table("incidents").read()
    lag = workspace.settings.model.reporting_lag_days
    known = known_at(incidents, lag) < cutoff
    recent = incidents["occurred_from"] >= cutoff - dt.timedelta(days=_RECENT_DAYS)
    return {
        "assignments": standing.table(workspace), "grid": workspace.grid(),
        "calendar": workspace.calendar, "date": date,
        "incidents": incidents[known & recent].reset_index(drop=True),
        "places": workspace.read_optional("places"), "events": workspace.read_optional("events"),
        "weather": workspace.read_optional("weather"), "districts": workspace.districts(),
        "agency": workspace.settings.agency, "run_id": run_id,
        "provenance": run_facts(folder)["provenance"], "notes": plan_facts(folder)["plan_notes"],
        "reporting_lag_days": lag, "visits": standing.visits, "log_head": head,
    }  # fmt: skip
