"""The description of what a workspace holds: numbers, and one self-contained page with plots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.ingest.reasons import in_words
from evenbeat.core.policy.columns import INCIDENT_COLUMNS
from evenbeat.core.policy.susceptibility import LIMIT
from evenbeat.core.progress import Progress, silent
from evenbeat.core.reports.description_facts import (
    BY_CHANCE,
    describe_incidents,
    describe_reports,
)
from evenbeat.core.reports.description_figures import (
    heaping_figure,
    map_figure,
    months_figure,
    week_figure,
    windows_figure,
)
from evenbeat.core.reports.description_findings import list_findings
from evenbeat.core.reports.page import render_page
from evenbeat.core.store.files import replacing_file

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from markupsafe import Markup
    from pandas import DataFrame

_ROLES = ("incidents", "gunfire", "places", "events", "weather", "districts", "boundary")
_MANY_MONTHS = 18
_FIGURES = {
    "months": "the months", "map": "the map", "week": "the week", "heaping": "heaped hours",
    "windows": "windows of time",
}  # fmt: skip


def summarize(
    *, incidents: DataFrame, timezone: str, reports: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return what the store holds as values for JSON.

    Parameters
    ----------
    incidents
        The INCIDENTS table.
    timezone
        IANA zone in which days and hours are counted.
    reports
        Accounts of the ingested files, as `IngestReport.to_dict` gives them.

    Returns
    -------
    Counts by type, month, source, source kind and geocode quality; completeness by column; heaping,
    windows and reporting lag by type; the most used positions; sums of rows kept, dropped and
    mended; and findings in words.
    """
    facts = describe_incidents(incidents, timezone)
    return {
        **facts,
        "ingested": describe_reports(reports),
        "findings": list_findings(facts, reports),
    }


def write_description(
    path: Path,
    *,
    incidents: DataFrame,
    timezone: str,
    reports: list[dict[str, Any]],
    districts: GeoDataFrame,
    progress: Progress = silent,
) -> Path:
    """Write the description as one HTML file that needs nothing else; return its path.

    The same tables give the same bytes.

    Parameters
    ----------
    path
        Where to write.
    incidents, timezone, reports
        As for `summarize`.
    districts
        The DISTRICTS table, in the CRS of the incidents.
    progress
        Told of each figure.
    """
    progress("counting", 0.0)
    facts = summarize(incidents=incidents, timezone=timezone, reports=reports)
    figures: dict[str, Markup] = {}
    if len(incidents):
        drawing: dict[str, Callable[[], Markup]] = {
            "months": lambda: months_figure(facts),
            "map": lambda: map_figure(incidents, districts),
            "week": lambda: week_figure(incidents, timezone),
            "heaping": lambda: heaping_figure(facts),
        }
        if any(told["shares"]["exact"] < 1 for told in facts["windows"].values()):
            drawing["windows"] = lambda: windows_figure(facts)
        for number, (name, draw) in enumerate(drawing.items()):
            progress(f"drawing {_FIGURES[name]}", 0.3 + 0.6 * number / len(drawing))
            figures[name] = draw()
    progress("writing the page", 0.9)
    page = render_page(
        "description.html", facts=facts, figures=figures, periods=_periods(facts),
        reports=_in_reading_order(reports), meanings=INCIDENT_COLUMNS, by_chance=BY_CHANCE,
        limit=LIMIT, reason_in_words=in_words,
    )  # fmt: skip
    with replacing_file(Path(path)) as temporary:
        temporary.write_bytes(page.encode("utf-8"))
    return Path(path)


def _periods(facts: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Return the counts of each type by month, or by year when there are many months."""
    by_month: dict[str, dict[str, int]] = facts["counts_by_month"]
    months = sorted({month for counts in by_month.values() for month in counts})
    if len(months) <= _MANY_MONTHS:
        return by_month
    years = sorted({month[:4] for month in months})
    return {
        kind: {
            year: sum(count for month, count in counts.items() if month.startswith(year))
            for year in years
        }
        for kind, counts in by_month.items()
    }


def _in_reading_order(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def place(report: dict[str, Any]) -> tuple[int, str]:
        role = report["role"]
        return (_ROLES.index(role) if role in _ROLES else len(_ROLES), str(report.get("file", "")))

    return sorted(reports, key=place)
