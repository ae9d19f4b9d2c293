"""Write one of the five reports: gather, tell, log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evenbeat.core.dosage.tables import OFFICERS
from evenbeat.core.errors import EvenbeatError, InputError, ReviewError, WorkspaceError
from evenbeat.core.pipeline.accounts.crime import forecasts_by_district, incidents_by_shift
from evenbeat.core.pipeline.accounts.draws import box_shifts, weekly_table
from evenbeat.core.pipeline.accounts.effects import estimates_of
from evenbeat.core.pipeline.accounts.followed import followed_table
from evenbeat.core.pipeline.accounts.period import Period
from evenbeat.core.pipeline.accounts.printing import print_page
from evenbeat.core.pipeline.patrol.secrets import private_folder
from evenbeat.core.pipeline.patrol.stood import boxes_that_stood
from evenbeat.core.pipeline.review.roles import reviewer_of
from evenbeat.core.reports.accounts.crime_dosage import crime_dosage_report
from evenbeat.core.reports.accounts.crime_type import crime_type_report
from evenbeat.core.reports.accounts.officer import officer_report
from evenbeat.core.reports.accounts.shift import shift_report
from evenbeat.core.reports.accounts.tactic import tactic_report
from evenbeat.core.store.files import sha256_file

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context

QUARTER_DAYS = 91
HOURS_AFTER = 8.0
_MOST_HOURS_AFTER = 72.0
MAY_READ_OFFICERS = ("supervisor", "commander")


@dataclass
class ReportOutcome:
    """What one report wrote."""

    kind: str
    first: str
    last: str
    page: Path
    files: list[str] = field(default_factory=list)
    pdf: Path | None = None


@dataclass(frozen=True)
class _Request:
    """Where a report goes, and how it is told."""

    context: Context
    period: Period
    folder: Path
    log_head: str

    def stage(self, name: str, fraction: float) -> None:
        self.context.progress(name, fraction)


def write_shift_report(
    context: Context, date: dt.date | None = None, *, shift: str | None = None,
    out: Path | None = None, pdf: bool = False, anchor: bool = False,
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

    def write(request: _Request) -> list[Path]:
        workspace, store = context.workspace, period.store
        grid = period.grid
        cube = store.cube(period.first)["presence_minutes"]
        names = [str(name) for name in cube["shift"].values]
        minutes = cube.values if shift is None else cube.values[[names.index(shift)]]
        presence = np.where(grid.mask, minutes.sum(axis=0), np.nan)
        with workspace.database.reading() as connection:
            _, found = boxes_that_stood(workspace, connection, period.first)
        outlines = {box.assignment.assignment_id: box.assignment.geometry for box in found}
        request.stage("drawing the shift", 0.4)
        tables = {
            name: period.table(name)
            for name in ("delivered", "visits", "timeline", "tracks", "units")
        }
        return shift_report(
            request.folder, edition=period.edition(
                "shift", log_head=request.log_head, shift=shift
            ),
            date=period.first, shift=shift, presence=presence, grid=grid, box_outlines=outlines,
            districts=workspace.districts(), zone=workspace.calendar.zone, **tables,
        )  # fmt: skip

    return _write(context, "shift", period, out, write, pdf=pdf, anchor=anchor)


def write_tactic_report(
    context: Context, first: dt.date | None = None, last: dt.date | None = None, *,
    out: Path | None = None, pdf: bool = False, anchor: bool = False,
) -> ReportOutcome:  # fmt: skip
    """Tell minutes and visits by tactic, and what followed, beside hold-outs.

    Raises
    ------
    WorkspaceError
        No day of the period was measured.
    """
    period = Period.of(context.workspace, first, last, days=QUARTER_DAYS)

    def write(request: _Request) -> list[Path]:
        grid = period.grid
        boxes, found = box_shifts(period, grid, hours_after=24.0)
        request.stage("drawing tactics", 0.5)
        visits = period.table("visits")
        followed = followed_table(boxes, period.table("delivered"), visits, found, grid)
        return tactic_report(
            request.folder, edition=period.edition(
                "tactic", log_head=request.log_head, notes=period.crime_notes()
            ),
            activities=period.table("activities"), visits=visits, followed=followed,
        )  # fmt: skip

    return _write(context, "tactic", period, out, write, pdf=pdf, anchor=anchor)


def write_officer_report(
    context: Context, first: dt.date | None = None, last: dt.date | None = None, *,
    by: str = "officer", out: Path | None = None, pdf: bool = False, anchor: bool = False,
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

    def write(request: _Request) -> list[Path]:
        named = _officers(period) if by == "officer" else None
        request.folder.mkdir(parents=True, exist_ok=True)
        if by == "officer":
            request.folder.chmod(0o700)
        return officer_report(
            request.folder, edition=period.edition(by, log_head=request.log_head),
            officers=named, activities=period.table("activities"), units=period.table("units"),
            delivered=period.table("delivered"), by="officer" if by == "officer" else "unit",
        )  # fmt: skip

    default = private_folder(context.workspace) / "reports" if by == "officer" else None
    return _write(context, by, period, out or default, write, pdf=pdf, anchor=anchor)


def write_crime_type_report(
    context: Context, first: dt.date | None = None, last: dt.date | None = None, *,
    out: Path | None = None, pdf: bool = False, anchor: bool = False,
) -> ReportOutcome:  # fmt: skip
    """Tell directed minutes by crime type beside what was forecast and what was reported.

    Raises
    ------
    WorkspaceError
        No day of the period was measured.
    """
    period = Period.of(context.workspace, first, last, days=QUARTER_DAYS)

    def write(request: _Request) -> list[Path]:
        grid = period.grid
        incidents, left_out = incidents_by_shift(period, grid)
        request.stage("reading forecasts", 0.3)
        forecast = forecasts_by_district(period, grid)
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

    return _write(context, "crime-type", period, out, write, pdf=pdf, anchor=anchor)


def write_crime_dosage_report(
    context: Context, first: dt.date | None = None, last: dt.date | None = None, *,
    hours_after: float = HOURS_AFTER, out: Path | None = None, pdf: bool = False,
    anchor: bool = False,
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

    def write(request: _Request) -> list[Path]:
        grid = period.grid
        boxes, found = box_shifts(period, grid, hours_after=hours_after)
        request.stage("estimating effects", 0.4)
        estimates, displaced, notes = estimates_of(
            period, boxes, grid, seed=context.workspace.settings.model.seed
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

    return _write(context, "crime-dosage", period, out, write, pdf=pdf, anchor=anchor)


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


def _write(
    context: Context, kind: str, period: Period, out: Path | None,
    write: Callable[[_Request], list[Path]], *, pdf: bool, anchor: bool,
) -> ReportOutcome:  # fmt: skip
    context.progress("gathering", 0.05)
    days = f"{period.first}" if period.first == period.last else f"{period.first}_{period.last}"
    base = out or context.workspace.root / "reports"
    folder = base if out is not None and kind != "officer" else base / days
    head = context.workspace.audit.head() if anchor else None
    try:
        files = write(_Request(context, period, folder, head.hash if head else ""))
    except EvenbeatError:
        raise
    except OSError as error:
        raise WorkspaceError(
            f"The report cannot be written to {folder}: {error.strerror or error}. Give another "
            "folder with --out."
        ) from error
    page = next(path for path in files if path.suffix == ".html")
    outcome = ReportOutcome(kind, str(period.first), str(period.last), page)
    if pdf:
        context.progress("printing", 0.9)
        outcome.pdf = print_page(page)
        files = [*files, outcome.pdf]
    outcome.files = [str(path) for path in files]
    context.log("report", {
        "kind": kind, "first": outcome.first, "last": outcome.last,
        "output_sha256": {path.name: sha256_file(path) for path in files if path != outcome.pdf},
    })  # fmt: skip
    context.progress("done", 1.0)
    return outcome
