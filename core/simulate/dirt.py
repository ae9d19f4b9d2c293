"""Deliberate dirt in the simulated exports, each kind counted as it is put in.

Every dirty row has one kind of dirt, so that an ingest report can be checked number by number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.simulate.dirt_kinds import KINDS, Effect, Export
from evenbeat.core.simulate.frame import Indices

_LARGEST_SHARE = 0.3
_EXAMPLES = 20


@dataclass
class DirtCount:
    """What was put into one file."""

    kinds: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, effect: Effect, ids: list[str]) -> None:
        """Record rows of one kind."""
        known = self.kinds.setdefault(name, {"rows": 0, "effect": effect, "incident_ids": []})
        known["rows"] += len(ids)
        known["incident_ids"] = sorted([*known["incident_ids"], *ids])[:_EXAMPLES]

    def dropped(self) -> int:
        """Return how many rows an ingest should drop for their dirt."""
        return sum(kind["rows"] for kind in self.kinds.values() if kind["effect"] == "drop")


def soil(
    export: Export,
    candidates: npt.NDArray[np.bool_],
    rng: np.random.Generator,
    count: DirtCount,
) -> None:
    """Put every kind of dirt into an export, in place; then append repeated rows.

    Parameters
    ----------
    export
        The file; its ``text`` grows by the repeated rows.
    candidates
        Which rows may become dirty: those that an ingest would keep.
    count
        Grows by what is put in.
    """
    ids = export.text["incident_id"].copy()
    free = candidates.copy()
    allowed = int(_LARGEST_SHARE * free.sum())
    _clock_changes(export, free, count, rng)
    for kind in KINDS:
        if export.style.kind not in kind.styles or allowed <= 0:
            continue
        fitting = free if kind.needs is None else free & kind.needs(export)
        wanted = max(1, round(kind.share * candidates.sum()))
        rows = _take(rng, fitting, min(wanted, allowed))
        allowed -= rows.size
        free[rows] = False
        kind.soil(export, rows, rng)
        count.add(kind.name, kind.effect, ids[rows].tolist())
    wanted = max(1, round(0.003 * candidates.sum()))
    for name, older in (("repeated_id_older", True), ("repeated_row", False)):
        rows = _take(rng, free, min(wanted, max(allowed, 0)))
        free[rows] = False
        _repeat(export, rows, older=older)
        count.add(name, "drop", ids[rows].tolist())


def _take(rng: np.random.Generator, fitting: npt.NDArray[np.bool_], wanted: int) -> Indices:
    rows = np.flatnonzero(fitting)
    return np.sort(rng.choice(rows, min(wanted, rows.size), replace=False)).astype(np.int64)


def _repeat(export: Export, rows: Indices, *, older: bool) -> None:
    """Append copies of rows; older versions say otherwise where it happened."""
    copies = export.text.loc[rows].copy()
    times = export.times.loc[rows].copy()
    if older:
        times["last_updated"] = times["last_updated"] - pd.Timedelta(hours=30)
        copies["last_updated"] = export.style.write(times["last_updated"]).to_numpy()
        copies["latitude"] = (copies["latitude"].astype(float) + 0.001).map("{:.6f}".format)
    export.text = pd.concat([export.text, copies], ignore_index=True)
    export.times = pd.concat([export.times, times], ignore_index=True)


def _clock_changes(
    export: Export, free: npt.NDArray[np.bool_], count: DirtCount, rng: np.random.Generator
) -> None:
    """Move a few rows into the hours that clock changes skip or repeat; local times only.

    Rows that truly fell into a repeated hour count with those that are moved there.
    """
    if export.style.kind != "us_local":
        return
    repeated = np.logical_or(
        export.style.repeated(export.times["occurred_from"]),
        export.style.repeated(export.times["occurred_to"]),
    )
    true = np.flatnonzero(free & repeated)
    free[true] = False
    count.add("ambiguous_local_time", "repair", export.text.loc[true, "incident_id"].tolist())
    dates = export.style.local(export.times["occurred_from"]).dt.normalize()
    for name, texts in export.style.clock_change_texts(dates.min(), dates.max()).items():
        moved: list[str] = []
        for day, text in texts:
            near = free & ((dates - day).abs() <= pd.Timedelta(days=3)).to_numpy()
            rows = _take(rng, near, 3)
            free[rows] = False
            export.write(rows, "occurred_from", text)
            export.write(rows, "occurred_to", text)
            export.write(rows, "reported_at", "")
            moved.extend(export.text.loc[rows, "incident_id"])
        count.add(name, "repair", moved)
