"""Tiles for the clients of standards: the same bytes as the service's own addresses give."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from evenbeat.tile_server.publication.published import Found, NotPublishedError
from evenbeat.tile_server.service import Service
from evenbeat.tile_server.styles.style_models import Style


def fitting_style(service: Service, units: str, style_id: str | None) -> Style:
    """Return a style by id, or the default one, for layers in a unit.

    Raises
    ------
    NotPublishedError
        There is no such style, or it is for another unit.
    """
    fitting = [each for each in service.styles.values() if each.fits(units)]
    if style_id is None and fitting:
        return fitting[0]
    chosen = None if style_id is None else service.styles.get(style_id)
    if chosen is None or not chosen.fits(units):
        names = ", ".join(each.id for each in fitting) or "none"
        raise NotPublishedError(f"No such style for this layer; there are {names}.")
    return chosen


async def answer_tile(
    request: Request,
    service: Service,
    found: Found,
    style: Style,
    place: tuple[int, int, int],
) -> Response:
    """Return a tile, or 304.

    Parameters
    ----------
    found, style
        What to show, and how.
    place
        Zoom, column and row.

    Raises
    ------
    NotPublishedError
        The tile is deeper than the service goes, or not on the map.
    """
    known = request.headers.get("if-none-match")
    told = await service.tiles.answer(found, style, place, immutable=False, known=known)
    answered = Response(told.content, 304 if told.content is None else 200)
    answered.raw_headers = list(told.headers)
    return answered
