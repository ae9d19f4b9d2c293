"""Vector layers as GeoPackage 1.2: one file, the same bytes for the same input."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.errors import PublishError
from evenbeat.core.store.files import replacing_file

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_ONE_CONFIGURATION = threading.Lock()


def write_geopackage(
    path: Path,
    layers: Mapping[str, gpd.GeoDataFrame | pd.DataFrame],
    *,
    when: dt.datetime,
    metadata: Mapping[str, str],
) -> Path:
    """Write tables to a GeoPackage of format version 1.2 in one step.

    Version 1.2 is what every QGIS since 3.0 and every ArcGIS since 10.3 edits. A GeoPackage stamps
    itself with the current time and GDAL may build the spatial index in a second thread; both are
    fixed here, so the same tables and ``when`` give the same bytes. The file is an ordinary SQLite
    database with a rollback journal: nothing lies beside it when it is done.

    Parameters
    ----------
    path
        File to replace; ends in ``.gpkg``.
    layers
        Layer name to table, written in this order. A table without geometry becomes an attribute
        table; single and multi geometries in one layer become multi. Row order is kept; feature
        ids count from 1.
    when
        The time the content is as of, aware; stands where GDAL would write the current time.
    metadata
        Facts about the whole file, e.g. the run id; sorted by key.

    Returns
    -------
    ``path``.

    Raises
    ------
    PublishError
        The name does not end in ``.gpkg``, there is no layer, ``when`` has no time zone, a layer
        with geometry has no CRS, or GDAL cannot write the file.
    """
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    if path.suffix != ".gpkg" or not layers:
        raise PublishError(f"A GeoPackage needs a name in .gpkg and a layer, got {path.name!r}.")
    if when.tzinfo is None:
        raise PublishError(f"`when` must carry a time zone, got {when.isoformat()}.")
    facts = dict(sorted(metadata.items()))
    with replacing_file(path) as private, _fixed_clock(when):
        private.unlink(missing_ok=True)
        for number, (name, table) in enumerate(layers.items()):
            if _has_geometry(table) and table.crs is None:
                raise PublishError(f"Layer {name!r} has no CRS; set the one it was computed in.")
            try:
                pyogrio.write_dataframe(
                    table, private, layer=name, driver="GPKG", append=number > 0,
                    geometry_type=_geometry_type(table),
                    dataset_options={"VERSION": "1.2"} if number == 0 else None,
                    dataset_metadata=facts if number == 0 and facts else None,
                    GEOMETRY_NAME="geom",
                )  # fmt: skip
            except (DataSourceError, DataLayerError) as error:
                raise PublishError(
                    f"Layer {name!r} cannot be written to {path}: {error}"
                ) from error
    return path


@contextmanager
def _fixed_clock(when: dt.datetime) -> Iterator[None]:
    """Make GDAL stamp ``when`` and index in one thread; one writer at a time, then as before."""
    import pyogrio

    stamp = when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    wanted = {
        "OGR_CURRENT_DATE": stamp,
        "OGR_GPKG_ALLOW_THREADED_RTREE": "NO",
        "OGR_SQLITE_JOURNAL": "DELETE",
    }
    with _ONE_CONFIGURATION:
        before = {name: pyogrio.get_gdal_config_option(name) for name in wanted}
        pyogrio.set_gdal_config_options(wanted)
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options(before)


def _has_geometry(table: gpd.GeoDataFrame | pd.DataFrame) -> bool:
    return hasattr(table, "geom_type")


def _geometry_type(table: gpd.GeoDataFrame | pd.DataFrame) -> str | None:
    """Return the type to declare where it cannot be seen from the rows."""
    return "Unknown" if _has_geometry(table) and table.geom_type.nunique() == 0 else None


def read_geopackage(path: Path, layer: str) -> gpd.GeoDataFrame:
    """Return one layer of a GeoPackage with its rows in their order.

    Raises
    ------
    PublishError
        The file or the layer does not exist, or is no GeoPackage.
    """
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    # GDAL would otherwise leave an .aux.xml beside the file.
    pyogrio.set_gdal_config_options({"GDAL_PAM_ENABLED": "NO"})
    try:
        return pyogrio.read_dataframe(path, layer=layer)
    except (DataSourceError, DataLayerError) as error:
        raise PublishError(f"Layer {layer!r} of {path} cannot be read: {error}") from error
