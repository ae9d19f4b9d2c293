"""Every address but the short route of tiles, as routers in one list."""

from __future__ import annotations

from fastapi import APIRouter

from evenbeat.tile_server.analysis import addresses as analysis
from evenbeat.tile_server.assignments import addresses as assignments
from evenbeat.tile_server.data import downloads, queries, stac
from evenbeat.tile_server.standards import ogc, wmts
from evenbeat.tile_server.styles import addresses as styles
from evenbeat.tile_server.styles import legends
from evenbeat.tile_server.tiles import addresses, difference_addresses, formats

ROUTERS: tuple[APIRouter, ...] = (
    difference_addresses.router,  # first: others would take "minus" for a style
    addresses.router,
    formats.router,
    styles.router,
    legends.router,
    queries.router,
    analysis.router,
    downloads.router,
    assignments.router,
    stac.router,
    wmts.router,
    ogc.router,
)
