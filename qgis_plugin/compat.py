"""What differs between QGIS 3.22 and 4: one place, so that no other module asks for versions."""

from __future__ import annotations

from qgis.core import (
    Qgis,
    QgsRasterLayerTemporalProperties,
    QgsTemporalNavigationObject,
    QgsUnitTypes,
    QgsVectorLayerTemporalProperties,
)

try:
    from qgis.PyQt.QtGui import QAction
except ImportError:  # Qt 5 keeps it among the widgets
    from qgis.PyQt.QtWidgets import QAction

__all__ = [
    "ANIMATED", "HOURS", "RASTER_FIXED_RANGE", "RASTER_RANGE_PER_BAND", "VECTOR_BY_EXPRESSIONS",
    "QAction", "qgis_version", "short_version",
]  # fmt: skip


def qgis_version() -> int:
    """Return the version of QGIS as one number, 32216 for 3.22.16."""
    return Qgis.QGIS_VERSION_INT if hasattr(Qgis, "QGIS_VERSION_INT") else Qgis.versionInt()


def short_version() -> str:
    """Return the version of QGIS as people write it, "3.22.16"."""
    text = Qgis.QGIS_VERSION if hasattr(Qgis, "QGIS_VERSION") else Qgis.version()
    return text.split("-")[0]


def _member(new_enum: str, new_name: str, old: object, old_name: str) -> object:
    """Return a member of an enum that moved to `Qgis` in a later version."""
    found = getattr(getattr(Qgis, new_enum, None), new_name, None)
    return getattr(old, old_name) if found is None else found


RASTER_FIXED_RANGE = _member(
    "RasterTemporalMode", "FixedTemporalRange",
    QgsRasterLayerTemporalProperties, "ModeFixedTemporalRange",
)  # fmt: skip
VECTOR_BY_EXPRESSIONS = _member(
    "VectorTemporalMode", "FeatureDateTimeStartAndEndFromExpressions",
    QgsVectorLayerTemporalProperties, "ModeFeatureDateTimeStartAndEndFromExpressions",
)  # fmt: skip
ANIMATED = _member(
    "TemporalNavigationMode", "Animated", QgsTemporalNavigationObject, "Animated"
)  # fmt: skip
HOURS = _member("TemporalUnit", "Hours", QgsUnitTypes, "TemporalHours")
RASTER_RANGE_PER_BAND = getattr(
    getattr(Qgis, "RasterTemporalMode", None), "FixedRangePerBand", None
)
"""None before QGIS 3.38, where a raster has one time for all its bands."""
