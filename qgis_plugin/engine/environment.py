"""The environment that the engine gets: QGIS's own libraries must not reach into it.

QGIS ships its own Python, GDAL and PROJ, and points to them with variables. In another
installation they break what they touch. The engine removes them too; here they are removed before
its Python starts, which reads some of them at once. This module knows neither QGIS nor Qt.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

_PREFIXES = ("PYTHON", "GDAL_", "PROJ_", "QGIS_", "QT_", "OGR_", "GRASS_", "GISBASE", "OSGEO4W")
_NAMES = frozenset(
    {
        "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "LD_LIBRARY_PATH", "LD_PRELOAD",
        "DYLD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES", "DYLD_FRAMEWORK_PATH", "GEOTIFF_CSV",
        "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "O4W_QT_PREFIX", "O4W_QT_PLUGINS",
        "__PYVENV_LAUNCHER__",
    }
)  # fmt: skip


def scrubbed(inherited: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables of this process without those that would mislead another Python."""
    variables = os.environ if inherited is None else inherited
    kept = {name: value for name, value in variables.items() if not _misleads(name)}
    return {**kept, "NO_COLOR": "1"}


def _misleads(name: str) -> bool:
    upper = name.upper()
    return upper in _NAMES or upper.startswith(_PREFIXES)
