"""Every address but the short route of tiles, as routers in one list."""

from __future__ import annotations

from fastapi import APIRouter

from evenbeat.tile_server.data import downloads, queries, stac
from evenbeat.tile_server.standards import ogc, wmts
from evenbeat.tile_server.styles import legends
from evenbeat.tile_server.tiles import addresses

ROUTERS: tuple[APIRouter, ...] = (
    addresses.router,
    legends.router,
    queries.router,
    downloads.router,
    stac.router,
    wmts.router,
    ogc.router,
)
