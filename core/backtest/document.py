"""The whole back-test as one document of plain values: what the page shows and JSON keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from evenbeat.core.backtest.issue import INTERVAL
from evenbeat.core.backtest.rolling import BlockResult, join_scores
from evenbeat.core.backtest.scores import Scores
from evenbeat.core.backtest.severity import summarize_severity
from evenbeat.core.backtest.subject import MODEL, Backtest
from evenbeat.core.backtest.summary import summarize_type
from evenbeat.core.backtest.undated import compare_undated, find_undated
from evenbeat.core.models.kinds import BASELINES, PLAIN_COUNTS

FORMAT = 1
_MAIN_SHARE = 0.01


def write_document(
    backtest: Backtest, results: Sequence[BlockResult], *, provenance: dict[str, str],
    blind: Sequence[BlockResult] = (),
) -> dict[str, Any]:  # fmt: skip
    """Return the document of a finished back-test.

    Parameters
    ----------
    backtest
        What was tested.
    results
        Of every block.
    provenance
        Who can make it again, and how: id, code version, input fingerprint, seed, command.
    blind
        The same without what carries no dates, if that was done too.
    """
    ordered = sorted(results, key=lambda result: result.number)
    return {
        "format": FORMAT,
        "title": f"Back-test of {backtest.agency.name}",
        "agency": backtest.agency.name,
        "provenance": provenance,
        "settings": _settings(backtest),
        "model": MODEL,
        "baselines": list(BASELINES),
        "plain_counts": list(PLAIN_COUNTS),
        "budgets": [
            {"key": budget.key, "label": budget.label, "area_share": budget.share_of(backtest.grid),
             "cells": budget.n_cells, "area_km2": budget.area_km2(backtest.grid)}
            for budget in backtest.budgets
        ],
        "main_budget": backtest.budgets[main_budget(backtest)].key,
        "types": {
            name: _type_document(backtest, ordered, name)
            for name in backtest.settings.crime_types
        },
        "severity": _severity_document(backtest, ordered),
        "without_undated": compare_undated(backtest, ordered, blind) if blind else None,
    }  # fmt: skip


def main_budget(backtest: Backtest) -> int:
    """Return the position of the budget that is told first: the one nearest to 1 % of the area."""
    apart = [
        (budget.by_district is not None, abs(budget.share_of(backtest.grid) - _MAIN_SHARE))
        for budget in backtest.budgets
    ]
    return apart.index(min(apart))


def _settings(backtest: Backtest) -> dict[str, Any]:
    schedule, grid, settings = backtest.schedule, backtest.grid, backtest.settings
    undated = find_undated(backtest)
    return {
        "first": schedule.first.isoformat(), "last": schedule.blocks[-1].last.isoformat(),
        "horizon": schedule.horizon, "horizon_days": schedule.facts.days,
        "refit_days": schedule.refit_days, "lag_days": schedule.gap_days,
        "grid": grid.describe(), "cell_area_km2": grid.cell_area_km2,
        "study_area_km2": grid.n_inside * grid.cell_area_km2, "cells": grid.n_inside,
        "shifts": list(backtest.calendar.names), "rules": backtest.rules,
        "history_days": settings.history_days,
        "undated_layers": list(undated.layers), "undated_places": list(undated.places),
    }  # fmt: skip


def _type_document(
    backtest: Backtest, results: Sequence[BlockResult], crime_type: str
) -> dict[str, Any]:
    scores = join_scores(results, crime_type)
    summary = summarize_type(
        scores, model=MODEL, baselines=BASELINES, budgets=backtest.budgets, grid=backtest.grid,
        windows=backtest.schedule.facts, seed=backtest.settings.seed,
    )  # fmt: skip
    facts = [result.types[crime_type].facts for result in results]
    return {
        **summary,
        "kinds": dict(Counter(fact["kind"] for fact in facts)),
        "fits": [
            {"cutoff": fact["cutoff"], "kind": fact["kind"], "version": fact["version"],
             "why": fact["why"]} for fact in facts
        ],
        "intervals": {"level": INTERVAL, **_coverage(facts)},
    }  # fmt: skip


def _coverage(facts: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return the share of totals that the prediction intervals held."""
    found = {}
    for name in facts[0]["coverage"]:
        within, asked = np.sum([fact["coverage"][name] for fact in facts], axis=0)
        found[name] = round(float(within / asked), 4)
    return found


def _severity_document(backtest: Backtest, results: Sequence[BlockResult]) -> dict[str, Any] | None:
    """Return the severity-weighted figures of all types together; None for a single type."""
    blocks = [result.severity for result in results if result.severity is not None]
    if not blocks:
        return None
    scores = Scores.concatenate(blocks)
    summary = summarize_severity(
        weighted_hits=scores.hits, weighted_totals=scores.events, models=scores.models,
        model=MODEL, baselines=BASELINES, budgets=backtest.budgets,
        windows=backtest.schedule.facts, seed=backtest.settings.seed,
    )  # fmt: skip
    weights = {name: backtest.severity.get(name, 0.0) for name in backtest.settings.crime_types}
    return {"weights": weights, **summary}
