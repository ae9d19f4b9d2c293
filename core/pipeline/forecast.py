"""Forecast: the risk cube of one day, saved with everything needed to make it again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import WorkspaceError
from evenbeat.core.forecast import FittedModels, forecast_day
from evenbeat.core.pipeline.context import Context, code_version, cutoff_of
from evenbeat.core.pipeline.fit import data_age_days, models_for, read_layers
from evenbeat.core.store.cubes import write_cube
from evenbeat.core.store.files import fingerprint, read_json, sha256_tree, write_json
from evenbeat.core.store.kept_settings import keep_settings

if TYPE_CHECKING:
    from pandas import DataFrame

    from evenbeat.core.grid import Grid
    from evenbeat.core.progress import Progress
    from evenbeat.core.store.workspace import Workspace

_FRESH_DAYS = 2
RISK, FEATURES, FACTS = "risk.zarr", "features.zarr", "run.json"


@dataclass(frozen=True)
class ForecastOutcome:
    """What one forecast made."""

    run_id: str
    folder: Path
    totals: dict[str, float]
    reused: bool
    notes: list[str] = field(default_factory=list)


def run_forecast(context: Context, date: dt.date, *, force: bool = False) -> ForecastOutcome:
    """Forecast every shift of a date and make the run the day's current one.

    The run's id is a function of inputs, settings, models and code, so a run that is already
    there is not made again.

    Raises
    ------
    WorkspaceError
        No models were fitted that may forecast the date.
    """
    workspace = context.workspace
    with workspace.writing():
        model_id = models_for(workspace, date)
        if model_id is None:
            raise WorkspaceError(
                f"No model may forecast {date}: none was fitted in the "
                f"{workspace.settings.model.refit_days} days before it under these settings. "
                f"Run: evenbeat fit --date {date}"
            )
        inputs = _run_inputs(workspace, date, model_id)
        run_id = f"{date.isoformat()}-{fingerprint(inputs)[:12]}"
        folder = workspace.run_folder(date, run_id)
        reused = _is_whole(folder) and not force
        if not reused:
            _forecast(context, date, run_id, folder, inputs)
        workspace.set_current_run(date, run_id)
        facts = read_json(folder / FACTS)
    return ForecastOutcome(run_id, folder, facts["totals"], reused, facts["notes"])


def _notes(workspace: Workspace, grid: Grid, incidents: DataFrame, date: dt.date) -> list[str]:
    """Return what a reader should know of the data behind a forecast."""
    notes = []
    age = data_age_days(workspace, incidents, date)
    if age > _FRESH_DAYS:
        notes.append(
            f"the newest incident is {age} days old; the days since count as days without crime"
        )
    row, column = grid.locate(incidents["easting"], incidents["northing"])
    in_no_cell = int((~((row >= 0) & grid.mask[row, column])).sum())
    if in_no_cell:
        notes.append(
            f"{in_no_cell:,} of {len(incidents):,} stored incidents lie in no cell (at the edge, "
            "where a cell's centre is outside) and are not in the forecast"
        )
    return notes


def _is_whole(folder: Path) -> bool:
    """Return whether a run's cubes are as the run recorded them."""
    facts = read_json(folder / FACTS)
    return facts is not None and facts["output_sha256"] == {
        "risk": sha256_tree(folder / RISK), "features": sha256_tree(folder / FEATURES),
    }  # fmt: skip


def _run_inputs(workspace: Workspace, date: dt.date, model_id: str) -> dict[str, Any]:
    return {
        "date": date.isoformat(),
        "cutoff": cutoff_of(workspace, date).isoformat(),
        "tables": workspace.table_versions(),
        "settings": workspace.settings.fingerprint,
        "overrides": workspace.override_versions(),
        "model_id": model_id,
        "code_version": code_version(),
    }


def _forecast(
    context: Context, date: dt.date, run_id: str, folder: Path, inputs: dict[str, Any]
) -> None:
    workspace = context.workspace
    keep_settings(workspace.root, workspace.settings, workspace.override_versions())
    facts = make_forecast(workspace, date, run_id, folder, inputs, progress=context.progress)
    context.log(
        "forecast",
        {"run_id": run_id, "inputs": inputs, "seed": facts["provenance"]["seed"],
         "totals": facts["totals"], "output_sha256": facts["output_sha256"]},
    )  # fmt: skip


def make_forecast(
    workspace: Workspace, date: dt.date, run_id: str, folder: Path, inputs: dict[str, Any], *,
    progress: Progress,
) -> dict[str, Any]:  # fmt: skip
    """Write the cubes of a run and what it records about itself; return that.

    Parameters
    ----------
    workspace
        Holds the tables and models that the inputs name.
    folder
        Where to write.
    inputs
        Fingerprints of everything the run depends on, its code included.
    """
    models = FittedModels.load(workspace.models_folder / inputs["model_id"])
    cutoff = cutoff_of(workspace, date)
    provenance = {
        "run_id": run_id,
        "input_fingerprint": fingerprint(inputs),
        "model_id": inputs["model_id"],
        "data_cutoff": cutoff.isoformat(),
        "seed": str(workspace.settings.model.seed),
        "agency": workspace.settings.agency.name,
        "code_version": inputs["code_version"],
    }
    grid, incidents = workspace.grid(), workspace.table("incidents").read()
    notes = _notes(workspace, grid, incidents, date)
    day = forecast_day(
        models=models, grid=grid, calendar=workspace.calendar, date=date,
        incidents=incidents, layers=read_layers(workspace),
        agency=workspace.settings.agency, cutoff=cutoff, provenance=provenance,
        progress=progress,
    )  # fmt: skip
    write_cube(folder / FEATURES, day.features)
    write_cube(folder / RISK, day.risk)
    totals = day.risk["expected_count"].sum(["shift", "y", "x"], dtype="float64")
    by_type = {
        str(name): round(float(value), 6)
        for name, value in zip(totals["crime_type"].values, totals.values, strict=True)
    }
    output = {"risk": sha256_tree(folder / RISK), "features": sha256_tree(folder / FEATURES)}
    facts = {"run_id": run_id, "inputs": inputs, "totals": by_type, "output_sha256": output,
             "provenance": provenance, "notes": notes}  # fmt: skip
    write_json(folder / FACTS, facts)
    return facts
