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
from evenbeat.core.reports.accounts.edition import Edition
from evenbeat.core.store.database import PlanRecord, plans_between

if TYPE_CHECKING:
    import pandas as pd

    from evenbeat.core.store.workspace import Workspace

TITLES = {
    "shift": "Shift report", "tactic": "Tactic report", "officer": "Officer report",
    "unit": "Unit report", "crime-type": "Crime type report",
    "crime-dosage": "Crime and dosage report",
}  # fmt: skip


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
        if not any(chosen_first <= date <= chosen_last for date in known):
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
        """Return the measured days of the period."""
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
    def plans(self) -> list[PlanRecord]:
        """Return the plans that count: of each day the newest."""
        with self.workspace.database.reading() as connection:
            every = plans_between(connection, self.first, self.last)
        superseded = {plan.supersedes for plan in every}
        return [plan for plan in every if plan.plan_id not in superseded]

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
            delivered=int(seen.sum()),
            run_ids=tuple(sorted({plan.run_id for plan in self.plans})),
            notes=(*self._notes(), *notes), log_head=log_head,
        )  # fmt: skip

    def _notes(self) -> tuple[str, ...]:
        notes = []
        if self.missing:
            notes.append(
                f"{self.missing} of {(self.last - self.first).days + 1} days were not measured; "
                "nothing is told of them."
            )
        seldom = sum(not facts["visits_counted"] for facts in self.facts)
        if seldom:
            notes.append(
                f"On {seldom} days pings came too seldom to count visits; minutes are told."
            )
        interval = self._interval_s()
        if np.isfinite(interval):
            speed = self.workspace.settings.dosage.slow_kmh
            size = self.workspace.settings.grid.cell_size * self._metres_per_unit
            share = share_of_crossings_seen(size, speed, interval)
            if share < 1.0:
                notes.append(
                    f"From pings every {interval:.0f} s, about {share * 100:.0f} % of straight "
                    f"drives through a cell at {speed:.0f} km/h leave a ping in it; minutes are "
                    "counted along the way between pings."
                )
        return tuple(notes)

    def _interval_s(self) -> float:
        """Return the median of the days' median intervals between pings."""
        known = [
            facts["median_interval_s"] for facts in self.facts
            if facts["median_interval_s"] is not None
        ]  # fmt: skip
        return float(np.median(known)) if known else float("nan")

    @cached_property
    def _metres_per_unit(self) -> float:
        return self.workspace.grid().metres_per_unit
