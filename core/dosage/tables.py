"""The tables of a measured day: every column declared once, with its type, unit and meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from evenbeat.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "real", "count", "flag"]
OUTCOMES = ("visited", "partly_visited", "not_visited")
"""What became of an assignment, by the minutes and visits that it was given."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name
        Its name; a unit stands in it (``_minutes``, ``_s``).
    kind
        ``text`` (empty where unknown), ``real`` (NaN where unknown), ``count`` or ``flag``.
    meaning
        What it says, for people.
    """

    name: str
    kind: Kind
    meaning: str


@dataclass(frozen=True, slots=True)
class PatrolTable:
    """The declaration of one table of a measured day."""

    name: str
    text: str
    columns: tuple[Column, ...]

    def frame(self, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
        """Return rows as a table with all declared columns in their order, and no others.

        Raises
        ------
        InputError
            A row lacks a column or has another one.
        """
        import pandas as pd

        names = [column.name for column in self.columns]
        for row in rows:
            if set(row) != set(names):
                odd = sorted(set(row) ^ set(names))
                raise InputError(f"A row of {self.name} must have {names}; these differ: {odd}.")
        table = pd.DataFrame(list(rows), columns=names)
        return self.typed(table)

    def typed(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the declared columns in their declared types.

        Raises
        ------
        InputError
            A column is missing.
        """
        missing = [column.name for column in self.columns if column.name not in table]
        if missing:
            raise InputError(f"The table {self.name} lacks {', '.join(missing)}.")
        types = {"text": "str", "real": "float64", "count": "int64", "flag": "bool"}
        named: pd.DataFrame = table[[column.name for column in self.columns]]
        typed: pd.DataFrame = named.astype(
            {column.name: types[column.kind] for column in self.columns}
        )
        return typed.reset_index(drop=True)


def _text(name: str, meaning: str) -> Column:
    return Column(name, "text", meaning)


def _real(name: str, meaning: str) -> Column:
    return Column(name, "real", meaning)


def _count(name: str, meaning: str) -> Column:
    return Column(name, "count", meaning)


_WHEN = (
    _text("service_date", "day of service, YYYY-MM-DD"),
    _text("shift", "name of the shift"),
)

DELIVERED = PatrolTable(
    "delivered",
    "One row for each assignment that stood at the end of its day: planned against delivered.",
    (
        _text("assignment_id", "the assignment"), *_WHEN,
        _real("shift_start_s", "start of the shift, seconds since 1970 UTC"),
        _real("shift_end_s", "end of the shift, seconds since 1970 UTC"),
        _text("district_id", "district of the box"),
        _text("neighbourhood", "neighbourhood of the box; empty outside all"),
        _text("unit", "unit that was to go there, under its pseudonym; empty without a roster"),
        _text("state", "proposed or approved, as it was at the end of the shift"),
        _text("chosen_by", "lottery, exploration, greedy, optimal, custom or reviewer"),
        _text("dominant_type", "crime type with the largest share of the priority"),
        _text("tactics", "names of the tactics of the briefing, joined by '; '"),
        _count("row", "row of the first cell"), _count("column", "column of the first cell"),
        _real("easting", "middle of the box, CRS units"),
        _real("northing", "middle of the box, CRS units"),
        _real("expected_total", "expected incidents of all modelled types in the box and shift"),
        _real("priority", "priority of the box"),
        _count("planned_visits", "visits planned"),
        _real("planned_minutes", "minutes planned"),
        _real("cap_minutes", "minutes of the shift that the caps allowed"),
        _real(
            "presence_minutes", "minutes with at least one unit in the box that was not on an "
            "incident",
        ),
        _real("unit_minutes", "the same, summed over units"),
        _real("officer_minutes", "unit minutes multiplied by crew"),
        _real("directed_minutes", "minutes of logged activities in the box"),
        _count("visits", "visits of at least the shortest visit; -1 where pings are too seldom"),
        _count("units_seen", "different units that visited"),
        _real("first_arrive_s", "first arrival, seconds since 1970 UTC; NaN without"),
        _real("last_leave_s", "last departure, seconds since 1970 UTC; NaN without"),
        _real("longest_visit_minutes", "longest visit; 0 without"),
        _real("gap_minutes", "mean time from one visit to the next; NaN with fewer than two"),
        _real("over_minutes", "presence minutes above cap_minutes; 0 within the cap"),
        _text("outcome", "visited, partly_visited or not_visited"),
        _text("reason", "why it was not or only partly visited, as far as the data tell; or empty"),
    ),
)  # fmt: skip

VISITS_SEEN = PatrolTable(
    "visits",
    "One row for each visit of a unit to an assigned box in its shift.",
    (
        _text("assignment_id", "the assignment"), *_WHEN,
        _text("unit", "pseudonym of the unit"),
        _real("arrive_s", "arrival, seconds since 1970 UTC"),
        _real("leave_s", "departure, seconds since 1970 UTC"),
        _real("minutes", "time inside; less than the span where absences were merged"),
        _real("crew", "officers on arrival"),
        _text("tactic", "tactic of the logged activity at that time; empty without one"),
    ),
)  # fmt: skip

TIMELINE = PatrolTable(
    "timeline",
    "What each unit did from when to when; intervals of one unit follow each other.",
    (
        *_WHEN,
        _text("unit", "pseudonym of the unit"),
        _real("start_s", "start, seconds since 1970 UTC"),
        _real("end_s", "end, seconds since 1970 UTC"),
        _text("state", "stationary, slow, transit or unknown"),
        Column("committed", "flag", "whether the unit was on an incident"),
        _text("assignment_id", "assigned box that it visited; empty elsewhere"),
    ),
)  # fmt: skip

TRACKS = PatrolTable(
    "tracks",
    "Positions of units for maps, thinned to what a map shows.",
    (
        *_WHEN,
        _text("unit", "pseudonym of the unit"),
        _real("time_s", "seconds since 1970 UTC"),
        _real("easting", "CRS units"), _real("northing", "CRS units"),
        _text("state", "from here on: stationary, slow, transit, unknown or off_duty"),
    ),
)  # fmt: skip

UNITS = PatrolTable(
    "units",
    "One row for each unit and shift: minutes on duty by what it did.",
    (
        *_WHEN,
        _text("unit", "pseudonym of the unit"),
        _text("district_id", "district in which it was longest"),
        _count("pings", "pings kept"),
        _real("crew", "officers, on average"),
        _real("median_interval_s", "median time between two pings; NaN where unknown"),
        _real("on_duty_minutes", "all minutes on duty in the shift"),
        _real("unknown_minutes", "of these: between pings further apart than the gap cap"),
        _real("outside_minutes", "of these: outside the jurisdiction"),
        _real("at_base_minutes", "of these: standing at a fixed site, such as a station"),
        _real("committed_minutes", "known minutes on an incident"),
        _real("uncommitted_minutes", "known minutes not on an incident"),
        _real("engaged_minutes", "known minutes standing or in slow patrol"),
        _real("in_boxes_minutes", "minutes in assigned boxes"),
        _real("directed_minutes", "minutes of logged activities"),
    ),
)  # fmt: skip

ACTIVITIES = PatrolTable(
    "activities",
    "Directed patrols as officers logged them, joined to assignments.",
    (
        _text("activity_id", "its identifier"), *_WHEN,
        _text("unit", "pseudonym of the unit"),
        _count("officers", "number of officers"),
        _text("assignment_id", "assignment named, or found by place and time; empty without one"),
        _text("district_id", "district of that assignment; empty without one"),
        _text("dominant_type", "crime type of that assignment; empty without one"),
        _text("tactic", "name of the tactic"),
        Column("enforcement", "flag", "whether the tactic uses police powers against someone"),
        _real("started_s", "seconds since 1970 UTC"),
        _real("ended_s", "seconds since 1970 UTC"),
        _real("minutes", "time between both, within the shift"),
        _text("note", "free text, without personal data"),
    ),
)  # fmt: skip

OFFICERS = PatrolTable(
    "officers",
    "Who took part in which activity. Role-gated: never in tiles, exports or other reports.",
    (
        _text("activity_id", "the activity"), *_WHEN,
        _text("officer", "identifier of the officer as the agency gave it"),
        _text("unit", "pseudonym of the unit"),
        _text("tactic", "name of the tactic"),
        Column("enforcement", "flag", "whether the tactic uses police powers against someone"),
        _text("assignment_id", "assignment; empty without one"),
        _real("minutes", "minutes of the activity"),
    ),
)  # fmt: skip

DECLARED_TABLES: dict[str, PatrolTable] = {
    table.name: table
    for table in (DELIVERED, VISITS_SEEN, TIMELINE, TRACKS, UNITS, ACTIVITIES, OFFICERS)
}
