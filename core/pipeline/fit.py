"""Fit: one model per crime type, from what was known at a cut-off."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import ModelError, PolicyError
from evenbeat.core.features import Layers
from evenbeat.core.forecast import FittedModels, fit_models
from evenbeat.core.ingest.incidents import training_weights
from evenbeat.core.pipeline.context import Context, code_version, cutoff_of
from evenbeat.core.pipeline.ingest import susceptibility_gate
from evenbeat.core.pipeline.workers import do_tasks
from evenbeat.core.policy.modelled import require_modelled
from evenbeat.core.reports.model_card import write_model_card
from evenbeat.core.store.files import (
    fingerprint,
    read_json,
    replacing_folder,
    sha256_tree,
    write_json,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pandas import DataFrame

    from evenbeat.core.policy.susceptibility import SusceptibilityGate
    from evenbeat.core.store.workspace import Workspace

_FACTS = "fit.json"


@dataclass(frozen=True)
class FitOutcome:
    """What one fit made.

    Parameters
    ----------
    left_out
        Configured crime types that train no model, and why, in words.
    """

    model_id: str
    folder: Path
    cutoff: str
    versions: dict[str, str]
    reused: bool
    left_out: dict[str, str] = field(default_factory=dict)


def run_fit(context: Context, date: dt.date, *, force: bool = False) -> FitOutcome:
    """Fit every modelled crime type on what was known before the local midnight of a date.

    A fit of the same inputs, settings and code is not done again. A type that the susceptibility
    gate keeps from training is left out and named.

    Raises
    ------
    WorkspaceError
        No incidents were ingested.
    PolicyError
        A configured type must not be modelled, or all of them follow arrests too closely.
    ModelError
        There is no history before the cut-off, or the newest data are too old for the date.
    """
    workspace = context.workspace
    with workspace.writing():
        require_modelled(workspace.settings.model.crime_types)
        gate = susceptibility_gate(workspace)
        cutoff = cutoff_of(workspace, date)
        incidents = weighed_incidents(workspace, gate, cutoff)
        data_age_days(workspace, incidents, date)
        left_out = _left_out(workspace.settings.model.crime_types, incidents, gate)
        inputs = model_inputs(workspace, cutoff)
        model_id = f"{date.isoformat()}-{fingerprint(inputs)[:12]}"
        folder = workspace.models_folder / model_id
        reused = folder.is_dir() and not force
        if not reused:
            _fit(context, incidents, date, left_out, folder)
        models = FittedModels.load(folder)
        if not reused:
            context.log(
                "fit",
                {"model_id": model_id, "cutoff": cutoff.isoformat(), "inputs": inputs,
                 "seed": workspace.settings.model.seed, "versions": models.versions,
                 "left_out": left_out, "refused_codes": list(gate.refused_codes),
                 "output_sha256": sha256_tree(folder)},
            )  # fmt: skip
    return FitOutcome(model_id, folder, cutoff.isoformat(), models.versions, reused, left_out)


def model_inputs(workspace: Workspace, cutoff: dt.datetime) -> dict[str, Any]:
    """Return the fingerprints of everything a fitted model depends on."""
    settings = workspace.settings
    return {
        "cutoff": cutoff.isoformat(),
        "tables": workspace.table_versions(),
        "agency": settings.agency.model_dump(mode="json"),
        "grid": settings.grid.model_dump(mode="json"),
        "shifts": settings.shifts.model_dump(mode="json"),
        "model": settings.model.model_dump(mode="json"),
        "refused": _refused(workspace),
        "code_version": code_version(),
    }


def read_layers(workspace: Workspace) -> Layers:
    """Return the layers that features may use; demographic tables are not among them."""
    return Layers(
        places=workspace.read_optional("places"),
        events=workspace.read_optional("events"),
        weather=workspace.read_optional("weather"),
    )


def models_for(workspace: Workspace, date: dt.date) -> str | None:
    """Return the id of the newest models that may forecast a date, else None.

    Models may not have seen the date, may not be older than ``model.refit_days``, and must have
    been fitted under the same settings.
    """
    wanted, refit_days = _settings_fingerprint(workspace), workspace.settings.model.refit_days
    usable = []
    for path in workspace.models_folder.glob(f"*/{_FACTS}"):
        facts = read_json(path)
        age = (date - dt.date.fromisoformat(facts["fitted_for"])).days
        if facts["settings"] == wanted and 0 <= age < refit_days:
            usable.append((facts["fitted_for"], path.parent.name))
    return max(usable)[1] if usable else None


def data_age_days(workspace: Workspace, incidents: DataFrame, date: dt.date) -> int:
    """Return how many days lie between the newest known incident and a date.

    Raises
    ------
    ModelError
        More than ``model.max_data_age_days``: days without data would count as days without
        crime.
    """
    known = incidents[incidents["occurred_from"] < cutoff_of(workspace, date)]
    newest = known["occurred_from"].max().tz_convert(workspace.calendar.zone).date()
    age: int = (date - newest).days
    most = workspace.settings.model.max_data_age_days
    if age > most:
        raise ModelError(
            f"The newest incident known before {date} is of {newest}, {age} days before it; more "
            f"than {most} days without data would count as days without crime. Ingest newer "
            "exports, choose an earlier --date, or raise model.max_data_age_days."
        )
    return age


def weighed_incidents(
    workspace: Workspace, gate: SusceptibilityGate, cutoff: dt.datetime
) -> DataFrame:
    """Return the incidents with the weights that the gate over all files gives them.

    Raises
    ------
    WorkspaceError
        No incidents were ingested.
    ModelError
        There is no history before the cut-off.
    """
    incidents = workspace.table("incidents").read()
    if incidents.empty:
        raise ModelError(
            "The workspace holds no incident: the exports are empty, or every row was dropped. "
            "See why with: evenbeat ingest --force"
        )
    if not (incidents["occurred_from"] < cutoff).any():
        raise ModelError(
            f"No incident was known before {cutoff:%Y-%m-%d %H:%M} UTC. The history starts "
            f"{incidents['occurred_from'].min()}; choose a later --date."
        )
    return incidents.assign(weight=training_weights(incidents, gate))


def _left_out(
    crime_types: Iterable[str], incidents: DataFrame, gate: SusceptibilityGate
) -> dict[str, str]:
    """Return the types that must not train, and why; at least one has to remain.

    Raises
    ------
    PolicyError
        None of the types may train a model.
    """
    asked = tuple(crime_types)
    reasons = {name: gate.refusal(name) for name in asked if name in gate.refused}
    present = incidents.groupby("crime_type")["weight"].max()
    for name in asked:
        if name not in reasons and present.get(name, 1.0) == 0.0:
            reasons[name] = (
                f"{name} must not train a model: every incident of it was discovered by police or"
                " has a class code that the susceptibility gate refuses."
            )
    if len(reasons) == len(asked):
        raise PolicyError(
            f"No model can be fitted. {' '.join(reasons.values())} Change model.crime_types."
        )
    return reasons


def _fit(
    context: Context,
    incidents: DataFrame,
    date: dt.date,
    left_out: Mapping[str, str],
    folder: Path,
) -> None:
    workspace = context.workspace
    settings = workspace.settings.model
    remaining = tuple(name for name in settings.crime_types if name not in left_out)
    models = fit_models(
        grid=workspace.grid(), calendar=workspace.calendar, incidents=incidents,
        layers=read_layers(workspace),
        settings=settings.model_copy(update={"crime_types": remaining}),
        agency=workspace.settings.agency, cutoff=cutoff_of(workspace, date), each=do_tasks,
        progress=context.progress,
    )  # fmt: skip
    with replacing_folder(folder) as temporary:
        models.save(temporary)
        inputs = fingerprint(model_inputs(workspace, cutoff_of(workspace, date)))
        for name, fitted in models.types.items():
            write_model_card(
                temporary / f"card-{name}.html",
                card={**fitted.card, "version": fitted.version, "input_fingerprint": inputs,
                      "code_version": code_version()},
            )  # fmt: skip
        write_json(
            temporary / _FACTS,
            {"fitted_for": date.isoformat(), "settings": _settings_fingerprint(workspace)},
        )


def _refused(workspace: Workspace) -> list[str]:
    """Return the types and codes that the gate refuses; other ones make other models."""
    gate = susceptibility_gate(workspace)
    return [*gate.refused, *gate.refused_codes]


def _settings_fingerprint(workspace: Workspace) -> str:
    settings = workspace.settings
    return fingerprint(
        [
            part.model_dump(mode="json")
            for part in (settings.agency, settings.grid, settings.shifts, settings.model)
        ]
        + [code_version(), _refused(workspace)]
    )
