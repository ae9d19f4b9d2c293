"""Addresses of the approved assignments; every one asks for the right."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from evenbeat.core.store.manifest import DATE_ID, SHIFT_ID
from evenbeat.tile_server.access.sight import require_zoom
from evenbeat.tile_server.answering.answers import answer, answer_json, is_known, unchanged
from evenbeat.tile_server.answering.links import To
from evenbeat.tile_server.answering.refusals import demand, grant_of
from evenbeat.tile_server.assignments.documents import DEEPEST, maplibre_style, tilejson
from evenbeat.tile_server.assignments.plans import Plan, find_plan, find_plans
from evenbeat.tile_server.assignments.vector_tiles import MEDIA_TYPE, vector_tile
from evenbeat.tile_server.publication.published import LATEST, NotPublishedError
from evenbeat.tile_server.service import Index, Now, The, Zoom


async def _demand(request: Request) -> None:
    demand(request, "assignments")


# The right is asked for before anything is looked up, so a refusal tells nothing.
router = APIRouter(prefix="/v1", tags=["assignments"],
                   dependencies=[Depends(_demand)])  # fmt: skip
Date = Annotated[str, Path(pattern=f"^({DATE_ID.pattern}|{LATEST})$")]
ShiftId = Annotated[str, Path(pattern=f"^{SHIFT_ID.pattern}$")]


def _plan(now: Now, date: Date, shift: ShiftId) -> Plan:
    return find_plan(now, date, shift)


Shown = Annotated[Plan, Depends(_plan)]


@router.get("/assignments/{date}.geojson")
def assignments(request: Request, service: The, now: Now, date: Date) -> Response:
    """Return the approved assignments of a date, all shifts in one collection."""
    plans = find_plans(now, date)
    features = [feature for plan in plans for feature in plan.features()]
    content = json.dumps(
        {"type": "FeatureCollection", "date": plans[0].date, "features": features},
        ensure_ascii=False,
    )
    return answer(request, content.encode(), media_type="application/geo+json",
                  caching=service.fresh)  # fmt: skip


@router.get("/tiles/assignments/{date}/{shift}/{z}/{x}/{y}.mvt")
async def assignments_tile(
    request: Request, service: The, plan: Shown, z: Zoom, x: Index, y: Index
) -> Response:
    """Return a vector tile; without assignments it is empty."""
    require_zoom(request.scope, z)
    if z > DEEPEST or x >> z or y >> z:
        raise NotPublishedError(f"Tiles of assignments reach from zoom 0 to {DEEPEST}.")
    tag = f"{plan.file.version}-mvt"
    if is_known(request, tag):
        return unchanged(tag, caching=service.fresh)
    content = await run_in_threadpool(vector_tile, plan, z, x, y)
    return answer(request, content, media_type=MEDIA_TYPE, caching=service.fresh, tag=tag)


@router.get("/tiles/assignments/{date}/{shift}/tilejson.json")
async def assignments_tilejson(request: Request, service: The, plan: Shown) -> Response:
    """Return TileJSON with the layers and fields of the vector tiles."""
    grant, prefix = grant_of(request), f"/v1/tiles/assignments/{plan.date}/{plan.shift}/"
    query = service.sign(prefix, request)
    limit = None if grant is None else grant.maximum_zoom
    document = tilejson(
        plan,
        f"{service.settings.base_url}{prefix}{{z}}/{{x}}/{{y}}.mvt{f'?{query}' if query else ''}",
        deepest=DEEPEST if limit is None else min(DEEPEST, limit),
    )
    return answer_json(request, document, caching=service.fresh)


@router.get("/tiles/assignments/{date}/{shift}/style.json")
async def assignments_style(request: Request, service: The, plan: Shown, links: To) -> Response:
    """Return a whole MapLibre style with the assignments."""
    # An address of the latest date stays one, so that the style does not grow old.
    path = f"/tiles/assignments/{request.path_params['date']}/{plan.shift}"
    document = maplibre_style(plan, links.to(f"{path}/tilejson.json"))
    return answer_json(request, document, caching=service.fresh)
