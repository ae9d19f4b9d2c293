"""Layers of QGIS as files that the engine reads: GeoPackage 1.2, with the columns it may have."""

from __future__ import annotations

import re
import zlib
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
_LONGEST_NAME = 40
"""Letters; file systems take 255 bytes, and a letter may have four."""


def file_name(name: str, otherwise: str) -> str:
    """Return a layer's name as a part of a file's name; ``otherwise`` where nothing is left of it.

    A long one is cut, and ends with a mark that tells it from others that begin alike.
    """
    plain = re.sub(r"\W+", "-", name).strip("-").lower()
    if len(plain) > _LONGEST_NAME:
        mark = zlib.crc32(plain.encode())
        plain = f"{plain[:_LONGEST_NAME].strip('-')}-{mark:08x}"
    return plain or otherwise


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
    _refuse_alike([source.fields().at(index).name() for index in kept])
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
        if not writer.addFeature(copy):
            raise QgsProcessingException(
                f"Row {feature.id()} of the layer cannot be written: {writer.errorMessage()}"
            )
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


def _refuse_alike(names: list[str]) -> None:
    """Refuse columns whose names a GeoPackage cannot tell apart."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise QgsProcessingException(
                f"The columns {other} and {name} differ by capital letters alone, which a "
                "GeoPackage does not keep apart. Rename one of them, or leave it out with the "
                "algorithm Refactor fields."
            )
