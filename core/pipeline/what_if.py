"""What if: the plans of one day under different settings, side by side; nothing is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import ConfigError, PlanError
from evenbeat.core.pipeline.context import Context, run_of
from evenbeat.core.pipeline.plan import day_priority
from evenbeat.core.pipeline.plan_inputs import past_use, surroundings
from evenbeat.core.pipeline.variants import Variant, variants_of
from evenbeat.core.pipeline.what_if_document import comparison_document
from evenbeat.core.planning import DayPlan, PastUse, Surroundings, plan_day, priority_surface
from evenbeat.core.planning.measure.comparison import Measures, average
from evenbeat.core.planning.measure.yardstick import Yardstick, measure
from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods
from evenbeat.core.planning.priority import expected_counts
from evenbeat.core.policy.tactics import TacticsLibrary
from evenbeat.core.reports.what_if import write_what_if
from evenbeat.core.store.files import write_json

if TYPE_CHECKING:
    import xarray as xr
    from sqlalchemy import Connection

    from evenbeat.core.grid import Grid

FOLDER, PAGE, DOCUMENT = "what-if", "what-if.html", "what-if.json"
DRAWS = 20


@dataclass(frozen=True)
class WhatIfOutcome:
    """What one comparison made."""

    run_id: str
    page: Path
    document_path: Path
    document: dict[str, Any]


@dataclass(frozen=True)
class _Desk:
    """What the plans of all variants share."""

    context: Context
    date: dt.date
    run_id: str
    grid: Grid
    risk: xr.Dataset
    tactics: TacticsLibrary

    def surfaces(self, variant: Variant) -> xr.DataArray:
        return priority_surface(risk=self.risk, grid=self.grid, settings=variant.settings)


def run_what_if(
    context: Context,
    date: dt.date,
    *,
    changes: Sequence[str] = (),
    files: Sequence[Path] = (),
    draws: int = DRAWS,
    out: Path | None = None,
) -> WhatIfOutcome:
    """Plan a day under several settings, measure every plan, and write one page and one document.

    Neither the database nor the run's own files are changed, and the draws are others than those
    of the plan, so that nobody can look for a draw that they like.

    Parameters
    ----------
    context
        The workspace.
    date
        The day; it must have a forecast.
    changes, files
        As of `variants_of`.
    draws
        Plans to draw for each lottery.
    out
        Folder to write to; by default ``what-if`` in the folder of the run.

    Raises
    ------
    WorkspaceError
        The day has no forecast.
    ConfigError
        A change or a file cannot be used, or the folder not be written.
    PlanError
        A variant leaves no plan; the message names it.
    """
    if draws < 1:
        raise PlanError(f"At least one plan must be drawn for each variant, got {draws}.")
    workspace = context.workspace
    run_id, folder = run_of(workspace, date)
    variants = variants_of(workspace.settings, changes=changes, files=files)
    context.progress("reading the forecast", 0.0)
    risk, priority = day_priority(workspace, folder)
    tactics = TacticsLibrary.load(workspace.override("tactics.csv"))
    desk = _Desk(context, date, run_id, workspace.grid(), risk, tactics)
    by = _yardstick(desk, priority)
    measured = _measured(desk, by, variants, draws)
    document = comparison_document(
        workspace, by, variants, measured, date=date, run_id=run_id, draws=draws,
        seed=_seed(run_id),
    )  # fmt: skip
    page, path = _write(out or folder / FOLDER, document)
    context.progress("page written", 1.0)
    return WhatIfOutcome(run_id, page, path, document)


def _yardstick(desk: _Desk, priority: xr.DataArray) -> Yardstick:
    """Return the workspace's own priorities as the measure of all variants."""
    workspace = desk.context.workspace
    settings = workspace.settings.plan
    parts = Neighbourhoods.of(
        desk.grid, workspace.read_optional("neighbourhoods"), settings.caps.neighbourhood_share
    )
    return Yardstick.of(
        priority=priority.values, counts=expected_counts(desk.risk, desk.grid), grid=desk.grid,
        neighbourhoods=parts, shifts=workspace.calendar.names,
        area_share=settings.neglect_area_share,
    )  # fmt: skip


def _measured(
    desk: _Desk, by: Yardstick, variants: Sequence[Variant], draws: int
) -> list[Measures]:
    """Plan and measure every variant; only a lottery is drawn more than once."""
    counts = [draws if v.settings.mode == "lottery" else 1 for v in variants]
    done, made = 0, []
    known: dict[tuple[float, float], tuple[PastUse, Surroundings]] = {}
    with desk.context.workspace.database.reading() as connection:
        for variant, count in zip(variants, counts, strict=True):
            # Of the plan's settings, these alone change what is read of the past and the streets.
            key = (variant.settings.dose_counts_minutes, variant.settings.speed_kmh)
            if key not in known:
                known[key] = _around(desk, variant, connection)
            surface, drawn = desk.surfaces(variant), []
            for number in range(1, count + 1):
                plan = _plan(desk, variant, surface, *known[key], edition=number)
                drawn.append(measure(plan, by))
                done += 1
                desk.context.progress(f"planned: {variant.name}", 0.05 + 0.9 * done / sum(counts))
            made.append(average(drawn, by))
    return made


def _around(desk: _Desk, variant: Variant, connection: Connection) -> tuple[PastUse, Surroundings]:
    """Return the past and the city as a variant reads them, without what no measure needs."""
    workspace = desk.context.workspace
    settings = workspace.settings.model_copy(update={"plan": variant.settings})
    reader = replace(workspace, settings=settings)
    city = surroundings(reader, connection, desk.grid, desk.date)
    return (
        past_use(reader, connection, desk.grid, desk.date),
        replace(city, places=None, districts=None, blocks=None),
    )


def _plan(
    desk: _Desk, variant: Variant, surface: xr.DataArray, past: PastUse, city: Surroundings, *,
    edition: int,
) -> DayPlan:  # fmt: skip
    """Make one plan, without reasons."""
    try:
        return plan_day(
            risk=desk.risk, priority=surface, grid=desk.grid,
            calendar=desk.context.workspace.calendar, date=desk.date, settings=variant.settings,
            past=past, explain=lambda _, cells: [[] for _ in cells],
            run_id=_seed(desk.run_id), edition=edition, tactics=desk.tactics, surroundings=city,
        )  # fmt: skip
    except PlanError as error:
        raise PlanError(f"The variant {variant.name!r} has no plan: {error}") from error


def _seed(run_id: str) -> str:
    """Return what the draws are a function of: never the text that the plan itself draws with."""
    return f"{run_id}/what-if"


def _write(folder: Path, document: dict[str, Any]) -> tuple[Path, Path]:
    """Write the page and the document."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page = write_what_if(folder / PAGE, document=document)
        write_json(folder / DOCUMENT, document)
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be written: {error.strerror}. Choose another folder with --out."
        ) from error
    return page, folder / DOCUMENT
