"""The document of a comparison: every variant's measures, and its place among the others."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from evenbeat.core.pipeline.context import code_version
from evenbeat.core.planning.measure.evenness import pareto_front
from evenbeat.core.reports.what_if_words import findings

if TYPE_CHECKING:
    from evenbeat.core.pipeline.variants import Variant
    from evenbeat.core.planning.measure.comparison import Measures
    from evenbeat.core.planning.measure.yardstick import Yardstick
    from evenbeat.core.store.workspace import Workspace

_FEWEST_PARTS = 2


def comparison_document(
    workspace: Workspace, by: Yardstick, variants: Sequence[Variant], measured: Sequence[Measures],
    *, date: dt.date, run_id: str, draws: int, seed: str,
) -> dict[str, Any]:  # fmt: skip
    """Return everything that the page of a comparison tells, ready for JSON.

    Parameters
    ----------
    workspace
        The workspace that was compared.
    by
        What the plans were measured with.
    variants, measured
        Each variant and its measures; one is the reference.
    date, run_id, draws, seed
        The day, its run, the plans drawn for a lottery, and the text they were drawn from.
    """
    plan = workspace.settings.plan
    layer = workspace.read_optional("neighbourhoods")
    sizes = by.cells_of_part
    between = "neighbourhoods" if int((sizes > 0).sum()) >= _FEWEST_PARTS else "cells"
    document: dict[str, Any] = {
        "agency": workspace.settings.agency.name, "date": date.isoformat(), "run_id": run_id,
        "shifts": list(by.shifts), "draws": draws, "seed": seed,
        "settings": workspace.settings.fingerprint, "code_version": code_version(),
        "grid": by.grid.describe(), "cells": by.grid.n_inside, "spacing_m": plan.caps.spacing_m,
        "expected_hits": float(by.priority.sum()), "expected_incidents": float(by.incidents.sum()),
        "high_risk": int(by.high_risk.sum()), "high_risk_share": plan.neglect_area_share,
        "evenness_between": between,
        "parts_are": "districts" if layer is None or layer.empty else "neighbourhoods",
        "parts": [{"id": name, "cells": int(size)}
                  for name, size in zip(by.neighbourhoods.ids, sizes, strict=True)],
        "variants": _rows(variants, measured, between),
    }  # fmt: skip
    document["findings"] = findings(document)
    return document


def _rows(
    variants: Sequence[Variant], measured: Sequence[Measures], between: str
) -> list[dict[str, Any]]:
    """Return the variants with their measures, shares of the reference, and who is on the front."""
    pairs = list(zip(variants, measured, strict=True))
    best = next(found for variant, found in pairs if variant.reference).hits
    rows = [_row(variant, found, best, between) for variant, found in pairs]
    front = pareto_front(
        [_number(row["share_of_best"]) for row in rows], [_number(row["evenness"]) for row in rows]
    )
    for row, on in zip(rows, front.tolist(), strict=True):
        row["on_front"] = on
    return rows


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _row(variant: Variant, found: Measures, best: float, between: str) -> dict[str, Any]:
    """Return one variant: its setting, its measures, and its place in the picture."""
    told = {key: _ready(value) for key, value in asdict(found).items()}
    uneven = found.gini_parts if between == "neighbourhoods" else found.gini_cells
    return {
        "name": variant.name, "own": variant.own, "reference": variant.reference,
        "mode": variant.settings.mode, "tau": variant.settings.tau,
        "adopt": variant.adopt, "notes": list(variant.notes), **told,
        "share_of_best": found.hits / best if best > 0 else None,
        "share_error": found.hits_error / best if best > 0 else None,
        "first_share": found.first_hits / best if best > 0 else None,
        "least_share": found.least_hits / best if best > 0 else None,
        "most_share": found.most_hits / best if best > 0 else None,
        "evenness": None if math.isnan(uneven) else 1.0 - uneven,
        "evenness_error": found.gini_parts_error if between == "neighbourhoods" else 0.0,
    }  # fmt: skip


def _ready(value: Any) -> Any:
    """Return a value as JSON gives it back."""
    if isinstance(value, tuple):
        return list(value)
    return None if isinstance(value, float) and math.isnan(value) else value
