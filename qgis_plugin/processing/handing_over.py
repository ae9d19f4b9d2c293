"""Layers of QGIS as files that the engine reads: GeoPackage 1.2, with the columns it may have."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qgis.core import (
    QgsFeature,
    QgsFeatureSource,
    QgsFeedback,
    QgsFields,
    QgsProcessingException,
    QgsProject,
    QgsVectorFileWriter,
)

OPTIONS = ["VERSION=1.2"]


def write_geopackage(
    source: QgsFeatureSource, path: Path, name: str, *, columns: Iterable[str] | None = None,
    feedback: QgsFeedback | None = None,
) -> int:  # fmt: skip
    """Write the features of a source, a selection or a filter included; return their number.

    Parameters
    ----------
    path
        The file; one that is there is replaced.
    columns
        Only these, by default all.

    Raises
    ------
    QgsProcessingException
        The file cannot be written.
    """
    kept = _kept(source.fields(), columns)
    fields = QgsFields()
    for index in kept:
        fields.append(source.fields().at(index))
    writer = _writer(source, fields, path, name)
    count = 0
    for feature in source.getFeatures():
        if feedback is not None and feedback.isCanceled():
            break
        copy = QgsFeature(fields)
        copy.setGeometry(feature.geometry())
        copy.setAttributes([feature.attributes()[index] for index in kept])
        writer.addFeature(copy)
        count += 1
    del writer  # closes the file
    return count


def _writer(
    source: QgsFeatureSource, fields: QgsFields, path: Path, name: str
) -> QgsVectorFileWriter:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = name
    options.datasourceOptions = OPTIONS
    writer = QgsVectorFileWriter.create(
        str(path), fields, source.wkbType(), source.sourceCrs(),
        QgsProject.instance().transformContext(), options,
    )  # fmt: skip
    if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
        raise QgsProcessingException(f"{path} cannot be written: {writer.errorMessage()}")
    return writer


def _kept(fields: QgsFields, columns: Iterable[str] | None) -> list[int]:
    """Return the numbers of the fields to write; GeoPackage makes its own ``fid``."""
    wanted = None if columns is None else set(columns)
    return [
        index for index in range(fields.count())
        if fields.at(index).name().lower() != "fid"
        and (wanted is None or fields.at(index).name() in wanted)
    ]  # fmt: skip
