"""Addresses of legends and of styles in the formats of other programs."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from evenbeat.core.store.manifest import is_dosage
from evenbeat.tile_server.answering.answers import answer, answer_json
from evenbeat.tile_server.answering.links import To
from evenbeat.tile_server.service import Painted, Raster, The
from evenbeat.tile_server.styles.legend_entries import legend
from evenbeat.tile_server.styles.legend_pictures import legend_picture
from evenbeat.tile_server.styles.raster_styles import esri_renderer, maplibre_style, qml
from evenbeat.tile_server.styles.style_models import ClassStyle, Style
from evenbeat.tile_server.styles.value_scale import ValueScale

router = APIRouter(prefix="/v1/tiles/{layer}/{date}/{shift}/{style}", tags=["legends"])
_RISK_SHARE = "A share of the area: the cells with the highest values. "
_RISK = (
    "Even there most shifts pass without an incident. This is not a prediction that a crime will "
    "occur."
)
_DOSAGE_SHARE = "A share of the area: the cells where patrols were longest. "
_DOSAGE = "Counts no officers."


@router.get("/legend.png")
async def legend_png(
    request: Request,
    service: The,
    found: Raster,
    style: Painted,
    scale: Annotated[int, Query(ge=1, le=3)] = 1,
) -> Response:
    """Return what the colours mean, as a picture."""
    meaning = _meaning(is_dosage(found.layer_id), style)
    content = await service.drawing.run(partial(
        legend_picture, legend(style, ValueScale.of(found)), title=found.layer.title, scale=scale,
        subtitle=f"{found.date}, {found.shift}",
        note=f"Values: {found.layer.long_name}. {meaning}",
    ))  # fmt: skip
    return answer(request, content, media_type="image/png", caching=service.fresh)


def _meaning(of_dosage: bool, style: Style) -> str:
    share, always = (_DOSAGE_SHARE, _DOSAGE) if of_dosage else (_RISK_SHARE, _RISK)
    return f"{share if isinstance(style, ClassStyle) else ''}{always}"


@router.get("/style.qml")
async def style_qml(request: Request, service: The, found: Raster, style: Painted) -> Response:
    """Return the style of the downloaded raster for QGIS."""
    answered = answer(request, qml(found, style), media_type="application/xml",
                      caching=service.fresh)  # fmt: skip
    # QGIS loads a style by itself when it lies beside the raster under the raster's name.
    name = f"{found.layer_id}-{found.date}-{found.shift}.qml"
    answered.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answered


@router.get("/esri.json")
async def style_esri(request: Request, service: The, found: Raster, style: Painted) -> Response:
    """Return the style of the raster as a renderer of ArcGIS."""
    return answer_json(request, esri_renderer(found, style), caching=service.fresh)


@router.get("/style.json")
async def style_maplibre(
    request: Request, service: The, found: Raster, style: Painted, links: To
) -> Response:
    """Return a whole MapLibre style with the tiles of the raster."""
    # An address of the latest date stays one, so that the style does not grow old.
    path = f"/tiles/{found.layer_id}/{request.path_params['date']}/{found.shift}/{style.id}"
    document = maplibre_style(
        f"{found.layer_id}-{found.shift}", f"{found.layer.title}, {found.date}, {found.shift}",
        found.grid.bounds_wgs84, legend(style, ValueScale.of(found)),
        links.to(f"{path}/tilejson.json"),
    )  # fmt: skip
    return answer_json(request, document, caching=service.fresh)
