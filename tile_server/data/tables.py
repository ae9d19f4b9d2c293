"""Figures as tables for spreadsheets (RFC 4180)."""

from __future__ import annotations

import csv
import io
from typing import Any

_COLUMNS = ("layer", "date", "shift", "start_local", "end_local", "value", "units", "area_share",
            "version")  # fmt: skip
_MINUTES = 16  # letters of 2017-01-03T21:00


def series_table(series: dict[str, Any]) -> bytes:
    """Return a series as CSV, a row a shift.

    Times are as the agency's clocks show, without an offset, which spreadsheets cannot read. An
    empty value is a place outside of the raster; an empty share is a cell in none of the classes.

    Parameters
    ----------
    series
        The document of a series.
    """
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for one in series["values"]:
        start, end = (one[name][:_MINUTES].replace("T", " ") for name in ("start", "end"))
        table.writerow([series["layer"], one["date"], one["shift"], start, end, one["value"],
                        series["units"], one["area_share"], one["version"]])  # fmt: skip
    return text.getvalue().encode()
