"""The capabilities document of WMTS 1.0.0 (OGC 07-057r7)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from evenbeat.tile_server.answering.links import Links
from evenbeat.tile_server.standards.matrix_sets import MATRIX_SETS, TILE_PIXELS, web_mercator
from evenbeat.tile_server.standards.shift_layers import ShiftLayer
from evenbeat.tile_server.standards.wmts_exceptions import OWS
from evenbeat.tile_server.styles.style_models import Style

WMTS = "http://www.opengis.net/wmts/1.0"
XLINK = "http://www.w3.org/1999/xlink"
INFO_FORMATS = {"application/json": "json", "text/plain": "txt", "text/html": "html"}
_SCHEMA = "http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_WELL_KNOWN = "urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible"
_TILE = "{Style}/{Time}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}"
_UNUSABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ABSTRACT = (
    "Risk, priority and minutes of patrol per shift. Risk is the expected number of reported "
    "incidents in a cell in a shift; it is not a probability and says nothing about any person."
)


def capabilities(
    layers: Iterable[ShiftLayer], styles: Iterable[Style], links: Links, *, deepest_zoom: int
) -> bytes:
    """Return the document as XML.

    Parameters
    ----------
    layers
        What is published for this client.
    styles
        The default style first.
    links
        Makes this client's links.
    deepest_zoom
        Last zoom that this client can ask for.
    """
    for prefix, address in (("", WMTS), ("ows", OWS), ("xlink", XLINK), ("xsi", _XSI)):
        ElementTree.register_namespace(prefix, address)
    root = Element(
        _name("Capabilities"),
        {"version": "1.0.0", f"{{{_XSI}}}schemaLocation": f"{WMTS} {_SCHEMA}"},
    )
    service = _add(root, "ows:ServiceIdentification")
    _add(service, "ows:Title", "Evenbeat tile service")
    _add(service, "ows:Abstract", _ABSTRACT)
    _add(service, "ows:ServiceType", "OGC WMTS")
    _add(service, "ows:ServiceTypeVersion", "1.0.0")
    _add_operations(root, links)
    contents = _add(root, "Contents")
    in_order = list(styles)
    for layer in layers:
        _add_layer(contents, layer, in_order, links)
    for name in MATRIX_SETS:
        _add_matrix_set(contents, name, deepest_zoom)
    address = links.to("/wmts/1.0.0/WMTSCapabilities.xml")
    _add(root, "ServiceMetadataURL", **{f"{{{XLINK}}}href": address})
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _add_operations(root: Element, links: Links) -> None:
    metadata = _add(root, "ows:OperationsMetadata")
    rest = links.to("/wmts/1.0.0/WMTSCapabilities.xml")
    query = links.to_query("/wmts")
    for name in ("GetCapabilities", "GetTile", "GetFeatureInfo"):
        http = _add(_add(_add(metadata, "ows:Operation", name=name), "ows:DCP"), "ows:HTTP")
        encodings = [("KVP", query)]
        if name == "GetCapabilities":
            encodings.append(("RESTful", rest))
        for encoding, address in encodings:
            get = _add(http, "ows:Get", **{f"{{{XLINK}}}href": address})
            allowed = _add(_add(get, "ows:Constraint", name="GetEncoding"), "ows:AllowedValues")
            _add(allowed, "ows:Value", encoding)


def _add_layer(contents: Element, layer: ShiftLayer, styles: list[Style], links: Links) -> None:
    entry = _add(contents, "Layer")
    _add(entry, "ows:Title", layer.title)
    _add(entry, "ows:Abstract", f"{layer.layer.long_name}: {layer.layer.comment}")
    west, south, east, north = layer.bounds
    box = _add(entry, "ows:WGS84BoundingBox", crs="urn:ogc:def:crs:OGC:2:84")
    _add(box, "ows:LowerCorner", f"{west} {south}")
    _add(box, "ows:UpperCorner", f"{east} {north}")
    _add(entry, "ows:Identifier", layer.id)
    lower, upper = web_mercator().xy(west, south), web_mercator().xy(east, north)
    box = _add(entry, "ows:BoundingBox", crs="urn:ogc:def:crs:EPSG::3857")
    _add(box, "ows:LowerCorner", f"{lower.x:.3f} {lower.y:.3f}")
    _add(box, "ows:UpperCorner", f"{upper.x:.3f} {upper.y:.3f}")
    fitting = [style for style in styles if style.fits(layer.layer.units)]
    for style in fitting:
        _add_style(entry, layer, style, links, is_default=style is fitting[0])
    _add(entry, "Format", "image/png")
    for media_type in INFO_FORMATS:
        _add(entry, "InfoFormat", media_type)
    _add_time(entry, layer)
    for name in MATRIX_SETS:
        _add(_add(entry, "TileMatrixSetLink"), "TileMatrixSet", name)
    base = f"/wmts/1.0.0/{layer.id}/{_TILE}"
    _add(entry, "ResourceURL", format="image/png", resourceType="tile",
         template=links.to(f"{base}.png"))  # fmt: skip
    for media_type, ending in INFO_FORMATS.items():
        _add(entry, "ResourceURL", format=media_type, resourceType="FeatureInfo",
             template=links.to(f"{base}/{{J}}/{{I}}.{ending}"))  # fmt: skip


def _add_style(
    entry: Element, layer: ShiftLayer, style: Style, links: Links, *, is_default: bool
) -> None:
    described = _add(entry, "Style", isDefault="true" if is_default else "false")
    _add(described, "ows:Title", style.title)
    _add(described, "ows:Abstract", style.description)
    _add(described, "ows:Identifier", style.id)
    path = f"/tiles/{layer.layer_id}/{layer.newest}/{layer.shift}/{style.id}/legend.png"
    _add(described, "LegendURL", format="image/png", **{f"{{{XLINK}}}href": links.to(path)})


def _add_time(entry: Element, layer: ShiftLayer) -> None:
    dimension = _add(entry, "Dimension")
    _add(dimension, "ows:Title", "Date")
    _add(dimension, "ows:Identifier", "Time")
    _add(dimension, "ows:UOM", "ISO8601")
    _add(dimension, "Default", layer.newest)
    _add(dimension, "Current", "true")
    for date in layer.dates:
        _add(dimension, "Value", date)


def _add_matrix_set(contents: Element, name: str, deepest_zoom: int) -> None:
    described = _add(contents, "TileMatrixSet")
    _add(described, "ows:Identifier", name)
    _add(described, "ows:SupportedCRS", "urn:ogc:def:crs:EPSG::3857")
    _add(described, "WellKnownScaleSet", _WELL_KNOWN)
    for matrix in web_mercator().tileMatrices[: deepest_zoom + 1]:
        level = _add(described, "TileMatrix")
        _add(level, "ows:Identifier", matrix.id)
        _add(level, "ScaleDenominator", repr(matrix.scaleDenominator))
        _add(level, "TopLeftCorner", " ".join(repr(part) for part in matrix.pointOfOrigin))
        for key in ("TileWidth", "TileHeight"):
            _add(level, key, str(TILE_PIXELS))
        _add(level, "MatrixWidth", str(matrix.matrixWidth))
        _add(level, "MatrixHeight", str(matrix.matrixHeight))


def _add(parent: Element, tag: str, text: str | None = None, /, **attributes: str) -> Element:
    """Add an element; characters that XML cannot hold are left out, all others escaped."""
    child = ElementTree.SubElement(parent, _name(tag), attributes)
    child.text = None if text is None else _UNUSABLE.sub("", text)
    return child


def _name(name: str) -> str:
    return f"{{{OWS}}}{name[4:]}" if name.startswith("ows:") else f"{{{WMTS}}}{name}"
