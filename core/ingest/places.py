"""Places: points, lines and polygons with a category and, where known, dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas
import numpy as np
import pandas as pd

from evenbeat.core.ingest.categories import read_categories
from evenbeat.core.ingest.layer_columns import (
    POSITION,
    Flags,
    Spellings,
    as_text,
    choose_columns,
    examples,
    number_repeated,
    require_no_persons,
    start_report,
)
from evenbeat.core.ingest.layer_geometry import read_shapes, to_workspace
from evenbeat.core.ingest.times import Instants, read_times

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from evenbeat.core.config import SourceSettings
    from evenbeat.core.ingest.formats import RawTable
    from evenbeat.core.ingest.tally import IngestReport

PLACE_COLUMNS: Spellings = {
    "place_id": ("place_id", "id", "fid", "objectid", "stop_id", "license_number", "gid"),
    "category": ("category", "kind", "type", "layer", "facility_type", "fclass", "amenity"),
    "valid_from": ("valid_from", "opened", "opened_on", "open_date", "start_date", "date_from"),
    "valid_to": ("valid_to", "closed", "closed_on", "close_date", "end_date", "date_to"),
    "source": (),
    **POSITION,
}
"""What is read of a file of places, and how files spell it."""


def read_places(
    raw: RawTable,
    *,
    source: SourceSettings,
    crs: str,
    timezone: str,
    boundary: BaseGeometry | None = None,
) -> tuple[geopandas.GeoDataFrame, IngestReport]:
    """Turn a raw table into places.

    Parameters
    ----------
    raw
        The file.
    source
        How to read it; ``category`` holds for the whole file.
    crs
        The workspace's projected CRS.
    timezone
        IANA zone of dates without offset.
    boundary
        The jurisdiction in ``crs``; places up to 1 km outside are kept.

    Returns
    -------
    The PLACES table, and the account of every row. ``dated`` is true where it is known since when
    a place exists.

    Raises
    ------
    InputError
        The file lacks positions, categories or a mapped column.
    PolicyError
        A mapped column speaks of persons, the file is a list of persons, or its category is not on
        the allow-list.
    """
    report = start_report(raw, "places")
    chosen = choose_columns(raw, source, PLACE_COLUMNS, report)
    require_no_persons(raw, source)
    category, listed = read_categories(raw, chosen, source, "place", report)
    found = read_shapes(raw, chosen, source, listed, report)
    shapes, kept = to_workspace(found, crs, boundary, report)
    valid_from, valid_to = _validity(chosen, len(raw), timezone, source.time_format, kept, report)
    ids = as_text(chosen["place_id"]) if "place_id" in chosen else pd.Series([""] * len(raw))
    names = as_text(chosen["source"]) if "source" in chosen else pd.Series([raw.name] * len(raw))
    table = geopandas.GeoDataFrame(
        {
            "place_id": ids.astype("str"),
            "category": pd.Series(category, dtype="str"),
            "valid_from": pd.Series(valid_from).dt.tz_localize("UTC"),
            "valid_to": pd.Series(valid_to).dt.tz_localize("UTC"),
            "dated": ~np.isnat(valid_from),
            "source": names.astype("str"),
        },
        geometry=shapes,
        crs=crs,
    )
    kept &= ~_repeats(table, kept, report)
    table = table[kept].copy()
    table["place_id"] = number_repeated(table["place_id"], raw.name, report)
    table = table.reset_index(drop=True)
    report.rows_kept = len(table)
    report.check_balance()
    return table, report


def _validity(
    chosen: dict[str, pd.Series[Any]],
    size: int,
    timezone: str,
    time_format: str | None,
    kept: Flags,
    report: IngestReport,
) -> tuple[Instants, Instants]:
    """Return since when and until when places exist, NaT where that is unknown."""
    bounds: list[Instants] = []
    for ours in ("valid_from", "valid_to"):
        if ours not in chosen:
            bounds.append(np.full(size, np.datetime64("NaT", "us")))
            continue
        times = read_times(chosen[ours], timezone=timezone, time_format=time_format)
        unread = times.is_unparseable & kept
        report.repair(f"unparseable_{ours}", int(unread.sum()), examples(unread, chosen[ours]))
        bounds.append((times.start if ours == "valid_from" else times.end).copy())
    first, last = bounds
    reversed_rows = kept & (last < first)
    report.repair("reversed_validity", int(reversed_rows.sum()), examples(reversed_rows))
    first[reversed_rows], last[reversed_rows] = last[reversed_rows], first[reversed_rows].copy()
    return first, last


def _repeats(table: geopandas.GeoDataFrame, kept: Flags, report: IngestReport) -> Flags:
    """Return rows that say exactly what an earlier row with the same identifier says."""
    facts = pd.DataFrame(table.drop(columns="geometry")).assign(shape=table.geometry.to_wkb())
    repeated = np.zeros(len(table), dtype=bool)
    repeated[kept] = facts[kept].duplicated().to_numpy()
    repeated &= (table["place_id"] != "").to_numpy()
    report.drop("repeated_row", int(repeated.sum()), examples(repeated))
    return repeated
