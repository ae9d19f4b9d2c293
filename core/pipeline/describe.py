"""Describe: what the store holds, as a page and as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evenbeat.core.pipeline.context import Context
from evenbeat.core.pipeline.ingest import stored_reports
from evenbeat.core.reports.describe import summarize, write_description

PAGE = "description.html"


@dataclass(frozen=True)
class DescribeOutcome:
    """Where the page is and what it says."""

    page: Path
    summary: dict[str, Any]


def run_describe(context: Context) -> DescribeOutcome:
    """Write the description of everything that was ingested.

    Raises
    ------
    WorkspaceError
        No incidents were ingested.
    """
    workspace = context.workspace
    context.progress("reading the store", 0.0)
    incidents = workspace.table("incidents").read()
    timezone = workspace.settings.agency.timezone
    reports = list(stored_reports(context))
    page = write_description(
        workspace.root / PAGE, incidents=incidents, timezone=timezone, reports=reports,
        districts=workspace.districts(), progress=context.part(0.3, 0.9),
    )  # fmt: skip
    context.progress("counting", 0.9)
    summary = summarize(incidents=incidents, timezone=timezone, reports=reports)
    context.progress("done", 1.0)
    return DescribeOutcome(page, summary)
