"""The files of a STAC item: the raster, the same by hour, and its map tiles."""

from __future__ import annotations

import pystac

from evenbeat.core.store.manifest import PublishedFile, PublishedLayer, PublishedRaster


def raster_asset(layer: PublishedLayer, raster: PublishedRaster) -> pystac.Asset:
    """Return the asset of the raster, with the band as STAC 1.1 describes it."""
    return pystac.Asset(
        href=f"./{raster.path.rsplit('/', 1)[1]}",
        title=layer.long_name,
        media_type=pystac.MediaType.COG,
        roles=["data"],
        extra_fields={
            "file:size": raster.size,
            "file:checksum": f"1220{raster.sha256}",  # multihash: SHA-256, 32 bytes
            "bands": [
                {
                    "name": layer.variable,
                    "description": layer.comment,
                    "data_type": "float32",
                    "nodata": "nan",
                    "unit": layer.units,
                    "statistics": {"maximum": raster.maximum},
                }
            ],
        },
    )


def hourly_asset(
    layer: PublishedLayer, hourly: PublishedFile, hours: tuple[str, ...]
) -> pystac.Asset:
    """Return the asset with a band an hour."""
    return pystac.Asset(
        href=f"./{hourly.path.rsplit('/', 1)[1]}",
        title=f"{layer.long_name} by hour",
        media_type=pystac.MediaType.COG,
        roles=["data"],
        extra_fields={
            "file:size": hourly.size,
            "file:checksum": f"1220{hourly.sha256}",
            "bands": [
                {"name": name, "description": f"{layer.long_name} in the hour from {name}",
                 "data_type": "float32", "nodata": "nan", "unit": layer.units}
                for name in hours
            ],
        },
    )  # fmt: skip


def tiles_asset(layer: PublishedLayer, tiles: PublishedFile, meaning: str) -> pystac.Asset:
    """Return the asset of an archive of map tiles, whose grey has a meaning."""
    return pystac.Asset(
        href=f"./{tiles.path.rsplit('/', 1)[1]}",
        title=f"{layer.long_name} as map tiles",
        description=f"PMTiles of PNG in grey: the grey of a pixel is {meaning}.",
        media_type="application/vnd.pmtiles",
        roles=["visual", "tiles"],
        extra_fields={"file:size": tiles.size, "file:checksum": f"1220{tiles.sha256}"},
    )
