"""The addresses by which other software consumes the service, as routers in one list."""

from __future__ import annotations

from fastapi import APIRouter

from evenbeat.tile_server import downloads, legends, ogc, queries, stac, wmts

ROUTERS: tuple[APIRouter, ...] = (
    legends.router,
    queries.router,
    downloads.router,
    stac.router,
    wmts.router,
    ogc.router,
)
