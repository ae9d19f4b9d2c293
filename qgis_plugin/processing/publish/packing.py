"""One GeoPackage out of a day's layers: vectors, rasters, their styles, and a project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from osgeo import gdal
from qgis.core import (
    QgsCoordinateTransformContext,
    QgsMapLayer,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
    QgsReferencedRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

from evenbeat.compat import save_style
from evenbeat.processing.rasters import raster_name
from evenbeat.processing.styling import by_file, by_share_of_area, tidy_legend

VECTORS = {"boxes": ("Assignments", "assignments"), "districts": ("Districts", "districts"),
           "events": ("Events", "events")}  # fmt: skip
COLUMNS = {
    "boxes": ("assignment_id", "service_date", "shift", "shift_start", "shift_end", "district_id",
              "neighbourhood", "rank", "status", "visits", "visit_minutes", "minutes",
              "visit_gap_hours", "priority", "percentile", "dominant_type", "expected_total",
              "headline", "why_words", "odds"),
    "districts": ("district_id", "name"),
    "events": ("event_id", "category", "line", "shift"),
}  # fmt: skip
"""What leaves the house: never units, reviewers, incidents or places held out."""
_TITLE = "Evenbeat {date}"


def pack(made: dict[str, Any], target: Path) -> str:
    """Write the package and return the address of its project.

    Parameters
    ----------
    made
        What ``briefing-data`` made.

    Raises
    ------
    QgsProcessingException
        It cannot be written.
    """
    target.unlink(missing_ok=True)
    names = [name for name in VECTORS if _copy_vector(Path(made["path"]), name, target)]
    tables = {_copy_raster(raster, target): raster for raster in made["rasters"]}
    project = QgsProject()
    project.setTitle(_TITLE.format(date=made["date"]))
    project.writeEntryBool("Paths", "/Absolute", False)
    for table, raster in reversed(list(tables.items())):
        layer = QgsRasterLayer(f"GPKG:{target}:{table}", raster_name(raster), "gdal")
        _add(project, layer, by_share_of_area)
        node = project.layerTreeRoot().findLayer(layer.id())
        tidy_legend(node)
        node.setItemVisibilityChecked(len(project.mapLayers()) == len(tables))
    for name in reversed(names):
        title, style = VECTORS[name]
        _add(project, QgsVectorLayer(f"{target}|layername={name}", title, "ogr"), by_file(style))
    return _write(project, target, made["date"])


def _copy_vector(path: Path, name: str, target: Path) -> bool:
    """Copy a layer; one without rows is left out."""
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    if not layer.isValid() or layer.featureCount() == 0:
        return False
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName = "GPKG", name
    options.datasourceOptions = ["VERSION=1.2"]
    found = [layer.fields().indexFromName(column) for column in COLUMNS[name]]
    options.attributes = [index for index in found if index >= 0]
    if target.exists():
        options.actionOnExistingFile = (
            QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
        )
    outcome = QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, str(target), QgsCoordinateTransformContext(), options
    )
    if outcome[0] != QgsVectorFileWriter.WriterError.NoError:
        raise QgsProcessingException(f"{target} cannot be written: {outcome[1]}")
    return True


def _copy_raster(raster: dict[str, Any], target: Path) -> str:
    """Copy a raster as a table of the package and return the table's name."""
    table = f"{raster['layer']}_{raster['shift']}"
    options = gdal.TranslateOptions(
        format="GPKG",
        creationOptions=["APPEND_SUBDATASET=YES", f"RASTER_TABLE={table}", "TILE_FORMAT=TIFF",
                         "VERSION=1.2"],
    )  # fmt: skip
    if gdal.Translate(str(target), raster["path"], options=options) is None:
        raise QgsProcessingException(f"{raster['path']} cannot be copied into {target}.")
    return table


def _add(project: QgsProject, layer: QgsMapLayer, style: Any) -> None:
    if not layer.isValid():
        raise QgsProcessingException(f"{layer.name()} cannot be read from the package.")
    style(layer)
    if isinstance(layer, QgsVectorLayer):
        save_style(layer, layer.name(), "Evenbeat")
    project.addMapLayer(layer)


def _write(project: QgsProject, target: Path, date: str) -> str:
    layers = list(project.mapLayers().values())
    extent = layers[0].extent()
    for layer in layers[1:]:
        extent.combineExtentWith(layer.extent())
    project.setCrs(layers[0].crs())
    extent.scale(1.05)
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(extent, layers[0].crs()))
    address = f"geopackage:{target}?projectName={_TITLE.format(date=date)}"
    if not project.write(address):
        raise QgsProcessingException(f"The project cannot be written: {project.error()}")
    return address
