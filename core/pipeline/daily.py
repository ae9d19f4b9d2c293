"""The day: what a scheduler runs each morning, from raw exports to publication."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field
from pathlib import Path

from evenbeat.core.errors import EvenbeatError
from evenbeat.core.pipeline.brief import run_brief
from evenbeat.core.pipeline.context import Context
from evenbeat.core.pipeline.fit import models_for, run_fit
from evenbeat.core.pipeline.forecast import run_forecast
from evenbeat.core.pipeline.ingest import IngestOutcome, run_ingest
from evenbeat.core.pipeline.patrol.measure import run_dosage
from evenbeat.core.pipeline.patrol.publishing import publish_measured
from evenbeat.core.pipeline.plan import run_plan
from evenbeat.core.pipeline.publish import run_publish
from evenbeat.core.pipeline.review.expiry import expire_past

_SPANS = {
    "ingest": (0.0, 0.12), "dosage": (0.12, 0.14), "patrol": (0.14, 0.15), "fit": (0.15, 0.6),
    "forecast": (0.6, 0.75), "plan": (0.75, 0.82), "brief": (0.82, 0.93), "publish": (0.93, 1.0),
}  # fmt: skip
_WORDS = {
    "ingest": "reading the sources", "dosage": "measuring patrol", "patrol": "publishing patrol",
    "fit": "fitting the models", "forecast": "forecasting", "plan": "planning the boxes",
    "brief": "writing the briefing", "publish": "publishing the day",
}  # fmt: skip
_OF_PATROL = ("dosage", "patrol")


@dataclass
class DailyOutcome:
    """What the day made, and which steps were already done."""

    date: str
    run_id: str = ""
    briefing: Path = Path()
    assignments: Path = Path()
    publication: Path = Path()
    copy_url: str | None = None
    boxes: int = 0
    totals: dict[str, float] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    ingested: dict[str, int] = field(default_factory=dict)
    measured: list[str] = field(default_factory=list)


def run_daily(
    context: Context, date: dt.date, *, ingested: IngestOutcome | None = None, to: str | None = None
) -> DailyOutcome:
    """Ingest what is new, fit when due, forecast, plan, brief and publish one date.

    Where there is a vehicle log, patrol is measured before the day is planned, so that caps count
    what was delivered; a log that cannot be read is noted and does not hold up the day. A step that
    is already done is not done again; after a crash the next run goes on where the last one
    stopped, and the former publication stays until the new one is whole.

    Parameters
    ----------
    ingested
        What an ingest just before did, where the date came from it.
    to
        Where the copy of the publication goes; by default ``publish.url``.

    Raises
    ------
    EvenbeatError
        Whatever a step refuses; the steps before it stand.
    """
    outcome = DailyOutcome(date.isoformat())
    clock = time.perf_counter()

    def done(step: str, *, reused: bool) -> None:
        nonlocal clock
        outcome.steps[step] = "already done" if reused else "done"
        outcome.seconds[step] = round(time.perf_counter() - clock, 2)
        clock = time.perf_counter()

    ingested = ingested or run_ingest(_for(context, "ingest"))
    done("ingest", reused=not ingested.reports)
    if context.workspace.settings.dosage.sources:
        _measure(context, outcome)
        done("dosage", reused=not outcome.measured)
    due = models_for(context.workspace, date) is None
    if due:
        run_fit(_for(context, "fit"), date)
    done("fit", reused=not due)
    forecast = run_forecast(_for(context, "forecast"), date)
    done("forecast", reused=forecast.reused)
    expired = expire_past(context, before=date)
    if expired:
        outcome.notes.append(f"{expired} boxes of earlier days that nobody reviewed have expired")
    plan = run_plan(_for(context, "plan"), date)
    done("plan", reused=plan.reused)
    brief = run_brief(_for(context, "brief"), date)
    done("brief", reused=brief.reused)
    publish = run_publish(_for(context, "publish"), date, to=to)
    done("publish", reused=publish.reused)
    context.progress("done", 1.0)
    outcome.run_id, outcome.totals = forecast.run_id, forecast.totals
    outcome.briefing, outcome.assignments = brief.index, plan.path
    outcome.publication, outcome.boxes = publish.folder, plan.boxes
    outcome.notes += [*forecast.notes, *plan.notes]
    outcome.notes += [f"not published, because it was retracted: {name}"
                      for name in publish.held_back]  # fmt: skip
    outcome.copy_url = publish.url
    outcome.ingested = {report["file"]: report["rows_kept"] for report in ingested.reports}
    return outcome


def _measure(context: Context, outcome: DailyOutcome) -> None:
    """Measure and publish patrol; a vehicle log that fails must not hold up the day."""
    try:
        dosage = run_dosage(_for(context, "dosage"))
        outcome.measured = dosage.measured
        outcome.notes += dosage.notes
        publish_measured(_for(context, "patrol"))
    except EvenbeatError as error:
        outcome.notes.append(f"patrol was not measured: {error}")
    except Exception as error:
        # The officers' plan must not wait for a log that is damaged in a way nobody foresaw.
        outcome.notes.append(f"patrol was not measured: {type(error).__name__}, {error}")


def _for(context: Context, step: str) -> Context:
    """Return the context of one step, whose progress fills its part of the day's.

    The end of a step is no end of the day, so the step that follows is named instead.
    """
    part, following = context.part(*_SPANS[step]), _following(context, step)
    part(_WORDS[step], 0.0)

    def report(stage: str, fraction: float) -> None:
        part(following if fraction >= 1.0 else stage, fraction)

    return Context(context.workspace, context.actor, context.now, progress=report)


def _following(context: Context, step: str) -> str:
    measures = bool(context.workspace.settings.dosage.sources)
    steps = [name for name in _SPANS if measures or name not in _OF_PATROL]
    later = steps[steps.index(step) + 1 :]
    return _WORDS[later[0]] if later else "done"
