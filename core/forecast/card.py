"""What a model card tells: what a model goes by, how well it did on days held back, its limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from evenbeat.core.features.declarations import Feature
from evenbeat.core.forecast.fitted import FittedType
from evenbeat.core.models.interface import FittedModel, Floats
from evenbeat.core.models.selection import Choice, gain_of_rows, gain_out_of_fold, held_events
from evenbeat.core.models.training import TrainingRows

LIMITS: tuple[str, ...] = (
    "It knows reported crime only. What is reported, and where, depends on who calls and on where "
    "police already are.",
    "It tells expected counts of places and shifts. It says nothing about any person, and is no "
    "ground to suspect or stop anyone.",
    "About 99 of 100 box-shifts see nothing happen, also where the expected count is highest.",
    "A pattern that changes faster than the half-lives it learned from is followed late.",
)
POLICY: tuple[str, ...] = (
    "Inputs are the times, places and classes of reported incidents of crime types on the "
    "allow-list, listed places and events, the calendar and the weather.",
    "No race, ethnicity, education, name, address, arrest, social media or other column about a "
    "person can become a feature: names of features are made of listed words alone.",
    "Incidents that police discovered, and classes in which more than half end in an arrest, have "
    "weight 0.",
)
_ROWS = 20_000
_REPEATS = 2
_TOLD = 9
_VALUES = 12
_GROUPS = 10


def describe_model(
    fitted: FittedType, training: TrainingRows, choice: Choice, *, seed: int
) -> dict[str, Any]:
    """Return the parts of a model card that take some computing.

    Parameters
    ----------
    fitted
        The model.
    training
        What it learned from; the newest rows are looked at.
    choice
        How its kind was chosen.
    seed
        Of the shuffling.

    Returns
    -------
    ``features``, ``partial_dependence``, ``validation``, ``calibration``, ``limits`` and
    ``policy``, as the model card page takes them.
    """
    rows = _newest(training)
    features = _importances(fitted.model, rows, seed)
    return {
        "features": features,
        "partial_dependence": [
            _partial_dependence(fitted.model, rows, entry["name"])
            for entry in features[:_TOLD]
            if entry["importance"] > 0
        ],
        "validation": _validation(training, choice, seed),
        "calibration": _calibration(fitted, rows),
        "limits": list(LIMITS),
        "policy": list(POLICY),
    }


def _newest(training: TrainingRows) -> TrainingRows:
    """Return the newest rows, about as many as are looked at."""
    position = max(0, len(training.rows) - _ROWS)
    return training.take(training.rows.day >= training.rows.day[position])


def _importances(model: FittedModel, rows: TrainingRows, seed: int) -> list[dict[str, Any]]:
    """Return the features by how many nats an incident are lost when each is shuffled."""
    rng = np.random.default_rng([seed, 0xCA4D])
    whole = gain_of_rows(model.expected_counts(rows.matrix), rows)
    told = []
    for column, feature in enumerate(rows.catalogue.features):
        values = rows.matrix[column].copy()
        lost = np.zeros(_REPEATS)
        if np.ptp(np.nan_to_num(values)) > 0:
            for repeat in range(_REPEATS):
                rows.matrix[column] = rng.permutation(values)
                lost[repeat] = whole - gain_of_rows(model.expected_counts(rows.matrix), rows)
            rows.matrix[column] = values
        told.append(_feature_facts(feature, lost))
    return sorted(told, key=lambda entry: (-entry["importance"], entry["name"]))


def _feature_facts(feature: Feature, lost: Floats) -> dict[str, Any]:
    return {
        "name": feature.name, "group": feature.group, "unit": feature.unit, "dated": feature.dated,
        "importance": round(float(lost.mean()), 6),
        "importance_error": round(float(lost.std(ddof=1) / np.sqrt(lost.size)), 6),
    }  # fmt: skip


def _partial_dependence(model: FittedModel, rows: TrainingRows, name: str) -> dict[str, Any]:
    """Return the mean expected count when a feature is the same everywhere, over its values."""
    column = rows.catalogue.position(name)
    kept = rows.matrix[column].copy()
    quantiles = np.quantile(kept[~np.isnan(kept)], np.linspace(0.02, 0.995, _VALUES))
    values = np.unique(quantiles.astype(np.float32))
    expected = []
    for value in values:
        rows.matrix[column] = value
        counts = model.expected_counts(rows.matrix)
        expected.append(float((rows.weight * counts).sum() / rows.weight.sum()))
    rows.matrix[column] = kept
    return {
        "feature": name, "unit": rows.catalogue.features[column].unit,
        "values": [float(value) for value in values], "expected": expected,
    }  # fmt: skip


def _validation(training: TrainingRows, choice: Choice, seed: int) -> dict[str, Any] | None:
    """Return how the candidates did on the days held back, with and without undated layers."""
    if not choice.scores:
        return None
    undated = [i for i, f in enumerate(training.catalogue.features) if not f.dated]
    without = None
    if undated:
        matrix = training.matrix.copy()
        matrix[undated] = 0.0
        blind = replace(training, matrix=matrix)
        without = {"gain_nats": round(gain_out_of_fold(blind, choice, seed), 6)}
    return {
        "events": round(held_events(training), 3),
        "candidates": {name: dict(score) for name, score in choice.scores.items()},
        "chosen": choice.kind,
        "without_undated": without,
    }


def _calibration(fitted: FittedType, rows: TrainingRows) -> dict[str, Any]:
    """Return observed against expected in the newest rows, whole and in tenths of the expected."""
    expected = rows.weight * fitted.model.expected_counts(rows.matrix)
    observed = rows.weight * rows.count
    order = np.argsort(expected / rows.weight, kind="stable")
    group = np.minimum(
        (np.cumsum(expected[order]) / expected.sum() * _GROUPS).astype(int), _GROUPS - 1
    )
    sums = [
        np.bincount(group, values[order], minlength=_GROUPS)
        for values in (expected, observed, rows.weight)
    ]
    return {
        "by_district": fitted.card["calibration_by_district"],
        "observed_over_expected": round(float(observed.sum() / expected.sum()), 4),
        "reliability": [
            {"expected": float(e), "observed": float(o), "cell_windows": float(w)}
            for e, o, w in zip(*sums, strict=True)
        ],
    }
