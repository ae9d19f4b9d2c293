"""The classes of addresses by which requests are counted: few, whatever clients ask for."""

from __future__ import annotations

import re

OTHER = "other"
_TILES = (
    ("point", re.compile(r"/(point|series)(\.\w+)?$")),
    ("statistics", re.compile(r"/statistics$")),
    ("legend", re.compile(r"/(legend\.\w+|style\.\w+|esri\.json)$")),
    ("tilejson", re.compile(r"/tilejson\.json$")),
    ("tile", re.compile(r"\.(png|webp|npy|mvt|pbf)$")),
)
_FOLDERS = {
    "": "page", "map": "page", "static": "page", "healthz": "health", "readyz": "health",
    "metrics": "health", "admin": "admin",
}  # fmt: skip
_BELOW_V1 = {
    "layers": "lists", "styles": "lists", "districts.geojson": "lists", "openapi.json": "lists",
    "wmts": "wmts", "stac": "stac", "download": "download", "assignments": "assignments",
    "": "ogc", "conformance": "ogc", "collections": "ogc", "tileMatrixSets": "ogc",
    "analysis": "analysis",
}  # fmt: skip
CLASSES = tuple(
    dict.fromkeys(
        [name for name, _ in _TILES] + [*_FOLDERS.values(), *_BELOW_V1.values(), OTHER]
    )
)  # fmt: skip


def class_of(path: str) -> str:
    """Return the class of an address.

    Examples
    --------
    >>> class_of("/v1/tiles/risk-theft/latest/day/heat/12/1/2.png")
    'tile'
    >>> class_of("/v1/tiles/risk-theft/latest/day/point"), class_of("/wp-admin/x.php")
    ('point', 'other')
    """
    parts = path[1:].split("/", 2)
    if parts[0] != "v1":
        return _FOLDERS.get(parts[0], OTHER)
    below = parts[1] if len(parts) > 1 else ""
    if below == "tiles":
        if path.endswith(".png") and "legend" not in path:
            return "tile"
        return next((name for name, shape in _TILES if shape.search(path)), OTHER)
    return _BELOW_V1.get(below, OTHER)
