"""``evenbeat review list | show``: what there is to review, and everything about one box."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evenbeat.core.cli.commands.review_options import one_argument
from evenbeat.core.cli.console import Console, date_option, output_options, table, workspace_option

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from evenbeat.core.pipeline.review.lists import Whole
    from evenbeat.core.store.database import CurrentAssignment


@click.command(
    "list", epilog="Example:  evenbeat review list -w riverton --date 2017-01-03 --state proposed"
)
@date_option
@click.option("--district", "district_id", help="Only this district.")
@click.option("--shift", help="Only this shift.")
@click.option("--state", "states", multiple=True, help="Only this state; may be repeated.")
@workspace_option
@output_options
def list_command(
    console: Console, workspace: Path, date: dt.date | None, district_id: str | None,
    shift: str | None, states: tuple[str, ...],
) -> None:  # fmt: skip
    """List the boxes of a day with their states."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.review.lists import day_to_review, list_boxes, next_step

    context: Context = Context.local(workspace)
    day = day_to_review(context, date)
    found = list_boxes(context, day, district_id=district_id, shift=shift, states=states or None)
    lines = table(
        [_row(box) for box in found.boxes],
        header=("assignment", "state", "version", "unit", "visits", "minutes", "percentile",
                "mostly", "chosen by", "reviewer"),
    ) if found.boxes else []  # fmt: skip
    root = context.workspace.root
    if found.boxes:
        following = f"evenbeat review show -w {root} {found.boxes[0].assignment.assignment_id}"
    else:
        following = next_step(context, day)
    console.show(
        {"date": day, "to_review": found.to_review,
         "assignments": [_document(box) for box in found.boxes]},
        [*lines, f"{len(found.boxes)} boxes of {day} shown; {found.to_review} of the day are still "
         "to review.", f"Next: {following}"],
    )  # fmt: skip


@click.command(
    "show", epilog="Example:  evenbeat review show -w riverton 2017-01-03-day-01-02"
)  # fmt: skip
@one_argument
@workspace_option
@output_options
def show_command(console: Console, workspace: Path, assignment_id: str) -> None:
    """Show everything about one box, and what may be done next."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.review.lists import show_box

    context: Context = Context.local(workspace)
    found = show_box(context, assignment_id)
    zone = context.workspace.calendar.zone
    lines = [*_facts(found), *_reasons(found), *_visits(found, zone), *_history(found, zone)]
    if found.allowed:
        lines.append(f"You may: {', '.join(found.allowed)}")
        lines.append(
            f"Next: evenbeat review {found.allowed[0]} -w {context.workspace.root} {assignment_id} "
            f"--version {found.box.version}"
        )
    else:
        lines.append(f"You ({found.reviewer.actor}) may read, not change it.")
    console.show(
        {**_document(found.box), "events": [dataclasses.asdict(event) for event in found.events],
         "planned_visits": [dataclasses.asdict(visit) for visit in found.visits],
         "replaced_by": found.replaced_by, "allowed": list(found.allowed),
         "role": found.reviewer.role},
        lines + list(found.reviewer.notes),
    )  # fmt: skip


def _row(box: CurrentAssignment) -> tuple[str, ...]:
    it = box.assignment
    mark = "*" if box.ever_overridden else ""
    return (
        it.assignment_id, box.state + mark, str(box.version), it.unit or "-", str(it.visits),
        f"{it.minutes:.0f}", "-" if it.percentile is None else f"{it.percentile:.1f}",
        it.dominant_type or "-", it.chosen_by, box.reviewer or "-",
    )  # fmt: skip


def _document(box: CurrentAssignment) -> dict[str, Any]:
    it = box.assignment
    values = {
        field.name: getattr(it, field.name)
        for field in dataclasses.fields(it) if field.name != "geometry"
    }  # fmt: skip
    return {
        **values, "wkt": it.geometry.wkt, "state": box.state, "version": box.version,
        "last_action": box.last_action, "reviewer": box.reviewer, "reason": box.reason,
        "reviewed_at": box.reviewed_at, "ever_overridden": box.ever_overridden,
    }  # fmt: skip


def _facts(found: Whole) -> list[str]:
    box, it = found.box, found.box.assignment
    chance = it.inclusion_probability
    mark = "; caps were overridden for it" if box.ever_overridden else ""
    rows = [
        ("state", f"{box.state}, version {box.version}{mark}"),
        ("when", f"{it.shift} of {it.service_date}, {it.shift_start} to {it.shift_end}"),
        ("where", f"district {it.district_id}, neighbourhood {it.neighbourhood or '-'}, cells "
         f"{'; '.join(f'{row},{column}' for row, column in it.cells)} "
         f"({it.easting:.0f}, {it.northing:.0f})"),
        ("dose", f"{it.visits} visits of {it.visit_minutes:g} minutes, {it.visit_gap_hours:g} h "
         f"apart, by {it.unit or 'no unit yet'}"),
        ("chosen by", it.chosen_by if chance is None else f"{it.chosen_by}, chance {chance:.0%}"),
        ("expected", f"{it.expected_total:.4f} incidents in the shift; mostly "
         f"{it.dominant_type or '-'}"),
        ("past dose", f"{it.past_dose.get('days_in_last_7', 0)} of the last 7 days, "
         f"{it.past_dose.get('days_in_last_28', 0)} of the last 28; "
         f"{it.past_dose.get('minutes_in_last_28', 0.0):.0f} minutes"),
    ]  # fmt: skip
    if it.replaces:
        rows.append(("in place of", it.replaces))
    if found.replaced_by:
        rows.append(("replaced by", found.replaced_by))
    return [it.assignment_id, *table(rows)]


def _reasons(found: Whole) -> list[str]:
    it = found.box.assignment
    lines = ["Why here:", *(f"  - {reason['words']}" for reason in it.why)] if it.why else []
    if it.instead:
        lines += ["Why not elsewhere:", f"  - {it.instead['words']}"]
    if it.tactics:
        lines += ["Tactics:", *(f"  - {tactic['name']}" for tactic in it.tactics)]
    return lines


def _visits(found: Whole, zone: ZoneInfo) -> list[str]:
    if not found.visits:
        return []
    return ["Visits:", *(
        f"  {visit.number}. {visit.starts_at.astimezone(zone):%H:%M} to "
        f"{visit.ends_at.astimezone(zone):%H:%M} by {visit.unit or '-'}" for visit in found.visits
    )]  # fmt: skip


def _history(found: Whole, zone: ZoneInfo) -> list[str]:
    lines = []
    for event in found.events:
        mark = " [override]" if event.overridden else ""
        lines.append(
            f"  {event.version}. {event.at.astimezone(zone):%Y-%m-%d %H:%M} {event.action} by "
            f"{event.actor} ({event.role}): {event.state_before} -> {event.state_after}{mark}"
            + (f": {event.reason}" if event.reason else "")
        )
    return ["History:", *lines] if lines else ["History: nothing was done to it yet."]
