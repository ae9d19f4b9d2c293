"""Addresses of the analyst path: TiTiler's own, below ids; no address or expression is taken."""

from __future__ import annotations

import attrs
from fastapi import APIRouter, Depends
from morecantile import TileMatrixSet
from morecantile.defaults import TileMatrixSets
from titiler.core.factory import TilerFactory

from evenbeat.tile_server.analysis.colours import draw
from evenbeat.tile_server.analysis.parameters import (
    CropSize,
    Nothing,
    PreviewSize,
    Rescaling,
    Sampling,
    check_query,
    colours,
    environment,
    no_process,
    opened,
)
from evenbeat.tile_server.analysis.rasters import PublishedReader
from evenbeat.tile_server.analysis.routes import AnalysisRoute
from evenbeat.tile_server.analysis.statistics import add_statistics
from evenbeat.tile_server.standards.matrix_sets import MATRIX_SETS, web_mercator

PREFIX = "/v1/analysis/{layer}/{date}/{shift}"
_SETS: dict[str, TileMatrixSet] = {MATRIX_SETS[0]: web_mercator()}


@attrs.define(kw_only=True)
class AnalysisFactory(TilerFactory):
    """TiTiler's factory with the routes that are wanted here."""

    def register_routes(self) -> None:
        """Add information, statistics, tiles, previews and crops."""
        self.info()  # type: ignore[no-untyped-call]
        add_statistics(self)
        self.tile()  # type: ignore[no-untyped-call]
        self.preview()  # type: ignore[no-untyped-call]
        self.part()  # type: ignore[no-untyped-call]


def _router() -> APIRouter:
    factory = AnalysisFactory(
        router=APIRouter(route_class=AnalysisRoute, dependencies=[Depends(check_query)]),
        router_prefix=PREFIX, name="analysis",
        reader=PublishedReader, path_dependency=opened, environment_dependency=environment,
        layer_dependency=Nothing, dataset_dependency=Sampling, tile_dependency=Nothing,
        img_preview_dependency=PreviewSize, img_part_dependency=CropSize,
        process_dependency=no_process, render_dependency=Rescaling,
        colormap_dependency=colours,  # type: ignore[arg-type]
        render_func=draw, supported_tms=TileMatrixSets(_SETS),
    )  # fmt: skip
    made = APIRouter(prefix=PREFIX, tags=["analysis"])
    made.include_router(factory.router)
    return made


router = _router()
