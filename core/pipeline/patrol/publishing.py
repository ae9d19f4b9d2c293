"""Publish measured days for others: after a delay, in larger cells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.pipeline.context import code_version
from evenbeat.core.pipeline.patrol.days import HOURS, day_store
from evenbeat.core.pipeline.upload import run_upload
from evenbeat.core.store.dosage_publication import publish_dosage, withdraw_dosage
from evenbeat.core.store.files import read_json, sha256_file, write_json
from evenbeat.core.store.manifest import DOSAGE_LAYER, read_manifest

if TYPE_CHECKING:
    import xarray as xr

    from evenbeat.core.grid import Grid
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.workspace import Workspace

_STATE = "published.json"


@dataclass
class PublishedDosage:
    """What was published of dosage, what is not old enough yet, and what was taken back."""

    published: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    target: str = ""


def publish_measured(context: Context, *, force: bool = False) -> PublishedDosage:
    """Publish every measured day that is old enough and within ``publish.keep_days``.

    Days that are measured no more are taken out of the publication.

    Raises
    ------
    PublishError
        The target cannot be written.
    """
    workspace = context.workspace
    outcome = PublishedDosage(target=str(workspace.publication))
    with workspace.writing():
        store, grid = day_store(workspace), workspace.grid()
        state_path = workspace.root / "dosage" / _STATE
        state = read_json(state_path) or {}
        dates, there = store.dates(), _published_dates(workspace)
        settled = there | _retracted_dates(workspace)
        outcome.withdrawn = _withdraw(context, there - {str(date) for date in dates})
        for number, date in enumerate(_kept(workspace, dates)):
            context.progress(f"publishing dosage of {date}", number / len(dates))
            ready, version = _ready_at(workspace, date), _version(workspace, date)
            if context.now() < ready:
                outcome.waiting.append(str(date))
            elif not force and state.get(str(date)) == version and str(date) in settled:
                outcome.unchanged.append(str(date))
            else:
                _log(context, date, _publish(workspace, date, grid, ready, again=force))
                state[str(date)] = version
                write_json(state_path, state)
                outcome.published.append(str(date))
        context.progress("done", 1.0)
    return outcome


def publish_and_copy(context: Context) -> PublishedDosage:
    """Publish measured days, and send them where the copy of the publication is.

    Raises
    ------
    PublishError
        The target cannot be written, or the copy not be made.
    """
    published = publish_measured(context)
    with context.workspace.writing():
        run_upload(context)
    return published


def _published_dates(workspace: Workspace) -> set[str]:
    layer = read_manifest(workspace.publication).layers.get(DOSAGE_LAYER)
    return set() if layer is None else set(layer.dates)


def _retracted_dates(workspace: Workspace) -> set[str]:
    """Return the days of which something was taken back with nothing in its place."""
    gone = read_manifest(workspace.publication).gone()
    return {date for layer, date, _ in gone if layer == DOSAGE_LAYER}


def _kept(workspace: Workspace, dates: list[dt.date]) -> list[dt.date]:
    """Return the days that the publication keeps, counted from its newest."""
    there = map(dt.date.fromisoformat, read_manifest(workspace.publication).dates)
    newest = max([*dates, *there], default=dt.date.min)
    most = workspace.settings.publish.keep_days
    return [date for date in dates if (newest - date).days < most]


def _ready_at(workspace: Workspace, date: dt.date) -> dt.datetime:
    delay = dt.timedelta(hours=workspace.settings.dosage.publish_delay_hours)
    return workspace.calendar.shifts_on(date)[-1].end + delay


def _version(workspace: Workspace, date: dt.date) -> list[Any]:
    """Return what tells one publication of a day from another."""
    facts = day_store(workspace).facts(date) or {}
    settings = workspace.settings.dosage
    return [facts["fingerprint"], settings.publish_cell_m, str(workspace.publication)]


def _publish(
    workspace: Workspace, date: dt.date, grid: Grid, when: dt.datetime, *, again: bool
) -> list[Path]:
    store = day_store(workspace)
    by_shift, by_hour = store.cube(date), store.cube(date, HOURS)
    fingerprint = str((store.facts(date) or {})["fingerprint"])
    return publish_dosage(
        workspace.publication, by_shift=by_shift["unit_minutes"].values,
        by_hour=by_hour["unit_minutes"].values, hour_starts=_starts(by_hour), grid=grid,
        shifts=workspace.calendar.shifts_on(date), timezone=workspace.calendar.timezone,
        run_id=f"dosage-{date}-{fingerprint[:12]}",
        provenance={"agency": workspace.settings.agency.name, "input_fingerprint": fingerprint,
                    "code_version": code_version()},
        when=when, cell_m=workspace.settings.dosage.publish_cell_m, again=again,
    )  # fmt: skip


def _withdraw(context: Context, gone: set[str]) -> list[str]:
    if gone:
        withdraw_dosage(context.workspace.publication, gone)
        context.log("withdraw-dosage", {"dates": sorted(gone)})
    return sorted(gone)


def _log(context: Context, date: dt.date, files: list[Path]) -> None:
    target = context.workspace.publication
    context.log("publish-dosage", {
        "date": str(date), "target": target.name,
        "output_sha256": {path.relative_to(target).as_posix(): sha256_file(path)
                          for path in files},
    })  # fmt: skip


def _starts(by_hour: xr.Dataset) -> tuple[dt.datetime, ...]:
    starts = by_hour["shift_start"].values.astype("datetime64[s]").astype("int64")
    return tuple(dt.datetime.fromtimestamp(int(start), dt.UTC) for start in starts)
