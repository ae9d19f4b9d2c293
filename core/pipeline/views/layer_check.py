"""A layer looked at before it becomes a source: what would be kept, dropped, refused, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evenbeat.core.config import SourceSettings
from evenbeat.core.errors import ConfigError, EvenbeatError, GridError, InputError, PolicyError
from evenbeat.core.ingest.formats import RawTable, read_table
from evenbeat.core.ingest.incidents import read_incidents
from evenbeat.core.ingest.report import render_report
from evenbeat.core.ingest.tally import IngestReport
from evenbeat.core.pipeline.ingest import crime_type_table
from evenbeat.core.pipeline.sources import AREA_ROLES, Surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evenbeat.core.pipeline.context import Context

_INCIDENT_ROLES = ("incidents", "gunfire")
_DEGREES = "OGC:CRS84"


@dataclass(frozen=True)
class LayerCheck:
    """How a layer would do in a role.

    Parameters
    ----------
    role, path, name, format, crs
        What was looked at; the CRS is the file's own, None where it says none.
    columns_found
        The columns of the file, in order.
    columns
        Our name -> their column, as they would be read.
    rows_in, rows_kept
        Rows of the file, and rows that would be stored.
    dropped, repaired
        Reason -> rows.
    refused
        What policy refuses in words: classes and categories with their rows, columns about people.
    problems
        Why the layer cannot be used at all; empty where it can.
    bounds, bounds_degrees
        West, south, east, north of what would be stored, in the workspace's CRS and in degrees.
    advice
        What to do about the CRS or the position of the layer; may be empty.
    text
        The whole as lines for people.
    """

    role: str
    path: str
    name: str = ""
    format: str = ""
    crs: str | None = None
    columns_found: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    rows_in: int = 0
    rows_kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    bounds: tuple[float, float, float, float] | None = None
    bounds_degrees: tuple[float, float, float, float] | None = None
    advice: str = ""
    text: str = ""


def check_layer(context: Context, given: Mapping[str, Any]) -> LayerCheck:
    """Look at a layer as an ingest would; nothing is stored.

    Parameters
    ----------
    given
        A ``[[sources]]`` entry: ``role``, ``path`` and what else it may say. A layer of a
        GeoPackage is ``file.gpkg|layername=name``.

    Raises
    ------
    ConfigError
        The entry itself is unusable: an unknown role or key.
    """
    source = _source(given)
    location = source.path
    if "://" not in location:
        location = str(context.workspace.root / source.path)

    def reading(stage: str, fraction: float) -> None:
        if fraction < 1.0:  # the end of reading is no stage: the check of its rows is the next
            context.progress("reading the layer", 0.5 * fraction)

    reading("", 0.0)
    try:
        raw = read_table(location, progress=reading)
    except EvenbeatError as error:
        return LayerCheck(source.role, source.path, problems=(str(error),))
    context.progress("checking rows", 0.5)
    seen: dict[str, Any] = {
        "role": source.role, "path": source.path, "name": raw.name, "format": raw.format,
        "crs": source.crs or raw.crs, "columns_found": tuple(map(str, raw.rows.columns)),
        "rows_in": len(raw),
    }  # fmt: skip
    try:
        table, report, crs = _read(context, raw, source)
    except PolicyError as error:
        return LayerCheck(**seen, problems=(str(error),), refused=(str(error),))
    except (InputError, GridError, ConfigError) as error:
        return LayerCheck(**seen, problems=(str(error),))
    context.progress("checked", 1.0)
    return LayerCheck(**{**seen, **_account(table, report, crs)})


def _source(given: Mapping[str, Any]) -> SourceSettings:
    from pydantic import ValidationError

    try:
        return SourceSettings.model_validate(dict(given))
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise ConfigError(f"The layer cannot be a source: {faults}.") from error


def _read(
    context: Context, raw: RawTable, source: SourceSettings
) -> tuple[Any, IngestReport, str | None]:
    """Return the table that would be stored, the account of its rows, and its CRS."""
    workspace, around = context.workspace, Surroundings.of(context.workspace)
    if source.role not in _INCIDENT_ROLES:
        table, report = around.reader(source.role)(raw, source)
        if source.role in AREA_ROLES:
            around.learn(source.role, table)
        return table, report, None if source.role == "weather" else around.crs
    if around.jurisdiction is None:
        raise InputError(
            "Incidents are checked against the jurisdiction, and the workspace has none yet. "
            "Ingest the districts or the boundary first."
        )
    table, report = read_incidents(
        raw, source=source, settings=workspace.settings.ingest, timezone=around.timezone,
        crs=around.crs, boundary=around.jurisdiction, crime_types=crime_type_table(context),
        now=context.now(),
    )  # fmt: skip
    return table, report, around.crs


def _account(table: Any, report: IngestReport, crs: str | None) -> dict[str, Any]:
    refused = [
        f"{name}: {count:,} rows; {report.refused_reasons.get(name, 'never modelled')}"
        for name, count in report.refused_classes.items()
    ]
    bounds = _bounds(table)
    lost = report.dropped.get("outside_jurisdiction")
    share = 0.0 if lost is None or not report.rows_in else lost.count / report.rows_in
    advice = (
        f"{share:.0%} of the rows lie outside the jurisdiction. Check the layer's CRS and that it "
        "is of this agency." if share > _MANY_OUTSIDE else ""
    )  # fmt: skip
    return {
        "columns": dict(report.columns), "rows_in": report.rows_in,
        "rows_kept": report.rows_kept,
        "dropped": {name: tally.count for name, tally in report.dropped.items()},
        "repaired": {name: tally.count for name, tally in report.repaired.items()},
        "refused": tuple(refused), "notes": tuple(report.notes), "bounds": bounds,
        "bounds_degrees": None if bounds is None or crs is None else _in_degrees(bounds, crs),
        "advice": advice, "text": render_report(report),
    }  # fmt: skip


_MANY_OUTSIDE = 0.2
"""[choice] Share of rows outside from which the CRS is worth a look."""


def _bounds(table: Any) -> tuple[float, float, float, float] | None:
    if len(table) == 0:
        return None
    if hasattr(table, "total_bounds"):
        west, south, east, north = (float(part) for part in table.total_bounds)
        return west, south, east, north
    if "easting" not in table:
        return None
    across, along = table["easting"], table["northing"]
    return float(across.min()), float(along.min()), float(across.max()), float(along.max())


def _in_degrees(
    bounds: tuple[float, float, float, float], crs: str
) -> tuple[float, float, float, float]:
    from pyproj import Transformer

    west, south, east, north = Transformer.from_crs(
        crs, _DEGREES, always_xy=True
    ).transform_bounds(*bounds)  # fmt: skip
    return float(west), float(south), float(east), float(north)
