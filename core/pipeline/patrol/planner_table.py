"""The table ``dosage``: what was delivered by day and cell, as the caps of later plans count it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evenbeat.core.store.delivered import keep_delivered

if TYPE_CHECKING:
    from evenbeat.core.pipeline.patrol.days import DayStore
    from evenbeat.core.store.workspace import Workspace


def update_planner_table(workspace: Workspace, store: DayStore, dates: Sequence[dt.date]) -> None:
    """Bring the table ``dosage`` up to date: minutes by day and cell, what caps count.

    A measured day without any patrol has a row in no cell, so that it is known to be empty.
    """
    table = workspace.table("dosage")
    former = table.read() if table.exists else None
    fresh = [part for date in dates if (part := _patrol_rows(store, date)) is not None]
    if former is not None:
        changed = pd.DatetimeIndex([pd.Timestamp(date) for date in dates])
        fresh.append(former[~former["service_date"].isin(changed)])
    if fresh:
        whole = pd.concat(fresh, ignore_index=True)
        order = ["service_date", "row", "column"]
        table.write(whole.sort_values(order, kind="stable").reset_index(drop=True))
        keep_delivered(table)


def _patrol_rows(store: DayStore, date: dt.date) -> pd.DataFrame | None:
    patrol = store.patrol(date)
    if patrol is None:
        return None
    if patrol.empty:
        patrol = pd.DataFrame({"row": [-1], "column": [-1], "minutes": [0.0]})
    return pd.DataFrame({
        "service_date": pd.Timestamp(date).as_unit("us"),
        "row": patrol["row"].astype(np.int32), "column": patrol["column"].astype(np.int32),
        "minutes": patrol["minutes"].astype(np.float32),
    })  # fmt: skip
