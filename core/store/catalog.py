"""The static STAC catalog of a publication: plain JSON files that any STAC reader follows.

``catalog.json`` is the single pointer. It names the collections of one immutable folder
``catalog/<version>/``, one collection per layer, and these name the items, which stand beside
their rasters and never change either. A reader who holds a ``catalog.json`` therefore sees one
publication, however many follow. Items must name a collection that outlives them, so each layer
also keeps ``<layer>/collection.json``, the newest collection under a lasting name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pystac

from evenbeat.core.store.catalog_assets import hourly_asset, raster_asset, tiles_asset
from evenbeat.core.store.files import replacing_file, replacing_folder, sweep_temporaries
from evenbeat.core.store.manifest import (
    Manifest,
    PublishedGrid,
    PublishedLayer,
    PublishedRaster,
)

CATALOG_FILE = "catalog.json"
ITEM_FILE = "item.json"
COLLECTION_FILE = "collection.json"
_PROJECTION = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"
_FILE = "https://stac-extensions.github.io/file/v2.1.0/schema.json"
_NOT_A_FORECAST_OF_CRIMES = (
    "Risk is the expected number of reported incidents in a cell in a shift. It is not a "
    "probability, not a score, and says nothing about any person. Even in the highest cells "
    "most shifts pass without an incident."
)


def json_bytes(document: Any) -> bytes:
    """Return JSON in the order given, the same bytes for the same document."""
    # Without indentation: with it, a year of items takes seconds to write.
    return (json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n").encode()


def item_document(
    layer_id: str,
    layer: PublishedLayer,
    date: str,
    shift: str,
    raster: PublishedRaster,
    grid: PublishedGrid,
    provenance: Mapping[str, str],
) -> dict[str, Any]:
    """Return the STAC item of one raster, which stands in the raster's own folder.

    Parameters
    ----------
    layer_id, layer, date, shift, raster, grid
        What the manifest says of it.
    provenance
        Facts about the run; become properties ``evenbeat:<name>``.
    """
    item = pystac.Item(
        id=f"{layer_id}-{date}-{shift}",
        geometry=_footprint(grid.bounds_wgs84),
        bbox=list(grid.bounds_wgs84),
        datetime=raster.shift_start,
        start_datetime=raster.shift_start,
        end_datetime=raster.shift_end,
        stac_extensions=[_PROJECTION, _FILE],
        collection=layer_id,
        properties={
            "title": f"{layer.title}, {date}, {shift}",
            "evenbeat:as_of": raster.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "proj:code": grid.crs,
            "proj:shape": list(grid.shape),
            "proj:bbox": list(grid.bounds),
            "proj:transform": [
                grid.cell_size, 0.0, grid.bounds[0], 0.0, -grid.cell_size, grid.bounds[3],
            ],
            "evenbeat:service_date": date,
            "evenbeat:shift": shift,
            "evenbeat:run_id": raster.run_id,
            "evenbeat:version": raster.version,
            "evenbeat:total": raster.total,
            "evenbeat:area_classes": [entry.model_dump() for entry in raster.classes],
            **{f"evenbeat:{name}": text for name, text in sorted(provenance.items())},
        },
    )  # fmt: skip
    item.add_asset("cog", raster_asset(layer, raster))
    if raster.hourly is not None:
        item.add_asset("hourly", hourly_asset(layer, raster.hourly, raster.hours))
    if raster.tiles is not None:
        item.add_asset("tiles", tiles_asset(layer, raster.tiles, "the level of its value"))
    if raster.class_tiles is not None:
        item.add_asset("class-tiles", tiles_asset(layer, raster.class_tiles, "its class"))
    _link(item, "root", f"../../../{CATALOG_FILE}", "application/json")
    _link(item, "parent", f"../../{COLLECTION_FILE}", "application/json")
    _link(item, "collection", f"../../{COLLECTION_FILE}", "application/json")
    return item.to_dict(include_self_link=False, transform_hrefs=False)


def write_catalog(target: Path, manifest: Manifest) -> list[Path]:
    """Write the STAC catalog of a manifest, replacing ``catalog.json`` last.

    Files that already say the same are left alone.

    Parameters
    ----------
    target
        The publication's folder.
    manifest
        What to describe; its ``catalog`` must be ``catalog_version(manifest)``.

    Returns
    -------
    The lasting files: one ``collection.json`` per layer, and ``catalog.json``.
    """
    folder = target / "catalog" / str(manifest.catalog)
    if not folder.is_dir():
        sweep_temporaries(folder.parent)
        with replacing_folder(folder) as private:
            for layer_id in sorted(manifest.layers):
                document = _collection(layer_id, manifest, to_top="../../")
                (private / f"{layer_id}.json").write_bytes(json_bytes(document))
    written = []
    for layer_id in sorted(manifest.layers):
        path = target / layer_id / COLLECTION_FILE
        sweep_temporaries(path.parent)
        write_where_different(path, json_bytes(_collection(layer_id, manifest, to_top="../")))
        written.append(path)
    write_where_different(target / CATALOG_FILE, json_bytes(catalog_document(manifest)))
    return [*written, target / CATALOG_FILE]


def catalog_version(manifest: Manifest) -> str:
    """Return the name of the immutable folder for a manifest: a hash of all its collections."""
    digest = hashlib.sha256()
    for layer_id in sorted(manifest.layers):
        digest.update(json_bytes(_collection(layer_id, manifest, to_top="../../")))
    return digest.hexdigest()[:16]


def write_where_different(path: Path, content: bytes) -> bool:
    """Replace a file in one step unless it already has this content; return whether it did."""
    if path.is_file() and path.read_bytes() == content:
        return False
    with replacing_file(path) as private:
        private.write_bytes(content)
    return True


def _collection(layer_id: str, manifest: Manifest, *, to_top: str) -> dict[str, Any]:
    """Return a layer's collection for a file from which ``to_top`` leads to the top folder."""
    layer = manifest.layers[layer_id]
    entries = [
        (f"{date} {shift}", raster)
        for date in sorted(layer.dates)
        for shift, raster in layer.shifts_of(date)
    ]
    boxes = [manifest.grids[raster.grid].bounds_wgs84 for _, raster in entries]
    bounds = [*(min(box[i] for box in boxes) for i in (0, 1)),
              *(max(box[i] for box in boxes) for i in (2, 3))]  # fmt: skip
    first = min(raster.shift_start for _, raster in entries)
    last = max(raster.shift_end for _, raster in entries)
    collection = pystac.Collection(
        id=layer_id,
        title=layer.title,
        description=f"{layer.long_name}: {layer.comment}. {_NOT_A_FORECAST_OF_CRIMES}",
        license="other",
        extent=pystac.Extent(
            pystac.SpatialExtent([bounds]), pystac.TemporalExtent([[_utc(first), _utc(last)]])
        ),
    )
    _link(collection, "root", f"{to_top}{CATALOG_FILE}", "application/json")
    _link(collection, "parent", f"{to_top}{CATALOG_FILE}", "application/json")
    document: dict[str, Any] = collection.to_dict(include_self_link=False, transform_hrefs=False)
    document["links"] += [
        {"rel": "item", "href": f"{to_top}{raster.item}", "type": "application/geo+json",
         "title": title}
        for title, raster in entries
    ]  # fmt: skip
    return document


def catalog_document(manifest: Manifest) -> dict[str, Any]:
    """Return ``catalog.json``."""
    catalog = pystac.Catalog(
        id="evenbeat",
        title="Evenbeat publication",
        description=f"Risk, priority and minutes of patrol per shift. {_NOT_A_FORECAST_OF_CRIMES}",
    )
    catalog.remove_links("root")
    _link(catalog, "root", f"./{CATALOG_FILE}", "application/json")
    for layer_id, layer in sorted(manifest.layers.items()):
        href = f"./catalog/{manifest.catalog}/{layer_id}.json"
        _link(catalog, "child", href, "application/json", layer.title)
    return catalog.to_dict(include_self_link=False, transform_hrefs=False)


def _link(
    owner: pystac.STACObject, rel: str, href: str, media_type: str, title: str | None = None
) -> None:
    """Add a link whose address is kept as it is."""
    if rel == "root":
        owner.remove_links("root")
    owner.add_link(pystac.Link(rel=rel, target=href, media_type=media_type, title=title))


def _footprint(bounds: tuple[float, float, float, float]) -> dict[str, Any]:
    west, south, east, north = bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC)
