"""A day's briefing as data for a layout: one GeoPackage, and every text of every page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.pipeline.brief import briefing_inputs
from evenbeat.core.pipeline.context import run_of
from evenbeat.core.pipeline.plan import day_priority
from evenbeat.core.pipeline.standing import standing_boxes
from evenbeat.core.pipeline.views.folder import view_folder
from evenbeat.core.pipeline.views.surfaces import PRIORITY_LAYER, Raster, run_rasters
from evenbeat.core.reports.briefing_edition import Edition, edition_of
from evenbeat.core.reports.briefing_facts import MAPPED_TYPES
from evenbeat.core.reports.briefing_pages import class_legend, natural_order, page_words
from evenbeat.core.reports.page import words
from evenbeat.core.store.vectors import write_geopackage

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from evenbeat.core.pipeline.context import Context

NO_FORECAST_OF_CRIMES = (
    "The map shows where more incidents than elsewhere are to be expected. In about 99 of 100 "
    "box-shifts nothing happens. It says nothing about any person, and is no ground to stop, "
    "search or suspect anybody."
)
LAYERS = ("pages", "boxes", "incidents", "events", "districts", "streets", "places")
_LINES = "\n"


@dataclass(frozen=True)
class BriefingData:
    """Everything that a layout of a day needs.

    Parameters
    ----------
    path
        GeoPackage 1.2 with `LAYERS`; ``pages`` is the coverage of an atlas, a district and shift.
    rasters
        The priority of each shift.
    pages
        Of each page: district, shift, cards of the boxes, tactics, tours, events, notes.
    head
        What stands on every page: agency, date, weather, freshness, run, log head, cut-off.
    legend
        Colour and words of the classes of priority.
    """

    date: dt.date
    run_id: str
    path: Path
    rasters: tuple[Raster, ...]
    pages: tuple[dict[str, Any], ...]
    head: dict[str, Any]
    legend: tuple[dict[str, str], ...]
    statement: str


def briefing_data(
    context: Context, date: dt.date, *, out: Path | None = None
) -> BriefingData:  # fmt: skip
    """Write what a layout of a day needs: the boxes that stand after review, with all texts.

    Raises
    ------
    WorkspaceError
        The day has no plan yet.
    """
    workspace = context.workspace
    run_id, folder = run_of(workspace, date)
    standing = standing_boxes(workspace, date)
    context.progress("gathering the briefing", 0.0)
    risk, priority = day_priority(workspace, folder)
    edition = edition_of(
        crime_types=[str(name) for name in risk["crime_type"].values],
        priority=priority,
        **briefing_inputs(context, date, run_id, folder, standing, standing.log_head),
    )
    ids = edition.surroundings.ids
    order = sorted(range(len(ids)), key=lambda index: natural_order(ids[index]))
    pages = [
        {**_without_head(page_words(edition, index, shift), edition),
         "district_id": ids[index], "shift_start": shift.start, "shift_end": shift.end}
        for shift in edition.shifts for index in order
    ]  # fmt: skip
    target = view_folder(workspace, out)
    path = target / f"{run_id}-briefing.gpkg"
    context.progress("writing the layers", 0.5)
    boxes = standing.table(workspace)
    write_geopackage(path, {
        "pages": _pages_layer(edition, pages, order), "boxes": _boxes_layer(boxes, pages),
        "incidents": _incidents_layer(edition), "events": _events_layer(edition),
        "districts": _districts_layer(edition), "streets": _streets_layer(edition),
        "places": _places_layer(edition),
    }, when=context.now(), metadata={"run_id": run_id})  # fmt: skip
    rasters = run_rasters(context, date, run_id=run_id, layers=[PRIORITY_LAYER], out=out)
    return BriefingData(
        date, run_id, path, tuple(rasters), tuple(pages),
        {**edition.head, "feet": edition.feet}, tuple(class_legend()), NO_FORECAST_OF_CRIMES,
    )  # fmt: skip


def _without_head(page: dict[str, Any], edition: Edition) -> dict[str, Any]:
    return {name: value for name, value in page.items() if name not in edition.head}


def _pages_layer(
    edition: Edition, pages: list[dict[str, Any]], order: list[int]
) -> GeoDataFrame:  # fmt: skip
    """Return the coverage of an atlas: a row a page, with the district's outline."""
    import geopandas

    outlines = [edition.surroundings.outlines[index] for index in order]
    rows = [
        {
            "page": number, "district_id": page["district_id"], "district": page["district"],
            "shift": page["shift"], "span": page["span"], "boxes": len(page["boxes"]),
            "minutes": page["minutes"], "odd_hours": page["odd_hours"],
            "unreviewed": page["unreviewed"] or "", "notes": _LINES.join(page["notes"]),
            "events": _LINES.join(page["events"]), "tactics": _tactics(page["tactics"]),
            "tours": _tours(page["tours"]), "odds": page["all_boxes_odds"],
            "quiet": page["quiet_shifts"] or "",
        }
        for number, page in enumerate(pages, start=1)
    ]  # fmt: skip
    made: GeoDataFrame = geopandas.GeoDataFrame(
        rows, geometry=outlines * len(edition.shifts), crs=edition.grid.crs
    )
    return made


def _boxes_layer(boxes: GeoDataFrame, pages: list[dict[str, Any]]) -> GeoDataFrame:
    """Return the boxes with the words of their cards."""
    cards = {card["id"]: card for page in pages for card in page["boxes"]}
    found = [cards[name] for name in boxes["assignment_id"]]
    # The raw answer names places held out; its words below do not.
    return boxes.drop(columns="instead").assign(
        headline=[card["headline"] for card in found],
        dose=[card["dose"] for card in found],
        place_among=[card["place_among"] for card in found],
        odds=[card["total_odds"] for card in found],
        position=[card["position"] for card in found],
        why_words=[_LINES.join(card["why"]) for card in found],
        chosen_words=[card["chosen"] or "" for card in found],
        recent_words=[_LINES.join(_recent(card)) for card in found],
        places_words=[", ".join(card["places"]) for card in found],
        instead_words=[card["instead"] or "" for card in found],
        parts_words=[
            ", ".join(f"{one['type']} {one['text']}" for one in card["parts"]) for card in found
        ],
        expected_words=[
            f"{card['dominant']} {card['dominant_odds']}; all types {card['total_odds']}"
            for card in found
        ],
        is_proposed=[card["proposed"] for card in found],
    )


def _incidents_layer(edition: Edition) -> GeoDataFrame:
    """Return the recent incidents of the types that may be drawn where they occurred."""
    import geopandas
    import numpy as np
    import pandas as pd

    recent = edition.recent.within(np.isin(edition.recent.crime_type.astype(str), MAPPED_TYPES))
    table = pd.DataFrame({
        "crime_type": recent.crime_type.astype(str),
        "title": [words(str(name)) for name in recent.crime_type],
        "date": [str(day) for day in recent.local_date],
    })  # fmt: skip
    made: GeoDataFrame = geopandas.GeoDataFrame(
        table, geometry=geopandas.points_from_xy(recent.easting, recent.northing),
        crs=edition.grid.crs,
    )  # fmt: skip
    return made


def _events_layer(edition: Edition) -> GeoDataFrame:
    import geopandas
    import pandas as pd

    found = [
        during[["event_id", "category", "line", "geometry"]].assign(shift=name)
        for name, during in edition.events.items() if during is not None
    ]  # fmt: skip
    if not found:
        columns = ["event_id", "category", "line", "shift"]
        empty: GeoDataFrame = geopandas.GeoDataFrame(
            pd.DataFrame({name: pd.Series(dtype=str) for name in columns}), geometry=[],
            crs=edition.grid.crs,
        )  # fmt: skip
        return empty
    made: GeoDataFrame = geopandas.GeoDataFrame(
        pd.concat(found, ignore_index=True), crs=edition.grid.crs
    )
    return made


def _districts_layer(edition: Edition) -> GeoDataFrame:
    import geopandas

    around = edition.surroundings
    made: GeoDataFrame = geopandas.GeoDataFrame(
        {"district_id": list(around.ids), "name": [edition.names[name] for name in around.ids]},
        geometry=list(around.outlines),
        crs=edition.grid.crs,
    )
    return made


def _streets_layer(edition: Edition) -> GeoDataFrame:
    import geopandas

    made: GeoDataFrame = geopandas.GeoDataFrame(
        geometry=list(edition.surroundings.streets.shapes), crs=edition.grid.crs
    )
    return made


def _places_layer(edition: Edition) -> GeoDataFrame:
    """Return the places that are points, for the maps of single boxes."""
    import geopandas

    made: GeoDataFrame = geopandas.GeoDataFrame(
        geometry=list(edition.surroundings.points.shapes), crs=edition.grid.crs
    )
    return made


def _tours(tours: list[dict[str, Any]]) -> str:
    """Return the suggested order of visits, a line a unit."""
    return _LINES.join(
        f"Unit {tour['unit']}: "
        + ", ".join(f"{stop['time']} box {stop['box']}" for stop in tour["stops"])
        for tour in tours
    )


def _tactics(groups: list[dict[str, Any]]) -> str:
    """Return the tactics in lines: which boxes a list is for, then what to do there."""
    lines: list[str] = []
    for group in groups:
        boxes = ", ".join(map(str, group["boxes"]))
        title = ", ".join(group["types"]).capitalize()
        lines.append(f"{title}: box{'es' if len(group['boxes']) > 1 else ''} {boxes}")
        for tactic in group["tactics"]:
            powers = " (uses police powers)" if tactic["enforcement"] else ""
            lines.append(f"• {tactic['name']}. {tactic['text']}{powers}")
    return _LINES.join(lines)


def _recent(card: dict[str, Any]) -> list[str]:
    return [f"{line['count']} {line['type']}: {line['dates']}" for line in card["recent"]]
