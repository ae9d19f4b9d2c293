"""Fit one model per crime type on what was known at a cut-off."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

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
from evenbeat.core.features.knowledge import DAY_S, IncidentRecords, KnownIncidents, require_utc
from evenbeat.core.forecast.card import describe_model
from evenbeat.core.forecast.fitted import FittedModels, FittedType, calendar_starts
from evenbeat.core.forecast.totals import read_totals
from evenbeat.core.grid import Grid
from evenbeat.core.models.calibration import calibrate_districts
from evenbeat.core.models.interface import FittedModel
from evenbeat.core.models.profile import ProfileModel
from evenbeat.core.models.selection import Choice, choose
from evenbeat.core.models.training import TrainingRows, draw_sample, settling_days
from evenbeat.core.policy.crime_types import require_modelled
from evenbeat.core.progress import Progress, part_of, progress_here, reporting_to, silent
from evenbeat.core.shifts import ShiftCalendar

if TYPE_CHECKING:
    from pandas import DataFrame

Task = Callable[..., Any]


class Each(Protocol):
    """Does a task for each of some arguments, in any order or side by side."""

    def __call__(
        self, task: Task, shared: Any, arguments: Sequence[tuple[Any, ...]], /, *,
        progress: Progress,
    ) -> Iterator[tuple[int, Any]]:  # fmt: skip
        """Yield position and result of each as it is done; tell how far all are together."""
        ...


_FEWEST_DAYS = 14
_PROFILE_DAYS = 1095
_CANDIDATES = ("glm", "etas", "shrunk", "boosted")


def fit_models(
    *,
    grid: Grid,
    calendar: ShiftCalendar,
    incidents: DataFrame,
    layers: Layers,
    settings: ModelSettings,
    agency: AgencySettings,
    cutoff: dt.datetime,
    each: Each | None = None,
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
    each
        Does a task for every crime type, in any order or side by side; one after the other by
        default.
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
    records = IncidentRecords.of(
        incidents, grid=grid, reporting_lag_days=settings.reporting_lag_days
    )
    study = Study(grid, agency, records, layers, catalogue, cutoff, settings.reporting_lag_days)
    if not any(len(study.known(name)) for name in crime_types):
        raise ModelError(
            f"No incident of {', '.join(crime_types)} was known at {cutoff:%Y-%m-%d %H:%M} UTC. "
            "Ingest earlier incidents or choose a later cut-off."
        )
    each = each or in_turn
    given = _Given(study, calendar, settings)
    fitted: dict[str, FittedType] = {}
    # The largest first: side by side, the last one to be started should be a short one.
    order = sorted(crime_types, key=lambda name: -len(study.known(name)))
    asked = [(name,) for name in order]
    done_ones = each(_fit_given, given, asked, progress=progress)
    for done, (position, found) in enumerate(done_ones, start=1):
        fitted[order[position]] = found
        progress(f"{order[position].replace('_', ' ')} fitted", done / len(order))
    return FittedModels(
        {name: fitted[name] for name in crime_types}, catalogue, grid.fingerprint,
        calendar.timezone, calendar_starts(calendar), cutoff.astimezone(dt.UTC),
        settings.reporting_lag_days, settings.seed,
    )  # fmt: skip


def in_turn(
    task: Task, given: Any, asked: Sequence[tuple[Any, ...]], *, progress: Progress = silent
) -> Iterator[tuple[int, Any]]:
    """Do one task after the other."""
    for position, arguments in enumerate(asked):
        with reporting_to(part_of(progress, position, len(asked))):
            yield position, task(given, *arguments)


@dataclass(frozen=True, eq=False)
class _Given:
    """What the fits of all crime types share."""

    study: Study
    calendar: ShiftCalendar
    settings: ModelSettings


def _fit_given(given: _Given, name: str) -> FittedType:
    tell, title = progress_here(), name.replace("_", " ")
    return fit_type(
        given.study, given.calendar, given.settings, name,
        progress=lambda stage, fraction: tell(f"{title}: {stage}", fraction),
    )  # fmt: skip


def fit_type(
    study: Study, calendar: ShiftCalendar, settings: ModelSettings, name: str, *,
    progress: Progress = silent,
) -> FittedType:  # fmt: skip
    """Draw rows, choose a kind of model, learn, calibrate, and describe what was learned."""
    progress("drawing rows", 0.0)
    training, timeline = gather_training(study, calendar, settings, name)
    choice = choose_kind(
        training, settings,
        progress=lambda stage, fraction: progress(stage, 0.1 + 0.7 * fraction),
    )  # fmt: skip
    progress("learning", 0.8)
    fitted = learn_type(study, settings, name, training, timeline, choice)
    progress("describing what was learned", 0.9)
    found = describe_model(fitted, training, choice, seed=settings.seed)
    return replace(fitted, card={**fitted.card, **found})


def learn_type(
    study: Study, settings: ModelSettings, name: str, training: TrainingRows, timeline: Timeline,
    choice: Choice,
) -> FittedType:  # fmt: skip
    """Learn a chosen kind of model from rows, and the totals from the whole history.

    Parameters
    ----------
    study, settings, name
        What was known, how to learn, and which crime type.
    training, timeline
        As `gather_training` gives them.
    choice
        Made on these rows, or on an earlier past.
    """
    model = choice.fit(training, settings.seed)
    days = _profile_timeline(study, timeline.calendar, name)
    profile = ProfileModel().fit(read_totals(study, name, days))
    factors = calibrate_districts(model, training, study.grid)
    card: dict[str, Any] = {
        "crime_type": name,
        "kind": model.kind,
        "why": choice.why,
        "choice": choice.to_dict(),
        "cutoff": study.cutoff.astimezone(dt.UTC).isoformat(),
        "training_days": [
            timeline.date(0).isoformat(), timeline.date(timeline.n_days - 1).isoformat()
        ],
        "incidents_in_training": round(float((training.weight * training.count).sum()), 3),
        "rows": len(training.rows),
        "undated_features": [f.name for f in study.catalogue.features if not f.dated],
        "calibration_by_district": dict(
            zip(study.grid.district_ids, np.round(factors, 4).tolist(), strict=True)
        ),
        "parameters": _parameters(model),
        "profile": profile.facts(),
        "seed": settings.seed,
    }  # fmt: skip
    return FittedType(model, factors, profile, settling_days(study.known(name)), card)


def gather_training(
    study: Study, calendar: ShiftCalendar, settings: ModelSettings, name: str, *,
    window_days: int = 1, gap_days: int = 0,
) -> tuple[TrainingRows, Timeline]:  # fmt: skip
    """Return the training rows of one crime type with their features, and their days.

    Parameters
    ----------
    study, calendar, settings, name
        What was known, how to learn, and which crime type.
    window_days, gap_days
        Days that are forecast at once, and days by which news comes late; training knows as little
        ahead as a forecast will.
    """
    known = study.known(name)
    settled = _settled(study, calendar, name)
    n_days = _training_days(known, settled, settings)
    timeline = Timeline.before(calendar, settled, n_days, window_days, gap_days=gap_days)
    # Each type has its own stream, so that adding a type leaves the others as they were.
    rng = np.random.default_rng([settings.seed, zlib.crc32(name.encode())])
    sample = draw_sample(
        known, grid=study.grid, timeline=timeline,
        empty_cells_per_incident=settings.empty_cells_per_incident,
        maximum_rows=settings.maximum_rows, rng=rng,
    )  # fmt: skip
    matrix = study.row_matrix(name, timeline, sample.rows)
    rows = TrainingRows(
        study.catalogue, len(calendar), n_days, matrix, sample.rows, sample.count, sample.weight
    )
    return rows, timeline


def choose_kind(
    training: TrainingRows, settings: ModelSettings, *, progress: Progress = silent
) -> Choice:
    """Return the kind of model that the settings ask for, or that validation chooses."""
    if settings.kind != "best":
        return Choice(settings.kind, why=f"asked for with model.kind = {settings.kind!r}")
    n_incidents = float((training.weight * training.count).sum())
    if training.n_days < _FEWEST_DAYS:
        return Choice(
            "shrunk", why=f"only {training.n_days} days of history, fewer than {_FEWEST_DAYS}: "
            "counts drawn to a pooled surface",
        )  # fmt: skip
    if n_incidents < settings.minimum_incidents:
        return Choice(
            "shrunk", why=f"{n_incidents:.0f} incidents in the training days are fewer than "
            f"model.minimum_incidents = {settings.minimum_incidents}: counts drawn to a pooled "
            "surface",
        )  # fmt: skip
    places = ("terrain",) if training.catalogue.places else ()
    return choose(training, (*_CANDIDATES, *places), seed=settings.seed, progress=progress)


def _settled(study: Study, calendar: ShiftCalendar, name: str) -> dt.datetime:
    """Return until when incidents are known in full: whole days of the wall clock."""
    late = dt.timedelta(days=settling_days(study.known(name)))
    return study.cutoff.astimezone(calendar.zone) - late


def _profile_timeline(study: Study, calendar: ShiftCalendar, name: str) -> Timeline:
    settled = _settled(study, calendar, name)
    available = int((require_utc(settled) - study.known(name).since_s) // DAY_S)
    return Timeline.before(calendar, settled, int(np.clip(available, 1, _PROFILE_DAYS)))


def _training_days(known: KnownIncidents, cutoff: dt.datetime, settings: ModelSettings) -> int:
    """Return the days to train on: half of a short history, two weeks of one that holds them."""
    available = (require_utc(cutoff) - known.since_s) // DAY_S
    return int(np.clip(max(available // 2, _FEWEST_DAYS), 1, min(settings.training_days,
                                                                 max(available, 1))))  # fmt: skip


def _parameters(fitted: FittedModel) -> dict[str, Any]:
    return {key: value for key, value in fitted.facts().items() if key != "column"}
