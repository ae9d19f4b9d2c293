"""Brief: one page per district and shift, from a day's current run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from evenbeat.core.errors import WorkspaceError
from evenbeat.core.features.knowledge import known_at
from evenbeat.core.pipeline.context import Context, cutoff_of, run_facts, run_of
from evenbeat.core.pipeline.plan import ASSIGNMENTS, day_priority, plan_facts
from evenbeat.core.reports.briefing import write_briefings
from evenbeat.core.store.files import (
    read_json,
    replacing_folder,
    sha256_file,
    sha256_tree,
    write_json,
)
from evenbeat.core.store.vectors import read_geopackage

BRIEFING, FACTS = "briefing", "brief.json"
_RECENT_DAYS = 28


@dataclass(frozen=True)
class BriefOutcome:
    """What one briefing made."""

    run_id: str
    index: Path
    pages: int
    reused: bool


def run_brief(context: Context, date: dt.date, *, force: bool = False) -> BriefOutcome:
    """Write the briefing pages of a day.

    Raises
    ------
    WorkspaceError
        The day has no plan yet.
    """
    workspace = context.workspace
    with workspace.writing():
        run_id, folder = run_of(workspace, date)
        target = folder / BRIEFING
        plan = _plan_hash(folder)
        whole = {"assignments_sha256": plan, "pages_sha256": sha256_tree(target)}
        reused = target.is_dir() and read_json(folder / FACTS) == whole and not force
        if not reused:
            with replacing_folder(target) as temporary:
                _write(context, date, run_id, folder, temporary)
            pages = sha256_tree(target)
            write_json(folder / FACTS, {"assignments_sha256": plan, "pages_sha256": pages})
            context.log("brief", {"run_id": run_id, "output_sha256": pages})
    return BriefOutcome(run_id, target / "index.html", len(list(target.glob("*.html"))), reused)


def _plan_hash(folder: Path) -> str:
    if not (folder / ASSIGNMENTS).is_file():
        raise WorkspaceError(f"{folder.name} has no plan yet. Make it with: evenbeat plan")
    return sha256_file(folder / ASSIGNMENTS)


def _write(context: Context, date: dt.date, run_id: str, folder: Path, target: Path) -> None:
    workspace = context.workspace
    risk, priority = day_priority(workspace, folder)
    cutoff = cutoff_of(workspace, date)
    incidents = workspace.table("incidents").read()
    lag = workspace.settings.model.reporting_lag_days
    known = known_at(incidents, lag) < cutoff
    recent = incidents["occurred_from"] >= cutoff - dt.timedelta(days=_RECENT_DAYS)
    write_briefings(
        target, assignments=read_geopackage(folder / ASSIGNMENTS, "assignments"),
        risk=risk, priority=priority, grid=workspace.grid(), calendar=workspace.calendar,
        date=date, incidents=incidents[known & recent].reset_index(drop=True),
        places=workspace.read_optional("places"), events=workspace.read_optional("events"),
        weather=workspace.read_optional("weather"), districts=workspace.districts(),
        agency=workspace.settings.agency, run_id=run_id,
        provenance=run_facts(folder)["provenance"], notes=plan_facts(folder)["plan_notes"],
        reporting_lag_days=lag,
        progress=context.progress,
    )  # fmt: skip
