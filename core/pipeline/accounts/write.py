"""Write one of the five reports: gather, tell, log."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from evenbeat.core.dosage.tables import OFFICERS
from evenbeat.core.errors import InputError, ReviewError
from evenbeat.core.pipeline.accounts.crime import forecasts_by_district, incidents_by_shift
from evenbeat.core.pipeline.accounts.delivery import Delivery, ReportOutcome, Request, deliver
from evenbeat.core.pipeline.accounts.draws import box_shifts, weekly_table
from evenbeat.core.pipeline.accounts.effects import estimates_of
from evenbeat.core.pipeline.accounts.followed import followed_table
from evenbeat.core.pipeline.accounts.period import Period
from evenbeat.core.pipeline.patrol.secrets import private_folder
from evenbeat.core.pipeline.patrol.stood import boxes_that_stood
from evenbeat.core.pipeline.review.roles import reviewer_of
from evenbeat.core.reports.accounts.crime_dosage import crime_dosage_report
from evenbeat.core.reports.accounts.crime_type import crime_type_report
from evenbeat.core.reports.accounts.officer import officer_report
from evenbeat.core.reports.accounts.shift import shift_report
from evenbeat.core.reports.accounts.tactic import tactic_report

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context

QUARTER_DAYS = 91
HOURS_AFTER = 8.0
_MOST_HOURS_AFTER = 72.0
MAY_READ_OFFICERS = ("supervisor", "commander")


def write_shift_report(
    context: Context, date: dt.date | None = None, *, shift: str | None = None,
    **delivery: Unpack[Delivery],
) -> ReportOutcome:  # fmt: skip
    """Tell one shift, or a whole day: tracks over boxes, units over time, planned and delivered.

    Raises
    ------
    WorkspaceError
        The day was not measured.
    ShiftError
        The calendar has no shift of that name.
    """
    period = Period.of(context.workspace, date, date, days=1)
    if shift is not None:
        context.workspace.calendar.shift(period.first, shift)

    def tell(request: Request) -> list[Path]:
        workspace, store = context.workspace, period.store
        grid = period.grid
        cube = store.cube(period.first)["presence_minutes"]
        names = [str(name) for name in cube["shift"].values]
        minutes = cube.values if shift is None else cube.values[[names.index(shift)]]
        presence = np.where(grid.mask, minutes.sum(axis=0), np.nan)
        with workspace.database.reading() as connection:
            _, found = boxes_that_stood(workspace, connection, period.first)
        outlines = {box.assignment.assignment_id: box.assignment.geometry for box in found}
        request.stage("reading what was delivered", 0.2)
        tables = {
            name: period.table(name)
            for name in ("delivered", "visits", "timeline", "tracks", "units")
        }
        return shift_report(
            request.folder, edition=period.edition(
                "shift", log_head=request.log_head, shift=shift
            ),
            date=period.first, shift=shift, presence=presence, grid=grid, box_outlines=outlines,
            districts=workspace.districts(), zone=workspace.calendar.zone,
            progress=context.part(0.4, 0.9), **tables,
        )  # fmt: skip

    return deliver(context, "shift", period, tell, delivery)


def write_tactic_report(
    context: Context, first: dt.date | None = None, last: dt.date | None = None,
    **delivery: Unpack[Delivery],
) -> ReportOutcome:  # fmt: skip
    """Tell minutes and visits by tactic, and what followed, beside hold-outs.

    Raises
    ------
    WorkspaceError
        No day of the period was measured.
    """
    period = Period.of(context.workspace, first, last, days=QUARTER_DAYS)

    def tell(request: Request) -> list[Path]:
        boxes, found = box_shifts(period, hours_after=24.0)
        request.stage("drawing tactics", 0.5)
        visits = period.table("visits")
        followed = followed_table(boxes, period.table("delivered"), visits, found, period.grid)
        return tactic_report(
            request.folder, edition=period.edition(
                "tactic", log_head=request.log_head, notes=period.crime_notes()
            ),
            activities=period.table("activities"), visits=visits, followed=followed,
        )  # fmt: skip

    return deliver(context, "tactic", period, tell, delivery)


def write_officer_report(
    context: Context, first: dt.date | None = None, last: dt.date | None = None, *,
    by: str = "officer", **delivery: Unpack[Delivery],
) -> ReportOutcome:  # fmt: skip
    """Tell own minutes by tactic, by officer (supervisors and commanders only) or by unit.

    Raises
    ------
    ReviewError
        The report by officer was asked for by somebody who may not read it.
    WorkspaceError
        No day of the period was measured.
    """
    if by == "officer":
        _require_supervisor(context)
    period = Period.of(context.workspace, first, last, days=QUARTER_DAYS)

    def tell(request: Request) -> list[Path]:
        named = _officers(period) if by == "officer" else None
        files = officer_report(
            request.folder, edition=period.edition(by, log_head=request.log_head),
            officers=named, activities=period.table("activities"), units=period.table("units"),
            delivered=period.table("delivered"), by="officer" if by == "officer" else "unit",
        )  # fmt: skip
        if by == "officer":
            for path in files:
                path.chmod(0o600)
        return files

    private = private_folder(context.workspace) / "reports" if by == "officer" else None
    return deliver(context, by, period, tell, delivery, private=private)


def write_crime_type_report(
    context: Context, first: dt.date | None = None, last: dt.date | None = None,
    **delivery: Unpack[Delivery],
) -> ReportOutcome:  # fmt: skip
    """Tell directed minutes by crime type beside what was forecast and what was reported.

    Raises
    ------
    WorkspaceError
        No day of the period was measured.
    """
    period = Period.of(context.workspace, first, last, days=QUARTER_DAYS)

    def tell(request: Request) -> list[Path]:
        incidents, left_out = incidents_by_shift(period)
        request.stage("reading forecasts", 0.3)
        forecast = forecasts_by_district(period)
        request.stage("drawing crime types", 0.7)
        return crime_type_report(
            request.folder,
            edition=period.edition(
                "crime-type", log_head=request.log_head,
                notes=(*period.crime_notes(), *_left_out(left_out)),
            ),
            delivered=period.table("delivered"), units=period.table("units"),
            activities=period.table("activities"), incidents=incidents, forecast=forecast,
        )  # fmt: skip

    return deliver(context, "crime-type", period, tell, delivery)


def write_crime_dosage_report(
    context: Context, first: dt.date | None = None, last: dt.date | None = None, *,
    hours_after: float = HOURS_AFTER, **delivery: Unpack[Delivery],
) -> ReportOutcome:  # fmt: skip
    """Tell what patrol did to reported crime, each estimate with its grade.

    Parameters
    ----------
    hours_after
        Hours after a shift in which incidents in its boxes count as well.

    Raises
    ------
    InputError
        ``hours_after`` is not 0 to 72.
    WorkspaceError
        No day of the period was measured.
    """
    if not 0.0 <= hours_after <= _MOST_HOURS_AFTER:
        raise InputError(
            f"hours_after must be 0 to {_MOST_HOURS_AFTER:g} hours, got {hours_after}."
        )
    period = Period.of(context.workspace, first, last, days=QUARTER_DAYS)

    def tell(request: Request) -> list[Path]:
        boxes, found = box_shifts(period, hours_after=hours_after)
        request.stage("estimating effects", 0.4)
        estimates, displaced, notes = estimates_of(
            period, boxes, seed=context.workspace.settings.model.seed
        )
        request.stage("drawing crime and dosage", 0.8)
        counted = (
            f"Incidents count in the shift and {hours_after:g} hours after it, by the middle of "
            "the time in which they may have happened. One incident may count for two shifts, "
            "or for boxes of two draws. Minutes are of units on no incident."
        )
        return crime_dosage_report(
            request.folder,
            edition=period.edition(
                "crime-dosage", log_head=request.log_head,
                notes=(*period.crime_notes(), counted, *_left_out(found.left_out), *notes),
            ),
            weekly=weekly_table(boxes), estimates=estimates, displacement=displaced,
            units_of_outcome="reported incidents a box-shift (grade B: a cell and week)",
        )  # fmt: skip

    return deliver(context, "crime-dosage", period, tell, delivery)


def _left_out(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    return (
        f"{count:,} reported incidents are in no shift or cell: the time is known to no better "
        "than a day, or the place lies at the edge.",
    )


def _require_supervisor(context: Context) -> None:
    with context.workspace.database.reading() as connection:
        reader = reviewer_of(context, connection)
    if reader.role not in MAY_READ_OFFICERS:
        raise ReviewError(
            f"{reader.actor} ({reader.role or 'no role'}) may not read the report by officer; "
            f"{' and '.join(MAY_READ_OFFICERS)} may. Use --by unit, or name the role under "
            "[review.roles] of evenbeat.toml."
        )


def _officers(period: Period) -> pd.DataFrame:
    folder = private_folder(period.workspace) / "officers"
    found = [
        pd.read_parquet(path) for date in period.dates
        if (path := folder / f"{date}.parquet").is_file()
    ]  # fmt: skip
    return OFFICERS.typed(pd.concat(found, ignore_index=True)) if found else OFFICERS.frame([])
