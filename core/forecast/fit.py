"""Fit one model per crime type on what was known at a cut-off."""

from __future__ import annotations

import datetime as dt
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.config import AgencySettings, ModelSettings
from evenbeat.core.errors import ModelError
from evenbeat.core.features import (
    Catalogue,
    Layers,
    Study,
    Timeline,
    list_place_measures,
    list_undated_layers,
)
from evenbeat.core.features.knowledge import DAY_S, KnownIncidents, require_utc
from evenbeat.core.forecast.fitted import FittedModels, FittedType, calendar_starts
from evenbeat.core.grid import Grid
from evenbeat.core.models.boosted import BoostedModel
from evenbeat.core.models.calibration import calibrate
from evenbeat.core.models.counts import CountModel
from evenbeat.core.models.interface import FittedModel, Model
from evenbeat.core.models.training import TrainingRows, draw_sample, settling_days
from evenbeat.core.policy.crime_types import require_modelled
from evenbeat.core.progress import Progress, silent
from evenbeat.core.shifts import ShiftCalendar

if TYPE_CHECKING:
    from pandas import DataFrame

_FEWEST_DAYS = 14
_FALLBACK = CountModel(1095, 900)
_BASELINES = {f"count_{days}": CountModel(days) for days in (28, 365, 1095)}
_ENOUGH = "enough incidents to learn from"


def fit_models(
    *,
    grid: Grid,
    calendar: ShiftCalendar,
    incidents: DataFrame,
    layers: Layers,
    settings: ModelSettings,
    agency: AgencySettings,
    cutoff: dt.datetime,
    progress: Progress = silent,
) -> FittedModels:
    """Fit every modelled crime type.

    Parameters
    ----------
    grid, calendar
        Where and when.
    incidents
        The INCIDENTS table; what was not known at the cut-off is never looked at.
    layers
        Places, events and weather.
    settings
        The ``[model]`` section.
    agency
        Whose holidays count.
    cutoff
        Aware UTC time.
    progress
        Told after each crime type.

    Returns
    -------
    The fitted models, the same for the same input.

    Raises
    ------
    PolicyError
        A configured type, or a category of places or events, must not be used.
    ModelError
        No incident of a modelled type was known at the cut-off.
    """
    crime_types = require_modelled(settings.crime_types)
    catalogue = Catalogue(
        settings.history_days, list_place_measures(layers, cutoff),
        list_undated_layers(layers, cutoff),
    )  # fmt: skip
    study = Study(grid, agency, incidents, layers, catalogue, cutoff, settings.reporting_lag_days)
    if not any(len(study.known(name)) for name in crime_types):
        raise ModelError(
            f"No incident of {', '.join(crime_types)} was known at {cutoff:%Y-%m-%d %H:%M} UTC. "
            "Ingest earlier incidents or choose a later cut-off."
        )
    fitted: dict[str, FittedType] = {}
    for position, name in enumerate(crime_types):
        progress(f"fitting {name.replace('_', ' ')}", position / len(crime_types))
        fitted[name] = _fit_type(study, calendar, settings, name)
    progress("models fitted", 1.0)
    return FittedModels(
        fitted, catalogue, grid.fingerprint, calendar.timezone, calendar_starts(calendar),
        cutoff.astimezone(dt.UTC), settings.reporting_lag_days, settings.seed,
    )  # fmt: skip


def _fit_type(
    study: Study, calendar: ShiftCalendar, settings: ModelSettings, name: str
) -> FittedType:
    """Draw rows, gather their features, learn, calibrate, and write the card."""
    known = study.known(name)
    # Whole days of the wall clock, so that a change of the clock moves no training cut-off.
    settled = study.cutoff.astimezone(calendar.zone) - dt.timedelta(days=settling_days(known))
    n_days = _training_days(known, settled, settings)
    timeline = Timeline.before(calendar, settled, n_days)
    training = _gather(study, timeline, settings, name)
    n_incidents = float((training.weight * training.count).sum())
    sparse = n_incidents < settings.minimum_incidents or n_days < _FEWEST_DAYS
    baseline = _BASELINES.get(settings.kind)
    model: Model = baseline or (_FALLBACK if sparse else BoostedModel(seed=settings.seed))
    fitted = model.fit(training)
    factors, trailing_days = calibrate(fitted, training)
    card: dict[str, Any] = {
        "crime_type": name,
        "kind": fitted.kind,
        "why": _reason(n_incidents, n_days, sparse, settings),
        "cutoff": study.cutoff.astimezone(dt.UTC).isoformat(),
        "training_days": [timeline.date(0).isoformat(), timeline.date(n_days - 1).isoformat()],
        "incidents_in_training": round(n_incidents, 3),
        "rows": len(training.rows),
        "features": len(study.catalogue.names),
        "undated_features": [f.name for f in study.catalogue.features if not f.dated],
        "calibration_days": trailing_days,
        "calibration_by_shift": {
            shift: round(float(factor), 4)
            for shift, factor in zip(calendar.names, factors, strict=True)
        },
        "parameters": _parameters(fitted),
        "seed": settings.seed,
    }
    return FittedType(fitted, factors, card)


def _training_days(known: KnownIncidents, cutoff: dt.datetime, settings: ModelSettings) -> int:
    """Return the days to train on: half of a short history, two weeks of one that holds them."""
    available = (require_utc(cutoff) - known.since_s) // DAY_S
    return int(np.clip(max(available // 2, _FEWEST_DAYS), 1, min(settings.training_days,
                                                                 max(available, 1))))  # fmt: skip


def _gather(study: Study, timeline: Timeline, settings: ModelSettings, name: str) -> TrainingRows:
    """Return the training rows of one crime type with their features."""
    # Each type has its own stream, so that adding a type leaves the others as they were.
    rng = np.random.default_rng([settings.seed, zlib.crc32(name.encode())])
    sample = draw_sample(
        study.known(name), grid=study.grid, timeline=timeline,
        empty_cells_per_incident=settings.empty_cells_per_incident,
        maximum_rows=settings.maximum_rows, rng=rng,
    )  # fmt: skip
    matrix = study.row_matrix(name, timeline, sample.rows)
    return TrainingRows(
        study.catalogue, len(timeline.calendar), timeline.n_days, matrix, sample.rows,
        sample.count, sample.weight,
    )  # fmt: skip


def _reason(n_incidents: float, n_days: int, sparse: bool, settings: ModelSettings) -> str:
    if settings.kind in _BASELINES:
        return f"asked for with model.kind = {settings.kind!r}"
    if not sparse:
        return _ENOUGH
    if n_days < _FEWEST_DAYS:
        return f"only {n_days} days of history, fewer than {_FEWEST_DAYS}: smoothed counts only"
    return (
        f"{n_incidents:.0f} incidents in the training days are fewer than "
        f"model.minimum_incidents = {settings.minimum_incidents}: smoothed counts only"
    )


def _parameters(fitted: FittedModel) -> dict[str, Any]:
    return {key: value for key, value in fitted.facts().items() if key != "column"}
