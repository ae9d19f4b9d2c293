"""Layers of a tile service: by XYZ, by WMTS, and vector tiles of the assignments."""

from __future__ import annotations

from qgis.core import (
    QgsFillSymbol,
    QgsMapLayer,
    QgsRasterLayer,
    QgsVectorTileBasicRenderer,
    QgsVectorTileBasicRendererStyle,
    QgsVectorTileLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QCoreApplication

from evenbeat.compat import RASTER_FIXED_RANGE
from evenbeat.patrol.clock import on_the_clock, within
from evenbeat.tiles.access import Access
from evenbeat.tiles.recipe import VECTOR, WMTS, XYZ, Recipe

CAPABILITIES = "/v1/wmts/1.0.0/WMTSCapabilities.xml"
_MATRIX_SET = "WebMercatorQuad"
_VECTOR_ZOOM = 16


def source_of(access: Access, recipe: Recipe) -> str:
    """Return the source of a layer."""
    if recipe.way == XYZ:
        path = f"/v1/tiles/{recipe.layer}/v/{recipe.version}/{recipe.style}/{{z}}/{{x}}/{{y}}.png"
        return access.source(
            type="xyz", url=access.url(path), zmin="0", zmax=str(recipe.maximum_zoom)
        )
    if recipe.way == VECTOR:
        path = f"/v1/tiles/assignments/{recipe.date}/{recipe.shift}/{{z}}/{{x}}/{{y}}.mvt"
        zoom = str(min(_VECTOR_ZOOM, recipe.maximum_zoom))
        return access.source(type="xyz", url=access.url(path), zmin="0", zmax=zoom)
    parts = {
        "url": access.url(CAPABILITIES), "layers": f"{recipe.layer}.{recipe.shift}",
        "styles": recipe.style, "tileMatrixSet": _MATRIX_SET, "format": "image/png",
        "crs": "EPSG:3857", "contextualWMSLegend": "0", "dpiMode": "7", "featureCount": "10",
    }  # fmt: skip
    if recipe.date != "latest":
        parts["tileDimensions"] = f"Time={recipe.date}"
    return access.source(**parts)


def make_layer(access: Access, recipe: Recipe) -> QgsMapLayer:
    """Return a layer; it may be invalid, as QGIS's layers are where the source is."""
    source = source_of(access, recipe)
    if recipe.way == VECTOR:
        layer = QgsVectorTileLayer(source, recipe.name)
        _style_boxes(layer)
    else:
        layer = QgsRasterLayer(source, recipe.name, "wms")
        _give_time(layer, recipe)
    recipe.keep(layer)
    return layer


def renew(layer: QgsMapLayer, access: Access, recipe: Recipe) -> None:
    """Let a layer show another version; its place, opacity and time stay."""
    layer.setDataSource(source_of(access, recipe), recipe.name, layer.dataProvider().name())
    recipe.keep(layer)
    layer.triggerRepaint()


def follows_time(layer: QgsMapLayer) -> bool:
    """Return whether the temporal controller moves a layer."""
    times = layer.temporalProperties()
    return times is not None and times.isActive()


def _give_time(layer: QgsRasterLayer, recipe: Recipe) -> None:
    """Give XYZ the time of its shift; WMTS brings its own where QGIS understands it."""
    times = layer.temporalProperties()
    if recipe.way == WMTS:
        provider = layer.dataProvider()
        capabilities = None if provider is None else provider.temporalCapabilities()
        dated = recipe.date != "latest"
        can = capabilities is not None and capabilities.hasTemporalCapabilities() and not dated
        times.setIsActive(can)
    elif recipe.start:
        start, end = on_the_clock(recipe.start), on_the_clock(recipe.end)
        times.setMode(RASTER_FIXED_RANGE)
        times.setFixedTemporalRange(within(start, start.secsTo(end)))
        times.setIsActive(True)


def _style_boxes(layer: QgsVectorTileLayer) -> None:
    symbol = QgsFillSymbol.createSimple(
        {"color": "60,157,78,70", "outline_color": "#1f5c2c", "outline_width": "0.6",
         "joinstyle": "miter"}
    )  # fmt: skip
    style = QgsVectorTileBasicRendererStyle(
        QCoreApplication.translate("Tiles", "Approved boxes"), "assignments",
        QgsWkbTypes.GeometryType.PolygonGeometry,
    )  # fmt: skip
    style.setSymbol(symbol)
    renderer = QgsVectorTileBasicRenderer()
    renderer.setStyles([style])
    layer.setRenderer(renderer)
