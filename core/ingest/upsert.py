"""New rows into stored ones: by source and identifier, the newest version wins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.ingest.schema import INCIDENT_DTYPES, conform, empty_incidents

_KEY = ("source", "incident_id")
# Weights follow from all files together, so they tell no version of a row from another.
_CONTENT = tuple(name for name in INCIDENT_DTYPES if name not in (*_KEY, "weight"))
_BETWEEN = "\x1f"


@dataclass(frozen=True)
class UpsertCounts:
    """What an upsert did with the incoming rows, and how many stored rows it withdrew."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0
    withdrawn: int = 0


def upsert_incidents(
    stored: pd.DataFrame | None, incoming: pd.DataFrame, withdrawn: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, UpsertCounts]:
    """Merge incidents into the stored ones.

    Of two rows with the same ``source`` and ``incident_id`` the one with the newer
    ``last_updated`` stays; an unknown one is the oldest, and of equal ones the incoming row stays.
    The same rows twice change nothing.

    Parameters
    ----------
    stored
        Incidents of the store, or None.
    incoming
        Incidents of one file, as `read_incidents` returns them.
    withdrawn
        ``source``, ``incident_id`` and ``last_updated`` of rows that a file holds but that may not
        be kept any more (`IngestReport.withdrawn`), such as records that were reclassified or
        moved out of the jurisdiction. Stored rows that are not newer are removed.

    Returns
    -------
    The merged incidents, sorted by ``occurred_from``, ``source`` and ``incident_id``; and counts.
    """
    before = empty_incidents() if stored is None else stored
    remaining = _without(before, withdrawn)
    match = _positions(remaining, incoming)
    found = match >= 0
    wins, same = np.zeros(len(incoming), bool), np.zeros(len(incoming), bool)
    if found.any():
        mine, theirs = incoming[found], remaining.iloc[match[found]]
        wins[found] = _versions(mine) >= _versions(theirs)
        same[found] = _equal(mine, theirs)
    replaced = found & wins & ~same
    kept = np.ones(len(remaining), bool)
    kept[match[replaced]] = False
    parts = [remaining[kept], incoming[~found | replaced]]
    merged = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return conform(merged), UpsertCounts(
        new=int((~found).sum()),
        updated=int(replaced.sum()),
        unchanged=int(same.sum()),
        older=int((found & ~wins & ~same).sum()),
        withdrawn=len(before) - len(remaining),
    )


def _without(stored: pd.DataFrame, withdrawn: pd.DataFrame | None) -> pd.DataFrame:
    if withdrawn is None or withdrawn.empty or stored.empty:
        return stored
    match = _positions(withdrawn, stored)
    found = match >= 0
    gone = np.zeros(len(stored), bool)
    theirs = withdrawn.iloc[match[found]]
    gone[found] = _versions(theirs) >= _versions(stored[found])
    return stored[~gone]


def _keys(table: pd.DataFrame) -> pd.Index:
    return pd.Index(table["source"].astype("str") + _BETWEEN + table["incident_id"].astype("str"))


def _positions(table: pd.DataFrame, wanted: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Return the row of ``table`` with the key of each wanted row, -1 where there is none."""
    if table.empty or wanted.empty:
        return np.full(len(wanted), -1, dtype=np.intp)
    return np.asarray(_keys(table).get_indexer(_keys(wanted)))


def _versions(table: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return versions that compare, an unknown one as the oldest."""
    # NaT is the smallest integer, which is just what is wanted.
    return table["last_updated"].to_numpy(dtype="datetime64[us]").astype(np.int64)


def _equal(mine: pd.DataFrame, theirs: pd.DataFrame) -> npt.NDArray[np.bool_]:
    equal = np.ones(len(mine), bool)
    for name in _CONTENT:
        one = mine[name].reset_index(drop=True)
        other = theirs[name].reset_index(drop=True).astype(one.dtype)
        equal &= ((one == other) | (one.isna() & other.isna())).to_numpy(bool)
    return equal
