"""Boxes from a reviewer's hand: their cells, figures, tactics and outline as a new assignment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import ReviewError, WorkspaceError
from evenbeat.core.grid import Grid
from evenbeat.core.pipeline.review.cells import checked_cells, district_of
from evenbeat.core.pipeline.review.grid import ReviewGrid
from evenbeat.core.planning.boxes.nearby import categories_beside, places_on
from evenbeat.core.planning.boxes.outlines import box_outlines
from evenbeat.core.planning.boxes.rows import BoxFacts, cell_squares
from evenbeat.core.planning.metering.past import MONTH_DAYS, WEEK_DAYS, Cell, PastUse
from evenbeat.core.planning.priority import district_weights, weighted
from evenbeat.core.policy.tactics import TacticsLibrary

if TYPE_CHECKING:
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

    from evenbeat.core.store.workspace import Workspace


@dataclass(frozen=True)
class Draft:
    """What is known of a box from where it lies and when it is; fields as in `AssignmentRecord`."""

    cells: tuple[Cell, ...]
    district_id: str
    neighbourhood: str | None
    figures: dict[str, Any]
    tactics: list[Any]
    easting: float
    northing: float
    geometry: MultiPolygon | Polygon


def draft_box(
    workspace: Workspace,
    study: ReviewGrid,
    folder: Path,
    *,
    date: dt.date,
    shift: str,
    cells: Sequence[Cell],
    unit: str = "",
    crime_type: str | None = None,
) -> Draft:
    """Return what the run's forecast and the map say of a box.

    Parameters
    ----------
    study
        The grid and neighbourhoods.
    folder
        The run whose risk cube gives the expected counts.
    date, shift
        When.
    cells
        Its cells, the seed first.
    unit
        The unit whose weights count, if it has any of its own.
    crime_type
        What its tactics are for; by default the type with the largest share of the priority.

    Raises
    ------
    ReviewError
        The cells are no box, or the type is not one that is forecast.
    WorkspaceError
        The run has no risk cube.
    """
    grid, chosen = study.grid, checked_cells(study.grid, cells)
    types, counts = risk_of_shift(folder, shift, grid)
    if crime_type is not None and crime_type not in types:
        raise ReviewError(
            f"{crime_type!r} is not forecast; the types of this run are {', '.join(types)}."
        )
    flat = tuple(row * grid.shape[1] + column for row, column in chosen)
    figures = _figures(workspace, grid, types, counts, shift=shift, flat=flat, unit=unit)
    figures["dominant_type"] = crime_type or max(types, key=lambda name: figures["shares"][name])
    part = int(study.neighbourhoods.of_cell[flat[0]])
    row, column = chosen[0]
    return Draft(
        cells=chosen, district_id=district_of(grid, chosen[0]),
        neighbourhood=study.neighbourhoods.name(part) or None, figures=figures,
        tactics=_tactics(workspace, grid, date, flat[0], figures["dominant_type"]),
        easting=float(grid.eastings[column]), northing=float(grid.northings[row]),
        geometry=_outline(workspace, grid, chosen),
    )  # fmt: skip


def risk_of_shift(
    folder: Path, shift: str, grid: Grid
) -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
    """Return the crime types of a run and its expected counts ``(crime_type, y, x)`` of a shift.

    Read without xarray, whose import alone takes as long as all the rest.

    Raises
    ------
    WorkspaceError
        The run has no risk cube that fits the grid and the shift.
    """
    import zarr

    path = folder / "risk.zarr"
    try:
        cube: Any = zarr.open_group(path, mode="r", zarr_format=2)
        shifts = [str(name) for name in cube["shift"][:]]
        place = next(
            i for i, name in enumerate(shifts) if name in (shift, f"{folder.parent.name}-{shift}")
        )
        counts = np.asarray(cube["expected_count"][:, place], dtype=np.float32)
        types = tuple(str(name) for name in cube["crime_type"][:])
    except (FileNotFoundError, KeyError, StopIteration) as error:
        raise WorkspaceError(
            f"{path} holds no risk of the shift {shift}. Make it with: evenbeat forecast"
        ) from error
    if counts.shape[1:] != grid.shape:
        raise WorkspaceError(
            f"{path} is of {counts.shape[1:]} cells, the workspace's grid of {grid.shape}. Plan "
            "the day again on today's grid: evenbeat forecast --force"
        )
    return types, counts


def _figures(
    workspace: Workspace, grid: Grid, types: tuple[str, ...], counts: npt.NDArray[np.float32], *,
    shift: str, flat: tuple[int, ...], unit: str,
) -> dict[str, Any]:  # fmt: skip
    settings = workspace.settings.plan
    common = district_weights(settings, types, grid, shift=shift)
    own = district_weights(settings, types, grid, shift=shift, unit=unit)
    district = int(grid.district.reshape(-1)[flat[0]])
    facts = BoxFacts.of(
        surface=weighted(counts, common, grid).astype(np.float32), counts=counts, grid=grid,
        boxes=[flat], weights=own[:, [district]],
    )  # fmt: skip
    return {
        "priority": float(facts.priority[0]),
        "share_of_district": float(facts.share_of_district[0]),
        "percentile": float(facts.percentile[0]), "z_score": float(facts.z_score[0]),
        "expected_total": float(facts.expected[:, 0].sum()),
        "expected": dict(zip(types, facts.expected[:, 0].tolist(), strict=True)),
        "shares": dict(zip(types, facts.shares[:, 0].tolist(), strict=True)),
    }  # fmt: skip


def _tactics(
    workspace: Workspace, grid: Grid, date: dt.date, seed: int, crime_type: str
) -> list[Any]:
    library = TacticsLibrary.load(workspace.override("tactics.csv"))
    places = places_on(workspace.read_optional("places"), date)
    beside = categories_beside(cell_squares(grid, np.array([seed])), places, grid)[0]
    return [
        {"id": tactic.id, "name": tactic.name, "text": tactic.text,
         "enforcement": tactic.enforcement}
        for tactic in library.for_box(crime_type, beside)
    ]  # fmt: skip


def _outline(workspace: Workspace, grid: Grid, cells: Sequence[Cell]) -> MultiPolygon | Polygon:
    """Return the squares of the cells, cut at the district and the jurisdiction."""
    districts, name = workspace.districts(), district_of(grid, cells[0])
    area = districts.loc[districts["district_id"].astype(str) == name].geometry.union_all()
    if workspace.table("boundary").exists:
        area = area.intersection(workspace.jurisdiction())
    outline: MultiPolygon | Polygon = box_outlines([cells], grid, district_areas={name: area})[0]
    return outline


def past_dose(past: PastUse, seed: Cell) -> dict[str, Any]:
    """Return the days and minutes that a cell was given before, as a plan tells them."""
    told: dict[str, Any] = {"days_since": int(past.days_since()[seed])}
    for days in (WEEK_DAYS, MONTH_DAYS):
        told[f"days_in_last_{days}"] = int(past.days_before(days)[seed])
        told[f"minutes_in_last_{days}"] = float(past.minutes_before(days)[seed])
    return told
