"""One door for every file format: a location in, plain rows (and geometry) out."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.archives import find_member, read_bytes
from evenbeat.core.ingest.csv_files import read_csv
from evenbeat.core.progress import Progress, silent

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame, GeoSeries

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
PARQUET_SUFFIXES = (".parquet", ".geoparquet")
VECTOR_SUFFIXES = (".gpkg", ".shp", ".geojson", ".json")
_SUFFIXES = CSV_SUFFIXES + PARQUET_SUFFIXES + VECTOR_SUFFIXES
_COMPRESSED = (".gz", ".xz")
_LAYER_MARK = "|layername="


@dataclass(frozen=True)
class RawTable:
    """Rows as a file holds them, before anything is understood.

    Parameters
    ----------
    rows
        Columns in the order of the file, without geometry. From CSV every column is ``str``,
        untouched, blank where the file is blank; from other formats columns keep their types.
    geometry
        One geometry (or None) a row, aligned with ``rows``; None when the file has none.
    crs
        CRS of the geometry as text (``"EPSG:4326"``); None when unknown or without geometry.
    name
        The file's or layer's short name, for messages and for the ``source`` column.
    location
        Where it was read from; a token in a URL is blotted out.
    format
        ``csv``, ``parquet``, ``gpkg``, ``shp``, ``geojson`` or ``arcgis``.
    repairs
        What was mended in the file as a whole, in words, and how often.
    lines_skipped
        Rows that could not be split into fields and are not in ``rows``. Rows in the file are
        ``len(rows) + lines_skipped``.
    skipped_examples
        Where some of them stand; never their content.
    notes
        Other remarks of the reader.
    """

    rows: pd.DataFrame
    geometry: GeoSeries | None = None
    crs: str | None = None
    name: str = ""
    location: str = ""
    format: str = ""
    repairs: dict[str, int] = field(default_factory=dict)
    lines_skipped: int = 0
    skipped_examples: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)


def read_table(location: str | Path, *, progress: Progress = silent) -> RawTable:
    r"""Read a table or a vector layer.

    Parameters
    ----------
    location
        A ``.csv``, ``.tsv`` or ``.txt`` file (also ``.gz``, ``.xz``), Parquet or GeoParquet,
        GeoPackage (``file.gpkg|layername=places`` picks a layer), Shapefile, GeoJSON, any of them
        in a ``.zip`` (``file.zip!places.csv`` picks a member), or the URL of an ArcGIS
        FeatureServer or MapServer layer.
    progress
        Told of pages and files.

    Raises
    ------
    InputError
        The file is missing, empty, damaged or of another format; the service does not answer.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "places.csv"
    ...     _ = path.write_text("name;lon;lat\nCorner Bar;-87.6;41.9\n")
    ...     read_table(path).rows.columns.tolist()
    ['name', 'lon', 'lat']
    """
    text = str(location)
    if text.lower().startswith(("http://", "https://")):
        from evenbeat.core.ingest.arcgis import read_layer

        return read_layer(text, progress=progress)
    path, member, layer = _split_location(text)
    if not path.exists():
        raise InputError(
            f"{path} does not exist. Check the path in evenbeat.toml; it is relative to the"
            " workspace."
        )
    progress(f"read {path.name}", 0.0)
    table = _read_file(path, member, layer)
    progress(f"read {path.name}", 1.0)
    return table


def _split_location(text: str) -> tuple[Path, str | None, str | None]:
    text, _, layer = text.partition(_LAYER_MARK)
    archive, mark, member = text.partition(".zip!")
    if mark:
        return Path(archive + ".zip"), member, layer or None
    return Path(text), None, layer or None


def _read_file(path: Path, member: str | None, layer: str | None) -> RawTable:
    name = path.name.lower()
    if name.endswith(".zip"):
        member = find_member(path, _SUFFIXES, member)
        name = member.lower()
    for suffix in _COMPRESSED:
        name = name.removesuffix(suffix)
    if name.endswith(CSV_SUFFIXES):
        return _read_csv_file(path, member)
    if name.endswith(PARQUET_SUFFIXES):
        return _read_parquet(path, member)
    if name.endswith(VECTOR_SUFFIXES):
        return _read_vector(path, member, layer)
    advice = " Save the sheet as CSV (UTF-8)." if name.endswith((".xls", ".xlsx", ".ods")) else ""
    raise InputError(
        f"{path.name} is of no known format; known are {', '.join(_SUFFIXES)},"
        f" CSV also as .gz or .xz, all also in a .zip, and ArcGIS layer URLs.{advice}"
    )


def _short_name(path: Path, member: str | None) -> str:
    name = Path(member or path.name).name
    while Path(name).suffix.lower() in (*_SUFFIXES, *_COMPRESSED):
        name = Path(name).stem
    return name


def _read_csv_file(path: Path, member: str | None) -> RawTable:
    parsed = read_csv(read_bytes(path, member), name=path.name)
    return RawTable(
        rows=parsed.rows,
        name=_short_name(path, member),
        location=str(path),
        format="csv",
        repairs=dict(parsed.repairs),
        lines_skipped=parsed.lines_skipped,
        skipped_examples=tuple(parsed.skipped_examples),
    )


def _read_parquet(path: Path, member: str | None) -> RawTable:
    import io

    import geopandas
    import pyarrow as pa
    import pyarrow.parquet as pq

    stored = io.BytesIO(read_bytes(path, member)) if member else path
    try:
        is_geographic = b"geo" in (pq.read_schema(stored).metadata or {})
        if is_geographic:
            return _from_layer(geopandas.read_parquet(stored), path, member, "parquet", ())
        rows = pq.read_table(stored).to_pandas()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{path} is no readable Parquet file: {error}.") from error
    return RawTable(
        rows.reset_index(drop=True), name=_short_name(path, member), location=str(path),
        format="parquet",
    )  # fmt: skip


def _read_vector(path: Path, member: str | None, layer: str | None) -> RawTable:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    source = f"/vsizip/{path.resolve()}/{member}" if member else str(path)
    suffix = Path(member or path.name).suffix.lower().lstrip(".")
    kind = "geojson" if suffix == "json" else suffix
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            # GDAL would otherwise leave an .aux.xml beside a file that is only read.
            pyogrio.set_gdal_config_options({"GDAL_PAM_ENABLED": "NO"})
            if layer is None:
                layer = _only_layer(source, path, kind)
            found = pyogrio.read_dataframe(source, layer=layer)
    except (DataSourceError, DataLayerError, OSError) as error:
        raise InputError(
            f"{path} cannot be read as a vector layer: {error}.{_missing_parts(path)}"
        ) from error
    notes = tuple(sorted({str(remark.message) for remark in caught}))
    return _from_layer(found, path, member, kind, notes)


def _only_layer(source: str, path: Path, kind: str) -> str:
    import pyogrio

    layers = pyogrio.list_layers(source)
    with_geometry = [str(name) for name, geometry in layers if geometry is not None]
    candidates = with_geometry or [str(name) for name, _ in layers]
    if len(candidates) == 1:
        return candidates[0]
    raise InputError(
        f"{path.name} holds the layers {', '.join(candidates) or 'none'}; pick one, for example"
        f" '{path.name}{_LAYER_MARK}{candidates[0] if candidates else 'name'}'."
    )


def _missing_parts(path: Path) -> str:
    if path.suffix.lower() != ".shp":
        return ""
    missing = [part for part in (".shx", ".dbf") if not path.with_suffix(part).exists()]
    if not missing:
        return ""
    return f" A shapefile needs its {' and '.join(missing)} beside it; copy all its parts."


def _from_layer(
    found: GeoDataFrame | pd.DataFrame,
    path: Path,
    member: str | None,
    kind: str,
    notes: tuple[str, ...],
) -> RawTable:
    import geopandas

    found = found.reset_index(drop=True)
    described: dict[str, Any] = {
        "name": _short_name(path, member), "location": str(path), "format": kind, "notes": notes,
    }  # fmt: skip
    if not isinstance(found, geopandas.GeoDataFrame):
        return RawTable(rows=found, **described)
    geometry = found.geometry
    crs = geometry.crs.to_string() if geometry.crs is not None else None
    rows = found.drop(columns=[geometry.name])
    return RawTable(rows=rows, geometry=geometry.rename("geometry"), crs=crs, **described)
