"""Boxes from a reviewer's hand: moved, resized, added; and areas that people draw."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from evenbeat.core.engine.operation import Call, Request, Result, WorkspaceRequest, operation
from evenbeat.core.engine.operations.review_deciding import OverridableRequest
from evenbeat.core.engine.operations.review_rows import (
    Box,
    DecisionResult,
    LeftCount,
    boxes_of,
    decided,
    left_on,
    proposed,
)

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    from evenbeat.core.pipeline.context import Context

Cell = tuple[int, int]


class Place(Request):
    """Where a box is to be: cells, a point, or a drawing; one of the three."""

    cells: tuple[Cell, ...] = Field((), description="row and column of each, the seed first")
    point: tuple[float, float] | None = Field(None, description="x and y; the cell that it is in")
    outline: str | None = Field(None, description="polygon as WKT; the cells that it covers")
    crs: str | None = Field(None, description="of point and outline; by default the workspace's")

    @model_validator(mode="after")
    def _one(self) -> Place:
        given = [self.cells or None, self.point, self.outline]
        if sum(part is not None for part in given) != 1:
            raise ValueError("give one of cells, point and outline")
        return self

    def chosen(self, context: Context) -> tuple[Cell, ...]:
        """Return the cells."""
        from evenbeat.core.pipeline.review.cells import cell_at, cells_of_outline
        from evenbeat.core.pipeline.review.shapes import area_of_text

        workspace = context.workspace
        if self.point is not None:
            return (cell_at(workspace, *self.point, crs=self.crs),)
        if self.outline is not None:
            drawn = area_of_text(self.outline, self.crs, workspace.crs)
            return cells_of_outline(workspace, drawn)
        return self.cells


class PlaceRequest(OverridableRequest):
    """Parameters of `review-move` and `review-resize`."""

    place: Place = Field(description="where to; of a move, where its first cell is to lie")


class AddRequest(WorkspaceRequest):
    """Parameters of `review-add`."""

    date: dt.date = Field(description="day; it needs a plan")
    shift: str
    place: Place
    reason: str = Field(description="why; it is kept in the log")
    district_id: str | None = Field(None, description="district that the place should be in")
    visits: int | None = Field(None, ge=1, description="by default as many as the caps allow")
    crime_type: str | None = Field(None, description="by default by the forecast")
    override: bool = Field(False, description="do it although a cap is broken; marked for good")


class DrawRequest(WorkspaceRequest):
    """Parameters of `review-exclude` and `review-custom`."""

    outline: str = Field(description="polygon as WKT")
    crs: str | None = Field(None, description="of the outline; by default the workspace's")
    days: int = Field(ge=1, description="days that it counts")
    date: dt.date | None = Field(None, description="first day; by default the one under review")
    shifts: tuple[str, ...] = Field((), description="only these; by default all")
    reason: str = Field(description="why; it is kept in the log")


class AreaResult(Result):
    """What was done to an area."""

    area_id: str
    kind: str
    cells: int
    expires_on: dt.date | None
    rejected: list[str] = Field(description="boxes that stood there and were rejected with it")
    boxes: list[Box] = Field(description="those boxes as they stand now")
    audit_entry: int
    notes: list[str]
    to_review: int
    left: list[LeftCount]


class AreasRequest(WorkspaceRequest):
    """Parameters of `review-areas`."""

    date: dt.date | None = Field(None, description="by default today, or the newest planned day")


class Area(Result):
    """One area that people drew."""

    area_id: str
    kind: Literal["exclude", "custom"]
    shifts: list[str]
    expires_on: dt.date | None
    author: str
    reason: str
    created_at: dt.datetime
    wkt: str


class AreasResult(Result):
    """Areas that count on a day."""

    date: dt.date
    crs: str
    areas: list[Area]


class LiftRequest(WorkspaceRequest):
    """Parameters of `review-lift`."""

    area_id: str
    reason: str = Field(description="why; it is kept in the log")


@operation("review-move", writes=True)
def review_move(call: Call, asked: PlaceRequest) -> DecisionResult:
    """Move a box; a new one takes its place, in the state that it had."""
    from evenbeat.core.pipeline.review.operations import move

    context = call.context(asked.workspace)
    return decided(context, move(
        context, asked.assignment_id, asked.place.chosen(context)[0], reason=asked.reason,
        version=asked.version, override=asked.override,
    ))  # fmt: skip


@operation("review-resize", writes=True)
def review_resize(call: Call, asked: PlaceRequest) -> DecisionResult:
    """Give a box other cells; a new one takes its place, in the state that it had."""
    from evenbeat.core.pipeline.review.operations import resize

    context = call.context(asked.workspace)
    return decided(context, resize(
        context, asked.assignment_id, asked.place.chosen(context), reason=asked.reason,
        version=asked.version, override=asked.override,
    ))  # fmt: skip


@operation("review-add", writes=True)
def review_add(call: Call, asked: AddRequest) -> DecisionResult:
    """Add a box that no draw chose; it is approved at once."""
    from evenbeat.core.pipeline.review.operations import add

    context = call.context(asked.workspace)
    return decided(context, add(
        context, asked.date, asked.shift, asked.place.chosen(context), reason=asked.reason,
        district_id=asked.district_id, visits=asked.visits, crime_type=asked.crime_type,
        override=asked.override,
    ))  # fmt: skip


@operation("review-exclude", writes=True)
def review_exclude(call: Call, asked: DrawRequest) -> AreaResult:
    """Keep an area out of plans; boxes that stand there are rejected."""
    return _draw(call, asked, "exclude")


@operation("review-custom", writes=True)
def review_custom(call: Call, asked: DrawRequest) -> AreaResult:
    """Have the coming plans give an area a box of its own, where the caps allow it."""
    return _draw(call, asked, "custom")


@operation("review-lift", writes=True)
def review_lift(call: Call, asked: LiftRequest) -> AreaResult:
    """End an area before it expires; what was rejected with it stays rejected."""
    from evenbeat.core.pipeline.review.areas import lift
    from evenbeat.core.pipeline.review.lists import day_to_review

    context = call.context(asked.workspace)
    made = lift(context, asked.area_id, reason=asked.reason)
    return _told(context, made, day_to_review(context))


@operation("review-areas")
def review_areas(call: Call, asked: AreasRequest) -> AreasResult:
    """List the areas that are kept out of plans, and those that get a box."""
    from evenbeat.core.pipeline.review.areas import areas_that_count
    from evenbeat.core.pipeline.review.lists import day_to_review

    context = call.context(asked.workspace)
    date = day_to_review(context, asked.date)
    areas = [
        Area(
            area_id=area.area_id, kind=area.kind, shifts=list(area.shifts),
            expires_on=area.expires_on, author=area.author, reason=area.reason,
            created_at=area.created_at, wkt=area.geometry.wkt,
        )
        for area in areas_that_count(context, date)
    ]  # fmt: skip
    return AreasResult(date=date, crs=context.workspace.crs, areas=areas)


def _draw(call: Call, asked: DrawRequest, kind: Literal["exclude", "custom"]) -> AreaResult:
    from evenbeat.core.pipeline.review.areas import draw_area
    from evenbeat.core.pipeline.review.lists import day_to_review
    from evenbeat.core.pipeline.review.shapes import area_of_text

    context = call.context(asked.workspace)
    first = day_to_review(context, asked.date)
    shape: MultiPolygon | Polygon = area_of_text(
        asked.outline, asked.crs, context.workspace.crs
    )  # fmt: skip
    made = draw_area(
        context, kind, shape, first=first, days=asked.days, reason=asked.reason,
        shifts=asked.shifts,
    )  # fmt: skip
    return _told(context, made, first)


def _told(context: Context, made: object, date: dt.date) -> AreaResult:
    left = left_on(context, date)
    facts = dict(vars(made))
    return AreaResult(
        **facts, boxes=boxes_of(context, facts["rejected"]), to_review=proposed(left), left=left
    )
