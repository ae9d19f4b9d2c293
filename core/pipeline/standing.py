"""The boxes of a day as they stand after review: what is briefed and what is published."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evenbeat.core.pipeline.plan_records import to_table
from evenbeat.core.store.database import CurrentAssignment, current_assignments, visits_of
from evenbeat.core.store.files import fingerprint

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from evenbeat.core.store.workspace import Workspace

STANDING = ("proposed", "approved")


@dataclass(frozen=True)
class Standing:
    """The boxes of a day that stand, and what tells one state of review from another.

    Parameters
    ----------
    boxes
        Proposed and approved ones of the newest plan, in order of shift, district and rank.
    fingerprint
        Of every box of the day with its state and version.
    visits
        Assignment id -> (unit, start) of each planned visit.
    log_head
        Number and hash of the newest log entry, in words; empty where there is none.
    """

    boxes: tuple[CurrentAssignment, ...]
    fingerprint: str
    visits: dict[str, list[tuple[str, dt.datetime]]]
    log_head: str

    def table(self, workspace: Workspace) -> GeoDataFrame:
        """Return the boxes in the columns of the planning's table, ranked anew."""
        return to_table(
            self.boxes, crime_types=workspace.settings.model.crime_types, crs=workspace.crs
        )


def standing_boxes(workspace: Workspace, date: dt.date) -> Standing:
    """Return the boxes of a day as they stand now."""
    visits: dict[str, list[tuple[str, dt.datetime]]] = {}
    with workspace.database.reading() as connection:
        every = current_assignments(connection, first=date, last=date, superseded=False)
        standing = tuple(box for box in every if box.state in STANDING)
        for visit in visits_of(connection, [box.assignment.assignment_id for box in standing]):
            visits.setdefault(visit.assignment_id, []).append((visit.unit or "", visit.starts_at))
    head = workspace.audit.head()
    states = {box.assignment.assignment_id: f"{box.state}/{box.version}" for box in every}
    return Standing(
        standing, fingerprint(states), visits,
        f"entry {head.entry}, {head.hash}" if head is not None else "",
    )  # fmt: skip
