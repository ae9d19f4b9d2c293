"""Write the equity report: gather, keep the ledger, tell, log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from evenbeat.core.equity import AuditOnlyStore, Entries, Ledger, Overlay, keep_ledger, lay_over
from evenbeat.core.equity.ledger import Terms
from evenbeat.core.errors import InputError
from evenbeat.core.pipeline.accounts.delivery import Delivery, ReportOutcome, Request, deliver
from evenbeat.core.pipeline.equity.facts import ledger_facts
from evenbeat.core.pipeline.equity.gather import Gathered, equity_period, gather
from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods
from evenbeat.core.reports.equity.page import equity_report

if TYPE_CHECKING:
    from evenbeat.core.equity import DemographicAreas
    from evenbeat.core.pipeline.accounts.period import Period
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.reports.accounts.edition import Edition

KIND = "equity"


def write_equity_report(
    context: Context, first: dt.date | None = None, last: dt.date | None = None, *,
    shares: Sequence[str] = (), **delivery: Unpack[Delivery],
) -> ReportOutcome:  # fmt: skip
    """Tell who got the minutes of patrol: by neighbourhood and by quintile of demographic shares.

    Parameters
    ----------
    shares
        Names of shares as they were loaded; all by default.

    Raises
    ------
    InputError
        A share was not loaded.
    WorkspaceError
        No demographic table was loaded, or nothing was planned or measured.
    """
    workspace = context.workspace
    store = AuditOnlyStore.of(workspace.root)
    demographics, loaded = store.read(), store.facts
    chosen = _chosen(shares, loaded["shares"])
    period = equity_period(workspace, first, last)

    def tell(request: Request) -> list[Path]:
        request.stage("gathering minutes and crime", 0.1)
        gathered = gather(period)
        request.stage("keeping the ledger", 0.5)
        ledger, overlay, labels = _kept(period, gathered.entries, demographics, chosen)
        facts = ledger_facts(
            ledger, gathered.entries, demographics, labels=labels, grid=period.grid
        )
        facts["demographics"] = _told_of(loaded, overlay, ledger, workspace.settings.equity)
        request.stage("drawing", 0.8)
        return equity_report(
            request.folder, edition=_edition(period, gathered, request.log_head), facts=facts,
            outlines=_outlines(period), overrides=_override_rows(gathered.entries),
            metres_per_unit=period.grid.metres_per_unit,
        )  # fmt: skip

    return deliver(context, KIND, period, tell, delivery)


def _chosen(wanted: Sequence[str], loaded: Sequence[str]) -> tuple[str, ...]:
    missing = [name for name in wanted if name not in loaded]
    if missing:
        raise InputError(
            f"There is no share {', '.join(map(repr, missing))} in the demographic table; loaded "
            f"are {', '.join(loaded) or 'none'}. Load it with: evenbeat equity load ... --share "
            "NAME=COLUMN"
        )
    return tuple(dict.fromkeys(wanted)) or tuple(loaded)


def _kept(
    period: Period, entries: Entries, demographics: DemographicAreas, shares: tuple[str, ...]
) -> tuple[Ledger, Overlay, list[str]]:
    """Return the ledger, how areas lie over cells, and the neighbourhoods' names for people."""
    settings, grid = period.workspace.settings, period.grid
    polygons = period.workspace.read_optional("neighbourhoods")
    parts = Neighbourhoods.of(grid, polygons, settings.plan.caps.neighbourhood_share)
    overlay = lay_over(demographics, grid)
    ledger = keep_ledger(
        entries, demographics, overlay,
        overlay.by_cell(parts.ids, parts.of_cell[grid.inside_index], grid.cell_area_km2),
        shares=shares, cell_km2=grid.cell_area_km2,
        terms=Terms(
            least_residents=settings.equity.least_residents,
            block_days=settings.equity.block_days, resamples=settings.equity.resamples,
            seed=settings.model.seed,
        ),
    )  # fmt: skip
    names = {str(row[0]): str(row[1]) for row in _named(period)}
    return ledger, overlay, [names.get(one, one) for one in parts.ids]


def _named(period: Period) -> list[tuple[Any, Any]]:
    """Return identifier and name of each neighbourhood; of each district where there are none."""
    polygons = period.workspace.read_optional("neighbourhoods")
    if polygons is None:
        districts = period.workspace.districts()
        return list(zip(districts["district_id"], districts["name"], strict=True))
    return list(zip(polygons["neighbourhood_id"], polygons["name"], strict=True))


def _outlines(period: Period) -> dict[str, Any]:
    """Return neighbourhood (or district) -> its polygon."""
    polygons = period.workspace.read_optional("neighbourhoods")
    if polygons is None:
        polygons = period.workspace.districts()
    key = "neighbourhood_id" if "neighbourhood_id" in polygons else "district_id"
    return dict(zip(polygons[key].astype(str), polygons["geometry"], strict=True))


def _told_of(
    loaded: dict[str, Any], overlay: Overlay, ledger: Ledger, settings: Any
) -> dict[str, Any]:
    """Return what the report says of the demographic table."""
    outside = overlay.residents_outside
    named = sorted(
        zip(overlay.areas.names, outside.tolist(), strict=True), key=lambda one: (-one[1], one[0])
    )
    return {
        **{name: loaded[name] for name in ("file", "source", "columns", "sha256", "version",
                                           "loaded_at", "notes")},
        "areas": len(overlay.areas.names), "residents": loaded["residents"],
        "residents_inside": float(overlay.areas.residents.sum()),
        "residents_outside": float(outside.sum()),
        "outside": [{"area": name, "residents": people} for name, people in named if people >= 0.5],
        "least_residents": settings.least_residents, "block_days": settings.block_days,
        "resamples": settings.resamples, "harm_days": settings.harm_days,
        "small_areas": int((~ledger.areas.told).sum()),
    }  # fmt: skip


def _edition(period: Period, gathered: Gathered, log_head: str) -> Edition:
    entries = gathered.entries
    notes: list[str] = []
    if entries.measured.any():
        notes += list(period.crime_notes())
    plans = gathered.plans
    if plans.other_cells:
        notes.append(
            f"Days whose plan was made on other cells, and is left out: {plans.other_cells}."
        )
    if gathered.incidents_left_out:
        notes.append(
            f"{gathered.incidents_left_out:,} reported incidents are in no day or cell: the time "
            "is known to no better than a day, or the place lies at the edge."
        )
    edition = period.edition(KIND, log_head=log_head, notes=tuple(notes))
    return replace(edition, run_ids=gathered.run_ids, issued=plans.issued, approved=plans.approved)


def _override_rows(entries: Entries) -> list[dict[str, Any]]:
    return [
        {"event_id": one.event_id, "service_date": one.service_date, "shift": one.shift,
         "action": one.action, "direction": one.direction, "role": one.role,
         "minutes": one.minutes}
        for one in entries.overrides
    ]  # fmt: skip
