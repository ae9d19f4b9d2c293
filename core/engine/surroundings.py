"""What the engine must settle before it imports anything: variables and descriptors."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

_PREFIXES = ("PYTHON", "PROJ_", "GDAL_", "OGR_", "CPL_", "QGIS_", "QT_")
_NAMES = ("GEOTIFF_CSV", "MPLBACKEND", "VIRTUAL_ENV")
_STDIN, _STDOUT, _STDERR = 0, 1, 2


def clean_environment(environ: MutableMapping[str, str] | None = None) -> list[str]:
    """Remove the variables by which another program's PROJ, GDAL or Python would leak in.

    Also says that idle threads of OpenMP wait passively, which must stand before the first
    library that has them is loaded.

    Parameters
    ----------
    environ
        What to clean; this process's own by default.

    Returns
    -------
    The names that were removed.
    """
    variables = os.environ if environ is None else environ
    removed = [name for name in variables if name.startswith(_PREFIXES) or name in _NAMES]
    for name in removed:
        del variables[name]
    variables.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return sorted(removed)


def private_channels() -> tuple[int, int]:
    """Take stdin and stdout away from everybody else; return descriptors for them.

    Whatever prints from now on, Python or C, here or in a process that is started, reaches stderr;
    whatever reads finds the end of its input. The two descriptors are not inherited.
    """
    requests, messages = os.dup(_STDIN), os.dup(_STDOUT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, _STDIN)
    os.close(nothing)
    os.dup2(_STDERR, _STDOUT)
    return requests, messages
