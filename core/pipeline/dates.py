"""Which day an operation is about where nobody said."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context

_STALE_DAYS = 14


def default_date(context: Context, date: dt.date | None) -> tuple[dt.date, str | None]:
    """Return the date given, else today; where the data end long before, the day after them.

    Returns
    -------
    The date, and a sentence for people where it is not what they would expect.
    """
    if date is not None:
        return date, None
    workspace = context.workspace
    zone = workspace.calendar.zone
    today = context.now().astimezone(zone).date()
    stored = workspace.read_optional("incidents")
    if stored is None or stored.empty:
        return today, None
    newest: dt.date = stored["occurred_from"].max().tz_convert(zone).date()
    if (today - newest).days <= _STALE_DAYS:
        return today, None
    following = newest + dt.timedelta(days=1)
    return following, f"The newest incident is of {newest}, so this is about {following}."
