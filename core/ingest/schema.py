"""The table of incidents: its columns, their types and its order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

INCIDENT_DTYPES: Mapping[str, str] = MappingProxyType(
    {
        "source": "str",
        "incident_id": "str",
        "crime_type": "str",
        "class_code": "str",
        "occurred_from": "datetime64[us, UTC]",
        "occurred_to": "datetime64[us, UTC]",
        "reported_at": "datetime64[us, UTC]",
        "last_updated": "datetime64[us, UTC]",
        "easting": "float64",
        "northing": "float64",
        "source_kind": "str",
        "weight": "float32",
        "geocode_quality": "str",
    }
)
"""Column to dtype, in order."""


def empty_incidents() -> pd.DataFrame:
    """Return a table of no incidents."""
    return pd.DataFrame(
        {name: pd.Series([], dtype=dtype) for name, dtype in INCIDENT_DTYPES.items()}
    )


def conform(incidents: pd.DataFrame) -> pd.DataFrame:
    """Return incidents with the table's columns, types and order.

    The order is ``occurred_from``, ``source``, ``incident_id``; any other column is left out.
    """
    table = incidents[list(INCIDENT_DTYPES)]
    wrong = {
        name: dtype for name, dtype in INCIDENT_DTYPES.items() if str(table[name].dtype) != dtype
    }
    if wrong:
        table = table.astype(wrong)
    return table.iloc[_order(table)].reset_index(drop=True)


def _order(table: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the order of the rows; identifiers are compared only where times are equal."""
    times = table["occurred_from"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    tied = np.zeros(len(order), bool)
    if len(order) > 1:
        equal = ordered[1:] == ordered[:-1]
        tied[1:] |= equal
        tied[:-1] |= equal
    places = np.flatnonzero(tied)
    if places.size:
        rows = table.iloc[order[places]][["source", "incident_id"]]
        rows = rows.assign(time=ordered[places], row=order[places])
        order[places] = rows.sort_values(["time", "source", "incident_id"], kind="stable")["row"]
    return order
