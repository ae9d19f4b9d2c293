"""Tiles for the clients of standards: the same bytes as the service's own addresses give."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from evenbeat.tile_server.publication.published import Found
from evenbeat.tile_server.service import Service
from evenbeat.tile_server.styles.style_files import Style


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
