"""The facts of each page of a briefing, ready for its template."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely

from evenbeat.core.reports import briefing_facts as facts
from evenbeat.core.reports import maps, wording
from evenbeat.core.reports.briefing_edition import Edition
from evenbeat.core.reports.briefing_maps import DistrictMap, overview_map
from evenbeat.core.reports.briefing_tours import review_words, tours_of
from evenbeat.core.shifts import Shift

_EVENTS_M = 500.0


def page_facts(
    edition: Edition, index: int, shift: Shift, drawn: DistrictMap,
    pages: dict[tuple[str, str], str],
) -> dict[str, Any]:  # fmt: skip
    """Return what the page of one district and shift says, with its map."""
    district_id = edition.surroundings.ids[index]
    rows = edition.rows.get((shift.name, district_id), [])
    marks = [(float(r["easting"]), float(r["northing"]), int(r["rank"])) for r in rows]
    name = edition.names[district_id]
    picture, types, crowded = drawn.draw(
        edition.classes[shift.name], marks,
        alt=f"Map of {name}: priority in classes, {len(rows)} numbered boxes, recent incidents.",
    )  # fmt: skip
    return {
        **page_words(edition, index, shift),
        "map": picture,
        "map_types": types,
        "crowded": crowded,
        "has_streets": drawn.has_streets,
        "has_places": drawn.has_places,
        "classes": class_legend(),
        "other_shifts": [
            (other.name, pages[other.name, district_id])
            for other in edition.shifts if other.name != shift.name
        ],
    }  # fmt: skip


def page_words(edition: Edition, index: int, shift: Shift) -> dict[str, Any]:
    """Return what the page of one district and shift says in words and figures."""
    district_id = edition.surroundings.ids[index]
    rows = edition.rows.get((shift.name, district_id), [])
    cards = [_card(edition, row) for row in rows]
    expected = [float(row["expected_total"]) for row in rows]
    return {
        **edition.head,
        "district": edition.names[district_id],
        "shift": shift.name,
        "span": wording.span(shift.start, shift.end, edition.calendar.zone),
        "odd_hours": _odd_hours(edition, shift),
        "boxes": cards,
        "minutes": sum(float(row["minutes"]) for row in rows),
        "all_boxes_odds": wording.in_shifts(sum(expected)),
        "quiet_shifts": _quiet_shifts(expected),
        "tactics": facts.tactic_groups(rows),
        "tours": tours_of(rows, edition.visits, edition.calendar.zone),
        "unreviewed": review_words(rows),
        "events": _events_of(edition, index, shift, rows),
        "notes": edition.notes.get((shift.name, district_id), [])
        + edition.notes.get((shift.name, ""), []),
    }


def _quiet_shifts(expected: Sequence[float]) -> str | None:
    """Return in how many of 100 shifts a box of a page sees nothing, as the forecast has it."""
    if not expected:
        return None
    quiet = 100.0 * float(np.mean(np.exp(np.negative(expected))))
    return f"about {quiet:.0f}" if quiet < 99.5 else "more than 99"


def _card(edition: Edition, row: dict[str, Any]) -> dict[str, Any]:
    grid, recent = edition.grid, edition.recent
    near = recent.near_square(
        float(row["easting"]), float(row["northing"]), grid.cell_size / 2,
        facts.NEAR_M / grid.metres_per_unit,
    )  # fmt: skip
    key = str(row["assignment_id"])
    return facts.box_card(
        row, position=edition.position[key], recent=recent.within(near),
        places=edition.places.get(key, []),
    )  # fmt: skip


def _events_of(
    edition: Edition, index: int, shift: Shift, rows: Sequence[dict[str, Any]]
) -> list[str]:
    """Return the events of a shift in or near a district, with the nearest box of each."""
    during = edition.events[shift.name]
    if during is None:
        return []
    metres = edition.grid.metres_per_unit
    outline = edition.surroundings.outlines[index]
    lines = []
    for event in during.itertuples():
        if shapely.distance(event.geometry, outline) * metres > _EVENTS_M:
            continue
        line = str(event.line)
        if rows:
            centres = shapely.points([(row["easting"], row["northing"]) for row in rows])
            away = shapely.distance(event.geometry, centres) * metres
            nearest = int(np.argmin(away))
            line += f"; {wording.length(float(away[nearest]), feet=edition.feet)} from box " + str(
                rows[nearest]["rank"]
            )
        lines.append(line)
    return lines


def index_facts(
    edition: Edition, pages: dict[tuple[str, str], str], order: Sequence[int]
) -> dict[str, Any]:
    """Return what the index says; districts in the given order."""
    ids = edition.surroundings.ids
    shifts = []
    for shift in edition.shifts:
        of_shift = [
            row for key, rows in edition.rows.items() if key[0] == shift.name for row in rows
        ]
        marks = [(float(r["easting"]), float(r["northing"]), int(r["rank"])) for r in of_shift]
        links = [
            (pages[shift.name, key],
             f"{edition.names[key]}: {len(edition.rows.get((shift.name, key), []))} boxes")
            for key in ids
        ]  # fmt: skip
        expected = sum(float(row["expected_total"]) for row in of_shift)
        shifts.append({
            "name": shift.name,
            "span": wording.span(shift.start, shift.end, edition.calendar.zone),
            "odd_hours": _odd_hours(edition, shift),
            "boxes": len(of_shift),
            "minutes": sum(float(row["minutes"]) for row in of_shift),
            "expected": expected,
            "map": overview_map(
                edition.surroundings, edition.grid, edition.classes[shift.name], marks, links,
                feet=edition.feet,
                alt=f"Map of {edition.agency.name} on the {shift.name} shift: {len(marks)} boxes.",
            ),
        })  # fmt: skip
    return {
        **edition.head,
        "shifts": shifts,
        "classes": class_legend(),
        "districts": [
            {"name": edition.names[ids[i]],
             "cells": [_cell(edition, shift.name, ids[i], pages) for shift in edition.shifts]}
            for i in order
        ],
        "notes": [line for lines in edition.notes.values() for line in lines],
        "unreviewed": review_words([row for rows in edition.rows.values() for row in rows]),
        "n_cells": edition.grid.n_inside,
        "cell": f"{edition.grid.cell_size_m:g} m",
    }  # fmt: skip


def _cell(
    edition: Edition, shift: str, district_id: str, pages: dict[tuple[str, str], str]
) -> dict[str, Any]:
    rows = edition.rows.get((shift, district_id), [])
    types = dict.fromkeys(str(row["dominant_type"]).replace("_", " ") for row in rows)
    return {"page": pages[shift, district_id], "boxes": len(rows), "types": ", ".join(types)}


def page_names(edition: Edition) -> dict[tuple[str, str], str]:
    """Return a file name per shift and district that no file system mistakes for another."""
    taken: set[str] = {"index.html"}
    names = {}
    for shift in edition.shifts:
        for district_id in edition.surroundings.ids:
            stem = re.sub(r"[^A-Za-z0-9_-]+", "_", district_id)[:60].strip("_") or "district"
            name, count = f"{shift.name}-{stem}.html", 1
            while name.lower() in taken:
                count += 1
                name = f"{shift.name}-{stem}-{count}.html"
            taken.add(name.lower())
            names[shift.name, district_id] = name
    return names


def _odd_hours(edition: Edition, shift: Shift) -> str:
    """Return a remark where a clock change falls into a shift."""
    zone = edition.calendar.zone
    wall = shift.end.astimezone(zone).replace(tzinfo=None) - shift.start.astimezone(zone).replace(
        tzinfo=None
    )
    clock = wall.total_seconds() / 3600.0
    return "" if clock == shift.hours else f"clocks change: the shift has {shift.hours:g} hours"


def class_legend() -> list[dict[str, str]]:
    """Return colour and words of the classes of priority, the highest first."""
    edges = [0.0, *maps.CLASS_SHARES, 1.0]
    rows = []
    for colour, low, high in zip(maps.CLASS_COLOURS, edges[:-1], edges[1:], strict=True):
        text = f"{low * 100:g}–{high * 100:g} %" if low else f"top {high * 100:g} %"
        rows.append({"colour": colour, "text": text if high < 1 else "all the rest"})
    return rows


def natural_order(name: str) -> list[tuple[int, int | str]]:
    """Return a sort key by which 9 comes before 10."""
    parts: Iterable[str] = re.findall(r"\d+|\D+", name)
    return [(0, int(part)) if part.isdigit() else (1, part) for part in parts]
