"""The history of runs: what was forecast, planned, briefed and published, day by day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.pipeline.brief import BRIEFING
from evenbeat.core.pipeline.brief import FACTS as BRIEF_FACTS
from evenbeat.core.pipeline.forecast import FACTS as RUN_FACTS
from evenbeat.core.pipeline.plan import ASSIGNMENTS, NOTES
from evenbeat.core.pipeline.publish import FACTS as PUBLISH_FACTS
from evenbeat.core.store.files import read_json

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context


@dataclass(frozen=True)
class PastRun:
    """One run of one day.

    Parameters
    ----------
    current
        Whether it is the one that counts for its day.
    finished
        Whether the forecast was finished; a run that was stopped is not.
    made_at, made_by
        When its forecast was written, UTC, and by whom.
    totals
        Crime type -> expected incidents of the day.
    plan_id, boxes, mode
        Its plan, where it has one.
    briefing, assignments
        Where they are, if they are.
    """

    date: dt.date
    run_id: str
    current: bool
    finished: bool
    made_at: dt.datetime | None
    made_by: str | None = None
    totals: dict[str, float] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    plan_id: str | None = None
    boxes: int | None = None
    mode: str | None = None
    briefing: Path | None = None
    assignments: Path | None = None
    published: bool = False
    notes: tuple[str, ...] = ()


def past_runs(
    context: Context, *, first: dt.date | None = None, last: dt.date | None = None, most: int = 100
) -> list[PastRun]:
    """Return the runs of a workspace, the newest day first, the current run of a day first.

    Parameters
    ----------
    first, last
        Only of these days.
    most
        At most so many.
    """
    workspace = context.workspace
    found: list[PastRun] = []
    makers = workspace.audit.actors("forecast", "run_id")
    for folder in sorted((workspace.root / "runs").glob("????-??-??"), reverse=True):
        date = dt.date.fromisoformat(folder.name)
        if (first is not None and date < first) or (last is not None and date > last):
            continue
        current = workspace.current_run(date)
        runs = [path for path in folder.iterdir() if path.is_dir() and path.name[0] != "."]
        runs.sort(key=lambda path: (path.name == current, path.stat().st_mtime), reverse=True)
        found += [
            replace(_run(date, path, current), made_by=makers.get(path.name)) for path in runs
        ]
        if len(found) >= most:
            break
    return found[:most]


def _run(date: dt.date, folder: Path, current: str | None) -> PastRun:
    facts = read_json(folder / RUN_FACTS)
    if facts is None:
        return PastRun(date, folder.name, folder.name == current, finished=False, made_at=None)
    plan = read_json(folder / NOTES) or {}
    page, boxes = folder / BRIEFING / "index.html", folder / ASSIGNMENTS
    written = (folder / RUN_FACTS).stat().st_mtime
    return PastRun(
        date, folder.name, folder.name == current, finished=True,
        made_at=dt.datetime.fromtimestamp(written, dt.UTC),
        totals=dict(facts["totals"]), provenance=dict(facts["provenance"]),
        plan_id=plan.get("plan_id"), boxes=plan.get("boxes"), mode=plan.get("mode"),
        briefing=page if (folder / BRIEF_FACTS).is_file() and page.is_file() else None,
        assignments=boxes if boxes.is_file() else None,
        published=(folder / PUBLISH_FACTS).is_file(),
        notes=(*facts["notes"], *plan.get("notes", ())),
    )  # fmt: skip
