"""Boxes as a GeoPackage, in the columns of the planning's table with what review made of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.pipeline.plan_records import to_table
from evenbeat.core.store.vectors import write_geopackage

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.database import CurrentAssignment
    from evenbeat.core.store.workspace import Workspace

LAYER = "boxes"


def boxes_table(workspace: Workspace, boxes: Sequence[CurrentAssignment]) -> GeoDataFrame:
    """Return boxes with their state, version, reviewer and reason."""
    table = to_table(boxes, crime_types=workspace.settings.model.crime_types, crs=workspace.crs)
    by_name = {box.assignment.assignment_id: box for box in boxes}
    found = [by_name[name] for name in table["assignment_id"]]
    return table.assign(
        version=[box.version for box in found],
        reviewer=[box.reviewer or "" for box in found],
        reason=[box.reason or "" for box in found],
        overridden=[box.ever_overridden for box in found],
    )


def write_boxes(context: Context, boxes: Sequence[CurrentAssignment], path: Path) -> Path:
    """Write boxes to a GeoPackage of format version 1.2, layer ``boxes``.

    Raises
    ------
    PublishError
        The name does not end in ``.gpkg``, or it cannot be written.
    """
    table = boxes_table(context.workspace, boxes)
    return write_geopackage(path, {LAYER: table}, when=context.now(), metadata={})
