"""The measured days of a report, and what stands at the top of its page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.dosage.intervals import share_of_crossings_seen
from evenbeat.core.errors import WorkspaceError
from evenbeat.core.pipeline.patrol.days import DayStore, day_store
from evenbeat.core.pipeline.patrol.stood import StoodPlan, fits_grid, stood_plans
from evenbeat.core.reports.accounts.edition import Edition
from evenbeat.core.store.database import PlanRecord, current_assignments

if TYPE_CHECKING:
    import pandas as pd

    from evenbeat.core.grid import Grid
    from evenbeat.core.store.workspace import Workspace

TITLES = {
    "shift": "Shift report", "tactic": "Tactic report", "officer": "Officer report",
    "unit": "Unit report", "crime-type": "Crime type report",
    "crime-dosage": "Crime and dosage report", "equity": "Equity report",
}  # fmt: skip


_LATE_DAYS = 2
"""Days without any incident at the end of a period from which data count as missing. [choice]"""


@dataclass(frozen=True)
class Period:
    """Days of service from the first to the last, both included.

    Parameters
    ----------
    workspace
        Where they were measured.
    """

    workspace: Workspace
    first: dt.date
    last: dt.date

    @classmethod
    def of(
        cls, workspace: Workspace, first: dt.date | None, last: dt.date | None, *, days: int
    ) -> Period:
        """Return the period asked for; by default the last so many measured days.

        Raises
        ------
        WorkspaceError
            No day of it was measured, or it ends before it begins.
        """
        known = day_store(workspace).dates()
        chosen_last = last or max(known, default=None)
        if chosen_last is None:
            raise WorkspaceError(
                "No day was measured yet. Name the vehicle log under [[dosage.sources]] of "
                "evenbeat.toml and run: evenbeat dosage"
            )
        chosen_first = first or max(min(known), chosen_last - dt.timedelta(days=days - 1))
        if chosen_first > chosen_last:
            raise WorkspaceError(
                f"The period ends on {chosen_last}, before it begins on {chosen_first}. Give an "
                "earlier first day."
            )
        inside = [date for date in known if chosen_first <= date <= chosen_last]
        store, grid = day_store(workspace), workspace.grid()
        if inside and not any(_of_grid(store, date, grid) for date in inside):
            raise WorkspaceError(
                f"The days from {chosen_first} to {chosen_last} were measured on other cells than "
                "the workspace has now. Measure them again: evenbeat dosage"
            )
        if not inside:
            raise WorkspaceError(
                f"No day from {chosen_first} to {chosen_last} was measured; measured are "
                f"{known[0]} to {known[-1]}."
            )
        return cls(workspace, chosen_first, chosen_last)

    @cached_property
    def store(self) -> DayStore:
        """Return the measured days of the workspace."""
        return day_store(self.workspace)

    @cached_property
    def dates(self) -> list[dt.date]:
        """Return the days of the period that were measured on the cells of now."""
        return [date for date in self._known if _of_grid(self.store, date, self.grid)]

    @cached_property
    def grid(self) -> Grid:
        """Return the cells that the workspace has now."""
        return self.workspace.grid()

    @cached_property
    def _known(self) -> list[dt.date]:
        return [date for date in self.store.dates() if self.first <= date <= self.last]

    @cached_property
    def missing(self) -> int:
        """Return how many days of the period were not measured."""
        return (self.last - self.first).days + 1 - len(self.dates)

    def table(self, name: str) -> pd.DataFrame:
        """Return a declared table over the period."""
        return self.store.table(name, self.dates)

    @cached_property
    def facts(self) -> list[dict[str, Any]]:
        """Return what each measured day recorded about itself."""
        return [facts for date in self.dates if (facts := self.store.facts(date)) is not None]

    @cached_property
    def stood(self) -> list[StoodPlan]:
        """Return the plans that stood on the days of the period."""
        with self.workspace.database.reading() as connection:
            return stood_plans(self.workspace, connection, self.first, self.last)

    @cached_property
    def plans(self) -> list[PlanRecord]:
        """Return the plans that count: of each day the one that stood when it ended."""
        return [one.plan for one in self.stood]

    @cached_property
    def of_other_cells(self) -> frozenset[str]:
        """Return the plans whose rows and columns are those of other cells than now."""
        found = set()
        with self.workspace.database.reading() as connection:
            for plan in self.plans:
                boxes = current_assignments(connection, plan_id=plan.plan_id)
                if not fits_grid([box.assignment for box in boxes], self.grid):
                    found.add(plan.plan_id)
        return frozenset(found)

    @cached_property
    def incidents(self) -> pd.DataFrame:
        """Return every stored incident; read once for all that a report counts."""
        return self.workspace.table("incidents").read()

    @cached_property
    def newest_incident(self) -> dt.date | None:
        """Return the local day of the newest incident that the workspace holds."""
        known = self.incidents["occurred_from"].dropna()
        if known.empty:
            return None
        found: dt.date = known.max().tz_convert(self.workspace.calendar.zone).date()
        return found

    def edition(
        self, kind: str, *, log_head: str = "", notes: tuple[str, ...] = (),
        shift: str | None = None,
    ) -> Edition:  # fmt: skip
        """Return the header of a report.

        Parameters
        ----------
        kind
            A key of `TITLES`.
        log_head
            Hash of the newest log entry, to be printed.
        notes
            What a reader must know besides.
        shift
            Count this shift alone; all by default.
        """
        totals = [
            one for facts in self.facts for name, one in facts["totals"].items()
            if shift in (None, name)
        ]  # fmt: skip
        elapsed = sum(one["elapsed_minutes"] for one in totals)
        share = {
            name: sum(one[f"{name}_minutes"] for one in totals) / elapsed if elapsed else np.nan
            for name in ("unknown", "outside")
        }
        delivered = self.table("delivered")
        if shift is not None:
            delivered = delivered[delivered["shift"] == shift]
        seen = delivered["outcome"].isin(["visited", "partly_visited"])
        return Edition(
            title=TITLES[kind], agency=self.workspace.settings.agency.name,
            timezone=self.workspace.calendar.timezone, first=self.first, last=self.last,
            freshness=max((facts["newest_ping"] for facts in self.facts), default=""),
            ping_interval_s=self._interval_s(),
            unknown_share=float(share["unknown"]), outside_share=float(share["outside"]),
            issued=len(delivered), approved=int((delivered["state"] == "approved").sum()),
            delivered=int(seen.sum()), visited=int((delivered["outcome"] == "visited").sum()),
            run_ids=tuple(sorted({plan.run_id for plan in self.plans})),
            notes=(*self._notes(), *notes), log_head=log_head,
        )  # fmt: skip

    def _notes(self) -> tuple[str, ...]:
        notes = self._notes_on_plans()
        others = len(self._known) - len(self.dates)
        if others:
            notes.append(
                f"{others} days were measured on other cells and are left out. Measure them again: "
                "evenbeat dosage"
            )
        if self.missing - others > 0:
            notes.append(
                f"{self.missing - others} of {(self.last - self.first).days + 1} days were not "
                "measured; no minutes delivered are told of them."
            )
        seldom = sum(not facts["visits_counted"] for facts in self.facts)
        if seldom:
            notes.append(
                f"On {seldom} days pings came too seldom to count visits; minutes are told."
            )
        interval = self._interval_s()
        if np.isfinite(interval):
            speed = self.workspace.settings.dosage.slow_kmh
            size = self.grid.cell_size_m
            share = share_of_crossings_seen(size, speed, interval)
            if share < 1.0:
                notes.append(
                    f"From pings every {interval:.0f} s, about {share * 100:.0f} % of straight "
                    f"drives through a cell at {speed:.0f} km/h leave a ping in it; minutes are "
                    "counted along the way between pings."
                )
        return tuple(notes)

    def _notes_on_plans(self) -> list[str]:
        """Return what a reader must know of the plans behind the report."""
        late = sum(one.after_the_fact for one in self.stood)
        again = sum(one.drawn_later > 0 for one in self.stood)
        notes = []
        if late:
            notes.append(f"Days whose plan was drawn only after the day, as in training: {late}.")
        if again:
            notes.append(
                f"On {again} days a plan was drawn anew after the day; what stood when it ended "
                "counts."
            )
        return notes

    def crime_notes(self) -> tuple[str, ...]:
        """Return what a reader of reported crime must know: where the data end too early."""
        newest = self.newest_incident
        if newest is not None and (self.last - newest).days <= _LATE_DAYS:
            return ()
        until = f"of {newest}" if newest is not None else "none at all"
        return (
            f"The newest incident in the workspace is {until}: reported crime of the last days is "
            "missing here, so counts and rates are too low. Bring it in: evenbeat ingest",
        )

    def _interval_s(self) -> float:
        """Return the median of the days' median intervals between pings."""
        known = [
            facts["median_interval_s"] for facts in self.facts
            if facts["median_interval_s"] is not None
        ]  # fmt: skip
        return float(np.median(known)) if known else float("nan")


def _of_grid(store: DayStore, date: dt.date, grid: Grid) -> bool:
    """Return whether a day was measured on the cells of a grid."""
    facts = store.facts(date)
    return facts is not None and facts["inputs"]["grid"] == grid.fingerprint
