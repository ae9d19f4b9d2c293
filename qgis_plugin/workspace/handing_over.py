"""How a layer of QGIS becomes a source: the file it is read from, or a copy in the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from qgis.core import QgsProject, QgsVectorFileWriter, QgsVectorFileWriterTask, QgsVectorLayer

from evenbeat.processing.handing_over import OPTIONS, file_name

FOLDER = "sources"
READ_BY_ENGINE = (".csv", ".tsv", ".txt", ".gpkg", ".shp", ".geojson", ".json", ".parquet")


@dataclass(frozen=True)
class FileOfLayer:
    """The file that a layer shows, as a source names it.

    Parameters
    ----------
    path
        ``file`` or ``file|layername=name``.
    columns
        Columns that the layer takes positions from, by the engine's names.
    crs
        Of those columns.
    """

    path: str
    columns: tuple[tuple[str, str], ...] = ()
    crs: str = ""


def file_of(layer: QgsVectorLayer) -> FileOfLayer | None:
    """Return the file that a layer shows whole; None where only a copy will do.

    A layer with a filter or with edits that are not saved shows something else than its file.
    """
    if layer.subsetString() or layer.isModified() or layer.joinBuffer().vectorJoins():
        return None
    provider = layer.providerType()
    if provider == "ogr":
        path, *parts = layer.source().split("|")
        # What else stands there, such as a kind of geometry, is a part of the file.
        whole = all(part.startswith("layername=") for part in parts) or parts == ["layerid=0"]
        known = Path(path).is_file() and Path(path).suffix.lower() in READ_BY_ENGINE
        named = [part for part in parts if part.startswith("layername=")]
        return FileOfLayer("|".join([path, *named])) if known and whole else None
    if provider == "delimitedtext":
        return _text_file(layer)
    return None


def _text_file(layer: QgsVectorLayer) -> FileOfLayer | None:
    address = urlsplit(layer.source())
    path, asked = unquote(address.path), parse_qs(address.query)
    if not Path(path).is_file() or Path(path).suffix.lower() not in READ_BY_ENGINE:
        return None
    across, along = asked.get("xField", [""])[0], asked.get("yField", [""])[0]
    if not (across and along):
        return FileOfLayer(path)
    degrees = layer.crs().isGeographic()
    names = ("longitude", "latitude") if degrees else ("easting", "northing")
    return FileOfLayer(path, tuple(zip(names, (across, along))), layer.crs().authid())


def within(root: str, path: str) -> str:
    """Return a path as a source of the workspace writes it: relative where it lies within."""
    file, mark, layer = path.partition("|")
    try:
        short = Path(file).resolve().relative_to(Path(root).resolve()).as_posix()
    except ValueError:
        short = file
    return short + mark + layer


def copy_name(layer: QgsVectorLayer, role: str) -> str:
    """Return the path of a layer's copy within the workspace."""
    return f"{FOLDER}/{role}-{file_name(layer.name(), role)}.gpkg"


def another_name(path: str, taken: set[str]) -> str:
    """Return a path like a copy's that none of the sources has."""
    stem, number = path.rpartition(".")[0], 2
    while f"{stem}-{number}.gpkg" in taken:
        number += 1
    return f"{stem}-{number}.gpkg"


def copying(
    layer: QgsVectorLayer, path: Path, columns: set[str] | None = None
) -> QgsVectorFileWriterTask:
    """Return a task that writes the layer as it is shown to a GeoPackage.

    Parameters
    ----------
    columns
        Only these; by default all. GeoPackage makes its own ``fid``.
    """
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = file_name(layer.name(), "layer")
    options.datasourceOptions = OPTIONS
    fields = layer.fields()
    options.attributes = [
        index for index in range(fields.count())
        if fields.at(index).name().lower() != "fid"
        and (columns is None or fields.at(index).name() in columns)
    ]  # fmt: skip
    options.skipAttributeCreation = not options.attributes
    path.parent.mkdir(parents=True, exist_ok=True)
    return QgsVectorFileWriterTask(layer, str(path), options)


def vector_layers() -> list[QgsVectorLayer]:
    """Return the vector layers of the project that are whole, in the order of their names."""
    found = [
        layer for layer in QgsProject.instance().mapLayers().values()
        if isinstance(layer, QgsVectorLayer) and layer.isValid()
    ]  # fmt: skip
    return sorted(found, key=lambda layer: layer.name().casefold())
